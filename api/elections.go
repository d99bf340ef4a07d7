package api

import (
	"context"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// ListElections implements GET /elections.
func (s *Server) ListElections(_ context.Context, r ListElectionsRequestObject) (ListElectionsResponseObject, error) {
	if err := s.mirror.Ready(); fault.Is(err, "mirror-not-loaded") || fault.Is(err, "mirror-stale") {
		return nil, err // no elections yet is not "no elections"
	}
	views := s.mirror.Views()
	today := s.now().Day
	tag := []any{"elections", compact(today)}
	list := ElectionList{Items: []Election{}}
	for _, v := range views {
		first, last := s.lookBackSpan(v)
		tag = append(tag, v.Frame().Election.ID, v.StateRevision(), compact(first), compact(last))
		list.Items = append(list.Items, s.election(v))
	}
	return answer{tag: weak(tag...), keep: keepFor(60), known: r.Params.IfNoneMatch, contents: list}, nil
}

// GetElection implements GET /elections/{election}.
func (s *Server) GetElection(_ context.Context, r GetElectionRequestObject) (GetElectionResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	first, last := s.lookBackSpan(v)
	tag := weak("election", v.StateRevision(), compact(s.now().Day), compact(first), compact(last))
	return answer{tag: tag, keep: keepFor(60), known: r.Params.IfNoneMatch, contents: s.election(v)}, nil
}

// view is an election as it is now: what could not be asked after for longer than
// the bound of the mirror is shown to nobody.
func (s *Server) view(e ElectionID) (*mirror.View, error) {
	if err := s.mirror.Fresh(); err != nil {
		return nil, err
	}
	return s.mirror.View(tracker.ElectionID(e))
}

// election: how many milestones there are is left to the lists; it would
// change under a tag that is about the election.
func (s *Server) election(v *mirror.View) Election {
	e := v.Frame().Election
	first, last := s.lookBackSpan(v)
	return Election{
		Id: string(e.ID), Title: both(e.Title), ElectionDay: e.Day, State: ElectionState(e.State.String()),
		Rulebook: rulebook(v), Edition: e.Edition,
		Levels: each(v.Frame().Rulebook.Levels(), func(l area.Level) Level { return Level(l.String()) }),
		Today:  s.now().Day, Trial: s.trial, Areas: v.Frame().List.Len() - 1,
		FirstDay: first, LastDay: last,
	}
}

// lookBackSpan is which days there is anything to look back at: from the first
// that the log tells of to today; of a closed election to the last, and not
// before its election day.
func (s *Server) lookBackSpan(v *mirror.View) (first, last civil.Date) {
	today, e, told := s.now().Day, v.Frame().Election, v.Happened()
	last = today
	if e.State == tracker.Closed && !told.Last.IsZero() {
		last = civil.Later(told.Last, e.Day)
	}
	if last.After(today) {
		last = today
	}
	if first = told.First; first.IsZero() || first.After(last) {
		first = last
	}
	return first, last
}

// electionRef is the election by a frame that it stood on.
func (s *Server) electionRef(f *tracker.Frame) ElectionRef {
	e := f.Election
	return ElectionRef{Id: string(e.ID), Title: both(e.Title), ElectionDay: e.Day, State: ElectionState(e.State.String()), Trial: s.trial}
}

func rulebook(v *mirror.View) RulebookRef {
	book := v.Frame().Rulebook
	return RulebookRef{Id: book.ID(), Version: book.Version(), Title: both(book.Title())}
}
