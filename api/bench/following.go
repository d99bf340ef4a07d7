package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// chaseMode is the hidden mode in which this program reports on one server and
// looks for it on both.
const chaseMode = "chase"

type chaseOrders struct {
	Here, There string // servers
	Reading     string // tokens
	Writing     string
	Duties      []duty
	For         time.Duration
}

type chaseResult struct {
	Done    int
	Trip    time.Duration // median of the updates' round trips
	Lag     time.Duration // 99th percentile, until the other server shows it
	MidLag  time.Duration // the median of the same
	MostLag time.Duration
	Missed  int // updates that the same server did not show at once
	Duties  []duty
}

// chase reports on one thing after the other; each has to be on the same server
// at once, and then on the other.
func chase(ctx context.Context, o chaseOrders) (chaseResult, error) {
	out := chaseResult{Duties: o.Duties}
	here, err := dial(o.Here)
	if err != nil {
		return out, err
	}
	defer here.close()
	there, err := dial(o.There)
	if err != nil {
		return out, err
	}
	defer there.close()
	var trips, lags []time.Duration
	begun := time.Now()
	for n := 0; ctx.Err() == nil && time.Since(begun) < o.For; n++ {
		d := &o.Duties[n%len(o.Duties)]
		trip, lag, missed, err := o.one(here, there, d)
		if err != nil {
			return out, err
		}
		if missed {
			out.Missed++
		}
		trips, lags = append(trips, trip), append(lags, lag)
	}
	slices.Sort(trips)
	slices.Sort(lags)
	if out.Done = len(trips); out.Done > 0 {
		out.Trip, out.Lag, out.MidLag, out.MostLag = quantile(trips, 0.5), quantile(lags, 0.99), quantile(lags, 0.5), lags[len(lags)-1]
	}
	return out, nil
}

// one is one update and its way.
func (o *chaseOrders) one(here, there *line, d *duty) (trip, lag time.Duration, missed bool, err error) {
	path := "/api/v1/elections/2021/areas/" + d.Area + "/timeline"
	look := func(l *line, host, tag string) (reply, error) {
		r, err := l.ask(request("GET", host, path, nil, "Accept-Encoding: gzip", "Authorization: Bearer "+o.Reading, "If-None-Match: "+tag))
		if err == nil && r.status != 200 && r.status != 304 {
			err = fmt.Errorf("%s: status %d: %s", path, r.status, r.body)
		}
		return r, err
	}
	before, err := look(there, o.There, `"none"`)
	if err != nil {
		return 0, 0, false, err
	}
	tag := string(before.tag)
	begun := time.Now()
	r, err := here.ask(d.turned(o.Here, o.Writing))
	answered := time.Now()
	if err != nil {
		return 0, 0, false, err
	}
	if r.status != 200 {
		return 0, 0, false, fmt.Errorf("%s: status %d: %s", d.path(), r.status, r.body)
	}
	d.Tag, d.Underway = string(r.tag), !d.Underway
	for {
		r, err := look(there, o.There, tag)
		if err != nil {
			return 0, 0, false, err
		}
		if r.status == 200 {
			break
		}
		if time.Since(answered) > 10*time.Second {
			return 0, 0, false, fmt.Errorf("%s: the other server has not shown it for ten seconds", d.path())
		}
	}
	lag = time.Since(answered)
	own, err := look(here, o.Here, tag)
	return answered.Sub(begun), lag, own.status != 200, err
}

// following is P9: how soon a change that was acknowledged is in the memory of
// another server.
func (g *goals) following(ctx context.Context) error {
	r, err := g.refreshers(ctx)
	if err != nil {
		return err
	}
	other, err := g.serve(ctx, "other", anywhere)
	if err != nil {
		return err
	}
	defer other.end()
	duties, err := g.duties(singly)
	if err != nil {
		return err
	}
	g.changed = true
	half := len(duties) / 2
	chased, others := duties[:half], duties[half:]
	missed, done := 0, 0
	once := func() (sampled, error) {
		var c chaseResult
		o := chaseOrders{Here: g.product.listens, There: other.listens, Reading: g.reading, Writing: g.writing, Duties: chased, For: time.Duration(g.seconds) * time.Second}
		if err := child(ctx, loadCore, chaseMode, o, &c); err != nil {
			return sampled{}, err
		}
		chased, missed, done = c.Duties, missed+c.Missed, done+c.Done
		// As a rate: the trip, so that one line has both; as a cost: the usual lag.
		return sampled{took: c.Lag, rate: c.Trip.Seconds() * 1000, micros: float64(c.MidLag.Microseconds())}, nil
	}
	underLoad := func() (s sampled, err error) {
		asking, updated := make(chan struct{}), make(chan error, 1)
		go func() {
			<-asking
			done, err := g.updates(ctx, loadCore, updateOrders{
				Addresses: []string{g.product.listens}, Writers: 16, Rate: 400, For: time.Duration(g.seconds) * time.Second, Duties: others,
			})
			if len(done.Duties) > 0 {
				others = done.Duties
			}
			updated <- err
		}()
		chasing := make(chan error, 1)
		go func() {
			<-asking
			var err error
			s, err = once()
			chasing <- err
		}()
		_, err = g.steady(ctx, g.product.listens, r.unknown, 4000, asking)
		for _, c := range []chan error{updated, chasing} {
			if failed := <-c; failed != nil {
				err = failed
			}
		}
		return s, err
	}
	got, err := compare(g.rounds,
		contestant{"idle", func(int) (sampled, error) { return once() }},
		contestant{"under load", func(int) (sampled, error) { return underLoad() }})
	if err != nil {
		return err
	}
	for k, t := range []*target{atMost(0.5), atMost(0.8)} {
		line := &result{
			Goal: "P9", What: "acknowledged here, until the other server shows it (p99), " + []string{"idle", "under 4,000 refreshes/s and 400 updates/s"}[k],
			Unit: " ms", Median: got.median(k, milliseconds), Beside: "median round trip of an update", BesideMedian: got.median(k, rate),
			Target: t, Rounds: len(got.of[k]), Void: got.void,
		}
		line.Note = fmt.Sprintf("half of them within %.2f ms", got.median(k, micros)/1000)
		line.Ratio = got.median(k, func(s sampled) float64 { return milliseconds(s) / s.rate })
		g.add(line)
	}
	g.add(&result{Goal: "P9", What: "own updates not visible at once", Median: float64(missed), Target: atMost(0), Rounds: g.rounds, Note: fmt.Sprintf("of %d", done)})
	return g.cut(ctx, other, chased)
}

// cut ends the connections on which servers listen, writes, and waits until the
// other server has caught up.
func (g *goals) cut(ctx context.Context, other *instance, duties []duty) error {
	pool, err := pgxpool.New(ctx, g.url)
	if err != nil {
		return err
	}
	defer pool.Close()
	var got rounds
	got.of = make([][]sampled, 1)
	for range g.rounds {
		tag := pool.QueryRow(ctx, `SELECT count(*) FROM (SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ~* '^\s*listen') AS x WHERE ended`)
		var ended int
		if err := tag.Scan(&ended); err != nil {
			return err
		}
		if ended < 2 {
			return fmt.Errorf("only %d servers were listening", ended)
		}
		done, err := g.updates(ctx, loadCore, updateOrders{Addresses: []string{g.product.listens}, Writers: 4, Count: 100, Duties: duties})
		if err != nil {
			return err
		}
		duties = done.Duties
		begun := time.Now()
		for {
			ours, theirs, err := g.revisions(other)
			if err != nil {
				return err
			}
			if ours == theirs {
				break
			}
			if time.Since(begun) > 10*time.Second {
				return fmt.Errorf("the other server is at %0.f, this one at %0.f, ten seconds later", theirs, ours)
			}
			time.Sleep(2 * time.Millisecond)
		}
		got.of[0] = append(got.of[0], sampled{took: time.Since(begun)})
	}
	line := got.result("P9", "listening cut: the other server has caught up after", " ms", "", 0, 0, milliseconds, atMost(1000))
	line.Note = "100 updates were made meanwhile, none is lost"
	g.add(line)
	return nil
}

var mirrorRevision = regexp.MustCompile(`(?m)^tiendo_mirror_revision\{election="2021"\} (\S+)$`)

// revisions are those that the two servers show.
func (g *goals) revisions(other *instance) (ours, theirs float64, err error) {
	for server, to := range map[*instance]*float64{g.product: &ours, other: &theirs} {
		r, err := server.get("/metrics")
		if err != nil {
			return 0, 0, err
		}
		if *to, err = metric(r.body, mirrorRevision); err != nil {
			return 0, 0, err
		}
	}
	return ours, theirs, nil
}
