package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

const (
	id        tracker.ElectionID = "2021"
	trialDay                     = "2021-01-25"
	bacKan    area.Code          = "058"   // a city with communes
	bachLong  area.Code          = "318"   // an island district without communes
	hoangSa   area.Code          = "498"   // nobody votes there
	catHai    area.Code          = "317"   // the district beside Bạch Long Vĩ
	commune   area.Code          = "01834" // of Bắc Kạn
	haiPhong  area.Code          = "31"
	firstTask tracker.TaskKey    = "duty"
)

var (
	zone  = time.FixedZone("+07", 7*60*60)
	actor = tracker.Actor{ID: "local", Name: "Người thử"}
)

// clock can be set and goes on by no time of its own.
type clock struct{ micro atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMicro(c.micro.Load()) }
func (c *clock) pass(d time.Duration) { c.micro.Add(d.Microseconds()) }
func (c *clock) set(day string)       { c.at(civil.Must(day).At(civil.NewClock(8, 0), zone)) }
func (c *clock) at(t time.Time)       { c.micro.Store(t.UnixMicro()) }
func (c *clock) today() civil.Date    { return civil.Of(c.now(), zone) }

func clockAt(day string) *clock {
	c := &clock{}
	c.set(day)
	return c
}

// world is an election in a database of its own.
type world struct {
	*tracker.Service
	t       require.TestingT
	pool    *pgxpool.Pool
	store   *postgres.Store
	opening *tracker.Opening
	clock   *clock
}

// places is a small list of all kinds of areas.
func places() *area.List {
	return area.Edition2021().Only("small", bacKan, bachLong, hoangSa, catHai)
}

func opening(t require.TestingT, list *area.List) *tracker.Opening {
	d, err := dossier.Load(string(id))
	require.NoError(t, err)
	o, err := d.Opening(list)
	require.NoError(t, err)
	return o
}

// open opens the election of 2021 over a list, in a fresh database.
func open(t testing.TB, list *area.List) *world {
	t.Helper()
	return openOn(t, pgtest.New(t), list)
}

func openOn(t require.TestingT, pool *pgxpool.Pool, list *area.List) *world {
	w := &world{t: t, pool: pool, store: postgres.New(pool), opening: opening(t, list), clock: clockAt(trialDay)}
	w.Service = tracker.NewService(w.store, w.clock.now, zone, nil)
	opened, err := w.Open(context.Background(), w.opening, actor)
	require.NoError(t, err)
	require.True(t, opened)
	return w
}

// count runs a query that answers with one number, and sees the log.
func (w *world) count(query string, args ...any) int {
	return pgtest.Value[int](w.t, w.pool, "log", query, args...)
}

func (w *world) exec(query string, args ...any) {
	require.NoError(w.t, pgtest.Exec(w.pool, "log", query, args...))
}

// record reads a milestone with its tasks.
func (w *world) record(code area.Code, key tracker.MilestoneKey) tracker.Record {
	r, err := w.store.Record(context.Background(), id, tracker.MilestoneID{Area: code, Key: key})
	require.NoError(w.t, err)
	return r
}

// log reads the whole log.
func (w *world) log() []tracker.Change {
	var all []tracker.Change
	for {
		part, err := w.store.Changes(context.Background(), id, tracker.Revision(len(all)), 200)
		require.NoError(w.t, err)
		if len(part) == 0 {
			return all
		}
		all = append(all, part...)
	}
}

func (w *world) head() tracker.Head {
	h, err := w.store.Head(context.Background(), id)
	require.NoError(w.t, err)
	return h
}

// command reports on a task as it is now.
func (w *world) command(code area.Code, key tracker.MilestoneKey, task tracker.TaskKey) tracker.TaskCommand {
	r := w.record(code, key)
	found, err := r.Task(task)
	require.NoError(w.t, err)
	return tracker.TaskCommand{ID: r.Milestone.ID, Task: task, If: found.Revision}
}

// done says of every task of a milestone that it was done on a day, and returns
// the changes of the last report.
func (w *world) done(code area.Code, key tracker.MilestoneKey, day string) (last []tracker.Change) {
	r := w.record(code, key)
	for _, task := range r.Tasks {
		c := w.command(code, key, task.Key)
		c.Status, c.DoneOn = tracker.To(tracker.Done), tracker.To(civil.Must(day))
		out, err := w.UpdateTask(context.Background(), id, actor, c)
		require.NoError(w.t, err)
		last = out.Changes
	}
	return last
}

// act runs an act over whole areas.
func (w *world) act(decide func(*tracker.Act) error, areas ...area.Code) ([]tracker.Change, error) {
	_, changes, err := w.Do(context.Background(), id, actor,
		func(*tracker.Frame) tracker.Needs { return tracker.Needs{Areas: areas} }, decide)
	return changes, err
}

// everywhere are the codes of the list.
func (w *world) everywhere() []area.Code {
	list := w.opening.Frame.List
	codes := make([]area.Code, list.Len())
	for i := range codes {
		codes[i] = list.At(i).Code
	}
	return codes
}

// frame is what the election stands on now.
func (w *world) frame() *tracker.Frame {
	f, err := w.store.Frame(context.Background(), w.opening.Frame.Election.ID)
	require.NoError(w.t, err)
	return f
}

// records reads all milestones with their tasks through the store, as an act
// sees them, by their keys.
func (w *world) records() tracker.Ledger {
	l := tracker.Ledger{}
	frame := w.frame()
	_, err := w.store.Change(context.Background(), frame, tracker.Needs{Areas: w.everywhere()},
		func(f tracker.Found) (*tracker.Act, error) {
			for _, r := range f.Records {
				l.Put(r)
			}
			return tracker.Begin(frame, actor, w.clock.now(), zone, f), nil
		})
	require.NoError(w.t, err)
	return l
}

// sameLedgers compares by keys, so that a difference can be read.
func sameLedgers(t require.TestingT, want, got tracker.Ledger) {
	require.Len(t, got, len(want))
	for key, w := range want {
		g := got[key]
		require.NotNil(t, g, "%s in %s", key.Name(), key.Area)
		require.Equal(t, *w, *g, "%s in %s", key.Name(), key.Area)
	}
}

// tables counts the rows of every table.
func (w *world) tables() map[string]int {
	found, err := w.pool.Query(context.Background(),
		"SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname !~ '^goose'")
	require.NoError(w.t, err)
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(w.t, err)
	counts := map[string]int{}
	for _, name := range names {
		counts[name] = pgtest.Value[int](w.t, w.pool, defended[name], "SELECT count(*) FROM "+pgx.Identifier{name}.Sanitize())
	}
	return counts
}

// empty takes everything out of the database but the log of accounts, for the
// next try of a property.
func empty(t require.TestingT, pool *pgxpool.Pool) {
	ctx := context.Background()
	found, err := pool.Query(ctx,
		"SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname !~ '^(goose|access_event|access_head)'")
	require.NoError(t, err)
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	for _, statement := range []string{
		"ALTER TABLE change DISABLE TRIGGER USER", "TRUNCATE " + strings.Join(names, ", "), "ALTER TABLE change ENABLE TRIGGER USER",
	} {
		_, err := pool.Exec(ctx, statement)
		require.NoError(t, err)
	}
}

// faulty says what kind of fault an error is, for messages of tests.
func faulty(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return fmt.Sprintf("no fault: %v", err)
	}
	return f.Kind.String() + " " + f.Code
}
