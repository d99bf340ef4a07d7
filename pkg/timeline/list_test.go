package timeline_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// listed builds one page; a limit that is not given is enough for all.
func listed(t require.TestingT, v *mirror.View, i int, now civil.Cutoff, o timeline.ListOptions) *timeline.List {
	if o.Limit == 0 {
		o.Limit = 1 << 20
	}
	l, err := timeline.BuildList(v, i, now, o)
	require.NoError(t, err)
	return l
}

func states(t require.TestingT, text string) timeline.ListStates {
	s, err := timeline.ParseListStates(text)
	require.NoError(t, err)
	return s
}

// asked are options and what they mean, said once more.
type asked struct {
	timeline.ListOptions
	states string
}

func drawAsked(t *rapid.T, v *mirror.View, today civil.Date) asked {
	some := func(what string) bool { return rapid.IntRange(0, 2).Draw(t, what) == 0 }
	var o asked
	o.Lateness = rapid.Bool().Draw(t, "by lateness")
	o.Reach = timeline.Reach(rapid.IntRange(0, 2).Draw(t, "reach"))
	if some("as of") {
		o.AsOf = today.Add(-rapid.IntRange(0, 60).Draw(t, "days ago"))
	}
	if some("body") {
		o.Body = rapid.SampledFrom(statute.Bodies()).Draw(t, "which body")
	}
	if some("serves") {
		o.Serves = statute.Assembly(rapid.IntRange(1, 4).Draw(t, "whom"))
	}
	if some("level") {
		o.Level = area.Level(rapid.IntRange(1, 4).Draw(t, "which level"))
	}
	if some("span") {
		o.From = today.Add(rapid.IntRange(-60, 60).Draw(t, "from"))
		o.To = o.From.Add(rapid.IntRange(0, 40).Draw(t, "days"))
	}
	origin := rapid.SampledFrom(v.Origins()).Draw(t, "origin")
	if some("phase") {
		o.Phase = origin.Phase
	}
	if some("column") {
		o.Column = keyOf(&timeline.Item{Origin: origin})
	}
	if rapid.Bool().Draw(t, "state") {
		names := rapid.SliceOfNDistinct(rapid.SampledFrom(timeline.ListStateNames()), 1, 3, rapid.ID).Draw(t, "states")
		o.states = strings.Join(names, ",")
		o.States = states(t, o.states)
	}
	return o
}

// wants says the same as the filters do, of one item of one place's timeline.
func (o *asked) wants(x *timeline.Item, level area.Level) bool {
	latest := x.Milestone.Latest.Day
	span := o.From.IsZero() || (!latest.IsZero() && !latest.Before(o.From) && !latest.After(o.To))
	if !span || (o.Level != 0 && level != o.Level) || (o.Phase != "" && x.Origin.Phase != o.Phase) ||
		(o.Column != "" && keyOf(x) != o.Column) || !wanted(x, timeline.MatrixOptions{Body: o.Body, Serves: o.Serves}) {
		return false
	}
	return o.states == "" || slices.ContainsFunc(strings.Split(o.states, ","), func(s string) bool { return isIn(x, s) })
}

func isIn(x *timeline.Item, state string) bool {
	n, counted := one(*x), x.Origin.Nature.CanBeLate() && x.Timing != timeline.SetAside
	switch state {
	case "late":
		return counted && n.Overdue+n.BehindPlan > 0
	case "overdue":
		return counted && n.Overdue > 0
	case "behind_plan":
		return counted && n.BehindPlan > 0
	case "due_soon":
		return counted && n.DueSoon > 0
	case "open":
		return counted && n.Done == 0
	case "done":
		return counted && n.Done > 0
	case "confirmed":
		return counted && n.Confirmed > 0
	}
	return x.Timing.String() == state
}

// oracle is the whole list, made of timelines.
func oracle(t require.TestingT, v *mirror.View, i int, now civil.Cutoff, o *asked) (rows []timeline.Item, counts timeline.Sums) {
	list := v.Frame().List
	first, last := list.Descendants(i)
	within := map[timeline.Reach][2]int{
		timeline.ReachBranch: {i, last}, timeline.ReachOwn: {i, i + 1}, timeline.ReachBelow: {first, last},
	}[o.Reach]
	for k := within[0]; k < within[1]; k++ {
		line, err := timeline.Build(v, k, now, timeline.Options{AsOf: o.AsOf})
		require.NoError(t, err)
		for _, x := range line.Items {
			whatever := *o
			whatever.states = ""
			if whatever.wants(&x, list.At(k).Level) && x.Origin.Nature.CanBeLate() && x.Timing != timeline.SetAside {
				plus(&counts, one(x))
			}
			if o.wants(&x, list.At(k).Level) {
				rows = append(rows, x)
			}
		}
	}
	return rows, counts
}

// inOrder says that rows stand as the options ask.
func inOrder(t require.TestingT, rows []timeline.ListItem, lateness bool) {
	end := func(x *timeline.ListItem) int {
		if x.Milestone.Latest.IsZero() {
			return 1 << 40
		}
		minutes := 24 * 60
		if c := x.Milestone.Latest.Clock; !c.IsZero() {
			minutes = c.Minutes()
		}
		return civil.Date{}.DaysUntil(x.Milestone.Latest.Day)*2000 + minutes
	}
	press := []timeline.Timing{timeline.Overdue, timeline.BehindPlan, timeline.DueSoon}
	rank := func(x *timeline.ListItem) int {
		if k := slices.Index(press, x.Timing); k >= 0 {
			return k
		}
		return len(press)
	}
	require.True(t, slices.IsSortedFunc(rows, func(a, b timeline.ListItem) int {
		if !lateness {
			return cmp.Or(cmp.Compare(end(&a), end(&b)), cmp.Compare(a.Area, b.Area))
		}
		c := cmp.Compare(rank(&a), rank(&b))
		switch {
		case c != 0:
			return c
		case a.Timing == timeline.Overdue:
			return cmp.Or(cmp.Compare(end(&a), end(&b)), cmp.Compare(a.Area, b.Area))
		case a.Timing == timeline.BehindPlan:
			return cmp.Compare(b.DaysBehind, a.DaysBehind)
		}
		return 0
	}))
}

// redraws says that milestones may say something else after a change than before.
func redraws(c tracker.Change) bool {
	return slices.Contains([]tracker.Kind{tracker.PlanChanged, tracker.PlanWithdrawn, tracker.ElectionAmended}, c.Kind)
}

// It reads page after page while others act, and holds what comes against the
// timelines of all places when the first page was read. Once the election is
// redrawn there is no such page any more, and not before.
func TestA12PagesShowEachRowOfTheFirstMomentOnceWhileOthersChangeThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		redrawn := false // since the first page
		act := func(n int) {
			l.Pass(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour)
			var changes []tracker.Change
			if rapid.IntRange(0, 15).Draw(t, "amend") == 0 {
				changes, _ = l.Amend(mirrortest.Amendment(t, l.Frame(), n))
			} else {
				changes, _ = l.Do(mirrortest.Act(t, l.Frame(), civil.Of(l.Now(), mirrortest.Zone), l.Records(), n))
			}
			redrawn = redrawn || slices.ContainsFunc(changes, redraws)
		}
		for n := range rapid.IntRange(0, 15).Draw(t, "acts") {
			act(n)
		}
		v := l.View(t)
		i := rapid.IntRange(0, v.Frame().List.Len()-1).Draw(t, "area")
		now := civil.Now(l.Now(), mirrortest.Zone)
		o := drawAsked(t, v, now.Day)
		want, counts := oracle(t, v, i, now, &o)

		whole := listed(t, v, i, now, o.ListOptions)
		require.Equal(t, counts, whole.Counts)
		require.Equal(t, len(want), whole.Total)
		require.False(t, whole.HasMore)
		inOrder(t, whole.Items, o.Lateness)
		key := func(x timeline.Item) tracker.MilestoneID { return x.ID }
		var ids, wantIDs []tracker.MilestoneID
		byID := map[tracker.MilestoneID]timeline.Item{}
		for _, x := range want {
			wantIDs, byID[key(x)] = append(wantIDs, key(x)), x
		}
		for _, x := range whole.Items {
			ids = append(ids, x.ID)
			require.Equal(t, byID[x.ID], x.Item)
			require.Equal(t, v.Frame().List.At(x.Area).Code, x.ID.Area)
			honest(t, v, &x)
		}
		require.ElementsMatch(t, wantIDs, ids)

		o.Limit = max(1, len(want)/rapid.IntRange(1, 4).Draw(t, "pages"))
		redrawn = false
		var read []timeline.ListItem
		for page := 0; ; page++ {
			p, err := timeline.BuildList(v, i, now, o.ListOptions)
			if redrawn {
				require.True(t, fault.Is(err, "token-expired"), err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, whole.Total, p.Total)
			require.Equal(t, whole.Counts, p.Counts)
			require.LessOrEqual(t, len(p.Items), o.Limit)
			read = append(read, p.Items...)
			if !p.HasMore {
				break
			}
			o.After, o.Revision = &p.Items[len(p.Items)-1].ID, p.Revision
			for n := range rapid.IntRange(0, 3).Draw(t, "acts between") {
				act(100*page + n)
			}
			v = l.View(t)
		}
		require.Equal(t, append([]timeline.ListItem(nil), whole.Items...), read)
	})
}

// aPlan is a local plan of a city with one line, for the city and one of its communes.
func aPlan(key string) func(*tracker.Act) error {
	return func(a *tracker.Act) error {
		title := fault.Text{Vi: "Họp giao ban", En: "A meeting"}
		return a.AddPlan(tracker.Plan{Key: key, Area: "058", Title: title, Lines: []tracker.PlanLine{{
			Key: tracker.MilestoneKey(key + "_meeting"), Title: title, Phase: "direction", Nature: "duty",
			Latest: civil.Must("2021-02-26"), Areas: []area.Code{"058", "01840"},
		}}}, civil.Must("2021-01-20"))
	}
}

func editPlan(key string) func(*tracker.Act) error {
	return func(a *tracker.Act) error {
		return a.ChangePlan(tracker.PlanEdit{Plan: key, If: a.Plans()[key].Revision, Edit: []tracker.LineEdit{{
			Key: tracker.MilestoneKey(key + "_meeting"), Title: tracker.To(fault.Text{Vi: "Họp trực tuyến"}), Phase: tracker.To("setup"),
		}}})
	}
}

// begun reads the first page of the list of a city, and gives what the next is asked for with.
func begun(t *testing.T, l *mirrortest.Log) (next timeline.ListOptions, whole []timeline.ListItem) {
	o := timeline.ListOptions{Limit: 5}
	v := l.View(t)
	i, _ := v.Frame().List.Index("058")
	first := listed(t, v, i, at("2021-01-25T09:00"), o)
	require.True(t, first.HasMore)
	o.After, o.Revision = &first.Items[4].ID, first.Revision
	return o, listed(t, v, i, at("2021-01-25T09:00"), timeline.ListOptions{}).Items
}

func goneOn(t *testing.T, l *mirrortest.Log, o timeline.ListOptions) (*timeline.List, error) {
	v := l.View(t)
	i, _ := v.Frame().List.Index("058")
	return timeline.BuildList(v, i, at("2021-01-25T09:00"), o)
}

func TestA12APlanThatIsAddedBetweenTwoPagesDoesNotDisturbThem(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058", "318")
	require.NoError(t, acts(l, aPlan("one")))
	require.NoError(t, acts(l, editPlan("one"))) // before the list was begun
	next, whole := begun(t, l)
	require.NoError(t, acts(l, aPlan("two")))
	for read := whole[:5]; ; {
		page, err := goneOn(t, l, next)
		require.NoError(t, err)
		require.Equal(t, len(whole), page.Total)
		read = append(slices.Clip(read), page.Items...)
		if !page.HasMore {
			var names, want []tracker.MilestoneID
			for k := range whole {
				names, want = append(names, read[k].ID), append(want, whole[k].ID)
			}
			require.Equal(t, want, names)
			require.Len(t, read, len(whole))
			return
		}
		next.After = &page.Items[4].ID
	}
}

func TestA12AListCannotBeGoneOnWithOnceTheElectionIsRedrawn(t *testing.T) {
	t.Parallel()
	for name, redraw := range map[string]func(*mirrortest.Log) error{
		"a plan was changed": func(l *mirrortest.Log) error { return acts(l, editPlan("one")) },
		"a plan was withdrawn": func(l *mirrortest.Log) error {
			return acts(l, func(a *tracker.Act) error {
				return a.WithdrawPlan(tracker.PlanWithdrawal{Plan: "one", If: a.Plans()["one"].Revision, Reason: "không còn cần"})
			})
		},
		"the election was amended": func(l *mirrortest.Log) error {
			_, err := l.Amend(tracker.AmendCommand{Day: civil.Must("2021-06-20"), Reason: "hoãn"}, l.Frame().Rulebook)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := bacKan(t, "058", "318")
			require.NoError(t, acts(l, aPlan("one")))
			next, _ := begun(t, l)
			require.NoError(t, redraw(l))
			_, err := goneOn(t, l, next)
			require.True(t, fault.Is(err, "token-expired"), err)
			require.Equal(t, fault.Expired, fault.KindOf(err))
			next, whole := begun(t, l) // again
			page, err := goneOn(t, l, next)
			require.NoError(t, err)
			require.Equal(t, whole[5:10], page.Items)
		})
	}
}

func acts(l *mirrortest.Log, act func(*tracker.Act) error) error {
	_, err := l.Do(act)
	return err
}

// honest: late is only what has to be done, in an election that is not closed;
// the law's limit and a plan's day are two things.
func honest(t require.TestingT, v *mirror.View, x *timeline.ListItem) {
	late := x.Timing == timeline.Overdue || x.Timing == timeline.BehindPlan
	if late {
		require.True(t, x.Origin.Nature.CanBeLate())
		require.NotEqual(t, tracker.Closed, v.Frame().Election.State)
		require.True(t, x.Milestone.Work.Open())
	}
	if x.Timing == timeline.Overdue {
		require.Equal(t, mirror.ByLaw, x.Origin.Binding)
		require.LessOrEqual(t, x.DaysLeft, 0)
	}
	require.Equal(t, x.Timing == timeline.BehindPlan || (x.Timing == timeline.Overdue && x.HasDaysBehind), x.HasDaysBehind)
	if x.HasDaysBehind {
		require.Positive(t, x.DaysBehind)
	}
}

// It asks for the list behind every count of a matrix.
func TestU4TheListBehindEveryCountOfAMatrixHasJustAsManyRows(t *testing.T) {
	t.Parallel()
	c := mirrortest.NewCountry(t, mirrortest.Places())
	for k := range c.Milestones {
		m := &c.Milestones[k]
		switch k % 6 {
		case 0:
			m.Work, m.Standing = tracker.Done, tracker.Confirmed
		case 1:
			m.Work, m.DoneOn = tracker.Done, civil.Must("2021-03-01")
		case 2:
			m.Work = tracker.NotApplicable
		case 3:
			m.Planned = civil.Must("2021-02-01").Add(k % 60)
		}
	}
	v := c.View(t)
	now := at("2021-03-14T17:30")
	behind := func(i int, o timeline.ListOptions, s timeline.Sums) {
		for text, want := range map[string]int32{
			"open,done": s.Total, "done": s.Done, "confirmed": s.Confirmed, "overdue": s.Overdue, "behind_plan": s.BehindPlan,
			"due_soon": s.DueSoon, "late": s.Overdue + s.BehindPlan, "open": s.Total - s.Done,
		} {
			o.States, o.Limit = states(t, text), 1
			require.EqualValues(t, want, listed(t, v, i, now, o).Total, "%s of %+v", text, o)
		}
	}
	for _, o := range []timeline.MatrixOptions{{}, {Body: statute.BodyElectionCommittee}, {Serves: statute.NationalAssembly}} {
		for i := range v.Frame().List.Len() {
			m, err := timeline.BuildMatrix(v, i, now, o)
			require.NoError(t, err)
			ask := timeline.ListOptions{Body: o.Body, Serves: o.Serves}
			behind(i, ask, m.Totals)
			for r, child := range m.Rows {
				behind(child, ask, m.RowSums[r])
			}
			for k := range m.Columns {
				column := ask
				column.Column = m.Columns[k].Key
				behind(i, column, m.Columns[k].Sums)
				column.Reach = timeline.ReachBelow
				behind(i, column, m.Columns[k].Self.Below)
				for r := range m.Columns[k].Cells {
					behind(m.Rows[r], column, m.Columns[k].Cells[r].Below)
				}
			}
			for _, p := range m.Phases {
				var sums timeline.Sums
				for _, x := range m.Columns[p.First : p.First+p.Count] {
					plus(&sums, x.Sums)
				}
				ask := ask
				ask.Phase = p.Key
				behind(i, ask, sums)
			}
		}
	}
}

func TestOneQuestionLeadsFromTheNationToTheLateCommunes(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058", "318")
	l.PassTo(civil.Must("2021-04-14"))
	report(t, l, "01834", "voter_list_posted", "2021-04-10")
	list := listed(t, l.View(t), 0, at("2021-05-14T09:00"), timeline.ListOptions{
		Column: "voter_list_posted", States: states(t, "overdue"), Level: area.LevelCommune, Lateness: true, Limit: 3,
	})
	require.Len(t, list.Items, 3)
	require.True(t, list.HasMore)
	require.EqualValues(t, list.Counts.Overdue, list.Total)
	require.EqualValues(t, 1, list.Counts.Done)
	for _, x := range list.Items {
		require.Equal(t, -31, x.DaysLeft)
		require.NotEqual(t, area.Code("01834"), x.ID.Area)
	}
}

func TestWhatIsLateByAPlanComesBehindWhatIsLateByLaw(t *testing.T) {
	t.Parallel()
	c := mirrortest.NewCountry(t, mirrortest.Places())
	for k := range c.Milestones {
		if m := &c.Milestones[k]; m.ID.Area == "058" && m.ID.Key == "consult2_pc_district" {
			m.Planned = civil.Must("2021-03-01")
		}
	}
	v := c.View(t)
	i, _ := v.Frame().List.Index("058")
	list := listed(t, v, i, at("2021-03-10T09:00"), timeline.ListOptions{States: states(t, "late"), Lateness: true, Reach: timeline.ReachOwn})
	last := list.Items[len(list.Items)-1]
	require.Equal(t, timeline.BehindPlan, last.Timing)
	require.Equal(t, 9, last.DaysBehind)
	require.Positive(t, last.DaysLeft, "the law leaves time")
	require.EqualValues(t, 1, list.Counts.BehindPlan)
	for _, x := range list.Items[:len(list.Items)-1] {
		require.Equal(t, timeline.Overdue, x.Timing)
		require.False(t, x.HasDaysBehind, "it had no plan to be behind of")
	}
}

func TestAListOfWhatThereIsNotIsRefused(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058").View(t)
	for code, o := range map[string]timeline.ListOptions{
		"family-unknown":      {Column: "nothing"},
		"phase-unknown":       {Phase: "nothing"},
		"milestone-not-found": {After: &tracker.MilestoneID{Area: "058", Key: "nothing"}, Revision: 1},
	} {
		o.Limit = 1
		_, err := timeline.BuildList(v, 0, at(trialDay), o)
		require.True(t, fault.Is(err, code), "%s: %v", code, err)
	}
	_, err := timeline.ParseListStates("late,asleep")
	require.True(t, fault.Is(err, "list-state-unknown"))
	_, err = timeline.ParseReach("far")
	require.True(t, fault.Is(err, "reach-unknown"))
}
