package api

import (
	"context"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// SearchAreas implements GET /elections/{election}/areas.
func (s *Server) SearchAreas(_ context.Context, r SearchAreasRequestObject) (SearchAreasResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	q, limit := area.Query{}, 20
	find := v.Frame().List.All
	if r.Params.Q != nil && strings.TrimSpace(*r.Params.Q) != "" {
		q.Text, find = *r.Params.Q, v.Frame().List.Search
	}
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	q.Limit = limit + 1 // one more than is shown tells whether there are more
	if r.Params.Level != nil {
		if q.Level, err = area.ParseLevel(string(*r.Params.Level)); err != nil {
			return nil, err
		}
	}
	if r.Params.Under != nil {
		if _, err := v.Frame().List.Get(area.Code(*r.Params.Under)); err != nil {
			return nil, err
		}
		q.Under = area.Code(*r.Params.Under)
	}
	hits := find(q)
	list := AreaList{
		HasMore: len(hits) > limit,
		Items:   each(hits[:min(limit, len(hits))], func(h area.Hit) Area { return areaOf(v, v.Frame(), h.Index) }),
	}
	return answer{tag: s.placesTag(v), keep: keepFor(keepPlaces), known: r.Params.IfNoneMatch, contents: list}, nil
}

// GetArea implements GET /elections/{election}/areas/{area}.
func (s *Server) GetArea(ctx context.Context, r GetAreaRequestObject) (GetAreaResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	return s.preparedAnswer(ctx, &asked{view: v, area: i, now: s.now(), kind: kindArea, keep: keepFor(keepPlaces), known: r.Params.IfNoneMatch},
		placesRecipe{s, func(v *mirror.View, i int) any { return areaOf(v, v.Frame(), i) }})
}

// ListChildren implements GET /elections/{election}/areas/{area}/children.
func (s *Server) ListChildren(ctx context.Context, r ListChildrenRequestObject) (ListChildrenResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	return s.preparedAnswer(ctx, &asked{view: v, area: i, now: s.now(), kind: kindChildren, keep: keepFor(keepPlaces), known: r.Params.IfNoneMatch}, s.childrenRecipe())
}

func (s *Server) childrenRecipe() feed.Recipe {
	return placesRecipe{s, func(v *mirror.View, i int) any {
		return AreaList{Items: each(v.Frame().List.Children(i), func(k int) Area { return areaOf(v, v.Frame(), k) })}
	}}
}

// keepPlaces is for how many seconds caches may give places without asking.
const keepPlaces = 300

// placesRecipe is how what is said of places is made.
type placesRecipe struct {
	*Server
	of func(v *mirror.View, i int) any
}

// Tag implements [feed.Recipe].
func (r placesRecipe) Tag(v *mirror.View, _ int, _ civil.Cutoff) string { return r.placesTag(v) }

// Make implements [feed.Recipe].
func (r placesRecipe) Make(v *mirror.View, i int, _ civil.Cutoff) (feed.Made, error) {
	body, err := marshal(r.of(v, i))
	return made(body, "", err)
}

// placesTag: places stay as they are while an election runs, but for their
// voting days.
func (s *Server) placesTag(v *mirror.View) string {
	return weak("areas", v.Frame().List.Edition(), v.VotingRevision())
}

// place finds an area of an election by its code.
func (s *Server) place(e ElectionID, code AreaCode) (*mirror.View, int, error) {
	v, err := s.view(e)
	if err != nil {
		return nil, 0, err
	}
	i, ok := v.Frame().List.Index(area.Code(code))
	if !ok {
		_, err := v.Frame().List.Get(area.Code(code))
		return nil, 0, err
	}
	return v, i, nil
}

// areaOf is a place in the election as a frame has it, which an amendment may
// have moved since.
func areaOf(v *mirror.View, f *tracker.Frame, i int) Area {
	list, a, p := v.Frame().List, v.Frame().List.At(i), v.Place(i)
	voting := p.VotingIn(f.Law())
	return Area{
		Code: string(a.Code), Parent: words(string(a.Parent)), Level: Level(a.Level.String()), Type: a.Type,
		Name: a.Name, NameEn: a.NameEn, ShortName: area.ShortName(a),
		Ancestors: each(list.Ancestors(i), func(k int) AreaRef { return areaRef(list.At(k)) }),
		Children:  len(list.Children(i)), Council: p.Council, Voters: p.Voters,
		VotingDay: voting.Day, VotingOpens: voting.Opens.String(),
	}
}

func areaRef(a area.Area) AreaRef {
	return AreaRef{Code: string(a.Code), Level: Level(a.Level.String()), Name: a.Name, NameEn: a.NameEn, ShortName: area.ShortName(a)}
}
