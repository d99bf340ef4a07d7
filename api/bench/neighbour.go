package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"tiendo/api"
)

// A patient client asks after so many places of its own, so often a second: less
// than its limits, and with the usual ones.
const (
	patientPlaces = 500
	patientRate   = 500
)

// neighbours is A7: how long a client waits by itself, and beside another that
// asks as fast as it can, of which the second is held to its limits and waits for
// its turn. Both have a token each.
func (g *goals) neighbours(ctx context.Context) error {
	r, err := g.refreshers(ctx)
	if err != nil {
		return err
	}
	usual := api.DefaultLimits
	at, err := g.serve(ctx, "limited", serverCore,
		"--requests-per-second", strconv.Itoa(usual.PerSecond), "--quota", strconv.Itoa(usual.Quota))
	if err != nil {
		return err
	}
	defer at.end()
	few, past := filepath.Join(g.dir, "few"), filepath.Join(g.dir, "past")
	if err := g.files.few(few, patientPlaces); err != nil {
		return err
	}
	if err := g.files.past(past, trialDay().AddDate(0, 0, -5).Format(time.DateOnly)); err != nil {
		return err
	}
	beside := func(list string) func(int) (sampled, error) {
		return func(int) (sampled, error) {
			return g.meanwhile(ctx, at.listens, few, patientRate, func() error {
				_, err := g.wrk(ctx, at.listens, list, g.writing) // whatever it is given
				return err
			})
		}
	}
	got, err := compare(g.rounds,
		contestant{"by itself", func(int) (sampled, error) { return g.steady(ctx, at.listens, few, patientRate, nil) }},
		contestant{"beside whole timelines", beside(r.unknown)},
		contestant{"beside timelines of a past day", beside(past)})
	if err != nil {
		return err
	}
	for k, what := range []string{1: "timelines", 2: "timelines of a past day"} {
		if what != "" {
			g.add(got.result("A7", "p99 beside a client that asks for "+what+" as fast as it can", " ms", "by itself", k, 0, milliseconds, atMost(1.5)))
		}
	}
	return nil
}

// few writes a list of some of the addresses, from all over the country.
func (c *corpus) few(path string, n int) error {
	var b bytes.Buffer
	for part := range slices.Chunk(c.paths, max(1, len(c.paths)/n)) {
		fmt.Fprintf(&b, "%s\t\n", part[0])
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

// past writes a list of the addresses as of a day, which nothing has prepared.
func (c *corpus) past(path, day string) error {
	var b bytes.Buffer
	for _, p := range c.paths {
		fmt.Fprintf(&b, "%s?as_of=%s\t\n", p, day)
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}
