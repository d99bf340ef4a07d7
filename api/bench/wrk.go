package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

//go:embed wrk.lua
var wrkScript []byte

// wrkResult is what the script prints of a run. Times are in microseconds.
type wrkResult struct {
	Requests int64 `json:"requests"`
	Micros   int64 `json:"micros"`
	Bytes    int64 `json:"bytes"` // headers included
	Connect  int64 `json:"connect"`
	Read     int64 `json:"read"`
	Write    int64 `json:"write"`
	Status   int64 `json:"status"` // answers of 400 and above
	Timeout  int64 `json:"timeout"`
	P50      int64 `json:"p50"`
	P99      int64 `json:"p99"`
}

var errNoResult = errors.New("wrk printed no result")

func parseWrk(out []byte) (wrkResult, error) {
	var r wrkResult
	_, line, found := bytes.Cut(out, []byte("\nwrk-result "))
	if !found {
		return r, fmt.Errorf("%w: %s", errNoResult, bytes.TrimSpace(out))
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	err := json.Unmarshal(line, &r)
	return r, err
}

func (r wrkResult) rate() float64 { return float64(r.Requests) / (float64(r.Micros) / 1e6) }

// each is how many bytes an answer had on average.
func (r wrkResult) each() float64 { return float64(r.Bytes) / float64(max(r.Requests, 1)) }

// sound is an error where the round counts for nothing: an answer failed, or
// others came than were asked for (least and most are bytes on average).
func (r wrkResult) sound(least, most float64) error {
	switch {
	case r.Requests == 0:
		return fmt.Errorf("%w: no answers", errVoid)
	case r.Connect+r.Read+r.Write+r.Status+r.Timeout > 0:
		return fmt.Errorf("%w: %d connections, %d reads, %d writes failed, %d answers were errors, %d came too late",
			errVoid, r.Connect, r.Read, r.Write, r.Status, r.Timeout)
	case r.each() < least || r.each() > most:
		return fmt.Errorf("%w: answers of %.0f bytes on average, not %.0f to %.0f", errVoid, r.each(), least, most)
	}
	return nil
}

// wrk keeps connections busy with requests of a list for one round, as who has the
// token.
func (g *goals) wrk(ctx context.Context, address, list, token string) (wrkResult, error) {
	script := filepath.Join(g.dir, "wrk.lua")
	if err := os.WriteFile(script, wrkScript, 0o600); err != nil {
		return wrkResult{}, err
	}
	cmd := pinned(ctx, loadCore, "wrk", "-t", "1", "-c", strconv.Itoa(connections), "-d", strconv.Itoa(g.seconds)+"s",
		"--timeout", "5s", "-s", script, "http://"+address, "--", list, token)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	p, err := begin("wrk", cmd)
	if err != nil {
		return wrkResult{}, err
	}
	<-p.ended
	if p.err != nil {
		return wrkResult{}, fmt.Errorf("wrk: %w: %s", p.err, out.Bytes())
	}
	return parseWrk(out.Bytes())
}

// connections that wrk keeps busy.
const connections = 32

// sampled is one round of one contestant.
type sampled struct {
	rate   float64       // answers a second
	micros float64       // of processor time an answer, of the server
	busy   float64       // share of its core that the server used
	allocs float64       // of memory, an answer; 0 where nobody counts
	took   time.Duration // where a time is what is measured
	whole  int           // answers that were not 304, where that may be
}

// hammer is a round of wrk against a server, with what the server used.
func (g *goals) hammer(ctx context.Context, s server, list string, least, most float64) (sampled, error) {
	before, err := loadOf(s.pid())
	if err != nil {
		return sampled{}, err
	}
	allocs, err := s.allocations(ctx)
	if err != nil {
		return sampled{}, err
	}
	r, err := g.wrk(ctx, s.address(), list, g.reading)
	if err != nil {
		return sampled{}, err
	}
	after, err := loadOf(s.pid())
	if err != nil {
		return sampled{}, err
	}
	more, err := s.allocations(ctx)
	if err != nil {
		return sampled{}, err
	}
	used := (after.cpu - before.cpu).Seconds()
	return sampled{
		rate: r.rate(), micros: used * 1e6 / float64(max(r.Requests, 1)), busy: used / (float64(r.Micros) / 1e6),
		allocs: (more - allocs) / float64(max(r.Requests, 1)),
	}, r.sound(least, most)
}
