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
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"syscall"
	"text/tabwriter"
	"time"

	"tiendo/pkg/pglocal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if mode, hidden := modes[first(os.Args[1:])]; hidden {
		if err := mode(ctx, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// modes in which this program is a part of its own measurements, as a process
// of its own. Orders come in as JSON, what came of them goes out as JSON.
var modes = map[string]func(context.Context, io.Reader, io.Writer) error{
	bareMode:    mode(func(ctx context.Context, o bareOrders) (struct{}, error) { return struct{}{}, serveBare(ctx, o) }),
	updatesMode: mode(update), steadyMode: mode(runSteady), chaseMode: mode(chase), streamsMode: mode(keepStreams),
}

func mode[Orders, Result any](run func(context.Context, Orders) (Result, error)) func(context.Context, io.Reader, io.Writer) error {
	return func(ctx context.Context, in io.Reader, out io.Writer) error {
		var o Orders
		if err := json.NewDecoder(in).Decode(&o); err != nil {
			return err
		}
		r, err := run(ctx, o)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(r)
	}
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// settings of a run.
type settings struct {
	rounds  int
	seconds int
	part    string
	only    string // of part api: goals by their names, with commas
	binary  string
	smoke   bool
	json    bool
	soak    int // changes of the soak of P10
	soakFor time.Duration
	profile string // folder
	most    time.Duration
}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	var s settings
	flags.IntVar(&s.rounds, "rounds", 5, "paired rounds of each measurement")
	flags.IntVar(&s.seconds, "seconds", 3, "length of one round under load, in seconds")
	flags.StringVar(&s.part, "part", "", "load (opening, reading, reporting, amended), scale, or api (the goals P1 to P12 and A7, with nginx, wrk and pgbench); without it load and scale")
	flags.StringVar(&s.only, "only", "", "api: these goals only, such as P1,P4")
	flags.StringVar(&s.binary, "binary", "bin/tiendo", "api: the product")
	flags.BoolVar(&s.smoke, "smoke", false, "api: see that everything works; the figures are worth nothing")
	flags.BoolVar(&s.json, "json", false, "api: print one JSON document instead of a table")
	flags.IntVar(&s.soak, "soak", 100_000, "api: changes of P10's soak; the goal is 1000000")
	flags.DurationVar(&s.soakFor, "soak-for", 4*time.Minute, "api: end P10's soak after this time with as many changes as there are by then; 0: not before all")
	flags.StringVar(&s.profile, "profile", "", "api: folder for CPU profiles of the product under P1 and P2")
	flags.DurationVar(&s.most, "most", 20*time.Minute, "api: break off after this time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if s.part == "api" {
		return runGoals(ctx, s, w)
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
	return kilobytes(highWater, status)
}

// kilobytes reads a line of /proc/PID/status, as bytes.
func kilobytes(line *regexp.Regexp, status []byte) (uint64, error) {
	m := line.FindSubmatch(status)
	if m == nil {
		return 0, fmt.Errorf("/proc/PID/status has no %s", line)
	}
	n, err := strconv.ParseUint(string(m[1]), 10, 64)
	return n << 10, err
}

func short(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }
