package timeline

import (
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Why explains the dates of a milestone of the area at index i, as they are
// stored, by the rules that they were computed by: nothing is computed anew, and
// nothing that was reported since changes the text. Fails with fault.NotFound
// "no-law" for a line of a local plan, which no article explains, and
// "rule-not-found".
func Why(v *mirror.View, i int, m *tracker.Milestone) (statute.Explanation, error) {
	if _, _, local := v.PlanLine(m.ID.Key); local {
		return statute.Explanation{}, fault.New(fault.NotFound, "no-law",
			"Mốc %q do kế hoạch địa phương đặt ra, không phải do luật; xem kế hoạch đó",
			"Milestone %q was set by a local plan, not by the law; see that plan", m.ID.Key)
	}
	f := ground(v, i, m)
	rule, err := f.Rulebook.Rule(m.Rule())
	if err != nil {
		return statute.Explanation{}, err
	}
	d := statute.Deadline{
		Rule: rule, NotBefore: m.NotBefore, Latest: m.Latest, NotBeforeFrom: m.NotBeforeFrom, LatestFrom: m.LatestFrom,
	}
	return f.Rulebook.Explain(d, statute.Setting{Election: f.Law(), Chain: v.Chain(i)})
}

// ground is the frame that a milestone has its dates by. What is open has them by
// the present one, as an amendment computes it again; what was finished before
// keeps them by the version that it says, and by a day that they fit.
func ground(v *mirror.View, i int, m *tracker.Milestone) *tracker.Frame {
	frames := v.Frames()
	present := frames[len(frames)-1]
	if len(frames) == 1 {
		return present
	}
	slices.Reverse(frames)
	slices.SortStableFunc(frames, func(a, b *tracker.Frame) int { return first(b, m) - first(a, m) })
	var having *tracker.Frame
	for _, f := range frames {
		rule, err := f.Rulebook.Rule(m.Rule())
		if err != nil {
			continue
		}
		if having == nil {
			having = f
		}
		d, err := f.Rulebook.Deadline(rule.Key, f.Law(), v.Chain(i), nil, nil)
		if err == nil && fits(rule.Start, d.NotBefore, m.NotBefore) && fits(rule.End, d.Latest, m.Latest) {
			return f
		}
	}
	if having == nil {
		return present
	}
	return having
}

// first says which frames are tried before the others.
func first(f *tracker.Frame, m *tracker.Milestone) int {
	if !m.Work.Open() && f.Rulebook.Version() == m.RulebookVersion {
		return 1
	}
	return 0
}

// fits says that a date can come of an anchor. One that is counted from another
// milestone, or from what occurred, depends on more than the frame.
func fits(a *statute.Anchor, computed, stored civil.Cutoff) bool {
	if a == nil || a.Kind == statute.OnMilestone || a.Kind == statute.OnOccurrenceDay {
		return a != nil || stored.IsZero()
	}
	return computed == stored
}
