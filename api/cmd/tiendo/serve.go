package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"tiendo/api"
	"tiendo/api/docs"
	"tiendo/frontend"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

type serveCommand struct{}

// Run serves until ctx ends.
func (serveCommand) Run(ctx context.Context, c *Config, out output) (err error) {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fault.New(fault.Unavailable, "listen-failed",
			"Không mở được địa chỉ %s; có thể chương trình khác đang dùng, hãy chọn --listen khác", "The address %s cannot be opened; another program may use it, choose another --listen", c.Listen).Because(err)
	}
	defer listener.Close()
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if _, err := d.migrate(ctx); err != nil {
		return err
	}
	return c.serve(ctx, d, listener, out)
}

// serve answers from the beginning: what lives on data says "not yet" until the
// election is open and loaded; only then is the address printed.
func (c *Config) serve(ctx context.Context, d *database, listener net.Listener, out output) error {
	store := postgres.New(d.pool)
	country := mirror.New(store, mirror.Options{Now: time.Now, Log: slog.Default()})
	handler, err := api.New(api.Config{
		Tracker: tracker.NewService(store, c.clock(), c.zone, told(slog.Default(), country.Apply)), Store: store, Mirror: country,
		Clock: c.clock(), Zone: c.zone, Trial: c.trial(), Actor: c.actor(),
		Everywhere: c.InsecureNoSignIn, Hosts: c.Host, Page: frontend.Dist(), Docs: docs.FS,
		Checks: []api.Check{
			{Name: "database", Ready: d.ready},
			{Name: "mirror", Ready: func(context.Context) error { return country.Ready() }},
		},
	})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return api.Serve(ctx, listener, handler) })
	group.Go(func() error { return d.watch(ctx) })
	group.Go(func() error {
		// Entered before the mirror looks, so that it loads once.
		if err := c.enterOwn(ctx, tracker.NewService(store, c.clock(), c.zone, nil)); err != nil {
			return err
		}
		return country.Run(ctx)
	})
	group.Go(func() error {
		if err := country.Wait(ctx); err != nil {
			return err
		}
		c.greet(out, listener.Addr(), d)
		return nil
	})
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// told has it logged when the mirror does not take a change. The change is
// committed by then, so its author is not told; the mirror finds it by itself.
func told(log *slog.Logger, apply func(context.Context, []tracker.Change) error) func(context.Context, []tracker.Change) error {
	return func(ctx context.Context, changes []tracker.Change) error {
		err := apply(ctx, changes)
		if err != nil {
			log.ErrorContext(ctx, "a committed change did not reach the mirror", "changes", len(changes), "err", err)
		}
		return err
	}
}

// greet prints the address, and what whoever started this should know.
func (c *Config) greet(out output, address net.Addr, d *database) {
	out.say("")
	out.say("Tiến độ  http://%s/", address)
	if c.trial() {
		out.say("         chạy thử / trial: %s", c.Today.Vietnamese())
	}
	if d.local != nil {
		out.say("         dữ liệu / data: %s", d.local.Dir())
	}
	if c.InsecureNoSignIn {
		out.say("         CHƯA CÓ ĐĂNG NHẬP: ai vào được địa chỉ này đều sửa được / NO SIGN-IN: whoever reaches this address can change everything")
	}
	out.say("         Ctrl-C dừng lại / stops it")
	out.say("")
}

const pingTimeout = 2 * time.Second

func (d *database) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if err := d.pool.Ping(ctx); err != nil {
		return fault.New(fault.Unavailable, "database-unreachable", "Không kết nối được cơ sở dữ liệu", "The database cannot be reached").Because(err)
	}
	return nil
}

// watch ends the program when its private database has ended by itself.
func (d *database) watch(ctx context.Context) error {
	if d.local == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-d.local.Done():
		return fault.New(fault.Unavailable, "database-ended",
			"Cơ sở dữ liệu riêng đã dừng; xem nhật ký rồi khởi động lại", "The private database has ended; see the log, then start again")
	}
}
