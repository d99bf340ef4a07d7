package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/catalogue"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// Search implements GET /elections/{election}/search.
func (s *Server) Search(_ context.Context, r SearchRequestObject) (SearchResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	q := catalogue.Query{Text: r.Params.Q, Limit: 8}
	if r.Params.Limit != nil {
		q.Limit = *r.Params.Limit
	}
	if r.Params.Under != nil {
		q.Under = area.Code(*r.Params.Under)
	}
	if r.Params.Kind != nil {
		if q.Kind, err = catalogue.ParseKind(string(*r.Params.Kind)); err != nil {
			return nil, err
		}
	}
	f := finder{view: v}
	if r.Params.Area != nil {
		if _, f.from, err = s.place(r.Election, *r.Params.Area); err != nil {
			return nil, err
		}
		q.Near = f.own
	}
	groups, err := s.shelf.Of(v).Search(q)
	if err != nil {
		return nil, err
	}
	body, err := marshal(SearchAnswer{Groups: each(groups, f.group)})
	if err != nil {
		return nil, err
	}
	// Made of the answer itself: what is found and where it leads hangs on more
	// than one revision, and a search costs less than the line it is sent over.
	digest := sha256.Sum256(body)
	return answer{tag: weak("search", hex.EncodeToString(digest[:9])), keep: revalidated, known: r.Params.IfNoneMatch, contents: encoded(body)}, nil
}

// finder writes what was found by somebody at a place.
type finder struct {
	view *mirror.View
	from int // index of the place
}

// own says that a milestone stands at the place itself.
func (f finder) own(o *mirror.Origin) bool {
	return catalogue.Here(f.view, o, f.from)
}

func (f finder) group(g catalogue.Group) FoundGroup {
	return FoundGroup{
		Kind: FoundKind(g.Kind.String()), HasMore: g.More,
		Items: each(g.Hits, func(h catalogue.Hit) Found { return f.found(g.Kind, h) }),
	}
}

func (f finder) found(k catalogue.Kind, h catalogue.Hit) Found {
	out := Found{
		Kind: FoundKind(k.String()), Similar: h.Rank >= find.IsSlip, Places: []AreaRef{},
		Level: orNone(Level(""), false), Citation: bothOrNone(fault.Text{}), Plan: bothOrNone(fault.Text{}), At: orNone(FoundAt{}, false),
		Number: words(""), IssuedOn: day(tracker.Document{}.IssuedOn), Issuer: bothOrNone(fault.Text{}), BodyKind: words(""),
	}
	switch k {
	case catalogue.Area:
		a := f.view.Frame().List.At(h.Area)
		out.Key, out.Title = string(a.Code), Text{Vi: a.Name, En: a.NameEn}
		out.Level = orNone(Level(a.Level.String()), true)
		out.Places = f.places(a.Parent)
	case catalogue.Milestone:
		f.milestone(&out, h.Origin)
	case catalogue.Document:
		d := h.Document
		out.Key, out.Title, out.Places = d.Key, both(d.Title), f.places(d.Area)
		out.Number, out.IssuedOn, out.Issuer = words(d.Number), day(d.IssuedOn), bothOrNone(f.name(d.Issuer))
	case catalogue.Body:
		out.Key, out.Title, out.Places = h.Body.Key, both(h.Body.Name), f.places(h.Body.Area)
		out.BodyKind = words(h.Body.Kind)
	}
	return out
}

func (f finder) milestone(out *Found, o *mirror.Origin) {
	out.Key, out.Title = string(o.Key), both(o.Title)
	if o.Rule != nil {
		out.Citation = bothOrNone(o.Rule.Basis.Text())
	} else {
		out.Plan, out.Places = bothOrNone(o.Plan.Title), f.places(o.Plan.Area)
	}
	if id, ok := catalogue.Where(f.view, o, f.from); ok {
		a, _ := f.view.Frame().List.Get(id.Area)
		out.At = orNone(FoundAt{Area: areaRef(a), Milestone: id.Name()}, true)
	}
}

// places are a place and those it lies in, but for the nation.
func (f finder) places(code area.Code) []AreaRef {
	list, all := f.view.Frame().List, []AreaRef{}
	i, ok := list.Index(code)
	for ; ok && i > 0; i = list.Parent(i) {
		all = append(all, areaRef(list.At(i)))
	}
	return all
}

// name is that of a body.
func (f finder) name(key string) fault.Text {
	bodies := f.view.Papers().Bodies
	if i := slices.IndexFunc(bodies, func(b tracker.Body) bool { return b.Key == key }); i >= 0 {
		return bodies[i].Name
	}
	return fault.Text{}
}
