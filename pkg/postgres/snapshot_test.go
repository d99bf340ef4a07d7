package postgres

import (
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

func TestTheRawReadingOfMilestonesEqualsTheTyped(t *testing.T) {
	t.Parallel()
	s := New(pgtest.New(t))
	opened(t, s)
	ctx := t.Context()
	tx, err := s.pool.Begin(ctx)
	require.NoError(t, err)
	defer tx.Rollback(ctx)
	same := func(t require.TestingT) int {
		var raw []tracker.Milestone
		require.NoError(t, eachMilestone(ctx, tx, "2021", func(m *tracker.Milestone) error {
			raw = append(raw, *m)
			return nil
		}))
		found, err := tx.Query(ctx, "SELECT m.* FROM milestone m WHERE m.election = '2021' ORDER BY m.area_code, m.key, m.occurrence")
		require.NoError(t, err)
		all, err := pgx.CollectRows(found, pgx.RowToStructByPos[rows.Milestone])
		require.NoError(t, err)
		require.Len(t, raw, len(all))
		for i := range all {
			want, err := milestoneOf(&all[i])
			require.NoError(t, err)
			if want != raw[i] { // comparing by reflection is slow
				require.Equal(t, want, raw[i])
			}
		}
		return len(raw)
	}
	opening := same(t)
	require.Greater(t, opening, 100)

	n := 0
	rapid.Check(t, func(t *rapid.T) {
		for range 10 {
			n++
			m := unusual(t, n)
			require.NoError(t, insertRecord(ctx, rows.New(tx), "2021", &tracker.Record{Milestone: m}))
			read, err := rows.New(tx).Milestone(ctx, rows.MilestoneParams{
				Election: "2021", AreaCode: string(m.ID.Area), Key: string(m.ID.Key), Occurrence: int16(m.ID.Occurrence),
			})
			require.NoError(t, err)
			back, err := milestoneOf(&read)
			require.NoError(t, err)
			require.Equal(t, m, back, "what was written is what is read")
		}
		same(t)
	})
	require.Equal(t, opening+n, same(t))
}

// unusual is a milestone with anything that the table can hold.
func unusual(t *rapid.T, n int) tracker.Milestone {
	day := rapid.Custom(func(t *rapid.T) civil.Date {
		return rapid.SampledFrom([]civil.Date{
			{},
			civil.Must("2000-01-01"), civil.Must("1999-12-31"), civil.Must("1945-09-02"), civil.Must("0001-01-01"),
			civil.Must("9999-12-31"), civil.Must("2024-02-29"), civil.Must("2021-05-23").Add(rapid.IntRange(-400, 400).Draw(t, "around")),
		}).Draw(t, "day")
	})
	clock := rapid.Custom(func(t *rapid.T) civil.Clock {
		return rapid.SampledFrom([]civil.Clock{
			{}, civil.NewClock(0, 0), civil.NewClock(0, 1), civil.NewClock(17, 0), civil.NewClock(23, 59),
		}).Draw(t, "clock")
	})
	text := rapid.SampledFrom([]string{"", "khu vực bỏ phiếu số 3", "a\nb", "'; --", "ẵ😀"})
	m := tracker.Milestone{
		ID: tracker.MilestoneID{
			Area:       "058",
			Key:        tracker.MilestoneKey(rapid.SampledFrom([]string{"re_vote", "Ẵ", "a b", "z"}).Draw(t, "key")),
			Occurrence: n,
		},
		RulebookVersion: text.Draw(t, "version"),
		Dates: tracker.Dates{
			NotBefore: civil.Cutoff{Day: day.Draw(t, "not before")}, Latest: civil.Cutoff{Day: day.Draw(t, "latest")},
			NotBeforeFrom: day.Draw(t, "from"), LatestFrom: day.Draw(t, "latest from"),
		},
		Planned: day.Draw(t, "planned"), Standing: tracker.Standing(rapid.IntRange(0, 3).Draw(t, "standing")),
		Progress: tracker.Progress{Work: tracker.Work(rapid.IntRange(0, 5).Draw(t, "work"))},
		Scope:    text.Draw(t, "scope"), Silent: rapid.Bool().Draw(t, "silent"),
		Revision: tracker.Revision(rapid.Int64Range(0, 1<<62).Draw(t, "revision")),
	}
	m.NotBefore.Clock, m.Latest.Clock = clock.Draw(t, "opens"), clock.Draw(t, "closes")
	if m.Work == tracker.Done {
		if m.DoneOn = day.Draw(t, "done on"); m.DoneOn.IsZero() {
			m.DoneBy = day.Draw(t, "done by")
		}
	}
	return m
}

func TestTextsOfTheLogThatDoNotComeAgainDoNotPileUp(t *testing.T) {
	t.Parallel()
	known := states{}
	for n := range mostStates + 2 {
		key := tracker.TaskKey(strconv.Itoa(n))
		text := []byte(`{"task": {"key": "` + string(key) + `", "status": "done"}}`)
		read, err := known.of(text)
		require.NoError(t, err)
		require.Equal(t, key, read.Task.Key)
		again, err := known.of(text)
		require.NoError(t, err)
		require.Same(t, read.Task, again.Task)
		require.LessOrEqual(t, len(known), mostStates)
	}
	require.Len(t, known, 2)
	_, err := known.of([]byte(`{"task": `))
	require.Error(t, err)
}

func TestASnapshotIsOfOneMoment(t *testing.T) {
	t.Parallel()
	s := New(pgtest.New(t))
	service := opened(t, s)
	id := tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}
	first, seen, told := true, tracker.Milestone{}, 0
	snap, err := s.Snapshot(t.Context(), "2021", func(m *tracker.Milestone) error {
		if m.ID == id {
			seen = *m
		}
		if !first {
			return nil
		}
		first = false
		_, err := service.UpdateTask(t.Context(), "2021", tracker.Actor{ID: "test"}, tracker.TaskCommand{
			ID: id, Task: "duty", If: 1, Status: tracker.To(tracker.InProgress),
		})
		return err
	}, func(*tracker.Change) error {
		told++
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, tracker.Revision(1), snap.Revision)
	require.Equal(t, tracker.Revision(1), seen.Revision)
	require.Equal(t, 1, told, "the opening alone")
	head, err := s.Head(t.Context(), "2021")
	require.NoError(t, err)
	require.Equal(t, tracker.Revision(2), head.Revision)
	require.WithinDuration(t, time.Date(2021, 1, 25, 8, 0, 0, 0, time.UTC), head.Recorded, 0)
}
