package notify_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

var update = flag.Bool("update", false, "write the golden files anew")

// diligent reports at ten what has a week left, but for what it leaves.
func (s *simulation) diligent(from, to civil.Date, leaves ...string) {
	left := map[string]bool{}
	for _, l := range leaves {
		left[l] = true
	}
	for day := from; !day.After(to); day = day.Add(1) {
		s.acts[day.At(civil.NewClock(6, 0), zone)] = append(s.acts[day.At(civil.NewClock(6, 0), zone)], func() {
			for _, r := range s.log.Records() {
				m := &r.Milestone
				if m.Latest.IsZero() || !m.Work.Open() || m.Standing == tracker.Returned || day.DaysUntil(m.Latest.Day) > 7 || left[string(m.ID.Area)+" "+string(m.ID.Key)] {
					continue
				}
				for _, task := range r.Tasks {
					c := tracker.TaskCommand{
						ID: m.ID, Task: task.Key, If: task.Revision, Status: tracker.To(tracker.Done), DoneOn: tracker.To(day), DoneBy: tracker.To(civil.Date{}),
					}
					// What the law orders otherwise stays undone, and is reminded of.
					_, _ = s.log.Do(func(a *tracker.Act) error {
						_, err := a.UpdateTask(c)
						return err
					})
				}
			}
		})
	}
}

func (s *simulation) amend(when time.Time, day string) {
	s.acts[when] = append(s.acts[when], func() {
		_, err := s.log.Amend(tracker.AmendCommand{Day: civil.Must(day), Reason: "Nghị quyết dời ngày bầu cử"}, s.log.Frame().Rulebook)
		require.NoError(s.t, err)
	})
}

// The messages of a whole election, hour after hour from its opening to a month
// after it was closed: all of them, each to the letter.
func TestTheMessagesOfAWholeElection(t *testing.T) {
	t.Parallel()
	english := person("chau", role(reporter, "058"))
	english.Language = "en"
	off := person("khanh", role(reporter, "01843"))
	off.Mail = ""
	own := person("linh", role(reporter, "01843"))
	own.Days, own.Since = []int{5, 0}, at("2021-03-10", 16)
	s := newSimulation(t, bacKan(),
		person("an", role(reporter, "01840")), person("binh", role(lead, "01840")), english, person("dung", role(lead, "058")),
		person("giang", role(lead, "06")), person("hoa", role(access.Administrator, area.Nation)), off)

	// Most of it is done in time. What is not:
	s.diligent(civil.Must("2021-01-11"), civil.Must("2021-06-20"),
		"01840 election_committee_commune",  // done two days before its limit
		"01840 consult1_pc_commune",         // begun, and done three days late
		"01852 consult1_pc_commune",         // never done
		"01840 pc_structure_adjust_commune", // returned
		"058 pc_constituencies_district",    // blocked
		"01843 polling_team",                // nobody but who joined late
		"01840 voting_day", "01852 drill",
		"06 pc_results_province", // open when the election is closed
		"06 pc_first_session", "058 pc_first_session", "01840 pc_first_session", "01843 pc_first_session", "01852 pc_first_session",
	)
	s.report(at("2021-02-05", 15), "01840", "election_committee_commune", tracker.Done)
	s.report(at("2021-02-12", 9), "01840", "consult1_pc_commune", tracker.InProgress)
	s.report(at("2021-02-20", 9), "01840", "consult1_pc_commune", tracker.Done)
	s.report(at("2021-02-14", 9), "01840", "pc_structure_adjust_commune", tracker.Done)
	s.giveBack(at("2021-02-16", 22), "01840", "pc_structure_adjust_commune")
	s.report(at("2021-02-20", 10), "01840", "pc_structure_adjust_commune", tracker.Done)
	s.report(at("2021-02-27", 10), "058", "pc_constituencies_district", tracker.Blocked)
	s.report(at("2021-03-04", 21), "058", "pc_constituencies_district", tracker.Done)
	s.joins(own.Since, own)
	// Between the days that he chose, and at night: a plan of the province, changed later.
	s.do(at("2021-03-11", 23), func() func(*tracker.Act) error {
		return func(a *tracker.Act) error {
			_, err := a.EnterPlan(tracker.PlanEntry{
				Key: "drill", Area: "06", Title: fault.Text{Vi: "Kế hoạch diễn tập", En: "Plan of the drill"},
				Lines: []tracker.LineEntry{{
					PlanLine: tracker.PlanLine{
						Key: "drill", Title: fault.Text{Vi: "Diễn tập bỏ phiếu", En: "Voting drill"}, Phase: "voting", Nature: "duty",
						Latest: civil.Must("2021-03-25"),
					},
					Where: tracker.Where{Areas: []area.Code{"01840", "01852"}},
				}},
			})
			return err
		}
	})
	s.amend(at("2021-03-30", 11), "2021-05-30")
	s.do(at("2021-05-10", 14), func() func(*tracker.Act) error {
		return func(a *tracker.Act) error {
			return a.SetVotingDay(tracker.VotingDay{Area: "01840", Day: civil.Must("2021-05-29"), InForce: true, Confidence: "high"}, civil.Must("2021-05-10"))
		}
	})
	s.do(at("2021-06-20", 9), func() func(*tracker.Act) error {
		return func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Must("2021-06-20")) }
	})

	var b strings.Builder
	for _, d := range s.collected(at("2021-07-20", 0)) {
		fmt.Fprintf(&b, "%s %s  %s  %s\n", d.At.Day, d.At.Clock, d.Mail, d.Subject())
		for _, line := range d.Lines("https://tiendo.example.vn") {
			if line != "" {
				fmt.Fprintf(&b, "    %s\n", line)
			}
		}
		b.WriteString("\n")
	}
	const file = "testdata/election.golden.txt"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
	require.NotContains(t, b.String(), "khanh@", "who wants no mail gets none")
}
