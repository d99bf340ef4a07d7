package statute

import "slices"

// sort returns the rules in the order of work: the first in the file that has
// nothing left before it, again and again. Rules in a circle are left; one of
// them is returned.
func (b *Rulebook) sort() (ordered []*Rule, stuck *Rule) {
	before := make([][]*Rule, len(b.rules))
	for i, r := range b.rules {
		before[i] = b.before(r)
	}
	placed := make([]bool, len(b.rules))
	for len(ordered) < len(b.rules) {
		next := slices.IndexFunc(b.rules, func(r *Rule) bool {
			return !placed[r.Index] && !slices.ContainsFunc(before[r.Index], func(p *Rule) bool { return !placed[p.Index] })
		})
		if next < 0 {
			return ordered, b.rules[slices.Index(placed, false)]
		}
		placed[next] = true
		ordered = append(ordered, b.rules[next])
	}
	return ordered, nil
}

// before lists the rules that come before r at any of its levels.
func (b *Rulebook) before(r *Rule) []*Rule {
	var all []*Rule
	for _, pattern := range r.After {
		for _, w := range r.Where {
			if t := b.byKey[at(pattern, w.Level)]; !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all
}

// compile works out what does not depend on a place, so that a whole country
// is computed without looking anything up by name.
func (b *Rulebook) compile() {
	b.guard()
	ordered, _ := b.sort() // circles were refused
	for i, r := range ordered {
		r.Order = i
	}
	for _, l := range b.levels {
		b.plans[l] = []*plan{}
		b.planOf[l] = make([]*plan, len(b.rules))
	}
	for _, r := range ordered {
		for _, w := range r.Where {
			p := &plan{
				rule: r, condition: w.Condition,
				scheduled: r.Occasion == General && r.Nature != OnOccurrence,
				start:     b.step(r.Start, w), end: b.step(r.End, w),
			}
			b.plans[w.Level] = append(b.plans[w.Level], p)
			b.planOf[w.Level][r.Index] = p
			b.depend(p.start, r)
			b.depend(p.end, r)
			for _, key := range r.LaterVotes() {
				b.dependOn(key, r)
			}
		}
	}
}

func (b *Rulebook) step(a *Anchor, w Where) *step {
	if a == nil {
		return nil
	}
	s := &step{Anchor: a}
	if a.Kind == OnMilestone {
		s.target = b.byKey[at(a.Milestone, w.Level)]
	}
	return s
}

// depend notes that r counts from the step's target.
func (b *Rulebook) depend(s *step, r *Rule) {
	if s == nil || s.target == nil {
		return
	}
	b.dependOn(s.target.Key, r)
}

func (b *Rulebook) dependOn(key RuleKey, r *Rule) {
	if all := b.dependents[key]; !slices.Contains(all, r) {
		b.dependents[key] = append(all, r)
	}
}
