package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// amendment draws one, with its rulebook brought in.
func (w *world) amendment(t *rapid.T, n int) (tracker.AmendCommand, *statute.Rulebook) {
	f := w.frame()
	c, book := mirrortest.Amendment(t, f, n+2)
	if book.Version() != f.Rulebook.Version() {
		_, err := w.store.KeepRulebook(context.Background(), book, w.clock.now())
		require.NoError(t, err)
	}
	return c, book
}

// amend amends the election and returns the part of the log that this made.
func (w *world) amend(c tracker.AmendCommand) []tracker.Change {
	amended, err := w.Amend(context.Background(), id, actor, c, nil)
	require.NoError(w.t, err)
	return w.log()[amended.Revision-1:]
}

// previewed are the changes and conflicts that an amendment would make in an area
// and below.
func (w *world) previewed(c tracker.AmendCommand, within area.Code) (changes []tracker.Change, conflicts []tracker.Conflict) {
	am, err := w.PreviewAmendment(context.Background(), id, actor, c, within, func(m *tracker.Amended) error {
		changes, conflicts = append(changes, m.Changes...), append(conflicts, m.Conflicts...)
		return nil
	})
	require.NoError(w.t, err)
	return append([]tracker.Change{am.Change()}, changes...), conflicts
}

func day(text string) tracker.AmendCommand {
	return tracker.AmendCommand{Day: civil.Must(text), Reason: "Quốc hội quyết định", Document: "999/2021/QH14"}
}

func TestA24WhatAnAmendmentPreviewsIsWhatItDoes(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rapid.Check(t, func(t *rapid.T) {
		empty(t, pool)
		w := openOn(t, pool, mirrortest.Places())
		for n := range rapid.IntRange(0, 15).Draw(t, "acts") {
			w.random(t, w.Service, n)
		}
		c, _ := w.amendment(t, 100)
		before, tables := w.log(), w.tables()
		var want []tracker.Change
		_, err := w.PreviewAmendment(context.Background(), id, actor, c, area.Nation, func(*tracker.Amended) error { return nil })
		if err == nil {
			want, _ = w.previewed(c, area.Nation)
		}
		require.Equal(t, tables, w.tables(), "a preview writes nothing")
		require.Len(t, w.log(), len(before))
		var told []tracker.Change
		amended, failed := w.Amend(context.Background(), id, actor, c, func(m *tracker.Amended) error {
			told = append(told, m.Changes...)
			return nil
		})
		if err != nil {
			require.Equal(t, faulty(err), faulty(failed))
			require.Equal(t, tables, w.tables())
			return
		}
		require.NoError(t, failed)
		got := w.log()[len(before):]
		require.Len(t, got, len(want))
		require.Len(t, told, len(got)-1)
		for i := range want {
			require.Equal(t, amended.Revision, got[i].Cause, "all of it follows from the amendment")
			sameEntry(t, &want[i], &got[i])
			if i > 0 {
				sameChange(t, got[i], told[i-1])
			}
		}
		log := w.log()
		verify(t, log)
		folded(t, w, log)
		lawful(t, w, log)
	})
}

// sameEntry compares all but the places in the log.
func sameEntry(t require.TestingT, want, got *tracker.Change) {
	a, err := want.After.JSON()
	require.NoError(t, err)
	b, err := got.After.JSON()
	require.NoError(t, err)
	require.JSONEq(t, string(a), string(b))
	before, err := want.Before.JSON()
	require.NoError(t, err)
	was, err := got.Before.JSON()
	require.NoError(t, err)
	require.Equal(t, string(before), string(was))
	require.Equal(t, want.Kind, got.Kind)
	require.Equal(t, want.Milestone, got.Milestone)
	require.Equal(t, want.Task, got.Task)
	require.Equal(t, want.Reason, got.Reason)
	require.Equal(t, want.Happened, got.Happened)
}

func TestA33WhatIsOpenIsAsOpenedAnewAndWhatIsFinishedStays(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rapid.Check(t, func(t *rapid.T) {
		empty(t, pool)
		w := openOn(t, pool, mirrortest.Places())
		for n := range rapid.IntRange(0, 12).Draw(t, "acts") {
			w.random(t, w.Service, n)
		}
		before := w.records()
		c, _ := w.amendment(t, 100)
		if _, err := w.Amend(context.Background(), id, actor, c, nil); err != nil {
			return
		}
		after, f := w.records(), w.frame()
		opening := tracker.Opening{Frame: f}
		anew, err := opening.Follow(w.everywhere()...)
		require.NoError(t, err)
		for at, was := range before {
			is := after[at]
			require.NotNil(t, is, "nothing is taken out")
			switch {
			case was.Milestone.Local():
				require.Equal(t, *was, *is, "a local plan stays")
			case !was.Milestone.Work.Open() && (was.Milestone.Work != tracker.Cancelled || anew[at] == nil):
				require.Equal(t, *was, *is, "what is finished stays")
			case at.Occurrence == 0 && anew[at] == nil:
				require.Equal(t, tracker.Cancelled, is.Milestone.Work)
			}
		}
		for at, want := range anew {
			is := after[at]
			require.NotNil(t, is, at)
			if is.Milestone.Work == tracker.NotStarted && before[at] == nil {
				require.Equal(t, want.Milestone.RulebookVersion, is.Milestone.RulebookVersion)
				require.Len(t, is.Tasks, len(want.Tasks))
			}
		}
		lawful(t, w, w.log())
	})
}

func TestA33MovingThereAndBackRestoresOpenDates(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.done(bacKan, "consult1_pc_district", "2021-01-20")
	before := w.records()
	there := w.amend(day("2021-06-20"))
	require.Equal(t, tracker.ElectionAmended, there[0].Kind)
	require.Equal(t, civil.Must("2021-06-20"), w.frame().Election.Day)
	moved := w.record(commune, "voter_list_posted").Milestone
	require.Equal(t, before[moved.ID].Milestone.Latest.Day.Add(28), moved.Latest.Day)
	done := w.record(bacKan, "consult1_pc_district").Milestone
	require.Equal(t, before[done.ID].Milestone, done, "what was done keeps its dates")
	w.amend(day("2021-05-23"))
	after := w.records()
	require.Len(t, after, len(before))
	for at, was := range before {
		require.Equal(t, was.Milestone.Dates, after[at].Milestone.Dates, at)
	}
}

func TestA33TheDatesBeforeAnAmendmentAreAsTheyWere(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	first, err := mirror.Load(t.Context(), w.store, id)
	require.NoError(t, err)
	known := w.clock.now()
	w.clock.set("2021-02-10")
	w.amend(day("2021-06-20"))
	w.clock.set("2021-03-10")
	v, err := mirror.Load(t.Context(), w.store, id)
	require.NoError(t, err)
	require.Len(t, v.Frames(), 2)
	for i := range v.Frame().List.Len() {
		want := first.Board(i)
		for _, then := range []struct {
			day   string
			known time.Time
		}{{"2021-02-09", time.Time{}}, {"2021-03-10", known}} {
			b, err := v.AsOf(i, civil.Must(then.day), then.known)
			require.NoError(t, err)
			sameBoard(t, want, b)
		}
		now, err := v.AsOf(i, civil.Must("2021-02-10"), time.Time{})
		require.NoError(t, err)
		sameBoard(t, v.Board(i), now)
	}
}

func TestAnActThatWasDecidedByAnOldFrameIsDecidedAgain(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	other := tracker.NewService(w.store, w.clock.now, zone, nil) // with a frame of its own
	report := func(key tracker.MilestoneKey) tracker.Outcome {
		c := w.command(commune, key, w.record(commune, key).Tasks[0].Key)
		c.Status = tracker.To(tracker.InProgress)
		out, err := other.UpdateTask(t.Context(), id, actor, c)
		require.NoError(t, err)
		return out
	}
	report("polling_team")
	old := w.frame()
	w.amend(day("2021-06-20"))
	_, err := w.store.Change(t.Context(), old, tracker.Needs{}, func(f tracker.Found) (*tracker.Act, error) {
		return tracker.Begin(old, actor, w.clock.now(), zone, f), nil
	})
	require.ErrorIs(t, err, tracker.ErrAmended)
	w.clock.set("2021-05-24")
	out, err := other.UpdateTask(t.Context(), id, actor, func() tracker.TaskCommand {
		c := w.command(commune, "voter_list_posted", w.record(commune, "voter_list_posted").Tasks[0].Key)
		c.Status, c.DoneOn = tracker.To(tracker.Done), tracker.To(civil.Must("2021-05-10"))
		return c
	}())
	require.NoError(t, err)
	require.NotEmpty(t, out.Changes)
	log := w.log()
	verify(t, log)
	folded(t, w, log)
	lawful(t, w, log)
}

func TestA33ConflictsAreSaid(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	_, err := w.act(func(a *tracker.Act) error {
		return a.SetVotingDay(tracker.VotingDay{Area: bachLong, Day: civil.Must("2021-05-22"), InForce: true, Confidence: "high"}, civil.Date{})
	}, bachLong)
	require.NoError(t, err)
	m := w.record(commune, "voter_list_posted").Milestone
	_, err = w.Plan(t.Context(), id, actor, tracker.PlanCommand{ID: m.ID, If: m.Revision, Planned: m.Latest.Day})
	require.NoError(t, err)
	w.done(bacKan, "consult1_pc_district", "2021-01-25")
	_, conflicts := w.previewed(day("2021-04-18"), area.Nation)
	codes := map[string]int{}
	for _, c := range conflicts {
		codes[c.Code]++
	}
	require.Equal(t, 1, codes["voting-day-crossed"])
	require.Equal(t, 1, codes["planned-after-limit"])
	require.Equal(t, 1, codes["done-after-limit"])
	require.Positive(t, codes["limit-already-past"])
	within, _ := w.previewed(day("2021-04-18"), bacKan)
	for _, c := range within[1:] {
		require.NotEqual(t, bachLong, c.Milestone.Area, "only the branch asked for")
	}
}

func TestAmendmentsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	before := w.tables()
	for name, c := range map[string]tracker.AmendCommand{
		"conflict amendment-empty":             {Reason: "x"},
		"invalid reason-missing":               {Day: civil.Must("2021-06-20")},
		"invalid election-day-too-far":         {Day: civil.Must("9999-12-31"), Reason: "x"},
		"not_found rulebook-version-not-found": {Version: "2015.99", Reason: "x"},
		"stale stale-revision":                 {Day: civil.Must("2021-06-20"), Reason: "x", If: 7},
	} {
		_, err := w.Amend(t.Context(), id, actor, c, nil)
		require.Equal(t, name, faulty(err))
		_, err = w.PreviewAmendment(t.Context(), id, actor, c, area.Nation, func(*tracker.Amended) error { return nil })
		require.Equal(t, name, faulty(err))
	}
	require.Equal(t, before, w.tables())
	_, _, err := w.Do(t.Context(), id, actor, func(*tracker.Frame) tracker.Needs { return tracker.Needs{Election: true} },
		func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Date{}) })
	require.NoError(t, err)
	_, err = w.Amend(t.Context(), id, actor, day("2021-06-20"), nil)
	require.Equal(t, "conflict election-closed", faulty(err))
}

func TestARulebookThatIsKeptServesWhatStandsOnIt(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	kept, err := w.store.Rulebooks(t.Context())
	require.NoError(t, err)
	require.Len(t, kept, 1, "the opening keeps its own")
	own := w.opening.Frame.Rulebook
	w.exec("DELETE FROM rulebook") // as in a database from before
	require.NoError(t, w.store.KeepRulebooks(t.Context(), w.clock.now()))
	kept, err = w.store.Rulebooks(t.Context())
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.Equal(t, own.Digest(), kept[0].Digest)
	// As a program with another version finds it.
	book, err := statute.Parse("edited", []byte(replaced(t, string(own.Text()), `"2015.1"`, `"2015.0"`)))
	require.NoError(t, err)
	added, err := w.store.KeepRulebook(t.Context(), book, w.clock.now())
	require.NoError(t, err)
	require.True(t, added)
	added, err = w.store.KeepRulebook(t.Context(), book, w.clock.now())
	require.NoError(t, err)
	require.False(t, added)
	w.exec("UPDATE election SET rulebook_version = '2015.0'")
	require.Equal(t, "2015.0", w.frame().Rulebook.Version())
	other, err := statute.Parse("edited", []byte(replaced(t, string(book.Text()), "Elections under", "Elections by")))
	require.NoError(t, err)
	_, err = w.store.KeepRulebook(t.Context(), other, w.clock.now())
	require.Equal(t, "conflict rulebook-version-taken", faulty(err))
}

func replaced(t *testing.T, text, from, to string) string {
	t.Helper()
	require.Contains(t, text, from)
	return strings.Replace(text, from, to, 1)
}
