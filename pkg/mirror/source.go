package mirror

import (
	"context"

	"tiendo/pkg/tracker"
)

// Source is where the mirror reads: the tables and the log. Everything it
// returns belongs to the mirror.
type Source interface {
	// Heads says of every election where its log stands.
	Heads(ctx context.Context) (map[tracker.ElectionID]tracker.Revision, error)

	// Snapshot reads one election as it stands at one revision. What there is much
	// of is handed over one by one; a pointer is good until the function returns.
	//
	// Milestones come in the order of their table, those of one area in one piece.
	// Changes come in the order of the log, before the milestones or after: those
	// about milestones and tasks, those of local plans (tracker.PlanAdded,
	// PlanChanged, PlanWithdrawn), and those of the election itself (ElectionOpened,
	// ElectionMoved, ElectionAmended); others are passed over. Of Before, hashes, actors and reasons nothing is needed. Several may
	// share what After points to: read only.
	//
	// fault.NotFound "election-not-found" when there is none.
	Snapshot(ctx context.Context, e tracker.ElectionID, milestone func(*tracker.Milestone) error, change func(*tracker.Change) error) (Snapshot, error)

	// Changes are the entries of the log after a revision, in order, limit at most;
	// fewer only where the log ends.
	Changes(ctx context.Context, e tracker.ElectionID, after tracker.Revision, limit int) ([]tracker.Change, error)

	// Listen waits for news and returns when ctx ends or the connection is
	// lost. ready is called once it listens, heard with every notification.
	// What it misses the mirror finds out by asking for the heads.
	Listen(ctx context.Context, ready func(), heard func(tracker.ElectionID, tracker.Revision)) error
}

// Snapshot is an election at one revision, but for its milestones and its log.
type Snapshot struct {
	// Frame with the election's state at this revision.
	Frame    *tracker.Frame
	Revision tracker.Revision
	// Former frames that amendments replaced, the opening's first; none when the
	// election was never amended.
	Former []*tracker.Frame
	// Plans with their lines, in any order.
	Plans []tracker.Plan
	// Bodies and Documents, in any order.
	Bodies    []tracker.Body
	Documents []tracker.Document
	// VotingDays in force and doubtful, in any order.
	VotingDays []tracker.VotingDay
}
