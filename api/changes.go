package api

import (
	"context"
	"maps"
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
	if fault.Is(err, "token-filter-mismatch") {
		return p, unreadable(feed.OfAnother())
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
	key := maps.Clone(x.asked)
	recipe := changesRecipe{Server: s, of: x, limit: p.Limit}
	if p.Limit != nil {
		key.Set("limit", strconv.Itoa(*p.Limit))
	}
	if p.After != nil {
		from, err := x.open(*p.After, s.now())
		if err != nil {
			return nil, err
		}
		requestOf(ctx).reached(from.Revision)
		recipe.from = &from
		key.Set("after", *p.After)
		if err := s.hold(ctx, &recipe, p); err != nil {
			return nil, err
		}
	}
	v, err := s.feed.View(x.election)
	if err != nil {
		return nil, err
	}
	return s.preparedAnswer(ctx, &asked{
		view: v, area: x.filter.Area, now: s.now(), kind: kindChanges, filter: key, keep: keepFor(0), known: p.IfNoneMatch,
	}, recipe)
}

// hold looks whether what is asked for can be gone on with, and waits as long as
// there is nothing that the client does not have, where it asked for that.
func (s *Server) hold(ctx context.Context, r *changesRecipe, p *ListChangesParams) error {
	seconds := optional(p.Wait)
	if seconds == 0 {
		_, err := s.news(ctx, r, p)
		return err
	}
	listener, err := s.feed.Listen(r.of.election, &r.of.filter, requestOf(ctx).from)
	if err != nil {
		return err
	}
	defer listener.Close()
	over := time.NewTimer(time.Duration(seconds) * time.Second)
	defer over.Stop()
	for {
		changed := listener.Changed()
		if some, err := s.news(ctx, r, p); err != nil || some {
			return err
		}
		select {
		case <-changed:
		case <-over.C:
			return nil
		case <-requestOf(ctx).stopping:
			return nil
		case <-listener.Over():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// news says whether there is anything behind a token that the client does not have.
// It fails where nobody can go on from it.
func (s *Server) news(ctx context.Context, r *changesRecipe, p *ListChangesParams) (bool, error) {
	now := s.now()
	seen, err := s.feed.Look(r.of.election, &r.of.filter, now)
	if err != nil {
		return false, err
	}
	if r.from.Revision <= seen.View.Revision() {
		if p.IfNoneMatch != nil && matches(*p.IfNoneMatch, r.tag(&seen)) || seen.Empty(r.from) {
			return false, r.from.Check(now)
		}
		if optional(p.Wait) == 0 {
			return true, r.from.Check(now) // what there is will be found when the answer is made
		}
	}
	page, err := s.feed.Page(ctx, r.of.election, &r.of.filter, *r.from, now, 1)
	return err == nil && (len(page.Entries) > 0 || page.More), err
}

// changesRecipe is how a page of changes is made.
type changesRecipe struct {
	*Server
	of    *following
	from  *feed.Position // nil: the current token
	limit *int
}

// Tag implements [feed.Recipe]. The token is in the address.
func (r changesRecipe) Tag(v *mirror.View, _ int, now civil.Cutoff) string {
	seen := feed.LookAt(v, &r.of.filter, now)
	return r.tag(&seen)
}

func (r *changesRecipe) tag(seen *feed.Seen) string {
	return weak(seen.Revision, compact(seen.Moment.Day), seen.Moment.Minute, seen.View.Frame().Rulebook.Digest())
}

// readChanges is how long changes that are no longer in memory may take to be read.
const readChanges = 10 * time.Second

// Make implements [feed.Recipe].
func (r changesRecipe) Make(v *mirror.View, _ int, now civil.Cutoff) (feed.Made, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readChanges) // for all who wait for it
	defer cancel()
	if r.from == nil {
		seen := feed.LookIn(v, &r.of.filter, now)
		return made(r.encodeChanges(&feed.Page{Seen: seen, Next: seen.Position()}))
	}
	limit := changesPage
	if r.limit != nil {
		limit = *r.limit
	}
	page, err := r.feed.PageIn(ctx, v, &r.of.filter, *r.from, now, limit)
	if err != nil {
		if ctx.Err() != nil {
			err = errCrowded
		}
		return feed.Made{}, err
	}
	return made(r.encodeChanges(page))
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

func (r *changesRecipe) encodeChanges(page *feed.Page) (body encoded, next string, err error) {
	head := changesHead{
		Revision: int64(page.Revision), NextRefreshAfter: page.NextRefreshAfter, HasMore: page.More,
		TokenExpiresAt: page.Next.Expires().At(civil.Clock{}, r.zone),
	}
	if head.ChangesToken, err = r.of.token(page.Next); err != nil {
		return nil, "", err
	}
	if page.More {
		next = r.of.address(head.ChangesToken, r.limit)
		head.Next, head.NextRefreshAfter = &next, 0
	}
	begun, err := marshal(head)
	if err != nil {
		return nil, "", err
	}
	body, err = r.appendEntries(append(begun[:len(begun)-1], `,"items":[`...), page)
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
