package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tiendo/pkg/pglocal"
)

// goals measures what the product is to reach (P1 to P12, and A7), with the product,
// nginx and a bare handler as processes of their own.
type goals struct {
	settings
	bench  *bench // for what measures in this process
	server *pglocal.Server
	dir    string // everything that a run leaves until it ends
	url    string // the database, as the product's role
	report report

	reading, writing string   // tokens
	unlimited        []string // flags that lift limits a single client would hit

	product  *instance       // pinned, with everything on
	profiled string          // where its profiles are
	others   *refreshing     // once it is needed
	files    *corpus         // timelines of all areas
	tags     []string        // the product's tags of them
	changed  bool            // since they were asked for
	underway map[string]bool // what bulk changes have left
	targeted bool            // pgbench has what it works on
}

// database is where the product under measurement works: a trial's, as its day
// is made up.
const database = "trial_bench"

// measurement is one goal.
type measurement struct {
	name    string
	measure func(context.Context) error
}

func (g *goals) all() []measurement {
	return []measurement{
		{"P1", g.notModified},
		{"P2", g.whole},
		{"P3", g.thrift},
		{"P4", g.steadiness},
		{"P5", g.durability},
		{"P6", g.together},
		{"P7", g.opening},
		{"P8", g.matrices},
		{"P9", g.following},
		{"P10", g.feeding},
		{"P11", g.memory},
		{"P12", g.streaming},
		{"A7", g.neighbours},
	}
}

// runGoals starts what is measured, measures, prints, and ends all of it, also
// when it is broken off; then what was measured until then is printed.
func runGoals(ctx context.Context, s settings, w io.Writer) (err error) {
	if missing := s.missing(); missing != "" {
		return fmt.Errorf("%s; see make bench-api", missing)
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if s.smoke {
		s.rounds, s.seconds = 1, 1
		s.soak = min(s.soak, 2000)
	}
	ctx, cancel := context.WithTimeout(ctx, s.most)
	defer cancel()
	dir, err := os.MkdirTemp("", "tiendo-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := pglocal.Start(ctx, pglocal.Options{Dir: filepath.Join(dir, "data"), NPMDir: "frontend/node_modules", Durable: true})
	if err != nil {
		return err
	}
	defer server.Stop()
	g := &goals{settings: s, server: server, dir: dir, url: server.URL(database), underway: map[string]bool{}}
	// On, and out of reach: what they cost is measured, what they refuse is not.
	g.unlimited = []string{"--requests-per-second", "1000000", "--quota", "1000000000"}
	g.bench = &bench{settings: s, server: server}
	g.report.Machine = g.look(ctx)
	for _, warning := range g.report.Machine.Warnings {
		g.say("WARNING: %s", warning)
	}
	// Ends all processes before the database: a child's context is this one.
	defer cancel()
	err = g.run(ctx)
	if g.json {
		return errors.Join(err, g.report.json(w))
	}
	return errors.Join(err, g.report.table(w))
}

func (g *goals) run(ctx context.Context) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	defer func() {
		g.product.end()
		if g.others != nil {
			g.others.end()
		}
	}()
	for _, m := range g.all() {
		if g.only != "" && !slices.Contains(strings.Split(g.only, ","), m.name) {
			continue
		}
		begun := time.Now()
		g.say("%s …", m.name)
		err := m.measure(ctx)
		if err != nil && ctx.Err() != nil {
			return fmt.Errorf("%s was broken off: %w", m.name, errors.Join(context.Cause(ctx), err))
		}
		if err != nil {
			g.add(&result{Goal: m.name, What: "all of it", Failed: clipped(err.Error())})
		}
		g.say("%s took %s", m.name, time.Since(begun).Round(100*time.Millisecond))
	}
	return nil
}

// clipped is the beginning of a text, on one line.
func clipped(text string) string {
	const most = 240
	one := strings.Join(strings.Fields(text), " ")
	if r := []rune(one); len(r) > most {
		return string(r[:most]) + "…"
	}
	return one
}

// open makes the database, has the product fill it, and starts it once more with
// a token, so that the first start is not what is measured.
func (g *goals) open(ctx context.Context) error {
	if err := g.server.CreateDatabase(ctx, database); err != nil {
		return err
	}
	g.say("opening the election of 2021 …")
	first, err := g.serve(ctx, "product", anywhere)
	if err != nil {
		return err
	}
	first.end()
	if err := g.tokens(ctx); err != nil {
		return err
	}
	var flags []string
	if g.profile != "" {
		if g.profiled, err = freeAddress(); err != nil {
			return err
		}
		flags = []string{"--profile-listen", g.profiled}
	}
	g.product, err = g.serve(ctx, "product", serverCore, flags...)
	return err
}

// say tells whoever waits how far it is.
func (g *goals) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

func (g *goals) add(r *result) {
	g.report.Results = append(g.report.Results, r)
	g.say("%s  %s: %s %s %s", r.Goal, r.What, number(r.figure(), ""), r.goal(), r.verdict())
}

// missing names the programs that a run needs and this machine has not.
func (s *settings) missing() string {
	var all []string
	for _, program := range []struct{ name, where string }{
		{"wrk", "wrk"}, {nginxProgram(), "nginx-light"}, {"taskset", "util-linux"},
	} {
		if _, err := exec.LookPath(program.name); err != nil {
			all = append(all, program.name+" (Debian: "+program.where+")")
		}
	}
	if _, err := os.Stat(s.binary); err != nil {
		all = append(all, s.binary+" (make build)")
	}
	if len(all) == 0 {
		return ""
	}
	return "missing: " + strings.Join(all, ", ")
}
