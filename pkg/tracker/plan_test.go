package tracker_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// line is a piece of work for some areas of Bắc Kạn.
func line(title string, codes ...area.Code) tracker.LineEntry {
	l := tracker.LineEntry{Where: tracker.Where{Areas: codes}}
	l.Title.Vi, l.Phase, l.Nature = title, "direction", "duty"
	l.NotBefore, l.Latest = civil.Must("2021-02-01"), civil.Must("2021-03-20")
	return l
}

func entry(lines ...tracker.LineEntry) tracker.PlanEntry {
	return tracker.PlanEntry{
		Area: "06", Title: fault.Text{Vi: "Kế hoạch của tỉnh"}, Lines: lines,
		Document: tracker.DocumentChoice{New: &tracker.NewDocument{Number: "87/KH-UBND", Kind: "plan", Title: "Kế hoạch", IssuedOn: civil.Must("2021-02-10")}},
	}
}

// afterwards is another act that stands on what one has left, as if it had been
// kept at a revision.
func afterwards(o *tracker.Opening, l tracker.Ledger, acts ...*tracker.Act) (*tracker.Act, tracker.Ledger) {
	ledger, plans := tracker.Ledger{}, map[string]tracker.Plan{}
	var documents []tracker.Document
	for id, r := range l {
		ledger[id] = &tracker.Record{Milestone: r.Milestone, Tasks: slices.Clone(r.Tasks)}
	}
	revision := tracker.Revision(1)
	for _, a := range acts {
		for _, c := range a.Changes() {
			revision++
			c.Revision = revision
			ledger.Apply(&c)
			switch c.Kind {
			case tracker.PlanAdded, tracker.PlanChanged, tracker.PlanWithdrawn:
				plans[c.Subject] = c.After.Plan.At(revision, nil)
			case tracker.DocumentAdded:
				documents = append(documents, *c.After.Document)
			}
		}
	}
	found := tracker.Found{Plans: plans, Documents: documents}
	for _, r := range ledger {
		found.Records = append(found.Records, *r)
	}
	return tracker.Begin(o.Frame, local, noon, zone, found), ledger
}

func kindsOf(a *tracker.Act) []tracker.Kind {
	var all []tracker.Kind
	for _, c := range a.Changes() {
		all = append(all, c.Kind)
	}
	return all
}

const province = "ke_hoach_cua_tinh"

func TestAPlanIsEnteredWithItsDocumentAndKeysAreMadeOfTitles(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := begin(o, l)
	all := line("Tập huấn 2 ngày")
	all.Where = tracker.Where{Level: area.LevelCommune}
	key, err := act.EnterPlan(entry(line("Họp giao ban", "06"), line("Họp giao ban", "058"), all))
	require.NoError(t, err)
	require.Equal(t, province, key)
	require.Equal(t, []tracker.Kind{tracker.DocumentAdded, tracker.PlanAdded}, kindsOf(act))
	p := act.Changes()[1].After.Plan
	require.Equal(t, []string{"d_06_20210210_87_kh_ubnd"}, p.Documents)
	require.Equal(t, civil.Must("2021-02-10"), act.Changes()[1].Happened, "the plan is there since its document")
	require.Equal(t, "Kế hoạch của tỉnh", p.Title.En, "what is given in one language stands in both")
	var keys []string
	for _, x := range p.Lines {
		keys = append(keys, string(x.Key))
	}
	require.Equal(t, []string{"hop_giao_ban", "hop_giao_ban_2", "tap_huan_2_ngay"}, keys)
	require.Len(t, p.Lines[2].Areas, 8, "all communes of the province that the list has")
	r, err := act.Record(id("06", "hop_giao_ban"))
	require.NoError(t, err)
	require.Equal(t, civil.Must("2021-03-20"), r.Milestone.Latest.Day)
	require.Len(t, r.Tasks, 1)

	act, _ = afterwards(o, l, act)
	key, err = act.EnterPlan(entry(line("Họp giao ban", "06")))
	require.NoError(t, err)
	require.Equal(t, province+"_2", key)
	require.Equal(t, []tracker.Kind{tracker.PlanAdded}, kindsOf(act), "the same document is not entered twice")
	require.Equal(t, tracker.MilestoneKey("hop_giao_ban_3"), act.Changes()[0].After.Plan.Lines[0].Key)
}

func TestAPlanThatCannotHoldIsRefusedAndEveryPlaceIsNamed(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	with := func(change func(*tracker.LineEntry)) tracker.PlanEntry {
		x := line("Họp giao ban", "06")
		change(&x)
		return entry(x)
	}
	for name, c := range map[string]struct {
		entry   tracker.PlanEntry
		code    string
		pointer string
	}{
		"a rule's key": {with(func(x *tracker.LineEntry) { x.Key = "consult1_pc_district" }), "plan-line-is-a-rule", "/lines/0/key"},
		"another's area": {
			with(func(x *tracker.LineEntry) { x.Where = tracker.Where{Areas: []area.Code{"06", "31"}} }), "area-outside-plan", "/lines/0/areas/codes/1",
		},
		"no such area":         {with(func(x *tracker.LineEntry) { x.Where.Areas[0] = "99" }), "area-not-found", "/lines/0/areas/codes/0"},
		"for nobody":           {with(func(x *tracker.LineEntry) { x.Where = tracker.Where{Level: area.LevelPollingArea} }), "line-for-nobody", "/lines/0/areas"},
		"an end before start":  {with(func(x *tracker.LineEntry) { x.Latest = civil.Must("2021-01-31") }), "days-in-disorder", "/lines/0/latest_on"},
		"no title":             {with(func(x *tracker.LineEntry) { x.Title.Vi = "  " }), "title-missing", "/lines/0/title/vi"},
		"no such phase":        {with(func(x *tracker.LineEntry) { x.Phase = "party" }), "unknown-phase", "/lines/0/phase"},
		"no such nature":       {with(func(x *tracker.LineEntry) { x.Nature = "wish" }), "unknown-nature", "/lines/0/nature"},
		"what occurs":          {with(func(x *tracker.LineEntry) { x.Nature = "on_occurrence" }), "plan-line-occurs", "/lines/0/nature"},
		"no such body":         {with(func(x *tracker.LineEntry) { x.Responsible = []tracker.Responsible{{Body: "club", Level: "own"}} }), "unknown-body", "/lines/0/responsible/0/body"},
		"a bar with steps":     {with(func(x *tracker.LineEntry) { x.Nature, x.Steps = "period", []tracker.PlanStep{{Title: x.Title}} }), "steps-without-work", "/lines/0/steps"},
		"no line":              {entry(), "plan-empty", "/lines"},
		"too many lines":       {entry(slices.Repeat([]tracker.LineEntry{line("Họp", "06")}, tracker.MaxPlanLines+1)...), "plan-too-long", "/lines"},
		"an unknown document":  {tracker.PlanEntry{Area: "06", Title: fault.Text{Vi: "x"}, Documents: []string{"none"}, Lines: []tracker.LineEntry{line("Họp", "06")}}, "document-unknown", "/documents/0"},
		"a document to come":   {tracker.PlanEntry{Area: "06", Document: tracker.DocumentChoice{New: &tracker.NewDocument{Number: "1", Title: "x", IssuedOn: today.Add(1)}}}, "document-in-the-future", "/new_document/issued_on"},
		"a title without end":  {with(func(x *tracker.LineEntry) { x.Title.Vi = strings.Repeat("x", 301) }), "text-too-long", "/lines/0/title/vi"},
		"an area not in reach": {tracker.PlanEntry{Area: "99"}, "area-not-found", "/area"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			act := begin(o, l)
			_, err := act.EnterPlan(c.entry)
			f, ok := fault.As(err)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.code, f.Code)
			require.Equal(t, c.pointer, f.Fields[0].Pointer)
			require.Empty(t, act.Changes(), "nothing is entered in part")
		})
	}
}

// planned is a plan with one line for the province and two of its districts,
// on which the province has reported.
func planned(t *testing.T) *tracker.Act {
	t.Helper()
	o, l := opened(t)
	first := begin(o, l)
	_, err := first.EnterPlan(entry(line("Họp giao ban", "06", "058", "01840"), line("Tập huấn", "058")))
	require.NoError(t, err)
	act, ledger := afterwards(o, l, first)
	c := done("058", "hop_giao_ban", "2021-02-15")
	c.If = ledger[c.ID].Tasks[0].Revision
	_, err = act.UpdateTask(c)
	require.NoError(t, err)
	next, _ := afterwards(o, l, first, act)
	return next
}

func edit(a *tracker.Act, lines ...tracker.LineEdit) tracker.PlanEdit {
	return tracker.PlanEdit{Plan: province, If: a.Plans()[province].Revision, Edit: lines, Reason: "điều chỉnh"}
}

func TestADateThatIsMovedKeepsTheWorkDone(t *testing.T) {
	t.Parallel()
	act := planned(t)
	require.NoError(t, act.ChangePlan(edit(act, tracker.LineEdit{Key: "hop_giao_ban", Latest: tracker.To(civil.Must("2021-02-12"))})))
	require.Equal(t, []tracker.Kind{tracker.PlanChanged, tracker.MilestoneMoved, tracker.MilestoneMoved, tracker.MilestoneMoved}, kindsOf(act))
	r, err := act.Record(id("058", "hop_giao_ban"))
	require.NoError(t, err)
	require.Equal(t, civil.Must("2021-02-12"), r.Milestone.Latest.Day)
	require.Equal(t, tracker.Done, r.Milestone.Work)
	require.Equal(t, civil.Must("2021-02-15"), r.Milestone.DoneOn)
}

func TestAnAreaTakenOutIsCancelledAndTakenInAgainWithItsWork(t *testing.T) {
	t.Parallel()
	act := planned(t)
	out := edit(act, tracker.LineEdit{Key: "hop_giao_ban", Where: tracker.To(tracker.Where{Areas: []area.Code{"06", "01837"}})})
	require.NoError(t, act.ChangePlan(out))
	require.Equal(t, []tracker.Kind{
		tracker.PlanChanged, tracker.MilestoneCancelled, tracker.MilestoneCancelled, tracker.MilestoneAdded,
	}, kindsOf(act))
	r, err := act.Record(id("058", "hop_giao_ban"))
	require.NoError(t, err)
	require.Equal(t, tracker.Cancelled, r.Milestone.Work)
	require.True(t, r.Milestone.DoneOn.IsZero())
	require.Equal(t, tracker.Done, r.Tasks[0].Status, "what was reported stays with the task")
	require.Equal(t, "điều chỉnh", act.Changes()[1].Reason)

	c := done("058", "hop_giao_ban", "2021-02-16")
	c.If = r.Tasks[0].Revision
	_, err = act.UpdateTask(c)
	require.True(t, fault.Is(err, "milestone-cancelled"), "%v", err)
	require.True(t, fault.Is(act.Plan(tracker.PlanCommand{ID: r.Milestone.ID, If: r.Milestone.Revision}), "milestone-cancelled"))

	again := edit(act, tracker.LineEdit{Key: "hop_giao_ban", Where: tracker.To(tracker.Where{Areas: []area.Code{"06", "058"}})})
	again.If = act.Plans()[province].Revision
	require.NoError(t, act.ChangePlan(again))
	r, err = act.Record(id("058", "hop_giao_ban"))
	require.NoError(t, err)
	require.Equal(t, tracker.Done, r.Milestone.Work)
	require.Equal(t, civil.Must("2021-02-15"), r.Milestone.DoneOn)
	require.Equal(t, tracker.Reported, r.Milestone.Standing)
}

func TestALineTakenOutNeedsAReasonAndStaysToBeLookedAt(t *testing.T) {
	t.Parallel()
	act := planned(t)
	c := edit(act, tracker.LineEdit{Key: "tap_huan", Remove: true})
	c.Reason = " "
	require.True(t, fault.Is(act.ChangePlan(c), "reason-missing"))
	c.Reason = "không còn cần"
	require.NoError(t, act.ChangePlan(c))
	p := act.Plans()[province]
	require.Len(t, p.Lines, 2)
	require.Equal(t, &tracker.Withdrawal{On: today, Reason: "không còn cần"}, p.Line("tap_huan").Withdrawn)
	require.Equal(t, []area.Code{"058"}, p.Line("tap_huan").Areas)
	c.If = p.Revision
	require.True(t, fault.Is(act.ChangePlan(c), "plan-line-withdrawn"), "and is not taken out again")
	require.True(t, fault.Is(act.ChangePlan(edit(act, tracker.LineEdit{Key: "other"})), "plan-line-not-found"))
}

func TestWordsThatChangeAreSaidInEveryMilestoneOfTheLine(t *testing.T) {
	t.Parallel()
	act := planned(t)
	require.NoError(t, act.ChangePlan(edit(act, tracker.LineEdit{Key: "tap_huan", Title: tracker.To(fault.Text{Vi: "Tập huấn nghiệp vụ"})})))
	require.Equal(t, []tracker.Kind{tracker.PlanChanged, tracker.MilestoneRestated}, kindsOf(act))
	require.Equal(t, tracker.MilestoneKey("tap_huan"), act.Changes()[1].Milestone.Key, "the key stays when the title changes")
}

func TestAChangeThatChangesNothingIsNone(t *testing.T) {
	t.Parallel()
	act := planned(t)
	same := edit(act, tracker.LineEdit{Key: "tap_huan", Where: tracker.To(tracker.Where{Areas: []area.Code{"058", "058"}})})
	require.NoError(t, act.ChangePlan(same))
	require.Empty(t, act.Changes())
}

func TestAWithdrawnPlanIsCancelledWholeAndForGood(t *testing.T) {
	t.Parallel()
	act := planned(t)
	c := tracker.PlanWithdrawal{Plan: province, If: act.Plans()[province].Revision}
	require.True(t, fault.Is(act.WithdrawPlan(c), "reason-missing"))
	c.Reason = "thay bằng kế hoạch khác"
	c.Document.New = &tracker.NewDocument{Number: "99/QĐ-UBND", Title: "Quyết định rút", IssuedOn: civil.Must("2021-02-20")}
	stale := c
	stale.If++
	require.Equal(t, fault.Stale, fault.KindOf(act.WithdrawPlan(stale)))

	require.NoError(t, act.WithdrawPlan(c))
	require.Equal(t, []tracker.Kind{
		tracker.DocumentAdded, tracker.PlanWithdrawn,
		tracker.MilestoneCancelled, tracker.MilestoneCancelled, tracker.MilestoneCancelled, tracker.MilestoneCancelled,
	}, kindsOf(act))
	why := act.Changes()[2].After.Withdrawal
	require.Equal(t, &tracker.Withdrawal{On: civil.Must("2021-02-20"), Reason: "thay bằng kế hoạch khác", Document: "d_06_20210220_99_qd_ubnd"}, why)
	p := act.Plans()[province]
	require.Equal(t, why, p.Withdrawn)
	require.Len(t, p.Lines, 2, "it stays listed with all its lines")

	c.If = p.Revision
	require.True(t, fault.Is(act.WithdrawPlan(c), "plan-withdrawn"), "not twice")
	require.True(t, fault.Is(act.ChangePlan(edit(act)), "plan-withdrawn"), "and no edits after")
	require.True(t, fault.Is(act.WithdrawPlan(tracker.PlanWithdrawal{Plan: "none"}), "plan-not-found"))
}
