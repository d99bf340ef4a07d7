package notify_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify"
	"tiendo/pkg/tracker"
)

// waits lets a digest of a person, made at an hour, wait until another, and looks at it
// again then. What is kept is kept as JSON.
func (s *simulation) waits(t *testing.T, who *notify.Person, made, sent time.Time) (before, after notify.Digest) {
	t.Helper()
	for _, d := range s.collected(made) {
		if d.User == who.User && d.At == civil.Now(made, zone) {
			before = d
		}
	}
	require.NotEmpty(t, before.Parts, "nothing was said")
	text, err := json.Marshal(before.Contents())
	require.NoError(t, err)
	var kept notify.Contents
	require.NoError(t, json.Unmarshal(text, &kept))
	require.Equal(t, before.Contents(), kept)
	s.collected(sent)
	after, behind := kept.Review(s.now, zone, []*mirror.View{s.view}, who)
	require.False(t, behind)
	return before, after
}

// says are the milestones that a digest names.
func says(d *notify.Digest) []string {
	var all []string
	for _, p := range d.Parts {
		for _, x := range p.Items {
			all = append(all, string(x.ID.Area)+" "+x.ID.Name())
		}
	}
	return all
}

func TestADigestThatWaitedSaysWhatIsSoWhenItIsSent(t *testing.T) {
	t.Parallel()
	all := []string{
		"058 election_committee_district", "058 pc_structure_draft_district", "01852 election_committee_commune", "01852 pc_structure_draft_commune",
	}
	rest := all[1:]
	made := at("2021-02-04", 7)
	act := func(work tracker.Work) func(*simulation, time.Time) {
		return func(s *simulation, when time.Time) { s.report(when, "058", "election_committee_district", work) }
	}
	for name, c := range map[string]struct {
		meanwhile func(*simulation, time.Time)
		sent      time.Time
		want      []string
	}{
		"nothing happened": {func(*simulation, time.Time) {}, made.Add(2 * time.Hour), all},
		"done":             {act(tracker.Done), made.Add(2 * time.Hour), rest},
		"begun":            {act(tracker.InProgress), made.Add(2 * time.Hour), rest},
		"held up":          {act(tracker.Blocked), made.Add(2 * time.Hour), rest},
		"not applicable":   {act(tracker.NotApplicable), made.Add(2 * time.Hour), rest},
		"its day is over":  {func(*simulation, time.Time) {}, at("2021-02-08", 7), nil},
		"two days later":   {func(*simulation, time.Time) {}, at("2021-02-06", 7), all},
		"the election ended": {func(s *simulation, when time.Time) {
			s.do(when, func() func(*tracker.Act) error {
				return func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Of(when, zone)) }
			})
		}, made.Add(2 * time.Hour), nil},
		"the limit moved": {func(s *simulation, when time.Time) { s.amend(when, "2021-05-30") }, made.Add(2 * time.Hour), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			who := person("chau", role(reporter, "058"))
			s := newSimulation(t, area.Edition2021().Only("small", "01852"), who)
			c.meanwhile(s, made.Add(time.Hour))
			before, after := s.waits(t, &who, made, c.sent)
			require.Equal(t, all, says(&before))
			require.Equal(t, c.want, says(&after))
			require.Equal(t, civil.Now(c.sent, zone), after.At)
			require.Equal(t, c.want == nil, len(after.Parts) == 0, "what has nothing to say has no parts")
			if name == "nothing happened" {
				before.At = after.At
				require.Equal(t, before.Lines("https://tiendo.example.vn"), after.Lines("https://tiendo.example.vn"), "to the letter")
			}
		})
	}
}

func TestADigestThatWaitedIsNotSentToWhoIsNoLongerResponsible(t *testing.T) {
	t.Parallel()
	who := person("chau", role(reporter, "058"))
	s := newSimulation(t, area.Edition2021().Only("small", "01852"), who)
	viewer := person("chau", role(access.Viewer, "058"))
	_, after := s.waits(t, &who, at("2021-02-04", 7), at("2021-02-04", 9))
	require.Len(t, says(&after), 4)
	kept := after.Contents()
	after, _ = kept.Review(s.now, zone, []*mirror.View{s.view}, &viewer)
	require.Empty(t, after.Parts)
	elsewhere := person("chau", role(reporter, "01852"))
	after, _ = kept.Review(s.now, zone, []*mirror.View{s.view}, &elsewhere)
	require.Equal(t, []string{"01852 election_committee_commune", "01852 pc_structure_draft_commune"}, says(&after))
	gone, _ := kept.Review(s.now, zone, nil, &who)
	require.Empty(t, gone.Parts, "the election is no longer there")
}

func TestWhatIsOverdueOrReturnedIsSaidLateAsWell(t *testing.T) {
	t.Parallel()
	leads, reports := person("dung", role(lead, "058")), person("an", role(reporter, "01840"))
	const key = "election_committee_commune"
	s := newSimulation(t, bacKan(), leads, reports)
	s.report(at("2021-01-29", 9), "01840", key, tracker.Done)
	s.giveBack(at("2021-02-02", 22), "01840", key)
	_, after := s.waits(t, &reports, at("2021-02-03", 7), at("2021-02-05", 9))
	require.Equal(t, []string{"01840 " + key}, says(&after))
	s.report(at("2021-02-09", 9), "01843", key, tracker.InProgress)
	before, after := s.waits(t, &leads, at("2021-02-08", 7), at("2021-02-10", 9))
	require.Contains(t, says(&before), "01843 "+key)
	require.NotContains(t, says(&after), "01843 "+key)
	require.Contains(t, says(&after), "01840 "+key, "it is overdue as before")
}

func TestADigestWaitsForAMirrorThatIsBehind(t *testing.T) {
	t.Parallel()
	who := person("chau", role(reporter, "058"))
	s := newSimulation(t, area.Edition2021().Only("small", "01852"), who)
	old := s.view
	s.report(at("2021-02-03", 9), "058", "election_committee_district", tracker.InProgress)
	_, after := s.waits(t, &who, at("2021-02-04", 7), at("2021-02-04", 8))
	_, behind := after.Contents().Review(s.now, zone, []*mirror.View{old}, &who)
	require.True(t, behind)
}

func TestWhatADigestSaysIsJoinedWithWhatAnEarlierOneWouldHave(t *testing.T) {
	t.Parallel()
	item := func(why notify.Why, milestone string) notify.ItemContents {
		return notify.ItemContents{Why: why, Area: "058", Milestone: milestone}
	}
	act := func(day string) notify.Shift { return notify.Shift{Recorded: at(day, 9), Moved: 1, Areas: 1} }
	later := notify.Contents{
		{Election: "2021", Revision: 9, Items: []notify.ItemContents{item(notify.Escalated, "a")}, Shifts: []notify.Shift{act("2021-02-05")}},
	}
	earlier := notify.Contents{
		{Election: "2021", Revision: 7, Items: []notify.ItemContents{item(notify.Today, "a"), item(notify.Ahead, "b")}, Shifts: []notify.Shift{act("2021-02-04")}},
		{Election: "2026", Revision: 3, Items: []notify.ItemContents{item(notify.Ahead, "a")}},
	}
	require.Equal(t, notify.Contents{
		{
			Election: "2021", Revision: 9, Items: []notify.ItemContents{item(notify.Escalated, "a"), item(notify.Ahead, "b")},
			Shifts: []notify.Shift{act("2021-02-04"), act("2021-02-05")},
		},
		earlier[1],
	}, later.And(earlier))
	require.Len(t, later, 1)
	require.Len(t, later[0].Items, 1, "what is joined is left as it was")
	require.Equal(t, later, later.And(nil))
}
