package api

import (
	"context"
	"hash/fnv"
	"net/url"
	"strconv"

	"tiendo/pkg/access"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// ListWork implements GET /me/work.
func (s *Server) ListWork(ctx context.Context, r ListWorkRequestObject) (ListWorkResponseObject, error) {
	v, err := s.view(r.Params.Election)
	if err != nil {
		return nil, err
	}
	asked := workAsked(&r.Params)
	o, whose, err := s.workOptions(ctx, v, &r.Params)
	if err != nil {
		return nil, err
	}
	now, law := s.now(), v.Frame().Rulebook.Digest()
	known := answer{
		tag: weak("work", timeline.WorkRevision(v, o.Branches), compact(now.Day), timeline.WorkTurn(v, o.Branches, now).Minutes(), law, whose),
		// Two people may read it in one browser, one after the other.
		keep: revalidated, known: r.Params.IfNoneMatch,
	}
	if r.Params.After != nil {
		var from deadlineToken
		if err := openToken(*r.Params.After, workFilter(asked), &from); err != nil {
			return nil, err
		}
		if !from.possible(now) {
			return nil, tokenUnreadable()
		}
		now, o.Revision = from.Moment, from.Revision
		o.After = &tracker.MilestoneID{Area: from.Area, Key: from.Key, Occurrence: from.Occurrence}
		known.tag = weak("work", from.Revision, v.StateRevision(), v.Redrawn(), now.Day, now.Clock, law, whose)
	}
	if known.isKnown() {
		return known, nil
	}
	w, err := timeline.BuildWork(v, now, o)
	if fault.Is(err, "milestone-not-found") {
		return nil, tokenUnreadable() // nothing else names one
	}
	if err != nil {
		return nil, err
	}
	if w.HasMore {
		if known.next, err = nextWork(asked, &r.Params, now, w); err != nil {
			return nil, err
		}
	}
	known.contents, err = s.encodeWork(v, w, isTrue(r.Params.Branch), known.next)
	return known, err
}

// workOptions are where the caller has something to do or to confirm, and a sum
// over it: who is granted something else has another list.
func (s *Server) workOptions(ctx context.Context, v *mirror.View, p *ListWorkParams) (o timeline.WorkOptions, whose uint64, err error) {
	list := v.Frame().List
	rights := callerOf(ctx).Rights(list)
	led, err := s.led(ctx, v)
	if err != nil {
		return o, 0, err
	}
	o = timeline.WorkOptions{Branches: rights.Held(access.Reporter), Limit: deadlinePage}
	if p.Limit != nil {
		o.Limit = *p.Limit
	}
	if p.Group != nil {
		if o.Groups, err = timeline.ParseWorkGroups(*p.Group); err != nil {
			return o, 0, err
		}
	}
	does, confirms := map[int]bool{}, map[int]bool{}
	sum := fnv.New64a()
	for _, top := range o.Branches {
		_, last := list.Descendants(top)
		for i := top; i < last; i++ {
			does[i] = does[i] || i == top || (isTrue(p.Branch) && rights.Role(i) >= access.Reporter)
			confirms[i] = rights.Confirms(i, led)
			if does[i] || confirms[i] {
				_, _ = sum.Write(strconv.AppendInt(nil, int64(i)<<2|oneIf(does[i])<<1|oneIf(confirms[i]), 36))
			}
		}
	}
	o.Do, o.Confirm = func(i int) bool { return does[i] }, func(i int) bool { return confirms[i] }
	return o, sum.Sum64(), nil
}

func oneIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// workAsked is all that the rows and their order depend on beside the caller, in
// one spelling.
func workAsked(p *ListWorkParams) url.Values {
	asked := url.Values{"election": {p.Election}}
	if isTrue(p.Branch) {
		asked.Set("branch", "true")
	}
	if p.Group != nil {
		asked.Set("group", *p.Group)
	}
	return asked
}

func workFilter(asked url.Values) string { return "work?" + asked.Encode() }

// nextWork is the address of the page after one.
func nextWork(asked url.Values, p *ListWorkParams, moment civil.Cutoff, w *timeline.Work) (string, error) {
	last := w.Items[len(w.Items)-1].ID
	token, err := sealToken(workFilter(asked), deadlineToken{
		Revision: w.Revision, Moment: moment, Area: last.Area, Key: last.Key, Occurrence: last.Occurrence,
	})
	if err != nil {
		return "", err
	}
	if p.Limit != nil {
		asked.Set("limit", strconv.Itoa(*p.Limit))
	}
	asked.Set("after", token)
	return "/api/v1/me/work?" + asked.Encode(), nil
}

// workHead is [WorkList] without its rows.
type workHead struct {
	Election         ElectionRef `json:"election"`
	Today            Day         `json:"today"`
	Revision         int64       `json:"revision"`
	NextRefreshAfter int         `json:"next_refresh_after"`
	Branch           bool        `json:"branch"`
	Counts           WorkCounts  `json:"counts"`
	Total            int         `json:"total"`
	HasMore          bool        `json:"has_more"`
	Next             *string     `json:"next"`
}

// encodeWork writes rows as those of a deadline list are written.
func (s *Server) encodeWork(v *mirror.View, w *timeline.Work, branch bool, next string) (encoded, error) {
	n := w.Counts
	head := workHead{
		Election: s.electionRef(v.Frame()), Today: w.Today, Revision: int64(w.Revision), NextRefreshAfter: w.NextRefreshAfter, Branch: branch,
		Counts: WorkCounts{
			Returned: n[timeline.WorkReturned], Overdue: n[timeline.WorkOverdue], BehindPlan: n[timeline.WorkBehindPlan],
			DueSoon: n[timeline.WorkDueSoon], Running: n[timeline.WorkRunning], ToConfirm: n[timeline.WorkToConfirm],
		},
		Total: w.Total, HasMore: w.HasMore,
	}
	if next != "" {
		head.Next = &next
	}
	b, err := marshal(head)
	if err != nil {
		return nil, err
	}
	b = append(b[:len(b)-1], `,"items":[`...)
	places := areaRefs{list: v.Frame().List, known: map[int][]byte{}}
	for k := range w.Items {
		if k > 0 {
			b = append(b, ',')
		}
		b = append(appendText(append(b, '{'), "group", w.Items[k].Group.String()), ',')
		if b, err = s.appendRow(b, &places, &w.Items[k].ListItem); err != nil {
			return nil, err
		}
	}
	return append(b, "]}"...), nil
}
