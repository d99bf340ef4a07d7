// Command tiendo serves an election's milestones per locality: the page, the
// API, and the commands of whoever runs it. It is the only place that imports
// every room, and it decides nothing about elections.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Asia/Ho_Chi_Minh, wherever the binary runs

	"github.com/alecthomas/kong"

	"tiendo/pkg/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, errInterrupted):
		os.Exit(130) // as shells have it: what was asked for is not done
	case err != nil:
		fmt.Fprintln(os.Stderr, "tiendo:", explain(err))
		os.Exit(1)
	}
}

// errInterrupted: the command was told to stop before it had done its work.
var errInterrupted = errors.New("interrupted")

// run is the whole program, but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var cli CLI
	exited := errors.New("exited")
	var code int
	parser, err := kong.New(&cli,
		kong.Name("tiendo"), kong.Description(about), kong.Writers(stdout, stderr),
		kong.Exit(func(c int) { code = c; panic(exited) }), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return err
	}
	parsed, err := parse(parser, args, exited)
	if errors.Is(err, exited) && code == 0 {
		return nil // --help said it all
	}
	if err != nil {
		return err
	}
	out := output{Writer: stdout}
	if err := cli.Config.prepare(ctx, stderr); err != nil {
		return err
	}
	return stopped(ctx, out, parsed.Command() == "serve", parsed.Run(ctx, &cli.Config, out))
}

// stopped is how a command ended. Whoever stops the program reads that it has
// stopped, and not what its parts say of being cut off; only a database that
// was left running or in disorder is worth a word. Serving ends no other way,
// so for it that is success.
func stopped(ctx context.Context, out output, serving bool, err error) error {
	if ctx.Err() == nil || errors.Is(err, errNotClosed) {
		return err
	}
	slog.Debug("stopped", "err", err)
	out.say("đã dừng / stopped")
	if serving || err == nil {
		return nil
	}
	return errInterrupted
}

// parse turns kong's wish to leave the process (--help) into an error.
func parse(p *kong.Kong, args []string, exited error) (k *kong.Context, err error) {
	defer func() {
		if r := recover(); r != nil {
			if left, ok := r.(error); !ok || !errors.Is(left, exited) {
				panic(r)
			}
			err = exited
		}
	}()
	return p.Parse(args)
}

// output is what commands print to.
type output struct{ io.Writer }

func (o output) say(format string, args ...any) { fmt.Fprintf(o, format+"\n", args...) }

// explain is an error as a person at a terminal should read it.
func explain(err error) string {
	if f, ok := fault.As(err); ok {
		text := f.Text.Vi + "\n        " + f.Text.En
		if f.Cause != nil {
			text += "\n        (" + f.Cause.Error() + ")"
		}
		return text
	}
	return err.Error()
}
