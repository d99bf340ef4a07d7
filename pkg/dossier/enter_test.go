package dossier_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/tracker"
)

const (
	trialDay = "2021-01-25"
	realDay  = "2026-11-20"
)

func TestTheTrialDayKnowsWhatHadHappened(t *testing.T) {
	t.Parallel()
	c, report := at(t, "2021", small(), trialDay)
	require.Empty(t, report.Warnings)

	plan := c.record("058", "bk_plan_18")
	require.Equal(t, tracker.Progress{Work: tracker.Done, DoneOn: civil.Must("2021-01-14")}, plan.Milestone.Progress)
	require.Equal(t, "bk_plan_18", plan.Tasks[0].Document)
	require.Equal(t, "SEEDB", plan.Tasks[0].Source)
	require.Equal(t, "18-KH/TU", c.documents()["bk_plan_18"].Number)
	require.Equal(t, []string{"bk_plan_18"}, c.plans()["bac_kan_city_2021"].Documents)

	directive := c.record("VN", "politburo_directive_45")
	require.Equal(t, tracker.Progress{Work: tracker.Done, DoneOn: civil.Must("2020-06-20")}, directive.Milestone.Progress)
	require.Equal(t, "ct_45", directive.Tasks[0].Document)

	conference := c.record("31", "hp_conference")
	require.Equal(t, tracker.Progress{Work: tracker.Done, DoneOn: civil.Must("2021-01-23")}, conference.Milestone.Progress)
	require.Len(t, conference.Tasks, 5)
	for _, task := range conference.Tasks {
		require.Equal(t, civil.Must("2021-01-23"), task.DoneOn)
		require.NotEmpty(t, task.Bodies)
	}

	committee := c.record("31", "election_committee_province")
	require.Equal(t, tracker.Progress{Work: tracker.Done, DoneOn: civil.Must("2021-01-23")}, committee.Milestone.Progress,
		"announced on that very day, so that all was done then")
	duty, announced := c.task("31", "election_committee_province", "duty"), c.task("31", "election_committee_province", "announced")
	require.Equal(t, civil.Must("2021-01-23"), duty.DoneBy)
	require.True(t, duty.DoneOn.IsZero(), "the day of the decision is not known")
	require.Equal(t, "hp_pc_decision", duty.Document)
	require.Equal(t, civil.Must("2021-01-23"), announced.DoneOn)
}

func TestTheTrialDayKnowsNothingLater(t *testing.T) {
	t.Parallel()
	today := civil.Must(trialDay)
	c, _ := at(t, "2021", small(), trialDay)
	for _, x := range c.changes {
		require.False(t, x.Happened.After(today), "%s %v", x.Kind, x.Milestone)
		if x.After.Task != nil {
			require.False(t, x.After.Task.DoneOn.After(today) || x.After.Task.DoneBy.After(today))
		}
	}
	for key, d := range c.documents() {
		require.False(t, d.KnownBy.After(today), key)
	}
	documents, bodies := c.documents(), c.bodies()
	require.NotContains(t, documents, "bk_leadership_texts")
	require.Empty(t, bodies["bk_election_committee"].SetUpBy, "its decision is of March")
	require.Equal(t, "hp_pc_decision", bodies["hp_election_committee"].SetUpBy)

	for _, name := range []string{"bk_steering_committee", "bk_online_conference", "election_committee_district", "consult1_pc_district"} {
		require.Equal(t, tracker.NotStarted, c.record("058", name).Milestone.Work, name)
	}
	require.Equal(t, tracker.NotStarted, c.record("306", "hp_district_conferences").Milestone.Work, "Hải An met on 27 January")
	require.Equal(t, tracker.NotStarted, c.task("31", "consult1_na_province", "front_with_committee").Status, "asked for on 23 January, held on 8 February")
	require.Len(t, c.record("058", "consult1_pc_district").Tasks, 1, "what the article of February tells is not known yet")

	kinds := c.kinds()
	for _, kind := range []tracker.Kind{
		tracker.StatementAdded, tracker.VotingDaySet, tracker.MilestoneOccurred, tracker.MilestonePlanned, tracker.ElectionMoved,
	} {
		require.Zero(t, kinds[kind], kind)
	}
	require.NotContains(t, c.plans(), "thai_nguyen_2021")
	references(t, c)
}

func TestNothingIsCalledLateOnTheTrialDay(t *testing.T) {
	t.Parallel()
	c, _ := at(t, "2021", small(), trialDay)
	now := civil.Cutoff{Day: civil.Must(trialDay), Clock: civil.NewClock(9, 0)}
	list := c.opening.Frame.List
	for i := range list.Len() {
		c.follow(list.At(i).Code)
	}
	for id, r := range c.ledger {
		m := &r.Milestone
		late := len(r.Tasks) > 0 && m.Work.Open() && !m.Silent && !m.Latest.IsZero() && m.Latest.PassedAt(now)
		require.False(t, late, "%s in %s", id.Name(), id.Area)
		done := civil.Later(m.DoneOn, m.DoneBy)
		require.False(t, !m.Latest.IsZero() && done.After(m.Latest.Day), "%s in %s", id.Name(), id.Area)
	}
}

func TestTheWholeRecordIsEnteredAfterwards(t *testing.T) {
	t.Parallel()
	c, report := at(t, "2021", area.Edition2021(), realDay)
	n := counted(t)
	require.Equal(t, dossier.Report{Entered: n.things()}, report)

	kinds := c.kinds()
	require.Equal(t, n.bodies, kinds[tracker.BodyAdded])
	require.Equal(t, n.documents, kinds[tracker.DocumentAdded])
	require.Equal(t, n.plans, kinds[tracker.PlanAdded])
	require.Equal(t, n.ruleTasks, kinds[tracker.TaskAdded])
	require.Equal(t, n.statements, kinds[tracker.StatementAdded])
	require.Equal(t, n.votingDays, kinds[tracker.VotingDaySet])
	require.Equal(t, n.occurrences, kinds[tracker.MilestoneOccurred])
	require.Equal(t, 1, kinds[tracker.ElectionMoved])
	require.Equal(t, 1, kinds[tracker.RecordEntered])
	require.Equal(t, tracker.Closed, c.changes[len(c.changes)-2].After.Election.State)
	references(t, c)

	teams := 0
	for _, x := range c.changes {
		if x.Kind == tracker.MilestonePlanned {
			teams++
			require.Equal(t, civil.Must("2021-03-27"), x.After.Milestone.Planned)
			require.Contains(t, x.Reason, "ANTD")
		}
	}
	first, last := c.opening.Frame.List.Descendants(index(t, c, "79"))
	communes := 0
	for ; first < last; first++ {
		if c.opening.Frame.List.At(first).Level == area.LevelCommune {
			communes++
		}
	}
	require.Equal(t, communes, teams)

	lines := 0
	for _, p := range c.plans() {
		lines += len(p.Lines)
	}
	require.Equal(t, n.lines, lines)
}

func index(t *testing.T, c *country, code area.Code) int {
	t.Helper()
	i, ok := c.opening.Frame.List.Index(code)
	require.True(t, ok)
	return i
}

func TestDatesFollowTheRecordInTheOrderOfDays(t *testing.T) {
	t.Parallel()
	c, _ := at(t, "2021", area.Edition2021(), realDay)
	list := c.record("VN", "na_official_list")
	require.Equal(t, civil.Must("2021-04-27"), list.Milestone.DoneOn)
	require.Len(t, list.Tasks, 2)
	campaign := c.record("31", "campaign_na")
	require.Equal(t, civil.Must("2021-04-27"), campaign.Milestone.NotBefore.Day, "it starts with the list, not with its legal limit")

	vote := c.record("318", "voting_day")
	require.Equal(t, civil.Must("2021-05-22"), vote.Milestone.DoneOn)
	require.Equal(t, civil.Cutoff{Day: civil.Must("2021-05-22"), Clock: civil.NewClock(7, 0)}, vote.Milestone.NotBefore)
	require.Equal(t, civil.Must("2021-05-21"), c.record("31105", "voting_day").Milestone.DoneOn)
	require.Equal(t, civil.Must("2021-05-23"), c.record("22736", "voting_day").Milestone.Latest.Day, "a doubtful day is not used")

	for _, code := range []area.Code{"10303", "09022"} {
		first := c.record(code, "pc_first_session").Milestone
		require.Equal(t, civil.Must("2021-07-21"), first.Latest.Day, "%s voted again on 6/6, and its council counts from that", code)
	}
	again := c.record("10303", "annul_and_re_vote.1")
	require.Equal(t, "đơn vị bầu cử số 4", again.Milestone.Scope)
	require.Equal(t, civil.Must("2021-06-06"), again.Milestone.DoneOn)
	require.Equal(t, civil.Must("2021-06-07"), again.Milestone.Latest.Day)
	require.True(t, again.Milestone.NotBefore.IsZero(), "the day of the annulment is not known")

	require.Equal(t, tracker.Done, c.record("306", "hp_district_conferences").Milestone.Work)
	require.True(t, c.record("303", "hp_district_conferences").Milestone.Silent)
	var before civil.Date
	for _, x := range c.changes {
		if x.Kind == tracker.TaskUpdated || x.Kind == tracker.VotingDaySet {
			require.False(t, x.Happened.Before(before), "%s %v", x.Kind, x.Milestone)
			before = x.Happened
		}
	}
}

func TestWhatIsKnownGrowsByTheDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		day, area, milestone, task string
		want                       tracker.Work
	}{
		{"2021-01-13", "VN", "guidance_1185_1186_1187", "duty", tracker.Done},
		{"2021-01-14", "058", "bk_plan_18", "duty", tracker.Done},
		{"2021-01-26", "306", "hp_district_conferences", "duty", tracker.NotStarted},
		{"2021-01-27", "306", "hp_district_conferences", "duty", tracker.Done},
		{"2021-01-31", "058", "pc_structure_draft_district", "party_opinion", tracker.Done},
		{"2021-02-07", "31", "consult1_na_province", "front_with_committee", tracker.NotStarted},
		{"2021-02-08", "31", "consult1_na_province", "front_with_committee", tracker.Done},
		{"2021-02-08", "31", "consult2_na_province", "front_with_committee", tracker.NotStarted},
		{"2021-02-16", "058", "consult1_pc_district", "prepare", tracker.InProgress},
		{"2021-02-16", "01840", "election_committee_commune", "duty", tracker.Done},
		{"2021-02-16", "058", "election_committee_district", "duty", tracker.NotStarted},
		{"2021-03-02", "058", "election_committee_district", "duty", tracker.Done},
	} {
		t.Run(c.day+" "+c.milestone, func(t *testing.T) {
			t.Parallel()
			in, _ := at(t, "2021", small(), c.day)
			require.Equal(t, c.want, in.task(area.Code(c.area), c.milestone, c.task).Status)
		})
	}
	for day, want := range map[string]int{"2021-05-23": 0, "2021-07-22": 0, "2021-07-23": 1} {
		in, _ := at(t, "2021", small(), day)
		require.Equal(t, want, in.kinds()[tracker.ElectionMoved], day)
		require.Equal(t, day != "2021-05-23", in.plans()["thai_nguyen_2021"].Key != "", day)
	}
}

func TestEveryThingIsEnteredOrCounted(t *testing.T) {
	t.Parallel()
	all := counted(t).things()
	for _, day := range []string{"2019-01-01", trialDay, "2021-02-16", "2021-05-23", realDay} {
		_, report := at(t, "2021", small(), day)
		require.Equal(t, all, report.Entered+report.Left(), day)
		require.NotZero(t, report.Elsewhere)
		require.Equal(t, day == realDay, report.Later == 0, day)
	}
	_, nothing := at(t, "2021", area.Edition2021().Only("empty", "96"), "2019-01-01")
	require.Equal(t, 11, nothing.Entered, "the bodies of the nation")
}

// things are counted here from the files themselves, without the room's reader.
type things struct {
	bodies, documents, plans, lines, lineDeeds, ruleTasks, doneLater int
	facts, occurrences, statements, targets, votingDays              int
}

func (n things) things() int {
	return n.bodies + n.documents + n.plans + n.lineDeeds + n.ruleTasks + n.doneLater + n.facts + n.statements + n.targets + n.votingDays
}

func counted(t *testing.T) things {
	t.Helper()
	type list = []map[string]any
	var organs struct{ Documents, Bodies list }
	var record struct {
		Plans      []struct{ Milestones list }
		RuleTasks  list   `json:"rule_tasks"`
		Facts      list   `json:"facts"`
		LocalFacts list   `json:"local_facts"`
		Statements list   `json:"statements"`
		NotDated   list   `json:"not_dated"`
		Targets    list   `json:"targets"`
		VotingDays list   `json:"voting_days"`
		NotEntered string `json:"voting_days_not_entered"`
	}
	for file, into := range map[string]any{"bodies-and-documents.json": &organs, "plans.json": &record} {
		data, err := os.ReadFile("dossiers/2021/" + file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, into))
	}
	n := things{
		bodies: len(organs.Bodies), documents: len(organs.Documents), plans: len(record.Plans), ruleTasks: len(record.RuleTasks),
		facts: len(record.Facts) + len(record.LocalFacts), statements: len(record.Statements) + len(record.NotDated) + 1,
		targets: len(record.Targets), votingDays: len(record.VotingDays),
	}
	for _, p := range record.Plans {
		n.lines += len(p.Milestones)
		for _, m := range p.Milestones {
			if m["state"] == "done" {
				n.lineDeeds += len(m["applies_to"].(map[string]any)["areas"].([]any))
			}
		}
	}
	written := map[any]string{"SEEDA": "2021-01-23", "SEEDB": "2021-02-16"}
	for _, x := range record.RuleTasks {
		if day, ok := x["done_by"].(string); ok && day > written[x["source"]] {
			n.doneLater++
		}
	}
	for _, x := range record.Facts {
		if x["occurrence"] != nil {
			n.occurrences++
		}
	}
	require.NotEmpty(t, record.NotEntered)
	return n
}

// references checks what the database checks: what is named is there.
func references(t *testing.T, c *country) {
	t.Helper()
	documents, bodies := c.documents(), c.bodies()
	sources := c.opening.Sources
	document := func(key string) {
		if key != "" {
			require.Contains(t, documents, key)
		}
	}
	source := func(key string) {
		if key != "" {
			require.Contains(t, sources, key)
		}
	}
	for _, b := range bodies {
		document(b.SetUpBy)
		source(b.Source)
	}
	for _, d := range documents {
		source(d.Source)
		if d.Issuer != "" {
			require.Contains(t, bodies, d.Issuer)
		}
	}
	for _, p := range c.plans() {
		for _, l := range p.Lines {
			document(l.Document)
			source(l.Source)
			for _, b := range l.Bodies {
				require.Contains(t, bodies, b)
			}
		}
	}
	for _, x := range c.changes {
		if x.After.Task != nil {
			document(x.After.Task.Document)
			source(x.After.Task.Source)
		}
	}
}

func TestAnElectionThatWasEnteredLongAgoIsClosedWhenItIsOver(t *testing.T) {
	t.Parallel()
	c, _ := at(t, "2021", area.Edition2021().Only("small", "058"), "2021-01-25")
	d, err := dossier.Load("2021")
	require.NoError(t, err)
	before := len(c.changes)
	for _, day := range []string{"2021-06-01", "2026-01-25", "2026-01-26"} {
		report, err := d.Enter(t.Context(), c.service(day), local, civil.Must(day))
		require.NoError(t, err)
		require.Zero(t, report)
		if day == "2021-06-01" {
			require.Len(t, c.changes, before, "it is not over yet")
		}
	}
	require.Len(t, c.changes, before+1)
	require.Equal(t, tracker.Closed, c.changes[before].After.Election.State)
}
