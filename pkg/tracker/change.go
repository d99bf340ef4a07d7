package tracker

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Kind is what kind of change an entry of the log is.
type Kind string

// The kinds of changes.
const (
	ElectionOpened    Kind = "election_opened"
	ElectionMoved     Kind = "election_state"   // preparing, running, closed
	ElectionAmended   Kind = "election_amended" // another day, or another version of the rulebook
	BodyAdded         Kind = "body_added"
	DocumentAdded     Kind = "document_added"
	PlanAdded         Kind = "plan_added"
	StatementAdded    Kind = "statement_added"
	VotingDaySet      Kind = "voting_day_set"
	MilestoneOccurred Kind = "milestone_occurred"
	MilestonePlanned  Kind = "milestone_planned"
	MilestoneMoved    Kind = "milestone_moved" // its dates follow from another change
	TaskAdded         Kind = "task_added"
	TaskUpdated       Kind = "task_updated"
	// Only tasks of one's own. Where one moves, Tasks are the others that give way.
	TaskRenamed Kind = "task_renamed"
	TaskMoved   Kind = "task_moved"
	TaskRemoved Kind = "task_removed"
	NoteAdded   Kind = "note_added"
	NoteChanged Kind = "note_changed"
	NoteRemoved Kind = "note_removed"
	// What the level above says of what was reported.
	MilestoneConfirmed Kind = "milestone_confirmed"
	MilestoneReturned  Kind = "milestone_returned"
	RecordEntered      Kind = "record_entered" // all that is known of a past election is in
	PlanChanged        Kind = "plan_changed"
	PlanWithdrawn      Kind = "plan_withdrawn"
	// What a local plan does to single places, when it is changed or withdrawn.
	MilestoneAdded     Kind = "milestone_added"
	MilestoneCancelled Kind = "milestone_cancelled"
	MilestoneRestored  Kind = "milestone_restored"
	MilestoneRestated  Kind = "milestone_restated" // its line says something else, its dates stay
)

// Follows says that a change of this kind is no act of its own but comes of the
// one before it in the log, which is its cause.
func (k Kind) Follows() bool {
	switch k {
	case MilestoneMoved, MilestoneAdded, MilestoneCancelled, MilestoneRestored, MilestoneRestated:
		return true
	}
	return false
}

// published are the kinds that everybody may know of as they are: all but notes, what
// staff set themselves, and what only sets an election up.
var published = []Kind{
	TaskUpdated, MilestonePlanned, MilestoneMoved, MilestoneOccurred, MilestoneConfirmed, MilestoneReturned,
	MilestoneAdded, MilestoneCancelled, MilestoneRestored, MilestoneRestated,
	PlanAdded, PlanChanged, PlanWithdrawn, VotingDaySet, BodyAdded, DocumentAdded, ElectionMoved, ElectionAmended,
}

// PublishedKinds are the kinds of changes that everybody may know of; of documents
// only those that were published.
func PublishedKinds() []Kind { return slices.Clone(published) }

// IsPublished says that a kind is one of [PublishedKinds].
func (k Kind) IsPublished() bool { return slices.Contains(published, k) }

// Actor is who did it.
type Actor struct {
	ID   string
	Name string
	// Tag is what the program through which he writes calls the write, so that it
	// knows its own changes again: 1 to 64 of [A-Za-z0-9._-]; "" for none.
	Tag string
	// Claim is the request that he does it for; no part of the log.
	Claim Claim
}

// person is who did it, by whatever program.
func (a Actor) person() Actor { return Actor{ID: a.ID, Name: a.Name} }

// recorded is who did it as the log keeps it.
func (a Actor) recorded() Actor { return Actor{ID: a.ID, Name: a.Name, Tag: a.Tag} }

// Change is one entry of the log: one thing changed in one place.
type Change struct {
	Election  ElectionID
	Revision  Revision
	Cause     Revision // the act that this follows from; its own revision for the act itself
	Kind      Kind
	Milestone MilestoneID // Area is always set; Key only where a milestone is concerned
	Task      TaskKey
	Subject   string // key of a body, document, plan or statement
	Actor     Actor
	Recorded  time.Time  // when it was recorded; never earlier than the entry before
	Happened  civil.Date // the day it is about
	Reason    string
	Before    State
	After     State
	Hash      [sha256.Size]byte

	stored  [2][]byte // Before and After as the log keeps them, to the byte
	follows bool      // see Follows
}

// Follows says that a change that was just decided is no act of its own but
// comes of the one before it, which is its cause: by its kind, or because the
// act that made it says so. Of a change that was read, Cause says it.
func (c *Change) Follows() bool { return c.follows || c.Kind.Follows() }

// State is the state of what a change is about. This is the log's own format:
// fields are only ever added.
type State struct {
	Election  *OpenedState    `json:"election,omitempty"`
	Milestone *MilestoneState `json:"milestone,omitempty"`
	Task      *TaskState      `json:"task,omitempty"`
	Tasks     []TaskState     `json:"tasks,omitempty"`
	Body      *Body           `json:"body,omitempty"`
	Document  *Document       `json:"document,omitempty"`
	Plan      *Plan           `json:"plan,omitempty"`
	Statement *Statement      `json:"statement,omitempty"`
	VotingDay *VotingDay      `json:"voting_day,omitempty"`
	// Withdrawal says why a milestone was cancelled.
	Withdrawal *Withdrawal     `json:"withdrawal,omitempty"`
	Amendment  *AmendmentState `json:"amendment,omitempty"`
	Note       *NoteState      `json:"note,omitempty"`
}

// IsZero says that the state holds nothing.
func (s State) IsZero() bool {
	return s.Election == nil && s.Milestone == nil && s.Task == nil && s.Tasks == nil && s.Body == nil &&
		s.Document == nil && s.Plan == nil && s.Statement == nil && s.VotingDay == nil && s.Withdrawal == nil && s.Amendment == nil &&
		s.Note == nil
}

// JSON is the state as the log keeps it; nil for nothing.
func (s State) JSON() ([]byte, error) {
	if s.IsZero() {
		return nil, nil
	}
	if s.isReport() {
		return s.appendReport(make([]byte, 0, 384)), nil
	}
	return json.Marshal(s)
}

// ReadState reads what JSON wrote.
func ReadState(b []byte) (s State, err error) {
	if len(b) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("tracker: state in the log: %w", err)
	}
	return s, nil
}

// OpenedState is the election in the log: what its opening is derived from.
type OpenedState struct {
	Election
	Exceptions []Exception       `json:"exceptions,omitempty"`
	Sources    map[string]string `json:"sources,omitempty"`
}

// MilestoneState is a milestone in the log.
type MilestoneState struct {
	NotBefore     civil.Cutoff `json:"not_before,omitzero"`
	Latest        civil.Cutoff `json:"latest,omitzero"`
	NotBeforeFrom civil.Date   `json:"not_before_from,omitzero"`
	LatestFrom    civil.Date   `json:"latest_from,omitzero"`
	Planned       civil.Date   `json:"planned,omitzero"`
	Work          Work         `json:"work"`
	Standing      Standing     `json:"standing"`
	DoneOn        civil.Date   `json:"done_on,omitzero"`
	DoneBy        civil.Date   `json:"done_by,omitzero"`
	Scope         string       `json:"scope,omitempty"`
	Silent        bool         `json:"silent,omitempty"`
	Version       string       `json:"rulebook_version,omitempty"`
}

func milestoneState(m *Milestone) *MilestoneState {
	return &MilestoneState{
		NotBefore: m.NotBefore, Latest: m.Latest, NotBeforeFrom: m.NotBeforeFrom, LatestFrom: m.LatestFrom,
		Planned: m.Planned, Work: m.Work, Standing: m.Standing, DoneOn: m.DoneOn, DoneBy: m.DoneBy,
		Scope: m.Scope, Silent: m.Silent, Version: m.RulebookVersion,
	}
}

func (s *MilestoneState) dates() Dates {
	return Dates{NotBefore: s.NotBefore, Latest: s.Latest, NotBeforeFrom: s.NotBeforeFrom, LatestFrom: s.LatestFrom}
}

// Milestone is the milestone with this state.
func (s *MilestoneState) Milestone(id MilestoneID, r Revision) Milestone {
	return Milestone{
		ID: id, RulebookVersion: s.Version,
		Dates: s.dates(), Planned: s.Planned, Progress: Progress{Work: s.Work, DoneOn: s.DoneOn, DoneBy: s.DoneBy},
		Standing: s.Standing, Scope: s.Scope, Silent: s.Silent, Revision: r,
	}
}

// TaskState is a task in the log.
type TaskState struct {
	Key      TaskKey    `json:"key"`
	Position int        `json:"position"`
	Title    fault.Text `json:"title,omitzero"`
	Status   Work       `json:"status"`
	Reason   string     `json:"reason,omitempty"`
	DoneOn   civil.Date `json:"done_on,omitzero"`
	DoneBy   civil.Date `json:"done_by,omitzero"`
	Number   string     `json:"evidence_number,omitempty"`
	On       civil.Date `json:"evidence_on,omitzero"`
	Link     string     `json:"evidence_link,omitempty"`
	Document string     `json:"document,omitempty"`
	Bodies   []string   `json:"bodies,omitempty"`
	Source   string     `json:"source,omitempty"`
	Note     string     `json:"note,omitempty"`
}

func taskState(t *Task) *TaskState {
	return &TaskState{
		Key: t.Key, Position: t.Position, Title: t.Title, Status: t.Status, Reason: t.Reason,
		DoneOn: t.DoneOn, DoneBy: t.DoneBy, Number: t.Evidence.Number, On: t.Evidence.On, Link: t.Evidence.Link,
		Document: t.Document, Bodies: t.Bodies, Source: t.Source, Note: t.Note,
	}
}

func taskStates(tasks []Task) []TaskState {
	all := make([]TaskState, len(tasks))
	for i := range tasks {
		all[i] = *taskState(&tasks[i])
	}
	return all
}

// TaskAt is the task with this state.
func (s *TaskState) TaskAt(r Revision) Task {
	return Task{
		Key: s.Key, Position: s.Position, Title: s.Title, Status: s.Status, Reason: s.Reason,
		DoneOn: s.DoneOn, DoneBy: s.DoneBy, Evidence: Evidence{Number: s.Number, On: s.On, Link: s.Link},
		Document: s.Document, Bodies: s.Bodies, Source: s.Source, Note: s.Note, Revision: r,
	}
}

// Seal gives the change its place in the log: its revision, a recorded time
// that never goes back, and the hash that chains it to the entry before.
func (c *Change) Seal(head Head) error {
	c.Revision = head.Revision + 1
	if c.Cause == 0 {
		c.Cause = c.Revision
	}
	c.Recorded = c.Recorded.UTC().Truncate(time.Microsecond)
	if c.Recorded.Before(head.Recorded) {
		c.Recorded = head.Recorded
	}
	before, err := c.Before.JSON()
	if err != nil {
		return err
	}
	after, err := c.After.JSON()
	if err != nil {
		return err
	}
	c.stored = [2][]byte{before, after}
	c.Hash = c.Digest(head.Hash)
	return nil
}

// Stored is what the log keeps of Before and After, nil for nothing; only of a
// change that was sealed or read.
func (c *Change) Stored() (before, after []byte) { return c.stored[0], c.stored[1] }

// Read takes Before and After from what the log keeps, and remembers the bytes,
// so that the digest is of all that stands there, also of what this program
// does not read.
func (c *Change) Read(before, after []byte) (err error) {
	c.stored = [2][]byte{before, after}
	if c.Before, err = ReadState(before); err != nil {
		return err
	}
	c.After, err = ReadState(after)
	return err
}

// Head is where a log stands.
type Head struct {
	Revision Revision
	Recorded time.Time
	Hash     [sha256.Size]byte
}

// Head is where the log stands after this change.
func (c *Change) Head() Head {
	return Head{Revision: c.Revision, Recorded: c.Recorded, Hash: c.Hash}
}

// Digest is the SHA-256 of the hash before and of every field of the change,
// written as one JSON array; Before and After stand in it as the very bytes that
// the log keeps. Only of a change that was sealed or read.
func (c *Change) Digest(before [sha256.Size]byte) [sha256.Size]byte {
	var room [1536]byte // for most
	b := c.appendFields(append(room[:0], before[:]...))
	for _, state := range c.stored {
		b = append(b, ',')
		b = append(b, orNull(state)...)
	}
	// What was added later comes last and only when it says something, so that
	// entries without it have the digest that they always had.
	if c.Actor.Tag != "" {
		b = appendText(append(b, ','), c.Actor.Tag)
	}
	return sha256.Sum256(append(b, ']'))
}

func orNull(b []byte) []byte {
	if b == nil {
		return []byte("null")
	}
	return b
}
