package api

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// ListDocuments implements GET /elections/{election}/documents.
func (s *Server) ListDocuments(ctx context.Context, r ListDocumentsRequestObject) (ListDocumentsResponseObject, error) {
	all, addresses, err := s.documents(ctx, r.Election, r.Params.Area)
	if err != nil {
		return nil, err
	}
	form := s.form(ctx)
	wanted := func(d tracker.Document) bool {
		return ofArea(r.Params.Area, d.Area) && (r.Params.Implements == nil || slices.Contains(d.Implements, *r.Params.Implements))
	}
	list := DocumentList{Items: []Document{}}
	var last tracker.Revision
	for _, d := range all {
		last = max(last, d.Revision)
		if wanted(d) {
			list.Items = append(list.Items, documentOf(d, addresses))
		}
	}
	return answer{tag: weak("documents", last, form), keep: keepForm(form, 60), known: r.Params.IfNoneMatch, contents: list}, nil
}

// GetDocument implements GET /elections/{election}/documents/{document}.
func (s *Server) GetDocument(ctx context.Context, r GetDocumentRequestObject) (GetDocumentResponseObject, error) {
	all, addresses, err := s.documents(ctx, r.Election, nil)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.Key == r.Document {
			return answer{tag: strong(d.Revision), keep: revalidated, known: r.Params.IfNoneMatch, contents: documentOf(d, addresses)}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "document-not-found",
		"Không có văn bản này; xem danh sách ở …/documents", "There is no such document; the list is at …/documents")
}

// AddDocument implements POST /elections/{election}/documents.
func (s *Server) AddDocument(ctx context.Context, r AddDocumentRequestObject) (AddDocumentResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	if err := s.mayIn(ctx, access.Organise, v, area.Code(r.Body.Area)); err != nil {
		return nil, err
	}
	fresh := tracker.NewDocument{
		Number: strings.TrimSpace(r.Body.Number), Title: strings.TrimSpace(r.Body.Title),
		IssuedOn: civil.Of(r.Body.IssuedOn.Time, r.Body.IssuedOn.Location()), Kind: string(optional(r.Body.Kind)),
	}
	d, effect, err := s.tracker.EnterDocument(ctx, v.Frame().Election.ID, actorOf(ctx), area.Code(r.Body.Area), fresh, isTrue(r.Params.DryRun))
	if err != nil {
		return nil, err
	}
	addresses, err := s.addresses(ctx, v.Frame().Election.ID)
	if err != nil {
		return nil, err
	}
	out := outcome{contents: DocumentChanged{Document: documentOf(d, addresses), Effect: s.effect(v, effect)}}
	if effect.Revision != 0 {
		out.status = http.StatusCreated
		out.location = "/api/v1/elections/" + url.PathEscape(r.Election) + "/documents/" + d.Key
	}
	return out, nil
}

// documents are those that were published, and those of places that the caller
// reads.
func (s *Server) documents(ctx context.Context, election ElectionID, only *AreaFilter) ([]tracker.Document, map[string]string, error) {
	v, addresses, err := s.texts(ctx, election, only)
	if err != nil {
		return nil, nil, err
	}
	all := slices.DeleteFunc(slices.Clone(v.Papers().Documents), func(d tracker.Document) bool { return !d.Public && !s.readsIn(ctx, v, d.Area) })
	slices.SortFunc(all, func(a, b tracker.Document) int {
		return cmp.Or(a.Day().Compare(b.Day()), cmp.Compare(a.Key, b.Key))
	})
	return all, addresses, nil
}

// texts checks that the election exists, and the place to which they are to be
// limited (nil: none), and finds the addresses of the election's sources.
func (s *Server) texts(ctx context.Context, election ElectionID, only *AreaFilter) (*mirror.View, map[string]string, error) {
	v, err := s.view(election)
	if err != nil {
		return nil, nil, err
	}
	if only != nil {
		if _, err := v.Frame().List.Get(area.Code(*only)); err != nil {
			return nil, nil, err
		}
	}
	addresses, err := s.addresses(ctx, v.Frame().Election.ID)
	return v, addresses, err
}

// addresses are those of an election's sources. They are entered when it is
// opened and stay, so they are read once.
func (s *Server) addresses(ctx context.Context, e tracker.ElectionID) (map[string]string, error) {
	known, _ := s.sources.Load(e)
	if all, ok := known.(map[string]string); ok {
		return all, nil
	}
	found, err := s.store.Sources(ctx, e)
	if err != nil {
		return nil, err
	}
	s.sources.Store(e, found)
	return found, nil
}

func ofArea(filter *AreaFilter, code area.Code) bool {
	return filter == nil || area.Code(*filter) == code
}

func documentOf(d tracker.Document, addresses map[string]string) Document {
	return Document{
		Key: d.Key, Number: words(d.Number), Kind: d.Kind, Title: both(d.Title), Issuer: words(d.Issuer),
		IssuedOn: day(d.IssuedOn), KnownBy: day(d.KnownBy), Area: string(d.Area), Implements: filled(d.Implements),
		Source: source(addresses, d.Source), Note: words(d.Note), Revision: int64(d.Revision),
	}
}
