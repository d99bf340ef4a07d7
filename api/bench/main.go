// Command bench measures the product beside what bounds it, in one run on one
// machine: opening an election beside a bare INSERT … SELECT of the same rows,
// reads beside a bare echo handler, a report on a task beside the same SQL
// through pgbench and beside a bare echo handler, loading the mirror after two
// amendments beside loading it before; and, in the country as it is
// and in a made-up one ten times as large, what goes through whole branches,
// beside the best that SQL does for the same counts. It prints medians, ratios,
// allocations and the most memory that the process has had, and ends by itself.
// It talks to this machine only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"text/tabwriter"
	"time"

	"tiendo/pkg/pglocal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// settings of a run.
type settings struct {
	rounds  int
	seconds int
	part    string
}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	var s settings
	flags.IntVar(&s.rounds, "rounds", 5, "paired rounds of each measurement")
	flags.IntVar(&s.seconds, "seconds", 3, "length of one round under load, in seconds")
	flags.StringVar(&s.part, "part", "", "load (opening, reading, reporting, amended) or scale; without it both")
	if err := flags.Parse(args); err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	dir, err := os.MkdirTemp("", "tiendo-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := pglocal.Start(ctx, pglocal.Options{Dir: dir, NPMDir: "frontend/node_modules", Durable: true})
	if err != nil {
		return err
	}
	defer server.Stop()
	b := &bench{settings: s, server: server, table: tabwriter.NewWriter(w, 2, 8, 2, ' ', 0)}
	fmt.Fprintf(b.table, "what\tmedian\tbeside\tmedian\tratio\tmore\n")
	for _, section := range []struct {
		part, name string
		measure    func(context.Context) error
	}{{"load", "opening", b.opening}, {"load", "reading", b.reading}, {"load", "reporting", b.reporting}, {"load", "amended", b.amended}, {"scale", "scale", b.scale}} {
		if s.part != "" && s.part != section.part {
			continue
		}
		if err := section.measure(ctx); err != nil {
			return err
		}
		most, err := peakResident()
		if err != nil {
			return err
		}
		fmt.Fprintf(b.table, "most memory until the end of %s\t%d MB\t\t\t\tresident, of server and load together\n", section.name, most>>20)
		if err := b.table.Flush(); err != nil {
			return err
		}
	}
	return nil
}

type bench struct {
	settings
	server        *pglocal.Server
	table         *tabwriter.Writer
	database, url string // what the last opening left
}

// row prints one line of the table. The ratio is the measured over what it
// stands beside.
func (b *bench) row(what, median, beside, besideMedian string, ratio float64, more string) {
	fmt.Fprintf(b.table, "%s\t%s\t%s\t%s\t%.2f\t%s\n", what, median, beside, besideMedian, ratio, more)
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakResident is the most memory this process has had, in bytes, as Linux
// counts it; PostgreSQL is a process of its own.
func peakResident() (uint64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	m := highWater.FindSubmatch(status)
	if m == nil {
		return 0, errors.New("/proc/self/status does not say VmHWM")
	}
	kilobytes, err := strconv.ParseUint(string(m[1]), 10, 64)
	return kilobytes << 10, err
}

func short(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }
