package timeline

import (
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Why explains the dates of a milestone of the area at index i, as they are
// stored: nothing is computed anew, and nothing that was reported since changes
// the text. Fails with fault.NotFound "no-law" for a
// line of a local plan, which no article explains, and "rule-not-found".
func Why(v *mirror.View, i int, key tracker.MilestoneKey, dates tracker.Dates) (statute.Explanation, error) {
	f := v.Frame()
	if _, _, local := v.PlanLine(key); local {
		return statute.Explanation{}, fault.New(fault.NotFound, "no-law",
			"Mốc %q do kế hoạch địa phương đặt ra, không phải do luật; xem kế hoạch đó",
			"Milestone %q was set by a local plan, not by the law; see that plan", key)
	}
	rule, err := f.Rulebook.Rule(statute.RuleKey(key))
	if err != nil {
		return statute.Explanation{}, err
	}
	d := statute.Deadline{
		Rule: rule, NotBefore: dates.NotBefore, Latest: dates.Latest,
		NotBeforeFrom: dates.NotBeforeFrom, LatestFrom: dates.LatestFrom,
	}
	return f.Rulebook.Explain(d, statute.Setting{Election: f.Law(), Chain: v.Chain(i)})
}
