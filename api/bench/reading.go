package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/area"
)

const clients = 8

// reading refreshes timelines of areas all over the country, beside a bare
// echo handler that gives the bytes of one of them.
func (b *bench) reading(ctx context.Context) error {
	p, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer p.pool.Close()
	defer p.stop()
	list := area.Edition2021()
	timeline := func(n int) string {
		return "/api/v1/elections/2021/areas/" + string(list.At(n*7919%list.Len()).Code) + "/timeline"
	}
	sample := httptest.NewRecorder()
	p.handler.ServeHTTP(sample, local(timeline(1), ""))
	bare, err := listen(ctx, bareEcho(sample.Body.Bytes()))
	if err != nil {
		return err
	}
	var ours, theirs []float64
	for range b.rounds {
		r, err := b.rate(ctx, func(n int) *http.Request { return get(p.address + timeline(n)) })
		if err != nil {
			return err
		}
		ours = append(ours, r)
		if r, err = b.rate(ctx, func(n int) *http.Request { return get(bare + timeline(n)) }); err != nil {
			return err
		}
		theirs = append(theirs, r)
	}
	allocs := allocations(p.handler, func(n int) *http.Request { return local(timeline(n), "") })
	b.rates("timeline of a random area, 200", ours, "bare echo, same bytes", theirs,
		fmt.Sprintf("%d allocations, %d bytes a body", allocs, sample.Body.Len()))
	allocs = allocations(p.handler, func(int) *http.Request { return local(timeline(1), sample.Header().Get("ETag")) })
	fmt.Fprintf(b.table, "the same, 304\t\t\t\t\t%d allocations\n", allocs)
	return nil
}

func bareEcho(body []byte) *echo.Echo {
	e := echo.New()
	e.GET("/*", func(c echo.Context) error { return c.JSONBlob(http.StatusOK, body) })
	return e
}

func get(url string) *http.Request {
	r, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		panic(err) // our own address
	}
	return r
}

func local(path, tag string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, http.NoBody)
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	return r
}

// rate keeps some clients busy for one round and counts answers a second. An
// answer that fails voids the round.
func (b *bench) rate(ctx context.Context, request func(n int) *http.Request) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(b.seconds)*time.Second)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var done, asked atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	begun := time.Now()
	for range clients {
		all.Go(func() {
			for ctx.Err() == nil && failed.Load() == nil {
				err := ask(client, request(int(asked.Add(1))).WithContext(ctx))
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(done.Load()) / time.Since(begun).Seconds(), nil
}

func ask(client *http.Client, r *http.Request) error {
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return drained(answer, r)
}

// drained reads an answer to its end and refuses one that is not 200.
func drained(answer *http.Response, r *http.Request) error {
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("%s %s: status %d: %s", r.Method, r.URL.Path, answer.StatusCode, text)
	}
	_, err := io.Copy(io.Discard, answer.Body)
	return err
}

// allocations counts those of the handler alone, per request.
func allocations(h http.Handler, request func(n int) *http.Request) uint64 {
	const times = 500
	requests := make([]*http.Request, times)
	for n := range requests {
		requests[n] = request(n)
	}
	return mallocs(func() {
		for _, r := range requests {
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
	}) / times
}

// mallocs counts what is allocated while do runs, by whomever in this process.
func mallocs(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

func (b *bench) rates(what string, ours []float64, beside string, theirs []float64, more string) {
	o, t := middle(ours), middle(theirs)
	b.row(what, fmt.Sprintf("%.0f/s", o), beside, fmt.Sprintf("%.0f/s", t), o/t, more)
}

func middle(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
