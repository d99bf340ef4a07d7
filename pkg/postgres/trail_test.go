package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/audit"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// staff are people whose names are alike, one of whom was called otherwise before.
var staff = []tracker.Actor{
	{ID: "lan.tran", Name: "Trần Thị Lan"},
	{ID: "lan.do", Name: "Đỗ Lan"},
	{ID: "minh", Name: "Hoàng Minh"},
	{ID: "minh", Name: "Lê Minh Lân"},
	{ID: "local", Name: "root"},
	{ID: "Lan", Name: "Vũ Hòa"},
}

// reported has somebody report on something, some time later.
func (w *world) reported(t *rapid.T, codes []area.Code) {
	w.clock.pass(time.Duration(rapid.IntRange(1, 30*60*60).Draw(t, "seconds later")) * time.Second)
	code := rapid.SampledFrom(codes).Draw(t, "area")
	key := rapid.SampledFrom([]tracker.MilestoneKey{"voter_list_posted", "candidate_dossiers"}).Draw(t, "milestone")
	r, err := w.store.Record(context.Background(), id, tracker.MilestoneID{Area: code, Key: key})
	if err != nil {
		return // not everything is there everywhere
	}
	who := rapid.SampledFrom(staff).Draw(t, "who")
	if len(r.Tasks) == 0 || rapid.IntRange(0, 4).Draw(t, "way") == 0 {
		_, _ = w.AddNote(context.Background(), id, who, tracker.NoteEntry{ID: r.Milestone.ID, Text: "ghi chú"})
		return
	}
	task := rapid.SampledFrom(r.Tasks).Draw(t, "task")
	c := tracker.TaskCommand{ID: r.Milestone.ID, Task: task.Key, If: task.Revision, Status: tracker.To(tracker.InProgress)}
	if task.Status == tracker.InProgress {
		c.Status = tracker.To(tracker.NotStarted)
	}
	_, err = w.UpdateTask(context.Background(), id, who, c)
	require.NoError(t, err)
}

// asksFor is the query read as it is described; known: somebody has this id.
func asksFor(q *tracker.TrailQuery, c *tracker.Change, known bool) bool {
	switch {
	case q.Areas != nil && !slices.Contains(q.Areas, c.Milestone.Area), !q.By(c.Actor), known && c.Actor.ID != q.Person:
	case q.Milestone != "" && c.Milestone.Key != q.Milestone, q.Occurrence != 0 && c.Milestone.Occurrence != q.Occurrence:
	case q.Task != "" && c.Task != q.Task, q.Kind != "" && c.Kind != q.Kind:
	case !q.From.IsZero() && c.Recorded.Before(q.From), !q.To.IsZero() && !c.Recorded.Before(q.To):
	default:
		return true
	}
	return false
}

func (w *world) drawnQuery(t *rapid.T, codes []area.Code) *tracker.TrailQuery {
	q := &tracker.TrailQuery{
		Person:    rapid.SampledFrom([]string{"", "", "lan", "Lan", "LÂN", "lan.do", "minh", "tran thi", "không ai", "local", "%"}).Draw(t, "person"),
		Milestone: rapid.SampledFrom([]tracker.MilestoneKey{"", "", "voter_list_posted", "annul_and_re_vote", "none"}).Draw(t, "of milestone"),
		Kind:      rapid.SampledFrom([]tracker.Kind{"", "", tracker.TaskUpdated, tracker.NoteAdded, "none"}).Draw(t, "kind"),
		Task:      rapid.SampledFrom([]tracker.TaskKey{"", "", "", firstTask}).Draw(t, "of task"),
	}
	if q.Milestone != "" && rapid.Bool().Draw(t, "of one occurrence") {
		q.Occurrence = 1
	}
	if rapid.Bool().Draw(t, "of some areas") {
		q.Areas = rapid.SliceOfDistinct(rapid.SampledFrom(codes), func(c area.Code) area.Code { return c }).Draw(t, "areas")
	}
	first := civil.Must(trialDay)
	if rapid.Bool().Draw(t, "has from") {
		q.From = first.Add(rapid.IntRange(-2, 20).Draw(t, "from")).At(civil.Clock{}, zone)
	}
	if rapid.Bool().Draw(t, "has to") {
		q.To = first.Add(rapid.IntRange(-2, 20).Draw(t, "to")).At(civil.Clock{}, zone)
	}
	return q
}

func TestPoint15_ThePagesOfATrailAreTheLogAsTheQuerySays(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	w := openOn(t, pool, places())
	var codes []area.Code
	for i := range w.opening.Frame.List.Len() {
		codes = append(codes, w.opening.Frame.List.At(i).Code)
	}
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(0, 8).Draw(t, "acts") {
			w.reported(t, codes)
		}
		q, by := w.drawnQuery(t, codes), tracker.Itself
		if rapid.Bool().Draw(t, "somebody reads") {
			first := rapid.IntRange(0, len(codes)).Draw(t, "his first place")
			by = tracker.ReaderIn(area.Territory{}.With(first, rapid.IntRange(first, len(codes)).Draw(t, "his end")))
		}
		var want, got []tracker.Revision
		log := w.log()
		known := slices.ContainsFunc(log, func(c tracker.Change) bool { return c.Actor.ID == q.Person })
		for k := range log {
			at, _ := w.opening.Frame.List.Index(log[k].Milestone.Area)
			if asksFor(q, &log[k], known) && (by.IsItself() || by.Places().Has(at)) {
				want = append(want, log[k].Revision)
			}
		}
		slices.Reverse(want)
		q.Limit = rapid.IntRange(1, 40).Draw(t, "limit")
		for {
			page, err := w.store.Trail(context.Background(), id, q, by)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page), q.Limit)
			for k := range page {
				sameChange(t, log[page[k].Revision-1], page[k])
				got = append(got, page[k].Revision)
			}
			if len(page) == 0 {
				break
			}
			q.Before = page[len(page)-1].Revision
		}
		require.Equal(t, want, got)
	})
}

func TestPoint15_TheHeadOfEachDayIsWhatFollowingTheLogComesTo(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	for n, later := range []time.Duration{time.Minute, 15 * time.Hour, 30 * time.Minute, 24 * time.Hour, 100 * time.Hour} {
		w.clock.pass(later)
		_, err := w.AddNote(t.Context(), id, actor, tracker.NoteEntry{
			ID: tracker.MilestoneID{Area: commune, Key: "voter_list_posted"}, Text: fmt.Sprint(n),
		})
		require.NoError(t, err)
	}
	ho, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	require.NoError(t, err)
	trail := audit.NewTrail(ho)
	require.NoError(t, w.store.FollowChanges(t.Context(), id, trail))
	days := trail.Days()
	slices.Reverse(days)
	heads, err := w.store.DayHeads(t.Context(), id, ho)
	require.NoError(t, err)
	require.Len(t, heads, len(days))
	require.Greater(t, len(days), 2)
	for k, h := range heads {
		require.Equal(t, audit.Head{Revision: int64(h.Revision), Recorded: h.Recorded, Hash: h.Hash}, days[k].Head)
	}
}
