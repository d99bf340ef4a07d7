package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
)

// memory is P11: a server that has every area's answers ready, and how soon one
// that was just started answers.
func (g *goals) memory(ctx context.Context) error {
	full, err := g.serve(ctx, "full", anywhere)
	if err != nil {
		return err
	}
	defer full.end()
	what := "resident with the timelines"
	lines, _, err := g.collect(ctx, full, "timeline")
	if err != nil {
		return err
	}
	size := lines.size
	if calendar, err := full.get("/api/v1/elections/2021/areas/VN/calendar.ics"); err == nil && calendar.status == http.StatusOK {
		days, _, err := g.collect(ctx, full, "calendar.ics")
		if err != nil {
			return err
		}
		what += " and calendars"
		size += days.size
	}
	used, err := loadOf(full.pid())
	if err != nil {
		return err
	}
	r, err := full.get("/metrics")
	if err != nil {
		return err
	}
	gone, err := metric(r.body, droppedTotal)
	if err != nil {
		return err
	}
	areas := area.Edition2021().Len()
	g.add(&result{
		Goal: "P11", What: what + " of the whole country prepared", Unit: " MB", Median: float64(used.rss >> 20), Target: atMost(120), Rounds: 1,
		Cost: cost{Peak: used.peak}, Note: fmt.Sprintf("%d areas, %.0f bytes of each, compressed: %.0f MB by themselves; %.0f answers had to go again for want of room",
			areas, size, size*float64(areas)/(1<<20), gone),
	})
	got, err := compare(g.rounds,
		contestant{"first answer", func(int) (sampled, error) { return g.firstAnswer(ctx) }},
		contestant{"COPY out", func(int) (sampled, error) { return g.copyOut(ctx) }})
	if err != nil {
		return err
	}
	g.add(got.result("P11", "from the start of the program to the first timeline", " ms", "COPY of milestones, tasks and log out", 0, 1, milliseconds, atMost(4)))
	return nil
}

var droppedTotal = regexp.MustCompile(`(?m)^tiendo_prepared_dropped_total (\S+)$`)

func (g *goals) firstAnswer(ctx context.Context) (sampled, error) {
	i, err := g.launch(ctx, "first", anywhere)
	if err != nil {
		return sampled{}, err
	}
	defer i.end()
	err = i.await(ctx, func() error {
		r, err := i.get("/api/v1/elections/2021/areas/VN/timeline", "Accept-Encoding: gzip", "Authorization: Bearer "+g.reading)
		if err == nil && r.status != http.StatusOK {
			err = fmt.Errorf("status %d", r.status)
		}
		return err
	})
	return sampled{took: time.Since(i.began)}, err
}

// copyOut reads what a server loads, as fast as PostgreSQL gives it.
func (g *goals) copyOut(ctx context.Context) (sampled, error) {
	conn, err := pgx.Connect(ctx, g.url)
	if err != nil {
		return sampled{}, err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SET tiendo.reads = 'log'"); err != nil {
		return sampled{}, err
	}
	begun := time.Now()
	for _, table := range []string{"milestone", "task", "change"} {
		if _, err := conn.PgConn().CopyTo(ctx, io.Discard, "COPY (SELECT * FROM "+table+") TO STDOUT"); err != nil {
			return sampled{}, err
		}
	}
	return sampled{took: time.Since(begun)}, nil
}
