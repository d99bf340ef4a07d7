package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// page is what is read of an answer of the feed.
type page struct {
	Token string `json:"changes_token"`
	Items []struct {
		Revision  int64   `json:"revision"`
		Kind      string  `json:"kind"`
		Area      string  `json:"area"`
		Milestone *string `json:"milestone"`
	} `json:"items"`
	More bool `json:"has_more"`
}

func changesOf(area string) string { return "/api/v1/elections/2021/areas/" + area + "/changes" }

// changes asks the feed once.
func (g *goals) changesAfter(l *line, address, area, token string, more ...string) (p page, err error) {
	path := changesOf(area)
	if token != "" {
		path += "?" + strings.Join(append([]string{"after=" + url.QueryEscape(token)}, more...), "&")
	}
	r, err := l.ask(request("GET", address, path, nil, "Authorization: Bearer "+g.reading))
	if err != nil {
		return p, err
	}
	if r.status != 200 {
		return p, fmt.Errorf("%w: %s: status %d: %.300s", errVoid, path, r.status, r.body)
	}
	err = json.Unmarshal(r.body, &p)
	return p, err
}

// feeding is P10: what clients that follow changes and calendars cost, and
// whether a follower gets everything once.
func (g *goals) feeding(ctx context.Context) error {
	r, err := g.refreshers(ctx)
	if err != nil {
		return err
	}
	duties, err := g.duties(singly)
	if err != nil {
		return err
	}
	const followed, changes = 200, 10
	few := duties[:followed]
	old, err := g.tokensOf(few)
	if err != nil {
		return err
	}
	done, err := g.updates(ctx, loadCore, updateOrders{Addresses: []string{g.product.listens}, Writers: 4, Count: followed * changes, Duties: few})
	if err != nil {
		return err
	}
	copy(few, done.Duties)
	g.changed = true
	now, err := g.tokensOf(few)
	if err != nil {
		return err
	}
	full, empty := filepath.Join(g.dir, "changes"), filepath.Join(g.dir, "nothing")
	calendars := filepath.Join(g.dir, "calendars")
	if err := errors.Join(following(few, old).list(full, nil), following(few, now).list(empty, nil), g.calendars(calendars)); err != nil {
		return err
	}
	// What is compared are answers that are ready: each of them has been asked for
	// before its round, since those of one round may have driven out another's.
	whole := func(list, projection string, least, most float64) func(int) (sampled, error) {
		return func(int) (sampled, error) {
			if projection != "" {
				if _, _, err := g.collect(ctx, g.product, projection); err != nil {
					return sampled{}, err
				}
			}
			return g.hammer(ctx, g.product, list, least, most)
		}
	}
	got, err := compare(g.rounds,
		contestant{"nothing new", whole(empty, "", 200, 5000)}, contestant{"10 changes", whole(full, "", 500, 50_000)},
		contestant{"calendar", whole(calendars, "calendar.ics", 300, 1e6)},
		contestant{"timeline", whole(r.unknown, "timeline", 0.8*g.files.size, 1.2*g.files.size+aside)})
	if err != nil {
		return err
	}
	for k, one := range []struct {
		what string
		t    *target
	}{{"changes, nothing new", atLeast(1.1)}, {"changes, 10 of them", atLeast(1)}, {"calendar of a random area", atLeast(0.95)}} {
		g.add(got.result("P10", one.what, "/s", "timeline, 200", k, 3, rate, one.t))
	}
	return g.soaking(ctx, duties)
}

// tokensOf are those of the places now.
func (g *goals) tokensOf(places []duty) ([]string, error) {
	l, err := dial(g.product.listens)
	if err != nil {
		return nil, err
	}
	defer l.close()
	all := make([]string, len(places))
	for n, d := range places {
		p, err := g.changesAfter(l, g.product.listens, d.Area, "")
		if err != nil {
			return nil, err
		}
		all[n] = p.Token
	}
	return all, nil
}

// following is the addresses at which clients with these tokens ask.
func following(places []duty, tokens []string) *corpus {
	c := &corpus{}
	for n, d := range places {
		c.paths = append(c.paths, changesOf(d.Area)+"?after="+url.QueryEscape(tokens[n]))
	}
	return c
}

func (g *goals) calendars(list string) error {
	c := &corpus{}
	for _, p := range g.files.paths {
		c.paths = append(c.paths, strings.TrimSuffix(p, "timeline")+"calendar.ics")
	}
	return c.list(list, nil)
}

// soaking has many writers on two servers report, and a follower on each read
// the country's feed: each revision once, in order, and no tag that says a place
// is as it was when the feed has said otherwise.
func (g *goals) soaking(ctx context.Context, duties []duty) error {
	other, err := g.serve(ctx, "other", anywhere)
	if err != nil {
		return err
	}
	defer other.end()
	written := make(chan struct{})
	heard := make(chan followed, 2)
	begun := time.Now()
	for _, i := range []*instance{g.product, other} {
		f, err := g.follower(i)
		if err != nil {
			return err
		}
		go func() { heard <- f.follow(ctx, written) }()
	}
	done, err := g.updates(ctx, anywhere, updateOrders{
		Addresses: []string{g.product.listens, other.listens}, Writers: 64, Count: g.soak, For: g.soakFor, Duties: duties,
	})
	close(written)
	a, b := <-heard, <-heard
	if err := errors.Join(err, a.err, b.err); err != nil {
		return err
	}
	wrong := a.lost + b.lost + a.twice + b.twice + a.stale + b.stale
	if a.seen != b.seen || a.seen < done.Done {
		wrong += max(done.Done-a.seen, done.Done-b.seen, a.seen-b.seen, b.seen-a.seen)
	}
	g.add(&result{
		Goal: "P10", What: "lost, doubled or stale for followers of 64 writers on two servers", Median: float64(wrong), Target: atMost(0), Rounds: 1,
		Note: fmt.Sprintf("%d changes in %s, %d and %d heard of, %d tags looked at; the goal is 1,000,000: -soak 1000000 -soak-for 0 -most 2h",
			done.Done, time.Since(begun).Round(time.Second), a.seen, b.seen, a.looked+b.looked),
	})
	return nil
}

// followed is what came of following.
type followed struct {
	seen, lost, twice, stale, looked int
	err                              error
}

// follower reads the country's feed of one server.
type follower struct {
	goals   *goals
	address string
	changes *line
	places  *line
	token   string
	last    int64             // revision
	tags    map[string]string // of timelines, by area
}

func (g *goals) follower(i *instance) (*follower, error) {
	f := &follower{goals: g, address: i.listens, tags: map[string]string{}}
	var err error
	if f.changes, err = dial(i.listens); err != nil {
		return nil, err
	}
	if f.places, err = dial(i.listens); err != nil {
		return nil, err
	}
	p, err := g.changesAfter(f.changes, i.listens, "VN", "")
	f.token = p.Token
	return f, err
}

// follow reads until everything has been written and nothing more comes.
func (f *follower) follow(ctx context.Context, written <-chan struct{}) (out followed) {
	defer f.changes.close()
	defer f.places.close()
	for over := false; ctx.Err() == nil; {
		select {
		case <-written:
			over = true
		default:
		}
		p, err := f.goals.changesAfter(f.changes, f.address, "VN", f.token, "limit=1000", "wait=1")
		if err != nil {
			out.err = err
			return out
		}
		if len(p.Items) == 0 && over {
			return out
		}
		f.token = p.Token
		if err := f.take(p, &out); err != nil {
			out.err = err
			return out
		}
	}
	out.err = ctx.Err()
	return out
}

// take counts what a page says, and looks whether the server stands by it.
func (f *follower) take(p page, out *followed) error {
	var revisions []int64
	newest := map[string]int64{}
	for _, i := range p.Items {
		if i.Kind != "task_updated" {
			continue // what turns by itself has no revision of its own
		}
		revisions = append(revisions, i.Revision)
		newest[i.Area] = i.Revision
	}
	seen, lost, twice, last := gaps(f.last, revisions)
	out.seen, out.lost, out.twice, f.last = out.seen+seen, out.lost+lost, out.twice+twice, last
	const each = 10 // places of a page that are looked at
	for code, revision := range newest {
		if out.looked%each != 0 && len(newest) > each {
			out.looked++
			continue
		}
		out.looked++
		stale, err := f.stale(code, revision)
		if err != nil {
			return err
		}
		if stale {
			out.stale++
		}
	}
	return nil
}

// gaps counts what is missing between revisions and what comes again. The first
// one ever (last is 0) follows on nothing.
func gaps(last int64, revisions []int64) (seen, lost, twice int, newest int64) {
	for _, r := range revisions {
		switch {
		case last == 0 || r == last+1:
			seen++
		case r <= last:
			twice++
			continue
		default:
			seen++
			lost += int(r - last - 1)
		}
		last = r
	}
	return seen, lost, twice, last
}

// stale says that a place is as it was before a revision that the feed has told.
func (f *follower) stale(code string, revision int64) (bool, error) {
	fields := []string{"Accept-Encoding: gzip", "Authorization: Bearer " + f.goals.reading}
	if tag := f.tags[code]; tag != "" {
		fields = append(fields, "If-None-Match: "+tag)
	}
	r, err := f.places.ask(request("GET", f.address, "/api/v1/elections/2021/areas/"+code+"/timeline", nil, fields...))
	if err != nil {
		return false, err
	}
	if !slices.Contains([]int{200, 304}, r.status) {
		return false, fmt.Errorf("timeline of %s: status %d", code, r.status)
	}
	f.tags[code] = string(r.tag)
	shown, err := revisionOf(string(r.tag))
	return shown < revision, err
}

// revisionOf is what a timeline's tag begins with: the revision that it shows.
func revisionOf(tag string) (int64, error) {
	first, _, _ := strings.Cut(strings.TrimPrefix(tag, `W/"`), ".")
	n, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the tag %s begins with no revision", tag)
	}
	return n, nil
}
