package api

import (
	"cmp"
	"context"
	"slices"

	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// ListBodies implements GET /elections/{election}/bodies.
func (s *Server) ListBodies(ctx context.Context, r ListBodiesRequestObject) (ListBodiesResponseObject, error) {
	all, addresses, err := s.bodies(ctx, r.Election, r.Params.Area)
	if err != nil {
		return nil, err
	}
	list := BodyList{Items: []Body{}}
	var last tracker.Revision
	for _, b := range all {
		last = max(last, b.Revision)
		if ofArea(r.Params.Area, b.Area) {
			list.Items = append(list.Items, bodyOf(b, addresses))
		}
	}
	return answer{tag: weak("bodies", last), keep: keepFor(60), known: r.Params.IfNoneMatch, contents: list}, nil
}

// GetBody implements GET /elections/{election}/bodies/{body}.
func (s *Server) GetBody(ctx context.Context, r GetBodyRequestObject) (GetBodyResponseObject, error) {
	all, addresses, err := s.bodies(ctx, r.Election, nil)
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		if b.Key == r.Body {
			return answer{tag: strong(b.Revision), keep: revalidated, known: r.Params.IfNoneMatch, contents: bodyOf(b, addresses)}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "body-not-found",
		"Không có cơ quan này; xem danh sách ở …/bodies", "There is no such body; the list is at …/bodies")
}

func (s *Server) bodies(ctx context.Context, election ElectionID, only *AreaFilter) ([]tracker.Body, map[string]string, error) {
	v, addresses, err := s.texts(ctx, election, only)
	if err != nil {
		return nil, nil, err
	}
	all := slices.SortedFunc(slices.Values(v.Papers().Bodies), func(a, b tracker.Body) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Key, b.Key))
	})
	return all, addresses, nil
}

func bodyOf(b tracker.Body, addresses map[string]string) Body {
	return Body{
		Key: b.Key, Kind: b.Kind, Form: b.Form, Name: both(b.Name), Area: string(b.Area), SetUpBy: words(b.SetUpBy),
		HeadOffice: words(b.HeadOffice), Source: source(addresses, b.Source), Note: words(b.Note), Revision: int64(b.Revision),
	}
}
