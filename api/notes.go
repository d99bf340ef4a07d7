package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"

	"tiendo/pkg/access"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// noteReader is who reads notes in a place, and what he may do there.
type noteReader struct {
	id      tracker.MilestoneID
	view    *mirror.View
	by      tracker.Reader
	actor   tracker.Actor
	leads   bool // he may remove what others wrote
	reports bool // he may write
}

// noteReader finds the milestone that notes are of. Who may not read what is internal
// there has been refused before, as x-right says.
func (s *Server) noteReader(ctx context.Context, e ElectionID, code AreaCode, name MilestoneID) (noteReader, error) {
	v, id, err := s.milestoneID(e, code, name)
	if err != nil {
		return noteReader{}, err
	}
	i, _ := v.Frame().List.Index(id.Area)
	rights := callerOf(ctx).Rights(v.Frame().List)
	return noteReader{
		id: id, view: v, by: s.reader(ctx, v, sight{inside: true}), actor: actorOf(ctx),
		leads: rights.Role(i) >= access.Lead, reports: rights.May(access.Report, i, nil) == nil,
	}, nil
}

// ListNotes implements GET …/milestones/{milestone}/notes.
func (s *Server) ListNotes(ctx context.Context, r ListNotesRequestObject) (ListNotesResponseObject, error) {
	reader, err := s.noteReader(ctx, r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	all, err := s.store.Notes(ctx, reader.view.Frame().Election.ID, reader.id, reader.by)
	if err != nil {
		return nil, err
	}
	return answer{tag: reader.tag(all), keep: revalidated, known: r.Params.IfNoneMatch, contents: NoteList{
		Items: each(all, func(n tracker.Note) Note { return s.note(&reader, &n) }), MayAdd: reader.reports,
	}}, nil
}

// tag is another one for each list and for each who may do something else with
// it: what is there, by whom it is read.
func (r *noteReader) tag(all []tracker.Note) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %t %t", r.actor.ID, r.leads, r.reports)
	for i := range all {
		fmt.Fprintf(h, " %d.%d", all[i].Number, all[i].Revision)
	}
	return `"n` + hex.EncodeToString(h.Sum(nil)[:12]) + `"`
}

func (s *Server) note(r *noteReader, n *tracker.Note) Note {
	own := n.Author.ID == r.actor.ID && r.reports
	return Note{
		Note: int64(n.Number), Text: n.Text, Author: n.Author.Name, WrittenAt: n.Written.In(s.zone), EditedAt: moment(n.Edited.In(s.zone)),
		MayChange: own, MayRemove: own || r.leads, Revision: int64(n.Revision),
	}
}

// GetNote implements GET …/notes/{note}.
func (s *Server) GetNote(ctx context.Context, r GetNoteRequestObject) (GetNoteResponseObject, error) {
	reader, err := s.noteReader(ctx, r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	all, err := s.store.Notes(ctx, reader.view.Frame().Election.ID, reader.id, reader.by)
	if err != nil {
		return nil, err
	}
	number := noteNumber(r.Note)
	for i := range all {
		if n := &all[i]; n.Number == number {
			return answer{tag: strong(n.Revision), keep: revalidated, known: r.Params.IfNoneMatch, contents: s.note(&reader, n)}, nil
		}
	}
	return nil, tracker.NoteNotFound(reader.id, number)
}

// noteNumber reads the number of a note; what is none is that of no note.
func noteNumber(s string) tracker.Revision {
	n, _ := strconv.ParseInt(s, 10, 64)
	return tracker.Revision(n)
}

// AddNote implements POST …/notes.
func (s *Server) AddNote(ctx context.Context, r AddNoteRequestObject) (AddNoteResponseObject, error) {
	reader, err := s.noteReader(ctx, r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	n, err := s.tracker.AddNote(ctx, reader.view.Frame().Election.ID, reader.actor, tracker.NoteEntry{ID: reader.id, Text: r.Body.Text})
	if err != nil {
		return nil, err
	}
	return outcome{
		status: http.StatusCreated, tag: strong(n.Revision), contents: s.note(&reader, &n),
		location: milestoneAddress(r.Election, reader.id) + "/notes/" + strconv.FormatInt(int64(n.Number), 10),
	}, nil
}

// ChangeNote implements PATCH …/notes/{note}.
func (s *Server) ChangeNote(ctx context.Context, r ChangeNoteRequestObject) (ChangeNoteResponseObject, error) {
	reader, err := s.noteReader(ctx, r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	n, err := s.tracker.ChangeNote(ctx, reader.view.Frame().Election.ID, reader.actor, tracker.NoteChange{
		ID: reader.id, Number: noteNumber(r.Note), If: known, Text: r.Body.Text,
	})
	if err != nil {
		return nil, err
	}
	return answer{tag: strong(n.Revision), keep: revalidated, contents: s.note(&reader, &n)}, nil
}

// RemoveNote implements DELETE …/notes/{note}.
func (s *Server) RemoveNote(ctx context.Context, r RemoveNoteRequestObject) (RemoveNoteResponseObject, error) {
	reader, err := s.noteReader(ctx, r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	err = s.tracker.RemoveNote(ctx, reader.view.Frame().Election.ID, reader.actor, tracker.NoteRemoval{
		ID: reader.id, Number: noteNumber(r.Note), If: known, Others: reader.leads,
	})
	if err != nil {
		return nil, err
	}
	return RemoveNote204Response{}, nil
}

// VisitListNotesResponse and those below make an answer or an outcome the
// response of what is about notes.
func (a answer) VisitListNotesResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitGetNoteResponse writes one note.
func (a answer) VisitGetNoteResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitChangeNoteResponse writes the note as it is now.
func (a answer) VisitChangeNoteResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitAddNoteResponse writes the note that was made.
func (o outcome) VisitAddNoteResponse(w http.ResponseWriter) error { return o.write(w) }
