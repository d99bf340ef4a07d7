package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
)

// opened are the phases of a matrix that show their columns.
type opened struct {
	keys map[string]bool // nil: all
}

// tag is its part of a matrix's tag: one answer must not stand for another in
// which other phases are open.
func (o opened) tag() string {
	if o.keys == nil {
		return "all"
	}
	return strings.Join(append([]string{"open"}, slices.Sorted(maps.Keys(o.keys))...), "-")
}

// openPhases reads which phases of an election are to be open: "all" as when
// nothing is said, "none", or a list with commas. A phase that only former rules
// had, or a local plan, is one of them.
func openPhases(v *mirror.View, said *MatrixOpen) (opened, error) {
	if said == nil || *said == "all" {
		return opened{}, nil
	}
	o := opened{keys: map[string]bool{}}
	if *said == "none" {
		return o, nil
	}
	for key := range strings.SplitSeq(*said, ",") {
		if !slices.ContainsFunc(v.Origins(), func(x *mirror.Origin) bool { return x.Phase == key }) {
			return o, fault.New(fault.Invalid, "phase-unknown",
				"Không có giai đoạn %q; dùng \"all\", \"none\" hoặc các khóa ở phases, cách nhau bằng dấu phẩy",
				"There is no phase %q; use \"all\", \"none\", or keys of phases with commas between them", limited(key)).At("?open")
		}
		o.keys[key] = true
	}
	return o, nil
}

// limited is what somebody sent, short enough to be repeated to them.
func limited(text string) string {
	if r := []rune(strings.ToValidUTF8(text, "?")); len(r) > 60 {
		return string(r[:60])
	}
	return strings.ToValidUTF8(text, "?")
}

func phaseOf(p timeline.MatrixPhase) MatrixPhase {
	wire := MatrixPhase{
		Key: p.Key, Title: both(p.Title), First: p.First, Count: p.Count, Open: !p.Closed, Families: p.Families, Sums: matrixSums(p.Sums),
	}
	if p.Closed {
		self, cells := phaseCells([]timeline.PhaseCell{p.Self}), phaseCells(p.Cells)
		wire.Self, wire.Cells = &self, &cells
	}
	return wire
}

// phaseCells puts cells into arrays in parallel; one in which nothing is said
// stays empty.
func phaseCells(cells []timeline.PhaseCell) PhaseCells {
	sum := func(of func(*timeline.Sums) int32) []int {
		return sparse(cells, 0, func(c *timeline.PhaseCell) int { return int(of(&c.Sums)) })
	}
	days := []nullable.Nullable[int]{}
	if slices.ContainsFunc(cells, func(c timeline.PhaseCell) bool { return c.HasDaysLeft }) {
		days = each(cells, func(c timeline.PhaseCell) nullable.Nullable[int] { return orNone(int(c.DaysLeft), c.HasDaysLeft) })
	}
	return PhaseCells{
		Own:        sparse(cells, -1, func(c *timeline.PhaseCell) int { return int(c.Timing) - 1 }),
		OwnDays:    days,
		Total:      sum(func(s *timeline.Sums) int32 { return s.Total }),
		Done:       sum(func(s *timeline.Sums) int32 { return s.Done }),
		Confirmed:  sum(func(s *timeline.Sums) int32 { return s.Confirmed }),
		Overdue:    sum(func(s *timeline.Sums) int32 { return s.Overdue }),
		BehindPlan: sum(func(s *timeline.Sums) int32 { return s.BehindPlan }),
		DueSoon:    sum(func(s *timeline.Sums) int32 { return s.DueSoon }),
	}
}

// sparse is one array, empty where all its entries say nothing.
func sparse(cells []timeline.PhaseCell, nothing int, of func(*timeline.PhaseCell) int) []int {
	all, some := make([]int, 0, len(cells)), false
	for k := range cells {
		n := of(&cells[k])
		all, some = append(all, n), some || n != nothing
	}
	if !some {
		return []int{}
	}
	return all
}
