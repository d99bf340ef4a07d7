package tracker

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"tiendo/pkg/fault"
)

// Limits of notes: a text in characters, and how many one milestone may have.
const (
	maxNote  = 2000
	maxNotes = 200
)

// Note is what staff write to each other about a milestone. It is internal: it
// concerns who reads the area's internal content, and nobody else. It changes
// nothing of the milestone, not even its revision.
type Note struct {
	Milestone MilestoneID
	// Number is the revision at which it was written; it names the note for good.
	Number   Revision
	Text     string
	Author   Actor
	Written  time.Time
	Edited   time.Time // none: it is as it was written
	Revision Revision
}

// NoteState is a note in the log, which keeps what it says also when the note is
// changed or removed: the log is chained by hashes, nothing is taken out of it.
type NoteState struct {
	Text string `json:"text"`
}

// Notes are the notes of milestones as the log has led them, the oldest first.
type Notes map[MilestoneID][]Note

// Apply does to the notes what the change did; other changes are passed over.
func (n Notes) Apply(c *Change) {
	all := n[c.Milestone]
	switch c.Kind {
	case NoteAdded:
		n[c.Milestone] = append(slices.Clip(all), Note{
			Milestone: c.Milestone, Number: c.Revision, Text: c.After.Note.Text, Author: c.Actor.person(), Written: c.Recorded, Revision: c.Revision,
		})
	case NoteChanged:
		if i := indexOfNote(all, c.NoteNumber()); i >= 0 {
			all = slices.Clone(all)
			all[i].Text, all[i].Edited, all[i].Revision = c.After.Note.Text, c.Recorded, c.Revision
			n[c.Milestone] = all
		}
	case NoteRemoved:
		if i := indexOfNote(all, c.NoteNumber()); i >= 0 {
			n[c.Milestone] = slices.Delete(slices.Clone(all), i, i+1)
		}
	}
}

// NoteNumber is the number of the note that the change is about; 0 for others.
func (c *Change) NoteNumber() Revision {
	switch c.Kind {
	case NoteAdded:
		return c.Revision
	case NoteChanged, NoteRemoved:
		number, _ := strconv.ParseInt(c.Subject, 10, 64)
		return Revision(number)
	}
	return 0
}

func indexOfNote(all []Note, number Revision) int {
	return slices.IndexFunc(all, func(n Note) bool { return n.Number == number })
}

// NoteNotFound says that a milestone has no such note.
func NoteNotFound(id MilestoneID, number Revision) *fault.Error {
	return fault.New(fault.NotFound, "note-not-found",
		"Mốc %s không có ghi chú số %d; có thể đã bị xóa, hãy tải lại danh sách ghi chú",
		"Milestone %s has no note %d; it may have been removed, load the list of notes again", id.Name(), number)
}

// NoteEntry is a new note.
type NoteEntry struct {
	ID   MilestoneID
	Text string
}

// AddNote adds a note of the actor.
func (a *Act) AddNote(c NoteEntry) error {
	r, err := a.record(c.ID)
	if err != nil {
		return err
	}
	text, err := noteText(c.Text)
	if err != nil {
		return err
	}
	if n := len(a.notes[c.ID]); n >= maxNotes {
		return fault.New(fault.Conflict, "too-many-notes",
			"Mốc này đã có %d ghi chú, là mức tối đa; xóa bớt ghi chú cũ", "This milestone has %d notes, which is the most it can have; remove old ones", n)
	}
	return a.emit(Change{Kind: NoteAdded, Milestone: r.Milestone.ID, After: State{Note: &NoteState{Text: text}}})
}

// NoteChange says a note of the actor's own anew.
type NoteChange struct {
	ID     MilestoneID
	Number Revision
	If     Revision // the revision that the caller knows
	Text   string
}

// ChangeNote changes a note. Only who wrote it may.
func (a *Act) ChangeNote(c NoteChange) error {
	n, err := a.note(c.ID, c.Number, c.If)
	if err != nil {
		return err
	}
	if n.Author.ID != a.Actor.ID {
		return noteOfAnother("sửa", "change")
	}
	text, err := noteText(c.Text)
	if err != nil || text == n.Text {
		return err
	}
	return a.emit(Change{
		Kind: NoteChanged, Milestone: c.ID, Subject: strconv.FormatInt(int64(c.Number), 10),
		Before: State{Note: &NoteState{Text: n.Text}}, After: State{Note: &NoteState{Text: text}},
	})
}

// NoteRemoval takes a note away.
type NoteRemoval struct {
	ID     MilestoneID
	Number Revision
	If     Revision // the revision that the caller knows
	// Others: the caller may remove what others wrote (a lead).
	Others bool
}

// RemoveNote takes a note out of sight. The log keeps what it said.
func (a *Act) RemoveNote(c NoteRemoval) error {
	n, err := a.note(c.ID, c.Number, c.If)
	if err != nil {
		return err
	}
	if n.Author.ID != a.Actor.ID && !c.Others {
		return noteOfAnother("xóa", "remove")
	}
	return a.emit(Change{
		Kind: NoteRemoved, Milestone: c.ID, Subject: strconv.FormatInt(int64(c.Number), 10),
		Before: State{Note: &NoteState{Text: n.Text}},
	})
}

func (a *Act) note(id MilestoneID, number, known Revision) (*Note, error) {
	if _, err := a.record(id); err != nil {
		return nil, err
	}
	i := indexOfNote(a.notes[id], number)
	if i < 0 {
		return nil, NoteNotFound(id, number)
	}
	n := &a.notes[id][i]
	if n.Revision != known {
		return nil, stale(n.Revision, known, *n)
	}
	return n, nil
}

func noteOfAnother(vi, en string) error {
	return fault.New(fault.Forbidden, "note-of-another",
		"Chỉ người viết mới %[1]s được ghi chú này; hãy viết một ghi chú mới", "Only who wrote this note may %[2]s it; write another note", vi, en)
}

// noteText is what a note says, without empty lines around it and with one kind
// of line ends.
func noteText(s string) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	var wrong faults
	if isBlank(s) {
		wrong.add("/text", "note-empty", "Ghi chú chưa có chữ nào; hãy viết nội dung", "The note says nothing; write what it is to say")
	}
	wrong.text("/text", s, maxNote)
	return s, wrong.err()
}

// AddNote adds a note, and returns it.
func (s *Service) AddNote(ctx context.Context, e ElectionID, actor Actor, c NoteEntry) (Note, error) {
	return s.noted(ctx, e, actor, c.ID, 0, func(a *Act) error { return a.AddNote(c) })
}

// ChangeNote changes a note, and returns it.
func (s *Service) ChangeNote(ctx context.Context, e ElectionID, actor Actor, c NoteChange) (Note, error) {
	return s.noted(ctx, e, actor, c.ID, c.Number, func(a *Act) error { return a.ChangeNote(c) })
}

// RemoveNote removes a note.
func (s *Service) RemoveNote(ctx context.Context, e ElectionID, actor Actor, c NoteRemoval) error {
	_, err := s.noted(ctx, e, actor, c.ID, c.Number, func(a *Act) error { return a.RemoveNote(c) })
	return err
}

// noted lets an act about one note be done, and returns the note as it then is:
// the new one (number 0), or that of a number, none once it is removed.
func (s *Service) noted(ctx context.Context, e ElectionID, actor Actor, id MilestoneID, number Revision, decide func(*Act) error) (Note, error) {
	act, changes, err := s.Do(ctx, e, actor, func(*Frame) Needs {
		return Needs{Milestones: []MilestoneID{id}, Notes: []MilestoneID{id}}
	}, decide)
	if err != nil {
		return Note{}, err
	}
	for i := range changes {
		act.notes.Apply(&changes[i])
		number = changes[i].NoteNumber()
	}
	if i := indexOfNote(act.notes[id], number); i >= 0 {
		return act.notes[id][i], nil
	}
	return Note{}, nil
}
