// Command tiendo serves an election's milestones per locality: the page, the
// API, and the commands of whoever runs it. It is the only place that imports
// every room, and it decides nothing about elections.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "tiendo:", explain(err))
		stop()
		os.Exit(1)
	}
}

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
	if err := cli.Config.prepare(stderr); err != nil {
		return err
	}
	return parsed.Run(ctx, &cli.Config, out)
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
