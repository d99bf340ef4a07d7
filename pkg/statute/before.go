package statute

import "tiendo/pkg/area"

// Before lists the rules that come before r in an area of the given level.
func (b *Rulebook) Before(r *Rule, l area.Level) []*Rule {
	rules := make([]*Rule, 0, len(r.After))
	for _, pattern := range r.After {
		if before, err := b.Rule(at(pattern, l)); err == nil {
			rules = append(rules, before)
		}
	}
	return rules
}
