package api

import (
	"context"
	"net/url"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// GetTimeline implements GET …/areas/{area}/timeline.
func (s *Server) GetTimeline(ctx context.Context, r GetTimelineRequestObject) (GetTimelineResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	o, err := s.lookBack(r.Params.AsOf, r.Params.KnownAt)
	if err != nil {
		return nil, err
	}
	filter := url.Values{}
	if !o.AsOf.IsZero() {
		filter.Set("as_of", o.AsOf.String())
	}
	if !o.KnownAt.IsZero() {
		filter.Set("known_at", o.KnownAt.Format(time.RFC3339Nano))
	}
	return s.preparedAnswer(ctx, &asked{
		view: v, area: i, now: s.now(), kind: kindTimeline, filter: filter, keep: keepFor(keepTimeline(v)), known: r.Params.IfNoneMatch,
	}, timelineRecipe{s, o})
}

// timelineRecipe is how a timeline is made.
type timelineRecipe struct {
	*Server
	timeline.Options
}

// Tag implements [feed.Recipe]. The rulebook is in it for a release that words a
// rule anew.
func (r timelineRecipe) Tag(v *mirror.View, i int, now civil.Cutoff) string {
	return weak(timeline.Revision(v, i), compact(now.Day), timeline.Turn(v, i, now).Minutes(), v.Frame().Rulebook.Digest())
}

// Make implements [feed.Recipe].
func (r timelineRecipe) Make(v *mirror.View, i int, now civil.Cutoff) (feed.Made, error) {
	t, err := timeline.Build(v, i, now, r.Options)
	if err != nil {
		return feed.Made{}, err
	}
	var follows *string
	if r.Options == (timeline.Options{}) {
		x := follow(v, i)
		x.own()
		if follows, err = x.snapshotToken(t.Revision, now.Day, timeline.Turn(v, i, now)); err != nil {
			return feed.Made{}, err
		}
	}
	body, err := r.encodeTimeline(v, i, t, follows)
	return made(body, "", err)
}

// lookBack reads the day and the instant that one looks back from.
func (s *Server) lookBack(asOf *AsOf, knownAt *KnownAt) (o timeline.Options, err error) {
	o.AsOf = dayAsked(asOf)
	if knownAt != nil {
		o.KnownAt = knownAt.In(s.zone)
		if o.KnownAt.IsZero() { // which would be no limit at all
			o.KnownAt = o.KnownAt.Add(time.Nanosecond)
		}
	}
	return o, notInTheFuture(o.AsOf, s.now().Day)
}

// keepTimeline is for how many seconds caches may give a timeline without
// asking. When it is worth asking again the body says more exactly.
func keepTimeline(v *mirror.View) int {
	if v.Frame().Election.State == tracker.Closed {
		return timeline.RefreshUsually
	}
	return timeline.RefreshNearDeadline
}

func (s *Server) timelineHead(v *mirror.View, i int, t *timeline.Timeline, follows *string) timelineHead {
	f := v.FrameAsOf(t.AsOf, t.KnownAt)
	return timelineHead{
		Election: s.electionRef(f), Area: areaOf(v, f, i), Today: t.Today, Day: t.Day, AsOf: t.AsOf, KnownAt: moment(t.KnownAt),
		Revision: int64(t.Revision), NextRefreshAfter: t.NextRefreshAfter, ChangesToken: follows, FirstDay: t.Span.First, LastDay: t.Span.Last,
		Counts: Counts{
			Total: t.Counts.Total, Done: t.Counts.Done, Overdue: t.Counts.Overdue, BehindPlan: t.Counts.BehindPlan, DueSoon: t.Counts.DueSoon,
		},
		Phases: each(t.Phases, func(p *statute.Phase) Heading { return Heading{Key: p.Key, Title: both(p.Title)} }),
	}
}

// item is one milestone as changes answer with it; [Server.appendItem] writes
// the same for timelines.
func (s *Server) item(x timeline.Item) Milestone {
	m, o := &x.Milestone, x.Origin
	out := Milestone{
		Id: x.ID.Name(), Key: string(x.ID.Key), Occurrence: x.ID.Occurrence, Area: string(x.ID.Area),
		Title: both(o.Title), Phase: o.Phase, Family: words(o.Family), Nature: Nature(o.Nature.String()),
		Binding: MilestoneBinding(o.Binding.String()), Plan: planKey(o), Elections: filled(o.Elections),
		Responsible: responsible(o.Responsible), ResponsibleText: both(o.ResponsibleText),
		NotBeforeOn: day(m.NotBefore.Day), NotBeforeAt: s.moment(m.NotBefore), LatestOn: day(m.Latest.Day), LatestAt: s.moment(m.Latest),
		PlannedOn: day(m.Planned), DoneOn: day(m.DoneOn), DoneBy: day(m.DoneBy),
		Work: Work(m.Work.String()), Standing: Standing(m.Standing.String()), Timing: Timing(x.Timing.String()),
		DaysLeft: orNone(x.DaysLeft, x.HasDaysLeft), TasksTotal: int(m.TasksTotal), TasksDone: int(m.TasksDone),
		OneSource: o.OneSource, Revision: int64(m.Revision),
	}
	if !x.Cancelled.IsZero() {
		out.CancelledOn = &x.Cancelled
	}
	return out
}

// summary is one milestone as the timeline of its area shows it now.
func (s *Server) summary(v *mirror.View, id tracker.MilestoneID) (Milestone, error) {
	i, ok := v.Frame().List.Index(id.Area)
	if !ok {
		return Milestone{}, tracker.MilestoneNotFound(id)
	}
	m, ok := v.Milestone(i, id.Key, id.Occurrence)
	if !ok {
		return Milestone{}, tracker.MilestoneNotFound(id)
	}
	return s.item(timeline.ItemOf(v, i, m, s.now())), nil
}

// now is the server's moment, in the zone of the election.
func (s *Server) now() civil.Cutoff { return civil.Now(s.clock(), s.zone) }

// Zone is where an election's days begin and its hours are meant.
func Zone() (*time.Location, error) { return time.LoadLocation("Asia/Ho_Chi_Minh") }
