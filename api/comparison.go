package api

import (
	"context"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// Without days, a comparison is of the last week.
const (
	comparedDays   = 7
	comparisonPage = 50
)

// GetComparison implements GET …/areas/{area}/comparison.
func (s *Server) GetComparison(ctx context.Context, r GetComparisonRequestObject) (GetComparisonResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	today := s.now().Day
	o, err := comparisonOptions(&r.Params, today)
	if err != nil {
		return nil, err
	}
	query := comparisonAsked(&r, o)
	if r.Params.After != nil {
		var from comparisonToken
		if err := openToken(*r.Params.After, query.filter(), &from); err != nil {
			return nil, err
		}
		o.After = &tracker.MilestoneID{Area: from.Area, Key: from.Key, Occurrence: from.Occurrence}
	}
	key := maps.Clone(query.asked)
	key.Set("limit", strconv.Itoa(o.Limit))
	key.Set("after", optional(r.Params.After))
	return s.preparedAnswer(ctx, &asked{
		view: v, area: i, now: civil.Whole(today), kind: kindComparison, filter: key, keep: keepFor(keepTimeline(v)), known: r.Params.IfNoneMatch,
	}, comparisonRecipe{s, o, query})
}

// comparisonRecipe is how a page of a comparison is made.
type comparisonRecipe struct {
	*Server
	timeline.ComparisonOptions
	query comparisonQuery
}

// Tag implements [feed.Recipe].
func (r comparisonRecipe) Tag(v *mirror.View, i int, now civil.Cutoff) string {
	return weak(timeline.MatrixRevision(v, i), compact(now.Day), v.Frame().Rulebook.Digest())
}

// Make implements [feed.Recipe].
func (r comparisonRecipe) Make(v *mirror.View, i int, _ civil.Cutoff) (feed.Made, error) {
	c, err := timeline.Compare(v, i, r.ComparisonOptions)
	if fault.Is(err, "milestone-not-found") {
		return feed.Made{}, tokenUnreadable() // nothing else names one
	}
	if err != nil {
		return feed.Made{}, err
	}
	next := ""
	if c.More {
		if next, err = r.query.next(c.Items[len(c.Items)-1].ID, r.Limit); err != nil {
			return feed.Made{}, err
		}
	}
	contents := r.comparison(v, i, c)
	contents.HasMore, contents.Next = c.More, words(next)
	body, err := marshal(contents)
	return made(body, next, err)
}

// comparisonToken is where a page ended.
type comparisonToken struct {
	Area       area.Code            `json:"a"`
	Key        tracker.MilestoneKey `json:"k"`
	Occurrence int                  `json:"n,omitempty"`
}

func comparisonOptions(p *GetComparisonParams, today civil.Date) (o timeline.ComparisonOptions, err error) {
	o.To, o.Limit = dayAsked(p.To), comparisonPage
	if o.To.IsZero() {
		o.To = today
	}
	if o.From = dayAsked(p.From); o.From.IsZero() {
		o.From = o.To.Add(-comparedDays)
	}
	if o.To.After(today) {
		return o, toCome("?to", o.To, today)
	}
	if o.From.After(o.To) {
		return o, fault.New(fault.Invalid, "span-reversed",
			"Ngày đầu %s sau ngày cuối %s; đổi chỗ hai ngày", "The first day, %s, is after the last, %s; exchange them",
			o.From.Vietnamese(), o.To.Vietnamese()).At("?from")
	}
	if p.Kind != nil {
		if o.Kind, err = timeline.ParseDifferenceKind(string(*p.Kind)); err != nil {
			return o, err
		}
	}
	if p.Level != nil {
		if o.Level, err = area.ParseLevel(string(*p.Level)); err != nil {
			return o, err
		}
	}
	if p.Limit != nil {
		o.Limit = *p.Limit
	}
	return o, nil
}

// comparisonQuery is what a comparison was asked for. It names the days that were
// meant where none were sent, so that the pages of one list stay of one list over
// midnight.
type comparisonQuery struct {
	place string // "/elections/…/areas/…"
	asked url.Values
}

func comparisonAsked(r *GetComparisonRequestObject, o timeline.ComparisonOptions) comparisonQuery {
	asked := url.Values{"from": {o.From.String()}, "to": {o.To.String()}}
	if o.Kind != timeline.AnyDifference {
		asked.Set("kind", o.Kind.String())
	}
	if o.Level != 0 {
		asked.Set("level", o.Level.String())
	}
	return comparisonQuery{"/elections/" + url.PathEscape(r.Election) + "/areas/" + url.PathEscape(r.Area), asked}
}

// filter is what a token belongs to.
func (q comparisonQuery) filter() string { return q.place + "/comparison?" + q.asked.Encode() }

// next is the address of the page after the one that ends with a milestone.
func (q comparisonQuery) next(last tracker.MilestoneID, limit int) (string, error) {
	token, err := sealToken(q.filter(), comparisonToken{last.Area, last.Key, last.Occurrence})
	if err != nil {
		return "", err
	}
	all := maps.Clone(q.asked)
	all.Set("limit", strconv.Itoa(limit))
	all.Set("after", token)
	return "/api/v1" + q.place + "/comparison?" + all.Encode(), nil
}

func (s *Server) comparison(v *mirror.View, i int, c *timeline.Comparison) Comparison {
	list, f := v.Frame().List, v.FrameAsOf(c.To, time.Time{})
	return Comparison{
		Election: s.electionRef(f), Area: areaOf(v, f, i), From: c.From, To: c.To, Revision: int64(c.Revision),
		NextRefreshAfter: c.NextRefreshAfter, Counts: differenceCounts(&c.Counts), Self: differenceCounts(&c.Self),
		Children: each(c.Children, func(x timeline.ChildDifferences) ChildDifferences {
			return ChildDifferences{
				Area: areaRef(list.At(x.Index)), Children: len(list.Children(x.Index)), Counts: differenceCounts(&x.Counts),
			}
		}),
		Items: each(c.Items, func(x timeline.Difference) Difference { return s.difference(v, x) }), Next: words(""),
	}
}

func (s *Server) difference(v *mirror.View, x timeline.Difference) Difference {
	out := Difference{
		Area: areaRef(x.Area), Within: within(v, x.Area.Code), Milestone: x.ID.Name(), Title: both(x.Origin.Title), Phase: x.Origin.Phase,
		Binding: DifferenceBinding(x.Origin.Binding.String()), Before: nullable.NewNullNullable[DifferenceSide](),
		Kinds: each(x.Kinds.Kinds(), func(k timeline.DifferenceKind) DifferenceKind { return DifferenceKind(k.String()) }),
		After: s.differenceSide(&x.After), Revision: int64(x.After.Milestone.Revision),
	}
	if x.Before != nil {
		out.Before = nullable.NewNullableWithValue(s.differenceSide(x.Before))
	}
	return out
}

// within are the places that an area lies in, the nearest first, the nation left out.
func within(v *mirror.View, code area.Code) []AreaRef {
	list := v.Frame().List
	i, ok := list.Index(code)
	if !ok {
		return []AreaRef{}
	}
	above := list.Ancestors(i)
	return each(above[:max(0, len(above)-1)], func(k int) AreaRef { return areaRef(list.At(k)) })
}

func (s *Server) differenceSide(x *timeline.Side) DifferenceSide {
	m := &x.Milestone
	return DifferenceSide{
		Work: Work(m.Work.String()), Standing: Standing(m.Standing.String()), Timing: Timing(x.Timing.String()),
		NotBeforeOn: day(m.NotBefore.Day), NotBeforeAt: s.moment(m.NotBefore), LatestOn: day(m.Latest.Day), LatestAt: s.moment(m.Latest),
		PlannedOn: day(m.Planned), DoneOn: day(m.DoneOn), DoneBy: day(m.DoneBy),
	}
}

func differenceCounts(c *timeline.DifferenceCounts) DifferenceCounts {
	return DifferenceCounts{
		Total: c.Total, Done: c.By[timeline.Finished], Reopened: c.By[timeline.Reopened], Begun: c.By[timeline.Begun],
		Blocked: c.By[timeline.Stuck], SetAside: c.By[timeline.PutAside], Cancelled: c.By[timeline.CalledOff],
		TakenBack: c.By[timeline.TakenBack], DoneDayMoved: c.By[timeline.Redated], DateMoved: c.By[timeline.DateMoved],
		Planned: c.By[timeline.PlanMoved], Occurred: c.By[timeline.Occurred], Added: c.By[timeline.Added],
		BecameLate: c.By[timeline.BecameLate], Standing: c.By[timeline.Judged],
	}
}
