package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"tiendo/pkg/area"
)

// updatesMode is the hidden mode in which this program reports on tasks.
const updatesMode = "updates"

// duty is a task that is reported on, as it was left.
type duty struct {
	Area, Milestone string
	Tag             string // strong, for If-Match
	Underway        bool   // in_progress; else not_started
}

func (d *duty) path() string {
	return "/api/v1/elections/2021/areas/" + d.Area + "/milestones/" + d.Milestone + "/tasks/duty"
}

// turned is the request that puts it into the other of two states.
func (d *duty) turned(host, token string) []byte {
	body := `{"status":"in_progress"}`
	if d.Underway {
		body = `{"status":"not_started"}`
	}
	return request("PATCH", host, d.path(), []byte(body),
		"Content-Type: application/merge-patch+json", "If-Match: "+d.Tag, "Authorization: Bearer "+token)
}

// updateOrders say how much is reported.
type updateOrders struct {
	Addresses []string // writers are dealt out to them
	Token     string
	Writers   int
	Rate      float64       // reports a second, of all together; 0: as many as go
	For       time.Duration // 0: until Count
	Count     int           // 0: no limit
	Duties    []duty
}

// updateResult is what came of it.
type updateResult struct {
	Done    int
	Failed  int
	Failure string // the first
	Took    time.Duration
	P50     time.Duration // of round trips; from when it should have been sent, where there is a rate
	P99     time.Duration
	Duties  []duty // as they are now
}

// update reports on duties, each writer on his own.
func update(ctx context.Context, o updateOrders) (updateResult, error) {
	out := updateResult{Duties: o.Duties}
	var mu sync.Mutex
	var trips []time.Duration
	var all sync.WaitGroup
	failures := make(chan error, o.Writers)
	begun := time.Now()
	for k := range o.Writers {
		address := o.Addresses[k%len(o.Addresses)]
		l, err := dial(address)
		if err != nil {
			return out, err
		}
		all.Go(func() {
			defer l.close()
			var mine []time.Duration
			failed := 0
			for n := k; ; n += o.Writers {
				took, last, err := o.report(ctx, l, address, k, n, begun)
				if err != nil {
					failed++
					select {
					case failures <- err:
					default: // there are enough
					}
				}
				if last {
					break
				}
				if err == nil {
					mine = append(mine, took)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			trips = append(trips, mine...)
			out.Failed += failed
		})
	}
	all.Wait()
	out.Took, out.Done = time.Since(begun), len(trips)
	if out.Failed > 0 {
		out.Failure = (<-failures).Error()
	}
	if len(trips) > 0 {
		slices.Sort(trips)
		out.P50, out.P99 = quantile(trips, 0.5), quantile(trips, 0.99)
	}
	return out, nil
}

// report sends report n, which is one of writer k; the last one is over when
// there are no more, or the connection broke.
func (o *updateOrders) report(ctx context.Context, l *line, address string, k, n int, begun time.Time) (took time.Duration, last bool, err error) {
	from := time.Now()
	if o.Rate > 0 {
		from = begun.Add(time.Duration(float64(n) / o.Rate * float64(time.Second)))
	}
	if ctx.Err() != nil || o.For > 0 && from.Sub(begun) >= o.For || o.Count > 0 && n >= o.Count {
		return 0, true, nil //nolint:nilerr // the round is over; that it was broken off its own says
	}
	if o.Rate > 0 {
		time.Sleep(time.Until(from))
	}
	// Writer k has the duties k, k+Writers, …: no two meet on one.
	own := (len(o.Duties) - k + o.Writers - 1) / o.Writers
	d := &o.Duties[k+n/o.Writers%own*o.Writers]
	r, err := l.ask(d.turned(address, o.Token))
	if err != nil {
		return 0, true, err
	}
	if r.status != 200 {
		return 0, false, fmt.Errorf("%s: status %d: %s", d.path(), r.status, r.body)
	}
	d.Tag, d.Underway = string(r.tag), !d.Underway
	return time.Since(from), false, nil
}

// updates runs it as a process of its own.
func (g *goals) updates(ctx context.Context, core int, o updateOrders) (updateResult, error) {
	o.Token = g.writing
	var r updateResult
	if err := child(ctx, core, updatesMode, o, &r); err != nil {
		return r, err
	}
	if r.Failed > 0 {
		return r, fmt.Errorf("%w: %d updates failed, such as: %s", errVoid, r.Failed, r.Failure)
	}
	return r, nil
}

// duties are those of one milestone in all communes, as the product has them now.
func (g *goals) duties(milestone string) ([]duty, error) {
	l, err := dial(g.product.listens)
	if err != nil {
		return nil, err
	}
	defer l.close()
	var all []duty
	for _, code := range communeCodes() {
		d := duty{Area: code, Milestone: milestone}
		r, err := l.ask(request("GET", g.product.listens, d.path(), nil, "Authorization: Bearer "+g.writing))
		if err != nil {
			return nil, err
		}
		var task struct {
			Status string `json:"status"`
		}
		if r.status != 200 {
			return nil, fmt.Errorf("%s: status %d: %s", d.path(), r.status, r.body)
		}
		if err := json.Unmarshal(r.body, &task); err != nil {
			return nil, err
		}
		d.Tag, d.Underway = string(r.tag), task.Status == "in_progress"
		all = append(all, d)
	}
	return all, nil
}

// quantile of what is sorted, by the nearest rank.
func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// communeCodes are those of all communes.
func communeCodes() []string {
	var all []string
	list := area.Edition2021()
	for i := range list.Len() {
		if a := list.At(i); a.Level == area.LevelCommune {
			all = append(all, string(a.Code))
		}
	}
	return all
}
