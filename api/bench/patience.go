package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Milestones of every commune that are reported on one by one, all at once, and
// by the thousand.
const (
	singly     = "polling_team"
	altogether = "polling_areas_decided"
	thousands  = "candidate_list_posted"
)

// steadiness is P4: how long clients wait at a constant rate, while nothing
// happens, while others report, and while all communes are changed in one act.
func (g *goals) steadiness(ctx context.Context) error {
	r, err := g.refreshers(ctx)
	if err != nil {
		return err
	}
	duties, err := g.duties(singly)
	if err != nil {
		return err
	}
	g.changed = true
	quiet := func(address string) func(int) (sampled, error) {
		return func(int) (sampled, error) { return g.steady(ctx, address, r.unknown, steadyRate, nil) }
	}
	got, err := compare(g.rounds,
		contestant{"nginx", quiet(r.nginx.listens)},
		contestant{"product", quiet(g.product.listens)},
		contestant{"product, updated", func(int) (sampled, error) {
			return g.meanwhile(ctx, g.product.listens, r.unknown, steadyRate, func() error {
				o := updateOrders{
					Addresses: []string{g.product.listens}, Writers: 16, Rate: 400, For: time.Duration(g.seconds) * time.Second, Duties: duties,
				}
				done, err := g.updates(ctx, loadCore, o)
				duties = done.Duties
				return err
			})
		}},
		contestant{"product, bulk", func(int) (sampled, error) {
			return g.meanwhile(ctx, g.product.listens, r.unknown, steadyRate, func() error {
				select {
				case <-time.After(300 * time.Millisecond): // when clients are at it
				case <-ctx.Done():
				}
				b, err := g.bulk(g.product.listens, g.communes(altogether, 0))
				if err != nil {
					return err
				}
				return b.sound()
			})
		}})
	if err != nil {
		return err
	}
	const beside = "nginx, quiet"
	for k, t := range []*target{1: atMost(1), 2: atMost(1.5), 3: atMost(3.5)} {
		if t == nil {
			continue
		}
		what := "p99 at 5,000 refreshes/s, " + []string{1: "quiet", 2: "with 400 updates/s", 3: "while all communes are changed at once"}[k]
		g.add(got.result("P4", what, " ms", beside, k, 0, milliseconds, t))
	}
	return nil
}

// meanwhile asks steadily while something else happens.
func (g *goals) meanwhile(ctx context.Context, address, list string, rate float64, do func() error) (sampled, error) {
	done := make(chan error, 1)
	asking := make(chan struct{}) // closed when the clients are at it
	go func() {
		select {
		case <-asking:
			done <- do()
		case <-ctx.Done():
			done <- ctx.Err()
		}
	}()
	s, err := g.steady(ctx, address, list, rate, asking)
	if other := <-done; other != nil {
		return s, other
	}
	return s, err
}

// batch is what a bulk change answers, as far as it is needed here.
type batch struct {
	Changed, Unchanged, Refused int
	took                        time.Duration
}

// bulk reports on many duties in one act.
func (g *goals) bulk(address string, body []byte) (batch, error) {
	l, err := dial(address)
	if err != nil {
		return batch{}, err
	}
	defer l.close()
	text := request("POST", address, "/api/v1/elections/2021/areas/VN/batches", body, "Content-Type: application/json", "Authorization: Bearer "+g.writing)
	begun := time.Now()
	r, err := l.ask(text)
	took := time.Since(begun)
	if err != nil {
		return batch{}, err
	}
	if r.status != 200 {
		return batch{}, fmt.Errorf("%w: batch: status %d: %.300s", errVoid, r.status, r.body)
	}
	b := batch{took: took}
	if err := json.Unmarshal(r.body, &b); err != nil {
		return b, err
	}
	return b, nil
}

// sound is an error where not all was done.
func (b batch) sound() error {
	if b.Refused > 0 || b.Unchanged > 0 || b.Changed == 0 {
		return fmt.Errorf("%w: of a batch %d changed, %d were so already, %d refused", errVoid, b.Changed, b.Unchanged, b.Refused)
	}
	return nil
}

// communes is the body of a bulk change of some communes' milestone (0: of all)
// to the other of two states.
func (g *goals) communes(milestone string, most int) []byte {
	type row struct {
		Area      string `json:"area"`
		Milestone string `json:"milestone"`
	}
	var rows []row
	for _, code := range communeCodes() {
		if most == 0 || len(rows) < most {
			rows = append(rows, row{code, milestone})
		}
	}
	status := "in_progress"
	if g.underway[milestone] {
		status = "not_started"
	}
	g.underway[milestone] = !g.underway[milestone]
	body, err := json.Marshal(map[string]any{"rows": rows, "report": map[string]any{"task": "duty", "status": status, "correct": true}})
	if err != nil {
		panic(err) // texts and flags
	}
	return body
}
