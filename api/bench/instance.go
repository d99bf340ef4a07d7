package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres"
)

// server is what wrk asks: the product, nginx, or the bare echo handler.
type server interface {
	pid() int
	address() string
	allocations(ctx context.Context) (float64, error)
}

// instance is the product as it is delivered: the binary, a process of its own,
// its log in a file.
type instance struct {
	*process
	listens string
	began   time.Time // when the process was started
}

func (i *instance) pid() int        { return i.cmd.Process.Pid }
func (i *instance) address() string { return i.listens }

// serve starts the product on the bench's database and waits until it is ready.
// Flags come after those that every instance has.
func (g *goals) serve(ctx context.Context, name string, core int, flags ...string) (*instance, error) {
	i, err := g.launch(ctx, name, core, flags...)
	if err != nil {
		return nil, err
	}
	err = i.await(ctx, i.ready)
	return i, err
}

// launch is serve without waiting.
func (g *goals) launch(ctx context.Context, name string, core int, flags ...string) (*instance, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(g.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := pinned(ctx, core, g.binary, append([]string{"serve", "--today", trialDay().Format(time.DateOnly), "--listen", address}, slices.Concat(g.unlimited, flags)...)...)
	cmd.Env = append(os.Environ(), "DATABASE_URL="+g.url)
	cmd.Stdout, cmd.Stderr = log, log
	began := time.Now()
	p, err := begin(name, cmd)
	if err != nil {
		return nil, err
	}
	return &instance{process: p, listens: address, began: began}, nil
}

func (i *instance) ready() error {
	r, err := i.get("/readyz")
	if err == nil && r.status != 200 {
		err = fmt.Errorf("not ready: %s", r.body)
	}
	return err
}

// get asks once, over a connection of its own.
func (i *instance) get(path string, fields ...string) (reply, error) {
	l, err := dial(i.listens)
	if err != nil {
		return reply{}, err
	}
	defer l.close()
	return l.ask(request("GET", i.listens, path, nil, fields...))
}

var mallocsTotal = regexp.MustCompile(`(?m)^go_memstats_mallocs_total (\S+)$`)

// allocations are all that the process has made so far, by its own metrics.
func (i *instance) allocations(context.Context) (float64, error) {
	r, err := i.get("/metrics")
	if err != nil {
		return 0, err
	}
	return metric(r.body, mallocsTotal)
}

func metric(text []byte, line *regexp.Regexp) (float64, error) {
	m := line.FindSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("/metrics has no %s", line)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

// freeAddress is one of this machine on which nobody listens at the moment.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// tokens makes an account that may report and confirm everywhere, a token to
// read with and one to write with.
func (g *goals) tokens(ctx context.Context) error {
	pool, err := pgxpool.New(ctx, g.url)
	if err != nil {
		return err
	}
	defer pool.Close()
	accounts, err := access.NewService(postgres.New(pool), time.Now, zone, access.Argon2id{})
	if err != nil {
		return err
	}
	operator := access.Operator("bench")
	if _, err := accounts.CreateAccount(ctx, operator, access.NewAccount{
		User: "bench", Name: "bench", Grants: []access.Grant{{Area: area.Nation, Role: access.Reporter}},
	}); err != nil {
		return err
	}
	for kind, secret := range map[access.Access]*string{access.ReadOnly: &g.reading, access.ReadWrite: &g.writing} {
		_, made, err := accounts.MakeToken(ctx, operator, access.NewToken{
			User: "bench", Name: "bench " + string(kind), Access: string(kind), Area: area.Nation, Expires: civil.Of(time.Now(), zone).Add(1),
		})
		if err != nil {
			return err
		}
		*secret = made.Reveal()
	}
	return nil
}
