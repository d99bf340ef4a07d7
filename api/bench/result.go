package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// errVoid: a round in which an answer failed counts for nothing.
var errVoid = errors.New("round is void")

// result is one line: what was measured, beside what, and what it should be.
type result struct {
	Goal   string  `json:"goal"` // P1 to P12
	What   string  `json:"what"`
	Median float64 `json:"median"`
	Unit   string  `json:"unit"` // of both medians: /s, ms, kB, …
	// Beside stands what it is held against in the same rounds; empty where the
	// goal is about the median itself.
	Beside       string  `json:"beside,omitempty"`
	BesideMedian float64 `json:"beside_median,omitempty"`
	// Ratio is the median of the rounds' ratios.
	Ratio float64 `json:"ratio,omitempty"`
	// Target is of the ratio, or of the median where there is nothing beside.
	Target *target `json:"target,omitempty"`
	Cost   cost    `json:"cost"`
	Rounds int     `json:"rounds"`
	Void   int     `json:"void"` // rounds that did not count
	Note   string  `json:"note,omitempty"`
	Failed string  `json:"failed,omitempty"` // why there is no figure
}

// target is what to reach.
type target struct {
	Value  float64 `json:"value"`
	AtMost bool    `json:"at_most"` // else at least
}

func atLeast(v float64) *target { return &target{Value: v} }
func atMost(v float64) *target  { return &target{Value: v, AtMost: true} }

// cost is what the product's process used; 0: not counted.
type cost struct {
	Peak   uint64  `json:"peak_bytes,omitempty"`        // resident at most
	Allocs float64 `json:"allocations,omitempty"`       // an answer
	Micros float64 `json:"cpu_microseconds,omitempty"`  // an answer
	Busy   float64 `json:"share_of_its_core,omitempty"` // 1: all of it
	Bytes  float64 `json:"bytes_an_answer,omitempty"`   // of the body
	Others string  `json:"cpu_of_the_others,omitempty"` // an answer
}

// figure is what the target is about.
func (r *result) figure() float64 {
	if r.Beside != "" {
		return r.Ratio
	}
	return r.Median
}

// verdict says whether the goal is reached, or by how much it is missed.
func (r *result) verdict() string {
	switch {
	case r.Failed != "":
		return "not measured: " + r.Failed
	case r.Rounds == 0:
		return "void: no round counted"
	case r.Target == nil:
		return ""
	}
	got, want := r.figure(), r.Target.Value
	if r.Target.AtMost && got <= want || !r.Target.AtMost && got >= want {
		return "reached"
	}
	if want == 0 {
		return "missed"
	}
	return fmt.Sprintf("missed by %.0f %%", math.Ceil(100*math.Abs(got-want)/want))
}

func (r *result) goal() string {
	if r.Target == nil {
		return ""
	}
	sign := "≥"
	if r.Target.AtMost {
		sign = "≤"
	}
	return sign + " " + number(r.Target.Value, "")
}

// number writes three figures that count, as people write them.
func number(v float64, unit string) string {
	switch a := math.Abs(v); {
	case v == math.Trunc(v) && a < 1e6:
		return fmt.Sprintf("%.0f%s", v, unit)
	case a >= 100:
		return fmt.Sprintf("%.0f%s", v, unit)
	case a >= 10:
		return fmt.Sprintf("%.1f%s", v, unit)
	}
	return fmt.Sprintf("%.2f%s", v, unit)
}

// more is the rest of the line: costs, rounds that did not count, notes.
func (r *result) more() string {
	var all []string
	add := func(is bool, format string, args ...any) {
		if is {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	add(r.Cost.Micros > 0, "%s µs CPU", number(r.Cost.Micros, ""))
	add(r.Cost.Allocs > 0, "%s allocations", number(r.Cost.Allocs, ""))
	add(r.Cost.Peak > 0, "%d MB at most", r.Cost.Peak>>20)
	add(r.Cost.Busy > 0 && r.Cost.Busy < 0.9, "server used only %.0f %% of its core", 100*r.Cost.Busy)
	add(r.Cost.Bytes > 0, "%.0f bytes", r.Cost.Bytes)
	add(r.Cost.Others != "", "%s", r.Cost.Others)
	add(r.Void > 0, "%d of %d rounds void", r.Void, r.Void+r.Rounds)
	add(r.Note != "", "%s", r.Note)
	return strings.Join(all, ", ")
}

// report is all results of a run.
type report struct {
	Machine machine   `json:"machine"`
	Results []*result `json:"results"`
}

// table prints them for people.
func (r *report) table(w io.Writer) error {
	r.Machine.print(w)
	t := tabwriter.NewWriter(w, 2, 8, 2, ' ', 0)
	fmt.Fprintln(t, "goal\twhat\tmedian\tbeside\tmedian\tratio\tto reach\t\tmore")
	for _, x := range r.Results {
		median, beside, ratio := number(x.Median, x.Unit), "", ""
		if x.Beside != "" {
			beside, ratio = number(x.BesideMedian, x.Unit), number(x.Ratio, "")
		}
		if x.Rounds == 0 || x.Failed != "" {
			median, beside, ratio = "–", "", ""
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Goal, x.What, median, x.Beside, beside, ratio, x.goal(), x.verdict(), x.more())
	}
	return t.Flush()
}

// json writes everything as one document.
func (r *report) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// MarshalJSON adds the verdict.
func (r *result) MarshalJSON() ([]byte, error) {
	type bare result
	return json.Marshal(struct {
		*bare
		Verdict string `json:"verdict"`
	}{(*bare)(r), r.verdict()})
}

// contestant is one of those that are measured in turn.
type contestant struct {
	name    string
	measure func(round int) (sampled, error)
}

// rounds are what contestants came to, round by round; a round that is void for
// one is dropped for all, so that what is compared was measured together.
type rounds struct {
	of   [][]sampled // by contestant
	void int
	why  error // of the last void one
}

// compare measures contestants in paired rounds, each time in another order, so
// that what drifts on the machine falls on all of them alike.
func compare(n int, all ...contestant) (rounds, error) {
	out := rounds{of: make([][]sampled, len(all))}
	for round := range n {
		got := make([]sampled, len(all))
		var void error
		for _, k := range order(round, len(all)) {
			s, err := all[k].measure(round)
			if err != nil && !errors.Is(err, errVoid) {
				return out, fmt.Errorf("%s: %w", all[k].name, err)
			}
			if err != nil {
				void = fmt.Errorf("%s: %w", all[k].name, err)
			}
			got[k] = s
		}
		if void != nil {
			out.void, out.why = out.void+1, void
			continue
		}
		for k := range all {
			out.of[k] = append(out.of[k], got[k])
		}
	}
	return out, nil
}

// order of contestants in a round: forwards and backwards by turns (A B, B A),
// and beginning with another one every second time.
func order(round, n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = (i + round/2) % n
	}
	if round%2 == 1 {
		slices.Reverse(all)
	}
	return all
}

// median of one contestant's figure.
func (r rounds) median(k int, of func(sampled) float64) float64 {
	if len(r.of[k]) == 0 {
		return 0
	}
	all := make([]float64, len(r.of[k]))
	for i, s := range r.of[k] {
		all[i] = of(s)
	}
	return middle(all)
}

// ratio is the median of the rounds' ratios of two contestants.
func (r rounds) ratio(a, b int, of func(sampled) float64) float64 {
	var all []float64
	for i := range r.of[a] {
		if below := of(r.of[b][i]); below != 0 {
			all = append(all, of(r.of[a][i])/below)
		}
	}
	if len(all) == 0 {
		return 0
	}
	return middle(all)
}

// result is the line for two contestants.
func (r rounds) result(goal, what, unit, beside string, a, b int, of func(sampled) float64, t *target) *result {
	out := &result{
		Goal: goal, What: what, Unit: unit, Median: r.median(a, of), Beside: beside,
		Target: t, Rounds: len(r.of[a]), Void: r.void,
		Cost: cost{Micros: r.median(a, micros), Allocs: r.median(a, allocs), Busy: r.median(a, busy)},
	}
	if beside != "" {
		out.BesideMedian, out.Ratio = r.median(b, of), r.ratio(a, b, of)
	}
	if r.why != nil {
		out.Note = "last void round: " + clipped(r.why.Error())
	}
	return out
}

func rate(s sampled) float64   { return s.rate }
func micros(s sampled) float64 { return s.micros }
func allocs(s sampled) float64 { return s.allocs }
func busy(s sampled) float64   { return s.busy }

// milliseconds is for results whose figure is a time.
func milliseconds(s sampled) float64 { return float64(s.took) / float64(time.Millisecond) }
