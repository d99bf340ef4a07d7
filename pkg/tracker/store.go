package tracker

import (
	"context"
	"time"

	"tiendo/pkg/area"
)

// Store keeps elections. Everything it returns is a copy; a thing that is not
// there is a fault.NotFound.
type Store interface {
	// Open writes an election with all it creates and the one change given, in
	// one transaction. When it is open already it writes nothing and returns none.
	Open(ctx context.Context, o *Opening, c Change) ([]Change, error)

	// Head is where an election's log stands.
	Head(ctx context.Context, e ElectionID) (Head, error)

	// Frame is what an election stands on, with its state, as of now.
	Frame(ctx context.Context, id ElectionID) (*Frame, error)

	// Amend lets decide make an amendment of what the election stands on, with all
	// other acts kept out, and writes it: the change of the election, all changes
	// that follow from it, the tables, in one transaction. each (may be nil) sees
	// every area, in the order of the list, as it is written. The change of the
	// election comes back sealed.
	Amend(ctx context.Context, e ElectionID, decide func(Ground) (*Amendment, error), each func(*Amended) error) (Change, error)

	// Preview goes through what Amend would do, of one moment, and writes nothing:
	// in the area within and all below it.
	Preview(ctx context.Context, e ElectionID, within area.Code, decide func(Ground) (*Amendment, error), each func(*Amended) error) error

	// Amendments are the changes of what the election stands on, the latest first.
	Amendments(ctx context.Context, e ElectionID) ([]Change, error)

	// Change locks what is needed, lets the act decide, and writes its changes
	// to the tables and the log in one transaction. An act without changes
	// writes nothing. The changes come back sealed. Fails with [ErrAmended] when
	// the election no longer stands on the frame.
	Change(ctx context.Context, f *Frame, needs Needs, decide func(Found) (*Act, error)) ([]Change, error)

	// Rehearse does what Change does, under the same locks, and takes everything
	// back: nothing is kept, no revision is used, nobody hears of it. What Change
	// would refuse is refused. The changes come back as they were decided, without
	// a place in the log.
	Rehearse(ctx context.Context, f *Frame, needs Needs, decide func(Found) (*Act, error)) ([]Change, error)

	// Claim begins a try at a request with a key, or tells what came of it before:
	// what was answered, [KeyReused], [KeyInUse] or [AnswerLost]. The fingerprint
	// tells requests with one key apart. What is done for the claim
	// ([Actor.Claim]) is committed with it, by one try at most.
	Claim(ctx context.Context, k IdempotencyKey, fingerprint [32]byte) (Claim, *Answered, error)
	// Remember keeps what was answered to the request of a claim, for a day and more.
	Remember(ctx context.Context, c Claim, a Answered) error
	// Release ends a claim without an answer that is to be kept: the request may be
	// tried again, unless its act was committed.
	Release(ctx context.Context, c Claim) error

	// Record is one milestone with its tasks.
	Record(ctx context.Context, e ElectionID, id MilestoneID) (Record, error)
	// Notes are the notes of one milestone, the oldest first; none where they are not
	// for who reads.
	Notes(ctx context.Context, e ElectionID, id MilestoneID, by Reader) ([]Note, error)
	// Told is the tasks of some areas that tell more than how far they are: a
	// reason, a note, a document. In the order of their positions.
	Told(ctx context.Context, e ElectionID, areas []area.Code) (map[MilestoneID][]Task, error)
	// History is the changes of one milestone, the latest first, those with a
	// smaller revision than before (0: all). Notes are no part of it. None where they
	// are not for who reads.
	History(ctx context.Context, e ElectionID, id MilestoneID, before Revision, limit int, by Reader) ([]Change, error)

	// Judged is what the level above last said of a milestone: that it was
	// confirmed or returned. fault.NotFound "judgement-not-found" where it has said
	// nothing to who reads.
	Judged(ctx context.Context, e ElectionID, id MilestoneID, by Reader) (Change, error)

	// Trail is the changes that a query asks for, the latest first, with notes and
	// all that is internal; of what is not for who reads none.
	Trail(ctx context.Context, e ElectionID, q *TrailQuery, by Reader) ([]Change, error)
	// DayHeads are where the log stood at the end of each day of the zone on which
	// something was recorded, the latest first.
	DayHeads(ctx context.Context, e ElectionID, zone *time.Location) ([]Head, error)

	Plans(ctx context.Context, e ElectionID) ([]Plan, error)
	Statements(ctx context.Context, e ElectionID) ([]Statement, error)
	Sources(ctx context.Context, e ElectionID) (map[string]string, error)
	// Entered says that a record of this name has been entered.
	Entered(ctx context.Context, e ElectionID, subject string) (bool, error)
}
