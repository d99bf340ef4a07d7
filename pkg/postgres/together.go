package postgres

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Acts on few milestones are committed together: one transaction is under way at a
// time, and whatever has come until it ends goes into the next. So the log's head is
// locked, and the disk waited for, once for all of them, in two round trips. Each
// decides over its own records and has its own outcome. What is locked by others is
// not waited for: an act that needs it, or that comes to more than changes of
// milestones and tasks, goes its own way ([Store.act]).

// How much goes into one transaction.
const (
	mostTogether   = 64 // acts
	mostMilestones = 16 // that one act needs
	mostChanges    = 64 // that one act makes
)

// mostWriters are remembered ([scribe.wrote]).
const mostWriters = 1000

// deciding is how long an act may decide before the others go on without it: it is
// pure and takes microseconds.
const deciding = 100 * time.Millisecond

// joint is an act that waits to be committed together with others.
type joint struct {
	ctx    context.Context //nolint:containedctx // one caller's, among those of others
	frame  *tracker.Frame
	needs  tracker.Needs
	decide func(tracker.Found) (*tracker.Act, error)

	found    tracker.Found
	act      *tracker.Act
	changes  []tracker.Change
	err      error
	panicked any
	alone    bool // it has to go its own way
	ended    bool
	done     chan struct{}
}

// end tells the caller. What he was told stands, whatever becomes of the others.
func (j *joint) end() {
	if !j.ended {
		j.ended = true
		close(j.done)
	}
}

// fail tells the caller what went wrong. Who has gone was not refused.
func (j *joint) fail(err error) {
	if j.ended {
		return
	}
	if gone := j.ctx.Err(); gone != nil {
		err = gone
	}
	j.err = mapped(err)
	j.end()
}

// apart sends the act its own way.
func (j *joint) apart() {
	if !j.ended {
		j.alone = true
		j.end()
	}
}

// panic has the caller panic.
func (j *joint) panic(with any) {
	if !j.ended {
		j.panicked = with
		j.end()
	}
}

// isJoint says that an act can be committed together with others.
func isJoint(n *tracker.Needs) bool {
	return len(n.Milestones) > 0 && len(n.Milestones) <= mostMilestones && n.Areas == nil && n.VotingDays == nil && n.Documents == nil &&
		n.Notes == nil && !n.Election && !n.Plans &&
		!slices.ContainsFunc(n.Milestones, func(id tracker.MilestoneID) bool { return id.Occurrence == tracker.EveryOccurrence })
}

// scribe is the one who writes for a store.
type scribe struct {
	store *Store

	mu      sync.Mutex
	writing bool
	waiting []*joint // in the order in which they came
	follow  func(context.Context, []tracker.Change) error
	writers map[uint32]bool // the server's processes that have written for this store
}

// Follow has follow told of what acts have changed, in the order of the log and
// before they return.
func (s *Store) Follow(follow func(context.Context, []tracker.Change) error) {
	s.together.mu.Lock()
	defer s.together.mu.Unlock()
	s.together.follow = follow
}

// wrote notes through which connection something is written.
func (t *scribe) wrote(conn *pgx.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.writers == nil || len(t.writers) == mostWriters {
		t.writers = map[uint32]bool{} // connections come and go; one that is not known costs a question
	}
	t.writers[conn.PgConn().PID()] = true
}

// gives says that the follower is given what this process of the server commits.
func (t *scribe) gives(process uint32) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.follow != nil && t.writers[process]
}

// Waiting is how many acts wait for the one transaction that is under way.
func (s *Store) Waiting() int {
	s.together.mu.Lock()
	defer s.together.mu.Unlock()
	return len(s.together.waiting)
}

// do commits an act together with whatever else waits. It says false where the act
// has to go its own way.
func (t *scribe) do(ctx context.Context, f *tracker.Frame, needs tracker.Needs, decide func(tracker.Found) (*tracker.Act, error)) (changes []tracker.Change, settled bool, err error) {
	j := &joint{ctx: ctx, frame: f, needs: needs, decide: decide, done: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, j)
	first := !t.writing
	t.writing = true
	t.mu.Unlock()
	if first {
		t.write(false)
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if t.leave(j) {
			return nil, true, mapped(ctx.Err())
		}
		<-j.done // it is under way: what comes of it is said
	}
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.changes, !j.alone, j.err
}

// leave takes an act out that nobody has begun with.
func (t *scribe) leave(j *joint) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := slices.Index(t.waiting, j)
	if k >= 0 {
		t.waiting = slices.Delete(t.waiting, k, k+1)
	}
	return k >= 0
}

// write commits what waits. Who comes first writes once; what has come meanwhile is
// somebody else's, so that he has his answer.
func (t *scribe) write(all bool) {
	for {
		group := t.next()
		if group == nil {
			return
		}
		t.commit(group)
		if !all {
			go t.write(true)
			return
		}
	}
}

// next takes acts on one frame that need nothing twice. The others keep their places.
func (t *scribe) next() []*joint {
	t.mu.Lock()
	defer t.mu.Unlock()
	var group, left []*joint
	needed := map[tracker.MilestoneID]bool{}
	for _, j := range t.waiting {
		meets := slices.ContainsFunc(j.needs.Milestones, func(id tracker.MilestoneID) bool { return needed[id] })
		for _, id := range j.needs.Milestones {
			needed[id] = true // also for those behind one that waits
		}
		if meets || len(group) == mostTogether || len(group) > 0 && (j.frame.Election.ID != group[0].frame.Election.ID || j.frame.Amended != group[0].frame.Amended) {
			left = append(left, j)
			continue
		}
		group = append(group, j)
	}
	t.waiting = left
	if group == nil {
		t.writing = false
	}
	return group
}

// commit does the acts of a group. It is broken off when all who wait for it have gone.
func (t *scribe) commit(group []*joint) {
	ctx, stop := whileAnyoneWaits(group)
	defer stop()
	defer func() { // a mistake of this house is their callers' to tell, and ends nobody else's writing
		if panicked := recover(); panicked != nil {
			for _, j := range group {
				j.panic(panicked)
			}
		}
	}()
	err := t.store.commitTogether(ctx, group)
	if err == nil {
		t.tell(ctx, group)
	}
	for _, j := range group {
		switch {
		case err == nil:
			j.end()
		case len(group) == 1 || !isUndone(err):
			j.fail(err)
		default:
			j.apart()
		}
	}
}

// whileAnyoneWaits ends when the callers of all acts have gone.
func whileAnyoneWaits(group []*joint) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var here atomic.Int64
	here.Store(int64(len(group)))
	released := make([]func() bool, len(group))
	for k, j := range group {
		released[k] = context.AfterFunc(j.ctx, func() {
			if here.Add(-1) == 0 {
				cancel()
			}
		})
	}
	return ctx, func() {
		for _, release := range released {
			release()
		}
		cancel()
	}
}

// tell has the follower take what was committed, as one.
func (t *scribe) tell(ctx context.Context, group []*joint) {
	t.mu.Lock()
	follow := t.follow
	t.mu.Unlock()
	if follow == nil {
		return
	}
	var changes []tracker.Change
	for _, j := range group {
		changes = append(changes, j.changes...)
	}
	if len(changes) > 0 {
		// It is committed; who cannot take it now catches up.
		_ = follow(context.WithoutCancel(ctx), changes)
	}
}

// undone is a failure after which nothing of the transaction can have been kept.
type undone struct{ error }

func (u undone) Unwrap() error { return u.error }

// isUndone: what the server refused it has taken back; where the connection was
// lost, or the server ended it, while the transaction was committed, nobody knows.
func isUndone(err error) bool {
	var u undone
	var refused *pgconn.PgError
	return errors.As(err, &u) || errors.As(err, &refused) && !away(refused.Code) && refused.SeverityUnlocalized == "ERROR"
}

// commitTogether locks what a group needs, lets each act decide, and writes what has
// changed. Those that are refused, or have nothing to change, are told at once.
func (s *Store) commitTogether(ctx context.Context, group []*joint) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return undone{err}
	}
	defer conn.Release()
	s.together.wrote(conn.Conn())
	head, err := s.lockTogether(ctx, conn.Conn(), group)
	if err != nil {
		rollBack(ctx, conn.Conn())
		return undone{err}
	}
	for _, j := range group {
		j.consider(head)
	}
	var writes pipeline
	n, err := writeTogether(ctx, &writes, head, group)
	if err == nil && n > 0 {
		return writes.commit(ctx, conn.Conn())
	}
	rollBack(ctx, conn.Conn())
	if err != nil {
		return undone{err}
	}
	return nil
}

// rollBack ends a transaction that has failed or has nothing to say. Where that is
// not possible either, the pool gives the connection to nobody else.
func rollBack(ctx context.Context, conn *pgx.Conn) {
	if !conn.IsClosed() && conn.PgConn().TxStatus() != 'I' {
		_, _ = conn.Exec(ctx, "ROLLBACK")
	}
}

// begun begins it. Its statements look up some keys, however many: without the second
// setting they would be planned anew each time, which takes several times as long as
// to run them.
var begun = []string{"BEGIN", "SELECT set_config('tiendo.reads', '" + string(readsLog) + "', true), set_config('plan_cache_mode', 'force_generic_plan', true)"}

// lockTogether begins the transaction, locks all milestones that are free, reads what
// belongs to them and locks the log's head, in one round trip.
func (s *Store) lockTogether(ctx context.Context, conn *pgx.Conn, group []*joint) (rows.LockHeadRow, error) {
	f := group[0].frame
	election := string(f.Election.ID)
	var areas, keys []string
	var occurrences []int16
	var several tracker.Needs
	for _, j := range group {
		for _, id := range j.needs.Milestones {
			areas, keys, occurrences = append(areas, string(id.Area)), append(keys, string(id.Key)), append(occurrences, int16(id.Occurrence))
		}
		if len(j.needs.Milestones) > 1 {
			several.Milestones = append(several.Milestones, j.needs.Milestones...)
		}
	}
	var head rows.LockHeadRow
	var milestones []rows.Milestone
	var tasks []rows.Task
	voting := map[area.Code]statute.Voting{}
	err := asked(ctx, conn, begun, func(q *rows.Queries) (err error) {
		if milestones, err = q.LockFreeMilestones(ctx, rows.LockFreeMilestonesParams{
			Election: election, Areas: areas, Keys: keys, Occurrences: occurrences,
		}); err != nil {
			return err
		}
		if tasks, err = q.TasksOfMilestones(ctx, rows.TasksOfMilestonesParams{
			Election: election, Areas: areas, Keys: keys, Occurrences: occurrences,
		}); err != nil {
			return err
		}
		if several.Milestones != nil {
			if voting, err = votingFor(ctx, q, f, several); err != nil {
				return err
			}
		}
		head, err = q.LockHead(ctx, election)
		return err
	})
	if err != nil {
		return head, err
	}
	if err := deal(group, milestones, tasks, voting); err != nil {
		return head, err
	}
	return head, votingOfClosed(ctx, conn, group)
}

// deal gives each act its records. One of which something is missing, or held by
// others, goes its own way: there it waits, or is told what is not there.
func deal(group []*joint, milestones []rows.Milestone, tasks []rows.Task, voting map[area.Code]statute.Voting) error {
	byMilestone := map[tracker.MilestoneID][]rows.Task{}
	for _, t := range tasks {
		id := tracker.MilestoneID{Area: area.Code(t.AreaCode), Key: tracker.MilestoneKey(t.MilestoneKey), Occurrence: int(t.Occurrence)}
		byMilestone[id] = append(byMilestone[id], t)
	}
	records := make(map[tracker.MilestoneID]tracker.Record, len(milestones))
	for _, m := range milestones {
		id := tracker.MilestoneID{Area: area.Code(m.AreaCode), Key: tracker.MilestoneKey(m.Key), Occurrence: int(m.Occurrence)}
		r, err := joined(m, byMilestone[id])
		if err != nil {
			return err
		}
		records[id] = r
	}
	for _, j := range group {
		j.found.Voting = voting
		for _, id := range j.needs.Milestones {
			r, free := records[id]
			if !free {
				j.apart()
				break
			}
			j.found.Records = append(j.found.Records, r)
		}
	}
	return nil
}

// votingOfClosed reads the voting days for acts on one milestone that is closed (see
// find): opened again it may have to be brought up to date.
func votingOfClosed(ctx context.Context, conn *pgx.Conn, group []*joint) error {
	for _, j := range group {
		if j.ended || len(j.needs.Milestones) > 1 || open(j.found.Records) {
			continue
		}
		var err error
		if j.found.Voting, err = votingFor(ctx, rows.New(conn), j.frame, j.needs); err != nil {
			return err
		}
	}
	return nil
}

// consider lets the act decide, unless the election stands on another frame by now.
func (j *joint) consider(head rows.LockHeadRow) {
	if j.ended {
		return
	}
	if tracker.Revision(head.Amended) != j.frame.Amended {
		j.fail(tracker.ErrAmended)
		return
	}
	if gone := j.ctx.Err(); gone != nil {
		j.fail(gone)
		return
	}
	var act *tracker.Act
	var err error
	var panicked any
	decided := make(chan struct{})
	go func() {
		defer close(decided)
		defer func() { panicked = recover() }()
		act, err = j.decide(j.found)
	}()
	late := time.NewTimer(deciding)
	defer late.Stop()
	select {
	case <-decided:
	case <-late.C:
		// The others go on. It may be decided again once this has come to its end.
		j.ended = true
		go func() {
			<-decided
			j.alone = true
			close(j.done)
		}()
		return
	}
	switch {
	case panicked != nil:
		j.panic(panicked)
	case err != nil:
		j.fail(err)
	case len(act.Changes()) == 0:
		j.act = act
		j.end()
	case !act.Actor.Claim.IsZero() || len(act.Changes()) > mostChanges:
		j.apart()
	case j.ctx.Err() != nil: // while it decided; nothing of it is written yet
		j.fail(j.ctx.Err())
	default:
		j.act, j.changes = act, act.Changes()
	}
}

// writeTogether gives the changes of all acts their places behind the head, one act
// after the other, and writes them. It says how many there are.
func writeTogether(ctx context.Context, writes *pipeline, h rows.LockHeadRow, group []*joint) (int, error) {
	head := tracker.Head{Revision: tracker.Revision(h.Revision), Recorded: h.RecordedAt.UTC(), Hash: [32]byte(h.Hash)}
	var changes []*tracker.Change
	for _, j := range group {
		if j.ended {
			continue
		}
		var err error
		if head, err = seal(head, j.changes, j.act.Together()); err != nil {
			return 0, err
		}
		for i := range j.changes {
			changes = append(changes, &j.changes[i])
		}
	}
	if len(changes) == 0 {
		return 0, nil
	}
	q := rows.New(writes)
	var err error
	if len(changes) > 2 && !slices.ContainsFunc(changes, func(c *tracker.Change) bool { return !isUpdate(c.Kind) }) {
		err = writeAll(ctx, q, writes, changes)
	} else {
		for _, c := range changes {
			if err = writeOne(ctx, q, c); err != nil {
				break
			}
		}
	}
	if err != nil {
		return 0, err
	}
	election := string(changes[0].Election)
	if err := q.MoveHead(ctx, rows.MoveHeadParams{
		Election: election, Revision: int64(head.Revision), RecordedAt: head.Recorded, Hash: head.Hash[:],
	}); err != nil {
		return 0, err
	}
	return len(changes), q.Notify(ctx, election+" "+strconv.FormatInt(int64(head.Revision), 10))
}

// commit runs all statements and commits, in one round trip.
func (p *pipeline) commit(ctx context.Context, conn *pgx.Conn) error {
	var last pgconn.CommandTag
	p.batch.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		last = tag
		return nil
	})
	err := conn.SendBatch(ctx, &p.batch).Close()
	if last.String() == "COMMIT" {
		return nil // whatever was lost afterwards
	}
	if err == nil {
		err = fault.New(fault.Internal, "internal", "Giao dịch không được ghi", "The transaction was not committed")
	}
	rollBack(ctx, conn)
	return err
}
