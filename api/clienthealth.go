package api

import (
	"context"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/access"
)

// clientsToken is where a page of clients ended.
type clientsToken struct {
	User  access.UserID `json:"u"`
	Token string        `json:"t"`
}

const clientsPage = 100

// ListClients implements GET …/areas/{area}/clients.
func (s *Server) ListClients(ctx context.Context, r ListClientsRequestObject) (ListClientsResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	limit := clientsPage
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	filter := "clients " + r.Election + " " + r.Area
	var mark clientsToken
	if r.Params.After != nil {
		if err := openToken(*r.Params.After, filter, &mark); err != nil {
			return nil, err
		}
	}
	list := v.Frame().List
	found, err := s.access.Clients(ctx, list, i, callerOf(ctx).Rights(list), access.ClientMark(mark), limit+1)
	if err != nil {
		return nil, err
	}
	body := ClientList{Items: []Client{}, Next: words("")}
	for n := range found[:min(limit, len(found))] {
		body.Items = append(body.Items, s.clientOf(Names{List: list}, &found[n]))
	}
	if len(found) > limit {
		next, err := sealToken(filter, clientsToken(found[limit-1].Mark()))
		if err != nil {
			return nil, err
		}
		asked := url.Values{"after": {next}, "limit": {strconv.Itoa(limit)}}
		body.Next = words("/api/v1/elections/" + url.PathEscape(r.Election) + "/areas/" + url.PathEscape(r.Area) + "/clients?" + asked.Encode())
	}
	return outcome{keep: privately, contents: body}, nil
}

// clientOf is a token as whoever leads sees it.
func (s *Server) clientOf(names Names, t *access.OwnedToken) Client {
	return Client{
		Token: t.ID, Name: t.Name, User: string(t.User), Owner: t.Owner, Unit: t.Unit, Access: TokenAccess(t.Scope.Access),
		Area: string(t.Scope.Area), AreaName: names.area(t.Scope.Area), ExpiresOn: t.Expires, LastUsedAt: s.at(t.Used),
		Health: s.health(&t.Health),
	}
}

// health is what is known of a client.
func (s *Server) health(h *access.Health) ClientHealth {
	share, read := h.Unchanged()
	return ClientHealth{
		RefreshedAt: s.at(h.Refreshed), IntervalSeconds: orNone(h.Interval.Seconds(), h.Interval > 0), Stale: s.access.StaleAt(h),
		Requests: h.Asked(), Whole: h.Count.Whole, Unchanged: h.Count.Unchanged, UnchangedShare: orNone(math.Round(share*1000)/1000, read),
		Changes: h.Count.Written, Refused: h.Count.Refused, Failed: h.Count.Broken,
		LastFailureAt: s.at(h.Failed), LastFailureStatus: orNone(h.Failure, h.Failure != 0),
		ChangesRevision: orNone(h.Revision, h.Revision != 0),
	}
}

// at is a moment in the zone of the country, or none.
func (s *Server) at(t time.Time) nullable.Nullable[MaybeInstant] { return moment(t.In(s.zone)) }
