package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/area"
)

// The transaction that a report makes, as a pgbench script.
//
//go:embed report.sql
var reportScript string

// reporting changes tasks all over the country through the API, beside the
// same transaction through pgbench and beside a bare echo handler that takes the
// same body and answers as many bytes, with one writer and with sixteen.
func (b *bench) reporting(ctx context.Context) error {
	p, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer p.pool.Close()
	defer p.stop()
	// pgbench works on another milestone of the communes than the API does.
	if _, err := p.pool.Exec(ctx, `
		CREATE TABLE bench_target AS SELECT row_number() OVER () AS n, area_code FROM milestone WHERE key = 'candidate_list_posted';
		ALTER TABLE bench_target ADD PRIMARY KEY (n)`); err != nil {
		return err
	}
	sample, allocs, err := costOfReport(p.handler)
	if err != nil {
		return err
	}
	bare, err := listen(ctx, bareReport(sample))
	if err != nil {
		return err
	}
	for _, writers := range []int{1, 16} {
		crew, idle := hire(writers), hire(writers)
		var ours, sql, echoed []float64
		for range b.rounds {
			r, err := b.reports(ctx, p.address, crew)
			if err != nil {
				return err
			}
			ours = append(ours, r)
			if r, err = b.pgbench(ctx, writers); err != nil {
				return err
			}
			sql = append(sql, r)
			if r, err = b.reports(ctx, bare, idle); err != nil {
				return err
			}
			echoed = append(echoed, r)
		}
		what := fmt.Sprintf("report on a task, %d at once", writers)
		b.rates(what, ours, "the same SQL, pgbench", sql, fmt.Sprintf("%d allocations, %d bytes a body", allocs, len(sample)))
		b.rates(what, ours, "bare echo, same bytes", echoed, "")
	}
	return nil
}

// bareReport reads a report and answers with the bytes of another's answer.
func bareReport(body []byte) *echo.Echo {
	e := echo.New()
	e.PATCH("/*", func(c echo.Context) error {
		if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
			return err
		}
		c.Response().Header().Set("ETag", `"r1"`)
		return c.JSONBlob(http.StatusOK, body)
	})
	return e
}

// costOfReport makes some reports without a network and counts allocations a
// report, those of the store included; it gives the body of the last answer. It
// reports on pgbench's milestone, whose script does not mind.
func costOfReport(h http.Handler) (body []byte, allocs uint64, err error) {
	const times = 200
	w := hire(1)[0]
	requests := make([]*http.Request, times)
	for n := range requests {
		if requests[n], err = w.next("http://localhost", "candidate_list_posted"); err != nil {
			return nil, 0, err
		}
	}
	answer := httptest.NewRecorder()
	allocs = mallocs(func() {
		for _, r := range requests {
			answer = httptest.NewRecorder()
			h.ServeHTTP(answer, r)
		}
	}) / times
	if answer.Code != http.StatusOK {
		return nil, 0, fmt.Errorf("status %d: %s", answer.Code, answer.Body)
	}
	return answer.Body.Bytes(), allocs, nil
}

// writer reports on communes that are his alone, and remembers how he left them.
type writer struct {
	communes []string
	tags     map[string]string
	at       int
}

// hire deals the communes out. Those of crews of different size differ in key,
// so that each begins with tasks nobody has touched.
func hire(n int) []*writer {
	crew := make([]*writer, n)
	for i := range crew {
		crew[i] = &writer{tags: map[string]string{}}
	}
	list := area.Edition2021()
	for i := range list.Len() {
		if a := list.At(i); a.Level == area.LevelCommune {
			w := crew[i%n]
			w.communes = append(w.communes, string(a.Code))
		}
	}
	return crew
}

// milestoneOf gives each crew a milestone of its own.
func milestoneOf(crew []*writer) string {
	if len(crew) == 1 {
		return "polling_team"
	}
	return "polling_areas_decided"
}

func (b *bench) reports(ctx context.Context, address string, crew []*writer) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(b.seconds)*time.Second)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(crew)}}
	defer client.CloseIdleConnections()
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	begun := time.Now()
	for _, w := range crew {
		all.Go(func() {
			for ctx.Err() == nil && failed.Load() == nil {
				// Not cut off by the round's end: an answer is waited for.
				if err := w.report(client, address, milestoneOf(crew)); err != nil {
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

// report turns the next commune's task to the other of two states.
func (w *writer) report(client *http.Client, address, milestone string) error {
	code := w.communes[w.at%len(w.communes)]
	r, err := w.next(address, milestone)
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	w.tags[code] = answer.Header.Get("ETag")
	return drained(answer, r)
}

// next is the request for the next commune.
func (w *writer) next(address, milestone string) (*http.Request, error) {
	code := w.communes[w.at%len(w.communes)]
	status := []string{"in_progress", "not_started"}[w.at/len(w.communes)%2]
	w.at++
	tag := w.tags[code]
	if tag == "" {
		tag = `"r1"` // as the opening left it
	}
	r, err := http.NewRequest(http.MethodPatch, address+"/api/v1/elections/2021/areas/"+code+"/milestones/"+milestone+"/tasks/duty",
		strings.NewReader(`{"status":"`+status+`"}`))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/merge-patch+json")
	r.Header.Set("If-Match", tag)
	r.Header.Set("Authorization", authorization)
	return r, nil
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench runs the same transaction from PostgreSQL's own load program.
func (b *bench) pgbench(ctx context.Context, writers int) (float64, error) {
	return b.script(ctx, b.database, reportScript, writers)
}

// script runs a script of pgbench against a database, as the role that the
// product has, which row-level security holds for.
func (b *bench) script(ctx context.Context, database, text string, clients int) (float64, error) {
	path := filepath.Join(b.server.Dir(), "script.sql")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return 0, err
	}
	run := exec.CommandContext(ctx, filepath.Join(b.server.BinDir(), "pgbench"),
		"-h", b.server.Socket(), "-U", "tiendo", "-n", "-M", "prepared", "-f", path, "-D", "communes="+strconv.Itoa(len(communeCodes())),
		"-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(b.seconds), database)
	run.Env = append(os.Environ(), "PGOPTIONS=-c tiendo.reads=log")
	out, err := run.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	m := tps.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pgbench printed no rate: %s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
