package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Where a process runs. With two cores or more, who answers has the first one
// and who asks the second, so that a rate is that of one core and nobody's
// load slows its own server down.
const (
	anywhere   = -1
	serverCore = 0
	loadCore   = 1
)

// process is a program that was started here and that ends before the bench does.
type process struct {
	cmd   *exec.Cmd
	name  string
	ended chan struct{} // closed when it is gone
	stop  sync.Once
	err   error // how it went, once ended is closed
}

// pinned is a command on one core. taskset becomes the program, so its id is
// the program's.
func pinned(ctx context.Context, core int, program string, args ...string) *exec.Cmd {
	if core == anywhere || runtime.NumCPU() < 2 {
		return exec.CommandContext(ctx, program, args...)
	}
	return exec.CommandContext(ctx, "taskset", append([]string{"-c", strconv.Itoa(core), program}, args...)...)
}

// begin starts a program that stays until it is ended, or until ctx ends.
func begin(name string, cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, name: name, ended: make(chan struct{})}
	cmd.SysProcAttr = apart()
	// Asked to end first, so that it may bring its own children to an end.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	started := make(chan error, 1)
	go func() {
		// "Your parent died" is told by thread: this one stays as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
		close(p.ended)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// end asks the process to end, waits, and tells it when it does not.
func (p *process) end() {
	p.stop.Do(func() { _ = p.cmd.Process.Signal(syscall.SIGTERM) })
	select {
	case <-p.ended:
	case <-time.After(15 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// gone says that the process has ended by itself, and how.
func (p *process) gone() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s has ended: %w", p.name, errors.Join(p.err, errors.New("see its log")))
	default:
		return nil
	}
}

// await tries until it succeeds, for as long as the process lives and ctx lasts.
func (p *process) await(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return p.gone()
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// child runs one of this program's own hidden modes in a process of its own: it
// is told its orders as JSON and answers with JSON.
func child(ctx context.Context, core int, mode string, orders, result any) error {
	return attended(ctx, core, mode, orders, result, nil)
}

// atIt is what a child says (to its standard error) when its preparations are
// over.
const atIt = "at it"

// attended is child, with a channel that is closed when the child is at it, or
// has ended.
func attended(ctx context.Context, core int, mode string, orders, result any, begun chan struct{}) error {
	said := &hearing{begun: begun}
	defer said.close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	text, err := json.Marshal(orders)
	if err != nil {
		return err
	}
	cmd := pinned(ctx, core, self, mode)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), &out, said
	p, err := begin(mode, cmd)
	if err != nil {
		return err
	}
	<-p.ended
	if p.err != nil {
		return fmt.Errorf("%s: %w: %s", mode, p.err, strings.TrimSpace(said.text.String()))
	}
	return json.Unmarshal(out.Bytes(), result)
}

// hearing keeps what a child says, and closes a channel when it is at it.
type hearing struct {
	text  bytes.Buffer
	begun chan struct{}
	once  sync.Once
}

// Write implements io.Writer.
func (h *hearing) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(atIt)) {
		h.close()
	}
	return h.text.Write(b)
}

func (h *hearing) close() {
	if h.begun != nil {
		h.once.Do(func() { close(h.begun) })
	}
}

// usage is what a process has used so far.
type usage struct {
	cpu  time.Duration // user and system
	rss  uint64        // bytes resident now
	peak uint64        // bytes resident at most
}

// ticks a second, in which Linux tells processor time: the same on every
// machine it runs on today (sysconf(_SC_CLK_TCK)).
const ticks = 100

var residentNow = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// loadOf reads what Linux says of a process.
func loadOf(pid int) (usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return usage{}, err
	}
	var l usage
	if l.cpu, err = processorTime(string(stat)); err != nil {
		return usage{}, err
	}
	if l.rss, err = kilobytes(residentNow, status); err != nil {
		return usage{}, err
	}
	l.peak, err = kilobytes(highWater, status)
	return l, err
}

// processorTime reads utime and stime of /proc/PID/stat (proc(5)); the name in
// brackets may have spaces and brackets itself.
func processorTime(stat string) (time.Duration, error) {
	const utime, stime = 14 - 3, 15 - 3 // proc(5) counts from 1, the name is the second
	_, rest, found := strings.Cut(stat[max(strings.LastIndexByte(stat, ')'), 0):], ") ")
	fields := strings.Fields(rest)
	if !found || len(fields) <= stime {
		return 0, fmt.Errorf("/proc/PID/stat is %q", stat)
	}
	user, err := strconv.ParseInt(fields[utime], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[stime], 10, 64)
	return time.Duration(user+system) * time.Second / ticks, err
}

// forgetPeak has Linux measure the most memory of a process from now on.
func forgetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}
