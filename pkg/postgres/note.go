package postgres

import (
	"context"

	"tiendo/pkg/area"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// Notes reads the notes of one milestone, the oldest first; none where they are
// not for who reads.
func (s *Store) Notes(ctx context.Context, e tracker.ElectionID, id tracker.MilestoneID, by tracker.Reader) ([]tracker.Note, error) {
	all, err := notes(ctx, s.as(readsBy(e, by)), string(e), id)
	return all, mapped(err)
}

func notes(ctx context.Context, q *rows.Queries, e string, id tracker.MilestoneID) ([]tracker.Note, error) {
	found, err := q.Notes(ctx, rows.NotesParams{
		Election: e, AreaCode: string(id.Area), MilestoneKey: string(id.Key), Occurrence: int16(id.Occurrence),
	})
	if err != nil {
		return nil, err
	}
	var all []tracker.Note
	for i := range found {
		r := &found[i]
		n := tracker.Note{
			Milestone: tracker.MilestoneID{Area: area.Code(r.AreaCode), Key: tracker.MilestoneKey(r.MilestoneKey), Occurrence: int(r.Occurrence)},
			Number:    tracker.Revision(r.Number), Text: r.Text, Author: tracker.Actor{ID: r.AuthorID, Name: r.AuthorName},
			Written: r.WrittenAt.UTC(), Revision: tracker.Revision(r.Revision),
		}
		if r.EditedAt.Valid {
			n.Edited = r.EditedAt.Time.UTC()
		}
		all = append(all, n)
	}
	return all, nil
}

// notesOf reads what an act needs; the milestones are locked for it.
func notesOf(ctx context.Context, q *rows.Queries, e string, needs tracker.Needs) (tracker.Notes, error) {
	if len(needs.Notes) == 0 {
		return nil, nil
	}
	all := tracker.Notes{}
	for _, id := range needs.Notes {
		found, err := notes(ctx, q, e, id)
		if err != nil {
			return nil, err
		}
		all[id] = found
	}
	return all, nil
}

func applyNote(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	e, at, key, n := string(c.Election), string(c.Milestone.Area), string(c.Milestone.Key), int16(c.Milestone.Occurrence)
	number := int64(c.NoteNumber())
	switch c.Kind {
	case tracker.NoteAdded:
		return q.InsertNote(ctx, rows.InsertNoteParams{
			Election: e, AreaCode: at, MilestoneKey: key, Occurrence: n, Number: number, Text: c.After.Note.Text,
			AuthorID: c.Actor.ID, AuthorName: c.Actor.Name, WrittenAt: c.Recorded,
		})
	case tracker.NoteChanged:
		return written(q.UpdateNote(ctx, rows.UpdateNoteParams{
			Election: e, AreaCode: at, MilestoneKey: key, Occurrence: n, Number: number, Text: c.After.Note.Text,
			EditedAt: c.Recorded, Revision: int64(c.Revision),
		}))
	}
	return written(q.DeleteNote(ctx, rows.DeleteNoteParams{Election: e, AreaCode: at, MilestoneKey: key, Occurrence: n, Number: number}))
}
