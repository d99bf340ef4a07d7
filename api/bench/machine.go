package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// machine is where a run was made: ratios travel, rates do not.
type machine struct {
	At         time.Time     `json:"at"`
	Cores      int           `json:"cores"`
	Processor  string        `json:"processor"`
	MemoryMB   uint64        `json:"memory_mb"`
	Load       float64       `json:"load_average"` // of the last minute, at the beginning
	Flush      time.Duration `json:"flush_nanoseconds"`
	System     string        `json:"system"`
	Go         string        `json:"go"`
	PostgreSQL string        `json:"postgresql"`
	Nginx      string        `json:"nginx"`
	Wrk        string        `json:"wrk"`
	Product    string        `json:"product"`
	Rounds     int           `json:"rounds"`
	Seconds    int           `json:"seconds_of_a_round"`
	Warnings   []string      `json:"warnings,omitempty"`
}

// busyLoad is the load average above which something else is at work.
const busyLoad = 0.5

var (
	modelName   = regexp.MustCompile(`(?m)^model name\s*: (.+)$`)
	memoryTotal = regexp.MustCompile(`MemTotal:\s+(\d+) kB`)
)

func (g *goals) look(ctx context.Context) machine {
	m := machine{
		At: time.Now().Truncate(time.Second), Cores: runtime.NumCPU(), Go: runtime.Version(), PostgreSQL: g.server.Version(),
		Rounds: g.rounds, Seconds: g.seconds,
		System:  firstLine(exec.CommandContext(ctx, "uname", "-sr")),
		Nginx:   firstLine(exec.CommandContext(ctx, nginxProgram(), "-v")),
		Wrk:     firstLine(exec.CommandContext(ctx, "wrk", "-v")),
		Product: firstLine(exec.CommandContext(ctx, g.binary, "version")),
	}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if found := modelName.FindSubmatch(text); found != nil {
			m.Processor = string(found[1])
		}
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if bytes, err := kilobytes(memoryTotal, text); err == nil {
			m.MemoryMB = bytes >> 20
		}
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		first, _, _ := strings.Cut(string(text), " ")
		m.Load, _ = strconv.ParseFloat(first, 64)
	}
	m.Flush = flush(g.dir)
	if m.Load > busyLoad {
		m.Warnings = append(m.Warnings, fmt.Sprintf("the machine is busy with something else (load average %.2f): these figures are noise", m.Load))
	}
	if m.Cores < 2 {
		m.Warnings = append(m.Warnings, "one core only: server and load share it, nothing is pinned, and ratios are not those of the goals")
	}
	return m
}

func (m *machine) print(w io.Writer) {
	fmt.Fprintf(w, "%s, %s\n", m.Product, m.At.Format(time.RFC3339))
	fmt.Fprintf(w, "%d cores (%s), %d MB, %s, load average %.2f; the disk takes %s to keep 8 kB\n", m.Cores, m.Processor, m.MemoryMB, m.System, m.Load, m.Flush.Round(time.Microsecond))
	fmt.Fprintf(w, "%s, PostgreSQL %s, %s, %s; medians of %d paired rounds of %d s\n", m.Go, m.PostgreSQL, m.Nginx, m.Wrk, m.Rounds, m.Seconds)
	for _, warning := range m.Warnings {
		fmt.Fprintf(w, "WARNING: %s\n", warning)
	}
	fmt.Fprintln(w)
}

// firstLine is what a program says first, wherever it says it; wrk -v fails.
func firstLine(cmd *exec.Cmd) string {
	out, _ := cmd.CombinedOutput()
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	first, _, _ = strings.Cut(first, " Copyright")
	return first
}

// flush is the median time in which the disk keeps 8 kB, which bounds every
// commit from below.
func flush(dir string) time.Duration {
	f, err := os.Create(filepath.Join(dir, "flush"))
	if err != nil {
		return 0
	}
	defer f.Close()
	var all []time.Duration
	for range 50 {
		begun := time.Now()
		if _, err := f.WriteAt(make([]byte, 8<<10), 0); err != nil {
			return 0
		}
		if err := f.Sync(); err != nil {
			return 0
		}
		all = append(all, time.Since(begun))
	}
	return median(all)
}
