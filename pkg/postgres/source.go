package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

var _ mirror.Source = (*Store)(nil)

// channel is where every commit to a log is told: "election revision".
const channel = "tiendo_log"

// Heads reads where each log stands.
func (s *Store) Heads(ctx context.Context) (map[tracker.ElectionID]tracker.Revision, error) {
	found, err := s.queries().Heads(ctx)
	if err != nil {
		return nil, mapped(err)
	}
	heads := make(map[tracker.ElectionID]tracker.Revision, len(found))
	for _, h := range found {
		heads[tracker.ElectionID(h.Election)] = tracker.Revision(h.Revision)
	}
	return heads, nil
}

// Head reads where one log stands.
func (s *Store) Head(ctx context.Context, e tracker.ElectionID) (tracker.Head, error) {
	h, err := s.queries().Head(ctx, string(e))
	if err != nil {
		return tracker.Head{}, one(err, tracker.ElectionNotFound(e))
	}
	return tracker.Head{Revision: tracker.Revision(h.Revision), Recorded: h.RecordedAt.UTC(), Hash: [32]byte(h.Hash)}, nil
}

// Snapshot reads a whole election as of one moment; its milestones go to the
// caller one by one and are only his until he returns, as its log does.
func (s *Store) Snapshot(ctx context.Context, e tracker.ElectionID, milestone func(*tracker.Milestone) error, change func(*tracker.Change) error) (mirror.Snapshot, error) {
	var snap mirror.Snapshot
	err := s.in(ctx, reading, func(q *rows.Queries, tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, "LOCK TABLE milestone IN ACCESS SHARE MODE"); err != nil { // see loadOrder
			return err
		}
		if snap.Frame, err = s.frame(ctx, q, e); err != nil {
			return err
		}
		head, err := q.Head(ctx, string(e))
		if err != nil {
			return err
		}
		snap.Revision = tracker.Revision(head.Revision)
		if snap.Former, err = formerFrames(ctx, q, snap.Frame); err != nil {
			return err
		}
		if snap.Plans, err = plans(ctx, q, e); err != nil {
			return err
		}
		if snap.Bodies, err = bodies(ctx, q, e); err != nil {
			return err
		}
		if snap.Documents, err = documents(ctx, q, e); err != nil {
			return err
		}
		if snap.VotingDays, err = votingDays(ctx, q, e); err != nil {
			return err
		}
		if err := eachChange(ctx, tx, e, change); err != nil {
			return err
		}
		return eachMilestone(ctx, tx, e, milestone)
	})
	return snap, err
}

// changesOfMirror are the entries of the log that [mirror.Source] hands over, as
// eachChange reads them.
const changesOfMirror = `
	SELECT revision, cause, kind, area_code, milestone_key, occurrence, task_key, recorded_at, happened_on, after
	FROM change
	WHERE election = $1 AND (milestone_key IS NOT NULL AND kind NOT IN ('note_added', 'note_changed', 'note_removed')
		OR kind IN ('plan_added', 'plan_changed', 'plan_withdrawn', 'election_opened', 'election_state', 'election_amended'))
	ORDER BY revision`

// eachChange reads the log as bytes, one entry after the other: 700,000 after two
// amendments of the country.
func eachChange(ctx context.Context, tx pgx.Tx, e tracker.ElectionID, change func(*tracker.Change) error) error {
	found, err := tx.Query(ctx, changesOfMirror, pgx.QueryResultFormats{pgx.BinaryFormatCode}, string(e))
	if err != nil {
		return err
	}
	defer found.Close()
	n, known := names{}, states{}
	var c tracker.Change // one for all: each takes half a kilobyte
	for found.Next() {
		v := found.RawValues()
		if len(v) != 10 {
			return fmt.Errorf("postgres: %d columns of a change", len(v))
		}
		after, err := known.of(v[9])
		if err != nil {
			return err
		}
		c = tracker.Change{
			Election: e, Revision: tracker.Revision(binary.BigEndian.Uint64(v[0])), Cause: tracker.Revision(binary.BigEndian.Uint64(v[1])),
			Kind:      tracker.Kind(n.of(v[2])),
			Milestone: tracker.MilestoneID{Area: area.Code(n.of(v[3])), Key: tracker.MilestoneKey(n.of(v[4])), Occurrence: rawNumber(v[5])},
			Task:      tracker.TaskKey(n.of(v[6])), Recorded: rawInstant(v[7]), Happened: rawDate(v[8]), After: after,
		}
		if err := change(&c); err != nil {
			return err
		}
	}
	return found.Err()
}

// states are what JSON of the log says, kept as long as it may come again: what
// an amendment moves comes to a few thousand texts in all the country.
type states map[string]tracker.State

// mostStates bounds what texts that do not come again cost: reports have numbers
// and reasons of their own. Some 10 MB.
const mostStates = 10_000

func (s states) of(b []byte) (tracker.State, error) {
	if known, ok := s[string(b)]; ok {
		return known, nil
	}
	read, err := tracker.ReadState(b)
	if err != nil {
		return read, err
	}
	if len(s) == mostStates {
		clear(s)
	}
	s[string(b)] = read
	return read, nil
}

// rawColumns is what rawMilestone reads, in its order.
const rawColumns = `area_code, key, occurrence, rulebook_version, not_before_on, not_before_at, latest_on, latest_at,
	not_before_from, latest_from, planned_on, work, standing, done_on, done_by, scope, silent, revision`

// eachMilestone reads the hot table as bytes: scanning 391,000 rows value by
// value takes several times as long.
func eachMilestone(ctx context.Context, tx pgx.Tx, e tracker.ElectionID, milestone func(*tracker.Milestone) error) error {
	return names{}.each(ctx, tx, milestone, "election = $1", string(e))
}

// each reads the milestones for which a condition holds.
func (n names) each(ctx context.Context, tx pgx.Tx, milestone func(*tracker.Milestone) error, where string, args ...any) error {
	found, err := tx.Query(ctx, "SELECT "+rawColumns+" FROM milestone WHERE "+where+" ORDER BY area_code, key, occurrence",
		append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, args...)...)
	if err != nil {
		return err
	}
	defer found.Close()
	var m tracker.Milestone // one for all
	for found.Next() {
		if m, err = n.milestone(found.RawValues()); err != nil {
			return err
		}
		if err := milestone(&m); err != nil {
			return err
		}
	}
	return found.Err()
}

// names keeps one copy of each text that rows repeat.
type names map[string]string

func (n names) of(b []byte) string {
	if s, ok := n[string(b)]; ok {
		return s
	}
	s := string(b)
	n[s] = s
	return s
}

func (n names) milestone(v [][]byte) (tracker.Milestone, error) {
	if len(v) != 18 {
		return tracker.Milestone{}, fmt.Errorf("postgres: %d columns of a milestone", len(v))
	}
	work, err := tracker.ParseWork(n.of(v[11]))
	if err != nil {
		return tracker.Milestone{}, err
	}
	standing, err := tracker.ParseStanding(n.of(v[12]))
	return tracker.Milestone{
		ID: tracker.MilestoneID{
			Area: area.Code(n.of(v[0])), Key: tracker.MilestoneKey(n.of(v[1])), Occurrence: int(int16(binary.BigEndian.Uint16(v[2]))),
		},
		RulebookVersion: n.of(v[3]),
		Dates: tracker.Dates{
			NotBefore:     civil.Cutoff{Day: rawDate(v[4]), Clock: rawClock(v[5])},
			Latest:        civil.Cutoff{Day: rawDate(v[6]), Clock: rawClock(v[7])},
			NotBeforeFrom: rawDate(v[8]), LatestFrom: rawDate(v[9]),
		},
		Planned:  rawDate(v[10]),
		Progress: tracker.Progress{Work: work, DoneOn: rawDate(v[13]), DoneBy: rawDate(v[14])},
		Standing: standing, Scope: n.of(v[15]), Silent: v[16][0] == 1, Revision: tracker.Revision(binary.BigEndian.Uint64(v[17])),
	}, err
}

// postgresEpoch is the day that binary dates count from.
var (
	postgresEpoch      = civil.New(2000, 1, 1)
	postgresEpochMicro = postgresEpoch.At(civil.Clock{}, time.UTC).UnixMicro()
)

func rawDate(b []byte) civil.Date {
	if b == nil {
		return civil.Date{}
	}
	return postgresEpoch.Add(int(int32(binary.BigEndian.Uint32(b))))
}

// rawInstant reads microseconds since the beginning of [postgresEpoch], UTC.
func rawInstant(b []byte) time.Time {
	return time.UnixMicro(int64(binary.BigEndian.Uint64(b)) + postgresEpochMicro).UTC()
}

func rawNumber(b []byte) int {
	if b == nil {
		return 0
	}
	return int(int16(binary.BigEndian.Uint16(b)))
}

func rawClock(b []byte) civil.Clock {
	if b == nil {
		return civil.Clock{}
	}
	minutes := int(binary.BigEndian.Uint16(b))
	return civil.NewClock(minutes/60, minutes%60)
}

// own is how long a store waits before it tells of a commit of its own: its follower
// has mostly been given that by then ([Store.Follow]), and need not read it.
const own = 500 * time.Millisecond

// Listen tells of every commit to a log until ctx ends or the connection is
// lost; ready is called once nothing can be missed any more. It calls heard from
// several goroutines, also shortly after it has returned.
func (s *Store) Listen(ctx context.Context, ready func(), heard func(tracker.ElectionID, tracker.Revision)) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return mapped(err)
	}
	// Taken out of the pool: a listening connection must not serve others.
	alone := conn.Hijack()
	defer alone.Close(context.WithoutCancel(ctx))
	if _, err := alone.Exec(ctx, "LISTEN "+channel); err != nil {
		return mapped(err)
	}
	ready()
	for {
		n, err := alone.WaitForNotification(ctx)
		if err != nil {
			return mapped(err)
		}
		election, revision, _ := strings.Cut(n.Payload, " ")
		r, err := strconv.ParseInt(revision, 10, 64)
		if err != nil {
			return fault.New(fault.Internal, "notice-unreadable", "Thông báo không đọc được", "A notice cannot be read").Because(err)
		}
		if s.together.gives(n.PID) {
			time.AfterFunc(own, func() { heard(tracker.ElectionID(election), tracker.Revision(r)) })
			continue
		}
		heard(tracker.ElectionID(election), tracker.Revision(r))
	}
}
