package postgres_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

// told is what the log says was entered, by keys, with its revisions.
type told struct {
	bodies     map[string]tracker.Body
	documents  map[string]tracker.Document
	plans      map[string]tracker.Plan
	statements map[string]tracker.Statement
	voting     map[area.Code]tracker.VotingDay
}

func tell(log []tracker.Change) told {
	x := told{
		map[string]tracker.Body{},
		map[string]tracker.Document{},
		map[string]tracker.Plan{},
		map[string]tracker.Statement{},
		map[area.Code]tracker.VotingDay{},
	}
	for _, c := range log {
		s := c.After
		switch {
		case s.Body != nil:
			s.Body.Revision = c.Revision
			x.bodies[s.Body.Key] = *s.Body
		case s.Document != nil:
			s.Document.Revision = c.Revision
			x.documents[s.Document.Key] = *s.Document
		case s.Plan != nil:
			var was *tracker.Plan // with what the log's own states leave out
			if p, there := x.plans[s.Plan.Key]; there {
				was = &p
			}
			x.plans[s.Plan.Key] = s.Plan.At(c.Revision, was)
		case s.Statement != nil:
			s.Statement.Revision = c.Revision
			x.statements[s.Statement.Key] = *s.Statement
		case s.VotingDay != nil:
			s.VotingDay.Revision = c.Revision
			x.voting[s.VotingDay.Area] = *s.VotingDay
		}
	}
	return x
}

// read requires that the tables hold what the log told, each in its order.
func (x told) read(t *testing.T, w *world) {
	t.Helper()
	ctx := context.Background()
	bodies, err := w.store.Bodies(ctx, id)
	require.NoError(t, err)
	same(t, x.bodies, bodies, func(b tracker.Body) string { return b.Key })
	require.True(t, slices.IsSortedFunc(bodies, func(a, b tracker.Body) int { return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Key, b.Key)) }))
	documents, err := w.store.Documents(ctx, id)
	require.NoError(t, err)
	same(t, x.documents, documents, func(d tracker.Document) string { return d.Key })
	require.True(t, slices.IsSortedFunc(documents, func(a, b tracker.Document) int { return cmp.Or(known(a).Compare(known(b)), cmp.Compare(a.Key, b.Key)) }))
	plans, err := w.store.Plans(ctx, id)
	require.NoError(t, err)
	same(t, x.plans, plans, func(p tracker.Plan) string { return p.Key })
	statements, err := w.store.Statements(ctx, id)
	require.NoError(t, err)
	same(t, x.statements, statements, func(s tracker.Statement) string { return s.Key })
	snap, err := w.store.Snapshot(ctx, id, func(*tracker.Milestone) error { return nil }, func(*tracker.Change) error { return nil })
	require.NoError(t, err)
	same(t, x.voting, snap.VotingDays, func(v tracker.VotingDay) area.Code { return v.Area })
	same(t, x.plans, snap.Plans, func(p tracker.Plan) string { return p.Key })
}

// known is the day that a document is put in order by.
func known(d tracker.Document) civil.Date {
	if d.IssuedOn.IsZero() {
		return d.KnownBy
	}
	return d.IssuedOn
}

func same[K comparable, V any](t *testing.T, want map[K]V, got []V, key func(V) K) {
	t.Helper()
	require.Len(t, got, len(want))
	for _, g := range got {
		require.Equal(t, want[key(g)], g)
	}
}

func TestTheRecordOfTheTrialDayIsReadBackAsItWasEntered(t *testing.T) {
	t.Parallel()
	w := open(t, area.Edition2021().Only("small", bacKan, haiPhong, hoangSa))
	log := entersItsRecord(t, w, trialDay, tracker.Running, false)
	folded(t, w, log)
	lawful(t, w, log)
}

// entersItsRecord enters what is known up to a day and reads it back.
func entersItsRecord(t *testing.T, w *world, day string, state tracker.ElectionState, everything bool) []tracker.Change {
	t.Helper()
	d, err := dossier.Load(string(id))
	require.NoError(t, err)
	w.clock.set(day)
	report, err := d.Enter(t.Context(), w.Service, actor, civil.Must(day))
	require.NoError(t, err)
	require.Greater(t, report.Entered, 50)
	require.Equal(t, everything, report.Left() == 0)
	log := w.log()
	verify(t, log)
	entered := tell(log)
	require.GreaterOrEqual(t, len(entered.bodies), 50)
	require.NotEmpty(t, entered.documents)
	require.NotEmpty(t, entered.plans)
	entered.read(t, w)

	again, err := d.Enter(t.Context(), w.Service, actor, civil.Must(day))
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, log[len(log)-1].Head(), w.head())
	f, err := w.store.Frame(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, state, f.Election.State)
	yes, err := w.store.Entered(t.Context(), id, dossier.Subject)
	require.NoError(t, err)
	require.True(t, yes)
	loaded, err := mirror.Load(t.Context(), w.store, id)
	require.NoError(t, err)
	require.Equal(t, log[len(log)-1].Revision, loaded.Revision())
	require.Equal(t, w.count("SELECT count(*) FROM milestone"), loaded.Len())
	return log
}

func TestOfServersThatEnterTheRecordAtTheSameMomentOneDoes(t *testing.T) {
	t.Parallel()
	w := crowded(t)
	d, err := dossier.Load(string(id))
	require.NoError(t, err)
	var together sync.WaitGroup
	var failed [3]error
	var entered [3]int
	start := make(chan struct{})
	for i := range failed {
		together.Go(func() {
			s := tracker.NewService(postgres.New(w.pool), w.clock.now, zone, nil)
			<-start
			var report dossier.Report
			report, failed[i] = d.Enter(context.Background(), s, actor, civil.Must(trialDay))
			entered[i] = report.Entered
		})
	}
	close(start)
	together.Wait()
	require.NoError(t, errors.Join(failed[:]...))
	slices.Sort(entered[:])
	require.Zero(t, entered[1])
	require.NotZero(t, entered[2])
	require.Equal(t, 1, w.count("SELECT count(*) FROM change WHERE kind = 'record_entered'"))
	verify(t, w.log())
}

func TestARecordThatDoesNotFitIsNotEnteredAtAll(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	before := w.tables()
	_, err := w.act(func(a *tracker.Act) error {
		if err := a.AddBody(tracker.Body{Key: "b", Kind: "front", Area: bacKan}); err != nil {
			return err
		}
		return a.AddDocument(tracker.Document{Key: "d", Issuer: "nobody", Area: bacKan})
	}, bacKan)
	require.Equal(t, "conflict reference-missing", faulty(err))
	require.Equal(t, before, w.tables())
	require.Equal(t, tracker.Revision(1), w.head().Revision)
}

func TestABodyMayComeBeforeTheDocumentThatSetItUp(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	_, err := w.act(func(a *tracker.Act) error {
		if err := a.AddBody(tracker.Body{Key: "b", Kind: "front", Area: bacKan, SetUpBy: "d"}); err != nil {
			return err
		}
		return a.AddDocument(tracker.Document{Key: "d", Issuer: "b", Area: bacKan})
	}, bacKan)
	require.NoError(t, err, "in one act")
	_, err = w.act(func(a *tracker.Act) error {
		return a.AddBody(tracker.Body{Key: "c", Kind: "front", Area: bacKan, SetUpBy: "nothing"})
	}, bacKan)
	require.Equal(t, "conflict reference-missing", faulty(err), "also where only the commit finds out")
	f, _ := fault.As(err)
	require.Contains(t, f.Text.En, "set the body up")
}

// TestEveryFieldThatIsEnteredIsReadBack fills every field there is, so that a
// field that is added and not stored is noticed.
func TestEveryFieldThatIsEnteredIsReadBack(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	title := fault.Text{Vi: "Tên", En: "Name"}
	day := civil.Must("2021-01-20")
	body := tracker.Body{
		Key: "b", Kind: "party_committee", Form: "standing_board", Name: title, Area: bacKan, SetUpBy: "d", HeadOffice: "Bí thư", Source: "S", Note: "n",
	}
	document := tracker.Document{
		Key: "d", Number: "1/KH", Kind: "plan", Title: title, Issuer: "b", IssuedOn: day, KnownBy: day.Add(1), Area: bacKan, Public: true,
		Implements: []string{"a", "b"}, Source: "S", Note: "n",
	}
	plan := tracker.Plan{
		Key: "p", Area: bacKan, Title: title, Documents: []string{"d"}, Source: "S",
		Contents: []tracker.PlanHeading{{Title: title, Milestones: []tracker.MilestoneKey{"l", "election_day"}}},
		Lines: []tracker.PlanLine{{
			Key: "l", Title: title, Phase: "direction", Nature: "duty", Areas: []area.Code{bacKan, commune}, NotBefore: day, Latest: day.Add(9),
			Elections: []string{"na"}, Responsible: []tracker.Responsible{{Body: "front", Level: "own"}}, Bodies: []string{"b"},
			Steps: []tracker.PlanStep{{Key: "one", Title: title, Bodies: []string{"b"}}, {Key: "two", Title: title}}, Silent: true,
			Document: "d", Source: "S", Note: "n",
		}},
	}
	statement := tracker.Statement{Key: "s", Area: bacKan, Rules: []string{"r"}, DoneBy: day, Document: "d", Source: "S", Note: "n"}
	voting := tracker.VotingDay{
		Area: bachLong, Day: civil.Must("2021-05-22"), Opens: civil.NewClock(6, 30), InForce: true, Document: "d", Confidence: "high", Source: "S", Note: "n",
	}
	for _, x := range []any{body, document, plan, statement, voting} {
		full(t, reflect.ValueOf(x))
	}
	changes, err := w.act(func(a *tracker.Act) error {
		for _, step := range []func() error{
			func() error { return a.AddBody(body) }, func() error { return a.AddDocument(document) },
			func() error { return a.AddPlan(plan, day) }, func() error { return a.AddStatement(statement) },
			func() error { return a.SetVotingDay(voting, day) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	}, area.Nation, haiPhong, bachLong)
	require.NoError(t, err)
	for _, c := range changes {
		require.True(t, c.Cause == c.Revision || c.Kind == tracker.MilestoneMoved, "each is an act of its own")
	}
	log := w.log()
	want := told{
		map[string]tracker.Body{"b": body},
		map[string]tracker.Document{"d": document},
		map[string]tracker.Plan{"p": plan},
		map[string]tracker.Statement{"s": statement},
		map[area.Code]tracker.VotingDay{bachLong: voting},
	}
	got := tell(log)
	require.Equal(t, plain(t, want.plans), plain(t, got.plans), "the log has every field, too")
	require.Equal(t, plain(t, want.bodies), plain(t, got.bodies))
	require.Equal(t, plain(t, want.documents), plain(t, got.documents))
	require.Equal(t, plain(t, want.statements), plain(t, got.statements))
	require.Equal(t, plain(t, want.voting), plain(t, got.voting))
	got.read(t, w)
	folded(t, w, log)

	// What a plan and its lines have only when they are withdrawn.
	because := tracker.DocumentChoice{Key: "d"}
	out, err := w.ChangePlan(t.Context(), id, actor, tracker.PlanEdit{
		Plan: "p", If: got.plans["p"].Revision, Reason: "bớt việc", Document: because, Edit: []tracker.LineEdit{{Key: "l", Remove: true}},
	}, false)
	require.NoError(t, err)
	_, err = w.WithdrawPlan(t.Context(), id, actor, tracker.PlanWithdrawal{Plan: "p", If: out.Plan.Revision, Reason: "thôi", Document: because}, false)
	require.NoError(t, err)
	log = w.log()
	got = tell(log)
	full(t, reflect.ValueOf(*got.plans["p"].Withdrawn))
	full(t, reflect.ValueOf(*got.plans["p"].Lines[0].Withdrawn))
	got.read(t, w)
	folded(t, w, log)
}

// plain leaves the revisions out.
func plain(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// full requires that no field of a struct is empty, but its revisions, and what
// it has only when it is withdrawn.
func full(t *testing.T, v reflect.Value) {
	t.Helper()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		later := f.Name == "Revision" || f.Name == "Entered" || f.Name == "Withdrawn"
		require.True(t, later || !v.Field(i).IsZero(), "%s.%s is not tried", v.Type(), f.Name)
		if v.Field(i).Kind() == reflect.Slice && v.Field(i).Index(0).Kind() == reflect.Struct {
			full(t, v.Field(i).Index(0))
		}
	}
}

// asking is a store that notes what acts need.
type asking struct {
	*postgres.Store
	needs tracker.Needs
}

func (s *asking) Change(ctx context.Context, f *tracker.Frame, needs tracker.Needs, decide func(tracker.Found) (*tracker.Act, error)) ([]tracker.Change, error) {
	s.needs = needs
	return s.Store.Change(ctx, f, needs, decide)
}

func TestAMilestoneThatAChangedPlanStillWantsIsAskedForOnce(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	store := &asking{Store: w.store}
	service := tracker.NewService(store, w.clock.now, zone, nil)
	where := tracker.Where{Areas: []area.Code{bacKan, commune}}
	l := tracker.LineEntry{Where: where}
	l.Title.Vi, l.Phase, l.Nature = "Họp giao ban", "direction", "duty"
	l.NotBefore, l.Latest = civil.Must("2021-02-01"), civil.Must("2021-03-20")
	plan, err := service.EnterPlan(t.Context(), id, actor, tracker.PlanEntry{
		Area: bacKan, Title: fault.Text{Vi: "Kế hoạch của tỉnh"}, Lines: []tracker.LineEntry{l},
		Document: tracker.DocumentChoice{New: &tracker.NewDocument{Number: "87/KH-UBND", Kind: "plan", Title: "Kế hoạch", IssuedOn: civil.Must("2021-01-10")}},
	}, false)
	require.NoError(t, err)
	key := plan.Plan.Lines[0].Key
	where.Areas = append(where.Areas, ward(t, w, 3))
	_, err = service.ChangePlan(t.Context(), id, actor, tracker.PlanEdit{
		Plan: plan.Plan.Key, If: plan.Plan.Revision, Edit: []tracker.LineEdit{{Key: key, Latest: tracker.To(civil.Must("2021-03-25")), Where: tracker.To(where)}},
	}, false)
	require.NoError(t, err)
	var asked []area.Code
	for _, m := range store.needs.Milestones {
		asked = append(asked, m.Area)
	}
	require.ElementsMatch(t, where.Areas, asked)
	folded(t, w, w.log())
}
