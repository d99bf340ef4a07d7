package api

import (
	"context"

	"tiendo/pkg/tracker"
)

// ListStatements implements GET /elections/{election}/statements.
func (s *Server) ListStatements(ctx context.Context, r ListStatementsRequestObject) (ListStatementsResponseObject, error) {
	v, addresses, err := s.texts(ctx, r.Election, r.Params.Area)
	if err != nil {
		return nil, err
	}
	all, err := s.store.Statements(ctx, v.Frame().Election.ID)
	if err != nil {
		return nil, err
	}
	list := StatementList{Items: []Statement{}}
	var last tracker.Revision
	for _, x := range all {
		last = max(last, x.Revision)
		if ofArea(r.Params.Area, x.Area) {
			list.Items = append(list.Items, Statement{
				Key: x.Key, Area: string(x.Area), Rules: filled(x.Rules), DoneBy: day(x.DoneBy), Document: words(x.Document),
				Source: source(addresses, x.Source), Note: words(x.Note), Revision: int64(x.Revision),
			})
		}
	}
	return answer{tag: weak("statements", last), keep: keepFor(60), known: r.Params.IfNoneMatch, contents: list}, nil
}
