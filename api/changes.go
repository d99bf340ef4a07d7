package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

const changesPage = 100

// following is what somebody wants to hear of, and under which name of it tokens
// are sealed and addresses written.
type following struct {
	election tracker.ElectionID
	filter   feed.Filter
	base     string     // address of the area
	asked    url.Values // in one spelling
}

// key is what tokens belong to: the same filter however it was written.
func (x *following) key() string { return x.base + "/changes?" + x.asked.Encode() }

// following reads what is asked for.
func (s *Server) following(e ElectionID, code AreaCode, family *FamilyFilter, state *DeadlineState, reach *ChangesReach) (*following, error) {
	v, i, err := s.place(e, code)
	if err != nil {
		return nil, err
	}
	x := follow(v, i)
	if family != nil {
		if err := timeline.CheckColumn(v, *family); err != nil {
			return nil, err
		}
		x.filter.Family = *family
		x.asked.Set("family", *family)
	}
	if state != nil {
		states, err := timeline.ParseListStates(*state)
		if err != nil {
			return nil, err
		}
		x.filter.States = &states
		x.asked.Set("state", *state)
	}
	if reach != nil && *reach == ChangesReachOwn {
		x.own()
	}
	return x, nil
}

func follow(v *mirror.View, i int) *following {
	e, code := v.Frame().Election.ID, v.Frame().List.At(i).Code
	return &following{
		election: e, filter: feed.Filter{Area: i}, asked: url.Values{},
		base: "/api/v1/elections/" + url.PathEscape(string(e)) + "/areas/" + url.PathEscape(string(code)),
	}
}

func (x *following) own() {
	x.filter.Own = true
	x.asked.Set("reach", string(ChangesReachOwn))
}

// token seals a position.
func (x *following) token(p feed.Position) (string, error) { return sealToken(x.key(), p) }

// open reads a token.
func (x *following) open(text string, now civil.Cutoff) (p feed.Position, err error) {
	err = openToken(text, x.key(), &p)
	if fault.Is(err, "token-unreadable") {
		return p, unreadable(feed.Unreadable())
	}
	if err != nil {
		return p, err
	}
	if err = p.Check(now); fault.Is(err, "token-unreadable") {
		return p, unreadable(feed.Unreadable())
	}
	return p, err
}

// address is that of a page behind a token.
func (x *following) address(token string, limit *int) string {
	asked := url.Values{"after": {token}}
	for name, values := range x.asked {
		asked[name] = values
	}
	if limit != nil {
		asked.Set("limit", strconv.Itoa(*limit))
	}
	return x.base + "/changes?" + asked.Encode()
}

// snapshotToken is the change token of a list, a timeline or a matrix that shows
// the state at a revision, as it is on a day since the last hour that anything
// turned at. It depends on nothing else, so that it is the same on all servers.
func (x *following) snapshotToken(r tracker.Revision, day civil.Date, turn civil.Clock) (*string, error) {
	token, err := x.token(feed.At(r, day, turn))
	return &token, err
}

// ListChanges implements GET …/areas/{area}/changes.
func (s *Server) ListChanges(ctx context.Context, r ListChangesRequestObject) (ListChangesResponseObject, error) {
	p := &r.Params
	x, err := s.following(r.Election, r.Area, p.Family, p.State, p.Reach)
	if err != nil {
		return nil, err
	}
	if p.After == nil {
		return s.changesNow(x, p)
	}
	from, err := x.open(*p.After, s.now())
	if err != nil {
		return nil, err
	}
	w := waiter{server: s, following: x, params: p, from: from}
	return w.answer(ctx)
}

// changesNow is the current token.
func (s *Server) changesNow(x *following, p *ListChangesParams) (ListChangesResponseObject, error) {
	seen, err := s.feed.Look(x.election, &x.filter, s.now())
	if err != nil {
		return nil, err
	}
	a := s.changesAnswer(&seen, p)
	if a.isKnown() {
		return a, nil
	}
	a.contents, a.next, err = s.encodeChanges(x, p, &feed.Page{Seen: seen, Next: seen.Position()})
	return a, err
}

// changesAnswer is the answer but for its contents. Between two questions with the
// same token nobody may give the first answer again: whoever waits would wait no
// longer.
func (s *Server) changesAnswer(seen *feed.Seen, p *ListChangesParams) answer {
	return answer{
		tag:  weak(seen.Revision, compact(seen.Moment.Day), seen.Moment.Minute, seen.View.Frame().Rulebook.Digest()),
		keep: keepFor(0), known: p.IfNoneMatch,
	}
}

// waiter answers a request for changes, and holds it back while there are none.
type waiter struct {
	server *Server
	*following
	params *ListChangesParams
	from   feed.Position
	until  <-chan time.Time
}

func (w *waiter) answer(ctx context.Context) (ListChangesResponseObject, error) {
	s := w.server
	var listener *feed.Listener
	if seconds := optional(w.params.Wait); seconds > 0 {
		var err error
		if listener, err = s.feed.Listen(w.election, &w.filter, requestOf(ctx).from); err != nil {
			return nil, err
		}
		defer listener.Close()
		over := time.NewTimer(time.Duration(seconds) * time.Second)
		defer over.Stop()
		w.until = over.C
	}
	for {
		var changed <-chan struct{}
		if listener != nil {
			changed = listener.Changed()
		}
		a, empty, err := w.look(ctx)
		if err != nil || !empty || listener == nil {
			return a, err
		}
		select {
		case <-changed:
		case <-w.until:
			return a, nil
		case <-requestOf(ctx).stopping:
			return a, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// look makes the answer of this moment, and says whether there is nothing in it
// that the client does not have.
func (w *waiter) look(ctx context.Context) (a answer, empty bool, err error) {
	s, limit := w.server, changesPage
	if w.params.Limit != nil {
		limit = *w.params.Limit
	}
	now := s.now()
	seen, err := s.feed.Look(w.election, &w.filter, now)
	if err != nil {
		return a, false, err
	}
	if a = s.changesAnswer(&seen, w.params); a.isKnown() && w.from.Revision <= seen.View.Revision() {
		return a, true, nil // nothing is gone through for a client that has it
	}
	page, err := s.feed.Page(ctx, w.election, &w.filter, w.from, now, limit)
	if err != nil {
		return a, false, err
	}
	a = s.changesAnswer(&page.Seen, w.params)
	if len(page.Entries) == 0 {
		empty = true
		w.from = page.Next // nothing of what was gone through is gone through again
	}
	a.contents, a.next, err = s.encodeChanges(w.following, w.params, page)
	return a, empty, err
}

// changesHead is [ChangeList] without its items.
type changesHead struct {
	Revision         int64     `json:"revision"`
	NextRefreshAfter int       `json:"next_refresh_after"`
	ChangesToken     string    `json:"changes_token"`
	TokenExpiresAt   time.Time `json:"token_expires_at"`
	HasMore          bool      `json:"has_more"`
	Next             *string   `json:"next"`
}

func (s *Server) encodeChanges(x *following, p *ListChangesParams, page *feed.Page) (body encoded, next string, err error) {
	head := changesHead{
		Revision: int64(page.Revision), NextRefreshAfter: page.NextRefreshAfter, HasMore: page.More,
		TokenExpiresAt: page.Next.Expires().At(civil.Clock{}, s.zone),
	}
	if head.ChangesToken, err = x.token(page.Next); err != nil {
		return nil, "", err
	}
	if page.More {
		next = x.address(head.ChangesToken, p.Limit)
		head.Next, head.NextRefreshAfter = &next, 0
	}
	begun, err := marshal(head)
	if err != nil {
		return nil, "", err
	}
	body, err = s.appendEntries(append(begun[:len(begun)-1], `,"items":[`...), page)
	return append(body, "]}"...), next, err
}

// appendEntries writes [ChangeEntry] after [ChangeEntry], by hand as lists are.
func (s *Server) appendEntries(b []byte, page *feed.Page) ([]byte, error) {
	places := areaRefs{list: page.View.Frame().List, known: map[int][]byte{}}
	for k := range page.Entries {
		e := &page.Entries[k]
		if k > 0 {
			b = append(b, ',')
		}
		b = appendNumber(append(b, '{'), "revision", int64(e.Revision))
		b = appendNumber(append(b, ','), "cause", int64(e.Cause))
		b = appendText(append(b, ','), "kind", string(e.Kind))
		b = appendText(append(b, ','), "area", string(e.Area))
		b = appendKnown(append(b, ','), "milestone", nameOf(e.Milestone))
		b = appendKnown(append(b, ','), "subject", e.Subject)
		b = appendDay(append(b, ','), "happened_on", e.Happened)
		b = e.Recorded.In(s.zone).AppendFormat(append(appendName(append(b, ','), "recorded_at"), '"'), time.RFC3339Nano)
		b = appendKnown(append(b, `",`...), "tag", e.Tag)
		b = strconv.AppendBool(appendName(append(b, ','), "above"), e.Above)
		b = appendName(append(b, ','), "item")
		var err error
		if e.Item == nil {
			b = append(b, "null"...)
		} else if b, err = s.appendRow(append(b, '{'), &places, e.Item); err != nil {
			return nil, err
		}
		b = appendName(append(b, ','), "removed")
		if e.Removed == feed.NotRemoved {
			b = append(b, "null}"...)
			continue
		}
		b = append(appendText(append(b, '{'), "reason", e.Removed.String()), "}}"...)
	}
	return b, nil
}

func nameOf(id tracker.MilestoneID) string {
	if id.Key == "" {
		return ""
	}
	return id.Name()
}

// appendKnown writes a key, which needs no escaping, or null for none.
func appendKnown(b []byte, name, text string) []byte {
	if text == "" {
		return append(appendName(b, name), "null"...)
	}
	return appendText(b, name, text)
}

// snapshotLink is where to begin anew when a change token is refused.
func snapshotLink(c echo.Context) string {
	asked := url.Values{}
	for _, name := range []string{"family", "state", "reach"} {
		if value := c.QueryParam(name); value != "" {
			asked.Set(name, value)
		}
	}
	address := "/api/v1/elections/" + url.PathEscape(c.Param("election")) + "/areas/" + url.PathEscape(c.Param("area")) + "/deadlines"
	if len(asked) > 0 {
		address += "?" + asked.Encode()
	}
	return "<" + address + `>; rel="snapshot"`
}

// VisitListChangesResponse writes changes.
func (a answer) VisitListChangesResponse(w http.ResponseWriter) error { return a.write(w) }
