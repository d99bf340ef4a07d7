package timeline

import (
	"cmp"
	"slices"

	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
)

// heading is a column without what it holds.
type heading struct {
	key, phase string
	title      fault.Text
	local, bar bool
	// Where it stands: by phase, then in the order of work.
	phaseOrder, order int
}

// headings are the columns of an election, in order: by phase; the families in
// the order of work, the local plans behind them. of says for each origin which
// it belongs to.
func headings(v *mirror.View) (heads []heading, of []int) {
	at := map[string]int{}
	of = make([]int, len(v.Origins()))
	for ref, x := range v.Origins() {
		h := headingOf(x)
		k, ok := at[h.key]
		if !ok {
			k = len(heads)
			at[h.key] = k
			heads = append(heads, h)
		}
		heads[k].order = min(heads[k].order, h.order)
		heads[k].bar = heads[k].bar && h.bar
		of[ref] = k
	}
	order := make([]int, len(heads))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &heads[a], &heads[b]
		return cmp.Or(cmp.Compare(x.phaseOrder, y.phaseOrder), cmp.Compare(x.order, y.order), cmp.Compare(x.key, y.key))
	})
	place := make([]int, len(heads))
	for to, from := range order {
		place[from] = to
	}
	for ref := range of {
		of[ref] = place[of[ref]]
	}
	return pick(heads, order), of
}

// localPlans is the title of what local plans add to a phase.
var localPlans = fault.Text{Vi: "Kế hoạch địa phương", En: "Local plans"}

func headingOf(o *mirror.Origin) heading {
	if o.Rule == nil {
		return heading{
			key: "local:" + o.Phase, phase: o.Phase, title: localPlans, local: true, bar: !o.Nature.CanBeLate(),
			phaseOrder: o.PhaseOrder, order: int(^uint(0) >> 1),
		}
	}
	return heading{
		key: o.Family, phase: o.Phase, title: o.Rule.Family.Title, bar: !o.Nature.CanBeLate(),
		phaseOrder: o.PhaseOrder, order: o.Rule.Order,
	}
}
