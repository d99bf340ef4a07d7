package api

import (
	"context"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

const deadlinePage = 100

// deadlineToken is where a page of a list ended, and of which moment the list is.
type deadlineToken struct {
	Revision   tracker.Revision     `json:"r"`
	Moment     civil.Cutoff         `json:"t"`
	Area       area.Code            `json:"a"`
	Key        tracker.MilestoneKey `json:"k"`
	Occurrence int                  `json:"n,omitempty"`
}

// possible says that a server may have written the token: anybody can seal what he
// likes. Clocks of servers may differ; a moment of another day is made up.
func (t *deadlineToken) possible(now civil.Cutoff) bool {
	return t.Revision > 0 && !t.Moment.IsZero() && !t.Moment.Day.After(now.Day.Add(1))
}

// ListDeadlines implements GET …/areas/{area}/deadlines.
func (s *Server) ListDeadlines(ctx context.Context, r ListDeadlinesRequestObject) (ListDeadlinesResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	now := s.now()
	o, err := listOptions(&r.Params, now.Day)
	if err != nil {
		return nil, err
	}
	filter := deadlinesAsked(&r)
	list := listRecipe{Server: s, ListOptions: o, place: r.Election + "/" + r.Area, asked: filter, limit: r.Params.Limit}
	if r.Params.After != nil {
		list.from = &deadlineToken{}
		if err := openToken(*r.Params.After, list.filter(), list.from); err != nil {
			return nil, err
		}
		if !list.from.possible(now) {
			return nil, tokenUnreadable()
		}
	}
	key := maps.Clone(filter)
	if r.Params.Limit != nil {
		key.Set("limit", strconv.Itoa(*r.Params.Limit))
	}
	if r.Params.After != nil {
		key.Set("after", *r.Params.After)
	}
	return s.preparedAnswer(ctx, &asked{
		view: v, area: i, now: now, kind: kindDeadlines, filter: key, keep: keepFor(keepTimeline(v)), known: r.Params.IfNoneMatch,
	}, list)
}

// listRecipe is how a page of a list of deadlines is made.
type listRecipe struct {
	*Server
	timeline.ListOptions
	place string // election/area, as they were written
	asked url.Values
	limit *int
	from  *deadlineToken // nil: the first page
}

// filter is what a token belongs to.
func (r *listRecipe) filter() string { return r.place + "?" + r.asked.Encode() }

// Tag implements [feed.Recipe]. The rulebook is in it for a release that words a
// rule anew. Once the election is redrawn no tag of a page behind the first is
// known any more: the page is refused.
func (r listRecipe) Tag(v *mirror.View, i int, now civil.Cutoff) string {
	law := v.Frame().Rulebook.Digest()
	if f := r.from; f != nil {
		return weak(f.Revision, v.StateRevision(), v.Redrawn(), f.Moment.Day, f.Moment.Clock, law)
	}
	return weak(timeline.ListRevision(v, i), compact(now.Day), timeline.MatrixTurn(v, i, now).Minutes(), law)
}

// Make implements [feed.Recipe]. The moment that the next page is told is that from
// which the list stands as it does, not the one at which somebody happened to ask:
// else one tag would stand for as many answers as the day has minutes.
func (r listRecipe) Make(v *mirror.View, i int, now civil.Cutoff) (feed.Made, error) {
	o := r.ListOptions
	moment := civil.Cutoff{Day: now.Day, Clock: timeline.MatrixTurn(v, i, now)}
	if f := r.from; f != nil {
		now, moment, o.Revision = f.Moment, f.Moment, f.Revision
		o.After = &tracker.MilestoneID{Area: f.Area, Key: f.Key, Occurrence: f.Occurrence}
	}
	l, err := timeline.BuildList(v, i, now, o)
	if fault.Is(err, "milestone-not-found") {
		return feed.Made{}, tokenUnreadable() // nothing else names one
	}
	if err != nil {
		return feed.Made{}, err
	}
	next := ""
	if l.HasMore {
		if next, err = r.next(moment, l); err != nil {
			return feed.Made{}, err
		}
	}
	follows, err := r.follows(v, i, now)
	if err != nil {
		return feed.Made{}, err
	}
	body, err := r.encodeList(v, l, next, follows)
	return made(body, next, err)
}

func listOptions(p *ListDeadlinesParams, today civil.Date) (o timeline.ListOptions, err error) {
	of, err := matrixOptions(&GetMatrixParams{AsOf: p.AsOf, Body: p.Body, Serves: p.Serves}, today)
	if err != nil {
		return o, err
	}
	o = timeline.ListOptions{AsOf: of.AsOf, Body: of.Body, Serves: of.Serves, Limit: deadlinePage}
	if p.Limit != nil {
		o.Limit = *p.Limit
	}
	if p.State != nil {
		if o.States, err = timeline.ParseListStates(*p.State); err != nil {
			return o, err
		}
	}
	o.From, o.To = dayAsked(p.From), dayAsked(p.To)
	if !o.To.IsZero() && o.To.Before(o.From) {
		return o, fault.New(fault.Invalid, "span-reversed",
			"Ngày cuối %s đứng trước ngày đầu %s; đổi chỗ hai ngày", "The last day %s is before the first, %s; swap them",
			o.To.Vietnamese(), o.From.Vietnamese()).At("?to")
	}
	if p.Level != nil {
		if o.Level, err = area.ParseLevel(string(*p.Level)); err != nil {
			return o, err
		}
	}
	if p.Family != nil {
		o.Column = *p.Family
	}
	if p.Phase != nil {
		o.Phase = *p.Phase
	}
	if p.Reach != nil {
		if o.Reach, err = timeline.ParseReach(string(*p.Reach)); err != nil {
			return o, err
		}
	}
	o.Lateness = p.Sort != nil && *p.Sort == DeadlineSortLateness
	return o, nil
}

// deadlinesAsked is all that the rows and their order depend on, in one
// spelling: what a token belongs to, and what the next address repeats.
func deadlinesAsked(r *ListDeadlinesRequestObject) url.Values {
	p, asked := &r.Params, url.Values{}
	say := func(name, text, unless string) {
		if text != unless {
			asked.Set(name, text)
		}
	}
	say("as_of", dayAsked(p.AsOf).String(), "")
	say("state", optional(p.State), "")
	say("from", dayAsked(p.From).String(), "")
	say("to", dayAsked(p.To).String(), "")
	say("level", string(optional(p.Level)), "")
	say("body", string(optional(p.Body)), "")
	say("serves", string(optional(p.Serves)), "")
	say("family", optional(p.Family), "")
	say("phase", optional(p.Phase), "")
	if p.Reach != nil {
		say("reach", string(*p.Reach), string(ReachBranch))
	}
	if p.Sort != nil {
		say("sort", string(*p.Sort), string(DeadlineSortDate))
	}
	return asked
}

// dayAsked is the day of a parameter, or none.
func dayAsked(p *openapi_types.Date) civil.Date {
	if p == nil {
		return civil.Date{}
	}
	return civil.Of(p.Time, p.Location())
}

// next is the address of the page after one.
func (r *listRecipe) next(moment civil.Cutoff, l *timeline.List) (string, error) {
	last := l.Items[len(l.Items)-1].ID
	token, err := sealToken(r.filter(), deadlineToken{
		Revision: l.Revision, Moment: moment, Area: last.Area, Key: last.Key, Occurrence: last.Occurrence,
	})
	if err != nil {
		return "", err
	}
	asked := maps.Clone(r.asked)
	if r.limit != nil {
		asked.Set("limit", strconv.Itoa(*r.limit))
	}
	asked.Set("after", token)
	election, place, _ := strings.Cut(r.place, "/")
	return "/api/v1/elections/" + url.PathEscape(election) + "/areas/" + url.PathEscape(place) + "/deadlines?" + asked.Encode(), nil
}

// listHead is [DeadlineList] without its rows.
type listHead struct {
	Election         ElectionRef `json:"election"`
	Area             AreaRef     `json:"area"`
	Today            Day         `json:"today"`
	Day              Day         `json:"day"`
	AsOf             civil.Date  `json:"as_of"`
	Revision         int64       `json:"revision"`
	NextRefreshAfter int         `json:"next_refresh_after"`
	Counts           MatrixSums  `json:"counts"`
	Total            int         `json:"total"`
	HasMore          bool        `json:"has_more"`
	Next             *string     `json:"next"`
	ChangesToken     *string     `json:"changes_token"`
}

// follows is the token from which the changes of what a list shows go on: of its
// first page, and of the present.
func (r *listRecipe) follows(v *mirror.View, i int, now civil.Cutoff) (*string, error) {
	if r.from != nil || !r.AsOf.IsZero() {
		return nil, nil //nolint:nilnil // null in the answer
	}
	x := follow(v, i)
	if r.Reach == timeline.ReachOwn {
		x.own()
	}
	for _, name := range []string{"family", "state"} {
		if text := r.asked.Get(name); text != "" {
			x.asked.Set(name, text)
		}
	}
	return x.snapshotToken(timeline.ListRevision(v, i), now.Day, timeline.MatrixTurn(v, i, now))
}

// encodeList writes rows as timelines write their milestones: 200 of them hold
// what is worth writing by hand.
func (s *Server) encodeList(v *mirror.View, l *timeline.List, next string, follows *string) (encoded, error) {
	head := listHead{
		Election: s.electionRef(v.FrameAsOf(l.AsOf, time.Time{})), Area: areaRef(l.Area), Today: l.Today, Day: l.Day, AsOf: l.AsOf, Revision: int64(l.Revision),
		NextRefreshAfter: l.NextRefreshAfter, Counts: matrixSums(l.Counts), Total: l.Total, HasMore: l.HasMore,
		ChangesToken: follows,
	}
	if next != "" {
		head.Next = &next
	}
	begun, err := marshal(head)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(begun)+1600*len(l.Items)+16)
	b = append(append(b, begun[:len(begun)-1]...), `,"items":[`...)
	places := areaRefs{list: v.Frame().List, known: map[int][]byte{}}
	for k := range l.Items {
		if k > 0 {
			b = append(b, ',')
		}
		if b, err = s.appendRow(append(b, '{'), &places, &l.Items[k]); err != nil {
			return nil, err
		}
	}
	return append(b, "]}"...), nil
}

// appendRow writes a [DeadlineRow] behind its opening brace, where other fields
// may stand already.
func (s *Server) appendRow(b []byte, places *areaRefs, x *timeline.ListItem) ([]byte, error) {
	b, err := places.append(append(b, `"area":`...), x.Area)
	if err != nil {
		return nil, err
	}
	b = append(b, `,"within":[`...)
	for k, above := range places.list.Ancestors(x.Area) {
		if above == 0 {
			break // the nation: everything lies in it
		}
		if k > 0 {
			b = append(b, ',')
		}
		if b, err = places.append(b, above); err != nil {
			return nil, err
		}
	}
	b = append(b, `],"days_behind":`...)
	if x.HasDaysBehind {
		b = strconv.AppendInt(b, int64(x.DaysBehind), 10)
	} else {
		b = append(b, "null"...)
	}
	if b, err = s.appendItem(append(b, `,"milestone":`...), &x.Item); err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// areaRefs are the places of a page, each encoded once.
type areaRefs struct {
	list  *area.List
	known map[int][]byte
}

func (p *areaRefs) append(b []byte, i int) ([]byte, error) {
	ref, there := p.known[i]
	if !there {
		var err error
		if ref, err = marshal(areaRef(p.list.At(i))); err != nil {
			return nil, err
		}
		p.known[i] = ref
	}
	return append(b, ref...), nil
}
