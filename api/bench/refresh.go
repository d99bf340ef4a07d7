package main

import (
	"context"
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

// refreshers starts nginx and the bare handler with what the product answers.
func (g *goals) refreshers(ctx context.Context) (*refreshing, error) {
	if err := g.gather(ctx); err != nil {
		return nil, err
	}
	r := &refreshing{unknown: filepath.Join(g.dir, "unknown")}
	for k, name := range []string{"product", "nginx", "bare"} {
		r.known[k] = filepath.Join(g.dir, "known."+name)
	}
	if err := g.files.list(r.unknown, nil); err != nil {
		return nil, err
	}
	for _, k := range []int{0, 2} {
		if err := g.files.list(r.known[k], g.tags); err != nil {
			return nil, err
		}
	}
	var err error
	if r.nginx, err = g.nginx(ctx, g.files.root); err != nil {
		return nil, err
	}
	tags, err := g.files.tagsOf(ctx, r.nginx.listens)
	if err == nil {
		err = g.files.list(r.known[1], tags)
	}
	if err == nil {
		r.bare, err = g.bare(ctx, g.files.root, r.known[2])
	}
	if err != nil {
		r.end()
	}
	return r, err
}

func (r *refreshing) end() {
	r.nginx.end()
	if r.bare != nil {
		r.bare.end()
	}
}

// gather has the answers of all areas.
func (g *goals) gather(ctx context.Context) (err error) {
	g.say("asking for the timelines of all areas …")
	g.files, g.tags, err = g.collect(ctx, g.product, "timeline")
	return err
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
	defer r.end()
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
