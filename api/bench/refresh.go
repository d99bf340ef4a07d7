package main

import (
	"context"
	"errors"
	"path/filepath"
)

// aside is what a 304 has at most, in bytes with its headers.
const aside = 1200

// refreshing is the three who answer refreshes of timelines, with a list of
// addresses for each.
type refreshing struct {
	nginx, bare *program
	known       [3]string // lists with tags, of product, nginx, bare
	unknown     string    // a list without
}

// refreshers are nginx and the bare handler with what the product answers now;
// they are started when they are first needed, or when answers have changed.
func (g *goals) refreshers(ctx context.Context) (*refreshing, error) {
	if g.others != nil && !g.changed {
		return g.others, nil
	}
	if g.others != nil {
		g.others.end()
	}
	g.say("asking for the timelines of all areas …")
	var err error
	if g.files, g.tags, err = g.collect(ctx, g.product, "timeline"); err != nil {
		return nil, err
	}
	g.changed = false
	r := &refreshing{unknown: filepath.Join(g.dir, "unknown")}
	for k, name := range []string{"product", "nginx", "bare"} {
		r.known[k] = filepath.Join(g.dir, "known."+name)
	}
	if err := errors.Join(g.files.list(r.unknown, nil), g.files.list(r.known[0], g.tags), g.files.list(r.known[2], g.tags)); err != nil {
		return nil, err
	}
	g.others = r
	return r, g.startOthers(ctx, r)
}

func (g *goals) startOthers(ctx context.Context, r *refreshing) (err error) {
	if r.nginx, err = g.nginx(ctx, g.files.root); err != nil {
		return err
	}
	tags, err := g.files.tagsOf(ctx, r.nginx.listens)
	if err != nil {
		return err
	}
	if err := g.files.list(r.known[1], tags); err != nil {
		return err
	}
	r.bare, err = g.bare(ctx, g.files.root, r.known[2])
	return err
}

func (r *refreshing) end() {
	for _, p := range []*program{r.nginx, r.bare} {
		if p != nil {
			p.end()
		}
	}
}

// notModified is P1: a client that has the answer, of a random area.
func (g *goals) notModified(ctx context.Context) error {
	return g.refresh(ctx, "P1", "304 of a random area", 0.58, func(r *refreshing, k int) string { return r.known[k] }, 1, aside)
}

// whole is P2: a client that has not.
func (g *goals) whole(ctx context.Context) error {
	return g.refresh(ctx, "P2", "200 of a random area, compressed", 0.77, func(r *refreshing, _ int) string { return r.unknown }, 0, 0)
}

func (g *goals) refresh(ctx context.Context, goal, what string, ofNginx float64, list func(*refreshing, int) string, least, most float64) error {
	const ofBare = 0.88
	r, err := g.refreshers(ctx)
	if err != nil {
		return err
	}
	if most == 0 { // whole bodies, picked at random
		least, most = 0.9*g.files.size, 1.1*g.files.size+aside
	}
	if err := forgetPeak(g.product.pid()); err != nil {
		return err
	}
	if err := g.profiling(ctx, goal, list(r, 0)); err != nil {
		return err
	}
	servers := []server{g.product, r.nginx, r.bare}
	names := []string{"product", "nginx", "bare echo"}
	var all []contestant
	for k, s := range servers {
		all = append(all, contestant{names[k], func(int) (sampled, error) { return g.hammer(ctx, s, list(r, k), least, most) }})
	}
	got, err := compare(g.rounds, all...)
	if err != nil {
		return err
	}
	used, err := loadOf(g.product.pid())
	if err != nil {
		return err
	}
	for k, t := range []*target{1: atLeast(ofNginx), 2: atLeast(ofBare)} {
		if t == nil {
			continue // itself
		}
		line := got.result(goal, what, "/s", []string{1: "nginx, the same bytes as files", 2: "bare echo, the same bytes"}[k], 0, k, rate, t)
		line.Cost.Peak = used.peak
		g.add(line)
	}
	return nil
}
