package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// bent is the first revision at which a log is not what was written; 0: none.
func bent(t require.TestingT, log []tracker.Change) tracker.Revision {
	var head tracker.Head
	for _, c := range log {
		if c.Revision != head.Revision+1 || c.Recorded.Before(head.Recorded) || c.Cause > c.Revision || c.Digest(head.Hash) != c.Hash {
			return head.Revision + 1
		}
		head = c.Head()
	}
	return 0
}

// verify requires a whole log: no gap, no step back in time, every hash right.
func verify(t require.TestingT, log []tracker.Change) {
	require.Zero(t, bent(t, log), "the log is broken at this revision")
}

// writers report on milestones at the same time, each with a clock of its own,
// and return what they were told.
func writers(t *testing.T, w *world, n, each int, target func(writer, turn int) (area.Code, tracker.MilestoneKey)) (sealed []tracker.Change, stale int) {
	t.Helper()
	var (
		together sync.WaitGroup
		mu       sync.Mutex
		failures []error
	)
	for i := range n {
		together.Go(func() {
			late := clockAt(trialDay)
			late.pass(time.Hour - time.Duration(i)*time.Minute) // some are behind
			s := tracker.NewService(postgres.New(w.pool), late.now, zone, nil)
			for turn := range each {
				late.pass(time.Second)
				code, key := target(i, turn)
				r, err := w.store.Record(context.Background(), id, tracker.MilestoneID{Area: code, Key: key})
				var out tracker.Outcome
				if err == nil {
					task := r.Tasks[turn%len(r.Tasks)]
					c := tracker.TaskCommand{ID: r.Milestone.ID, Task: task.Key, If: task.Revision, Status: tracker.To(tracker.InProgress)}
					if task.Status == tracker.InProgress {
						c.Status = tracker.To(tracker.NotStarted)
					}
					out, err = s.UpdateTask(context.Background(), id, actor, c)
				}
				mu.Lock()
				switch {
				case err == nil:
					sealed = append(sealed, out.Changes...)
				case fault.KindOf(err) == fault.Stale:
					stale++
				default:
					failures = append(failures, err)
				}
				mu.Unlock()
			}
		})
	}
	together.Wait()
	require.NoError(t, errors.Join(failures...))
	return sealed, stale
}

func TestA9TheLogHasNoGapsWhoeverWritesAtTheSameTime(t *testing.T) {
	t.Parallel()
	const many, each = 16, 8
	t.Run("on different milestones all succeed", func(t *testing.T) {
		t.Parallel()
		w := crowded(t)
		communes := w.opening.Frame.List.Children(index(t, w, catHai))
		sealed, stale := writers(t, w, many, each, func(writer, turn int) (area.Code, tracker.MilestoneKey) {
			key := []tracker.MilestoneKey{"polling_team", "consult1_pc_commune"}[writer/len(communes)%2]
			return w.opening.Frame.List.At(communes[writer%len(communes)]).Code, key
		})
		require.Zero(t, stale)
		require.Len(t, sealed, many*each)
		whole(t, w, sealed)
	})
	t.Run("on one milestone each succeeds or is stale", func(t *testing.T) {
		t.Parallel()
		w := crowded(t)
		sealed, stale := writers(t, w, many, each, func(int, int) (area.Code, tracker.MilestoneKey) { return bacKan, "consult1_pc_district" })
		require.Equal(t, many*each, len(sealed)+stale)
		require.NotEmpty(t, sealed)
		whole(t, w, sealed)
	})
	t.Run("on milestones that hang on each other nobody is locked out", func(t *testing.T) {
		t.Parallel()
		w := crowded(t)
		sealed, stale := writers(t, w, many, each, func(writer, turn int) (area.Code, tracker.MilestoneKey) {
			keys := []tracker.MilestoneKey{"voter_list_posted", "consult2_pc_commune", "workplace_minutes_to_front_pc", "pc_official_list_commune"}
			return commune, keys[(writer+turn)%len(keys)]
		})
		require.Equal(t, many*each, len(sealed)+stale)
		whole(t, w, sealed)
	})
}

// crowded is a world with as many connections as writers.
func crowded(t *testing.T) *world {
	t.Helper()
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return openOn(t, pool, places())
}

func index(t *testing.T, w *world, code area.Code) int {
	t.Helper()
	i, ok := w.opening.Frame.List.Index(code)
	require.True(t, ok)
	return i
}

// whole requires that the log is just what the writers were told, and that the
// tables are where it leads.
func whole(t *testing.T, w *world, sealed []tracker.Change) {
	t.Helper()
	log := w.log()
	verify(t, log)
	require.Len(t, log, 1+len(sealed))
	require.Equal(t, log[len(log)-1].Head(), w.head())
	for _, c := range sealed {
		require.Equal(t, log[c.Revision-1], c)
	}
	folded(t, w, log)
}

// folded requires that the opening, followed through the log, equals the tables.
func folded(t require.TestingT, w *world, log []tracker.Change) {
	want, err := w.opening.Follow(w.everywhere()...)
	require.NoError(t, err)
	for i := range log {
		want.Apply(&log[i])
	}
	sameLedgers(t, want, w.records())
	notes := noted(log)
	n := 0
	for at, want := range notes {
		got, err := w.store.Notes(context.Background(), id, at, tracker.Itself)
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for i := range want {
			require.Equal(t, want[i], got[i])
		}
		n += len(want)
	}
	require.Equal(t, n, w.count("SELECT count(*) FROM note"))
}

// noted are the notes that the log leads to.
func noted(log []tracker.Change) tracker.Notes {
	notes := tracker.Notes{}
	for i := range log {
		notes.Apply(&log[i])
	}
	return notes
}

func TestA9AReaderNeverSkipsAnEntry(t *testing.T) {
	t.Parallel()
	w := crowded(t)
	ctx, stop := context.WithCancel(t.Context())
	var seen []tracker.Change
	var reader sync.WaitGroup
	reader.Go(func() {
		for last := false; ; {
			part, err := w.store.Changes(context.Background(), id, tracker.Revision(len(seen)), 3)
			if err != nil {
				t.Error(err)
				return
			}
			seen = append(seen, part...)
			if last && len(part) == 0 {
				return
			}
			last = ctx.Err() != nil
		}
	})
	codes := w.opening.Frame.List.Children(index(t, w, bacKan))
	writers(t, w, 6, 15, func(writer, turn int) (area.Code, tracker.MilestoneKey) {
		return w.opening.Frame.List.At(codes[(writer+turn)%len(codes)]).Code, "polling_team"
	})
	stop()
	reader.Wait()
	require.Equal(t, w.log(), seen)
}

func TestTheRecordedTimeNeverGoesBack(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-02-01")
	first := w.done(bacKan, "consult1_pc_district", "2021-02-01")
	w.clock.set("2021-01-26")
	second := w.done(bacKan, "pc_constituencies_district", "2021-01-26")
	require.Equal(t, first[0].Recorded, second[0].Recorded)
	require.Equal(t, civil.Must("2021-01-26"), second[0].Happened, "what it is about stays")
	w.clock.set("2021-02-02")
	require.True(t, w.done(bacKan, "polling_areas_decided", "2021-02-02")[0].Recorded.After(first[0].Recorded))
	require.Equal(t, second[0], w.log()[2], "also in what the writer was told")
	verify(t, w.log())
}

func TestABentEntryIsFoundAtItsRevision(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.done(commune, "voter_list_posted", trialDay)
	w.done(bacKan, "consult1_pc_district", trialDay)
	c := w.command(commune, "polling_team", "duty")
	c.Status = tracker.To(tracker.InProgress)
	out, err := w.UpdateTask(t.Context(), id, tracker.Actor{ID: "local", Name: "Người thử", Tag: "sync-1"}, c)
	require.NoError(t, err)
	tagged := out.Changes[0].Revision
	log := w.log()
	verify(t, log)
	for _, x := range []struct {
		name, set string
		at        tracker.Revision
	}{
		{"a name", "actor_name = 'Ai đó'", 2},
		{"an actor", "actor_id = 'someone'", 3},
		{"a day", "happened_on = happened_on - 1", 4},
		{"an hour", "recorded_at = recorded_at + interval '1 microsecond'", 5},
		{"a kind", "kind = 'task_added'", 5},
		{"a place", "area_code = '01837'", 5},
		{"a milestone", "milestone_key = 'voting_day'", 6},
		{"an occurrence", "occurrence = 1", 6},
		{"a task", "task_key = 'x'", 2},
		{"a subject", "subject = 'x'", 2},
		{"a reason", "reason = 'x'", 2},
		{"a tag", "tag = 'x'", 3},
		{"another tag", "tag = 'sync-2'", tagged},
		{"no tag", "tag = NULL", tagged},
		{"a cause", "cause = 1", 5},
		{"what was", "before = replace(before::text, 'not_started', 'in_progress')::json", 2},
		{"what is", "after = replace(after::text, '2021-01-25', '2021-01-24')::json", 4},
		{"what no program reads", `after = regexp_replace(after::text, '}$', ', "seen_by": "x"}')::json`, 1},
		{"a key added by hand", `before = ('{"by": "x", ' || ltrim(before::text, '{'))::json`, 4},
		{"a space", `after = (' ' || after::text)::json`, 3},
		{"the hash", "hash = set_byte(hash, 0, get_byte(hash, 0) # 1)", 3},
		{"the opening", "after = replace(after::text, '2021-05-23', '2021-05-30')::json", 1},
	} {
		tx, err := w.pool.BeginTx(t.Context(), pgtest.Seeing("log"))
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "ALTER TABLE change DISABLE TRIGGER USER")
		require.NoError(t, err)
		changed, err := tx.Exec(t.Context(), "UPDATE change SET "+x.set+" WHERE revision = $1", x.at)
		require.NoError(t, err, x.name)
		require.Equal(t, int64(1), changed.RowsAffected())
		_, err = tx.Exec(t.Context(), "ALTER TABLE change ENABLE TRIGGER USER")
		require.NoError(t, err)
		require.NoError(t, tx.Commit(t.Context()))
		require.Equal(t, x.at, bent(t, w.log()), x.name)
		restore(t, w, &log[x.at-1])
	}
	require.Equal(t, log, w.log())
}

// restore puts an entry back as it was.
func restore(t *testing.T, w *world, c *tracker.Change) {
	t.Helper()
	before, after := c.Stored()
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	var occurrence any
	if c.Milestone.Key != "" {
		occurrence = c.Milestone.Occurrence
	}
	w.exec("ALTER TABLE change DISABLE TRIGGER USER")
	w.exec(`UPDATE change SET actor_id = $2, actor_name = $3, happened_on = $4, recorded_at = $5, kind = $6, area_code = $7, milestone_key = $8,
		occurrence = $9, task_key = $10, subject = $11, reason = $12, cause = $13, before = $14, after = $15, hash = $16, tag = $17 WHERE revision = $1`,
		c.Revision, c.Actor.ID, c.Actor.Name, c.Happened.String(), c.Recorded, string(c.Kind), string(c.Milestone.Area), null(string(c.Milestone.Key)),
		occurrence, null(string(c.Task)), null(c.Subject), null(c.Reason), c.Cause, before, after, c.Hash[:], null(c.Actor.Tag))
	w.exec("ALTER TABLE change ENABLE TRIGGER USER")
}

func TestAGapInTheLogIsFound(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.done(commune, "voter_list_posted", trialDay)
	w.exec("ALTER TABLE change DISABLE TRIGGER USER")
	w.exec("DELETE FROM change WHERE revision = 3")
	w.exec("ALTER TABLE change ENABLE TRIGGER USER")
	log, err := w.store.Changes(t.Context(), id, 0, 100)
	require.NoError(t, err)
	require.Equal(t, tracker.Revision(3), bent(t, log))
}
