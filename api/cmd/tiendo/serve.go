package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/riverqueue/river"
	"golang.org/x/sync/errgroup"

	"tiendo/api"
	"tiendo/api/docs"
	"tiendo/frontend"
	"tiendo/pkg/access"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify"
	"tiendo/pkg/notify/mail"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/jobs"
	"tiendo/pkg/tracker"
)

type serveCommand struct {
	ProfileListen string `env:"TIENDO_PROFILE_LISTEN" placeholder:"ADDRESS" help:"Address of this machine (such as 127.0.0.1:6060) on which Go's profiles of the program can be read; nowhere without it."`
}

// Run serves until ctx ends.
func (s serveCommand) Run(ctx context.Context, c *Config, out output) (err error) {
	if s.ProfileListen != "" {
		if err := profile(ctx, s.ProfileListen); err != nil {
			return err
		}
	}
	c.sparing = sparing()
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
	if err := warnOfRole(ctx, store); err != nil {
		return err
	}
	prepared := feed.NewPrepared(c.Prepared)
	pump := notify.NewPump(slog.Default())
	changes := feed.New(store, feed.Options{Zone: c.zone, Log: slog.Default()})
	country := mirror.New(store, mirror.Options{Now: time.Now, Log: slog.Default(), Told: []func(mirror.Step){prepared.Told, gathered(gathering, pump.Told), changes.Told}})
	accounts, err := c.accounts(store)
	if err != nil {
		return err
	}
	post, sender, err := c.post(store, country, listener.Addr())
	if err != nil {
		return err
	}
	handler, err := api.New(api.Config{
		Tracker: tracker.NewService(store, c.clock(), c.zone, told(slog.Default(), country.Apply)), Store: store, Mirror: country,
		Clock: c.clock(), Zone: c.zone, Trial: c.trial(), Feed: changes, EventComment: c.EventComment,
		Access: accounts, Sessions: postgres.NewSessions(store, time.Now), PublicReading: c.PublicReading,
		Everywhere: c.elsewhere(), Hosts: c.Host, Proxies: c.proxies, Limits: c.limits(), Prepared: prepared,
		Mail: post, Webhooks: c.webhooks(store), Page: frontend.Dist(), Docs: docs.FS,
		Checks: []api.Check{
			{Name: "database", Ready: d.ready},
			api.MirrorCheck(country),
			{Name: "mail", Ready: func(context.Context) error { return nil }, Says: saysMail(post)},
		},
	})
	if err != nil {
		return err
	}
	listener = api.Bound(listener)
	if c.tls != nil {
		listener = tls.NewListener(listener, c.tls)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return api.Serve(ctx, listener, handler) })
	group.Go(func() error { return c.spare(ctx, prepared) })
	group.Go(func() error { return d.watch(ctx) })
	group.Go(func() error { return c.work(ctx, d, store, post, sender) })
	group.Go(func() error {
		if err := country.Wait(ctx); err != nil {
			return err
		}
		return pump.Run(ctx, electionsIn(country), &webhook.Consumer{Store: store, View: country.View, Now: time.Now, Base: c.publicURL()})
	})
	group.Go(func() error {
		return prepared.Run(ctx, func() civil.Cutoff { return civil.Now(c.clock()(), c.zone) })
	})
	group.Go(func() error { return accounts.Run(ctx, warnOfAccounts(ctx)) })
	group.Go(func() error { return changes.Run(ctx) })
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
		first, needed, err := accounts.FirstAdministrator(ctx, access.Operator(c.actor().Name))
		if err != nil {
			return err
		}
		c.greet(out, listener.Addr(), d)
		if needed {
			c.invite(out, listener.Addr(), &first)
		}
		out.say("         Ctrl-C dừng lại / stops it")
		out.say("")
		return nil
	})
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// warnOfAccounts warns of what is tried again.
func warnOfAccounts(ctx context.Context) func(error) {
	return func(err error) {
		slog.WarnContext(ctx, "could not ask who may do what, or write down what tokens are used for; trying again", "err", err)
	}
}

// warnOfRole warns where the database does not defend internal content.
func warnOfRole(ctx context.Context, store *postgres.Store) error {
	role, bypasses, err := store.Bypasses(ctx)
	if bypasses {
		slog.WarnContext(ctx, "the database does not defend internal content against mistakes of the program: its role bypasses row-level security; let an ordinary role own the database", "role", role)
	}
	return err
}

// work does what this server has to do behind the requests: the jobs of all rooms,
// in real time.
func (c *Config) work(ctx context.Context, d *database, store *postgres.Store, post *mail.Service, postman *mail.Sender) error {
	sender := webhook.NewSender(c.guard(), "tiendo/"+version, nil, time.Now)
	defer sender.Close()
	courier := &webhook.Courier{
		Store: store, Sender: sender, Schedule: webhook.StandardSchedule, Now: time.Now, Log: slog.Default(), Told: tellsMaker(post),
	}
	workers := river.NewWorkers()
	queues, periodic := post.Register(workers, postman)
	return jobs.Run(ctx, d.pool, jobs.Join(
		workers,
		jobs.Work{Queues: map[string]int{webhook.Queue: webhook.Workers}, Periodic: courier.Register(workers)},
		jobs.Work{Queues: queues, Periodic: periodic},
	), slog.Default())
}

// electionsIn are those that a mirror has.
func electionsIn(m *mirror.Mirror) func() []tracker.ElectionID {
	return func() (all []tracker.ElectionID) {
		for _, v := range m.Views() {
			all = append(all, v.Frame().Election.ID)
		}
		return all
	}
}

// guard says where messages to endpoints may go.
func (c *Config) guard() *webhook.Guard { return webhook.NewGuard(c.webhookNetworks, nil) }

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
	out.say("Tiến độ  %s/", c.base(address))
	if c.trial() {
		out.say("         chạy thử / trial: %s", c.Today.Vietnamese())
	}
	if d.local != nil {
		out.say("         dữ liệu / data: %s", d.local.Dir())
	}
	out.say("         %s", c.readers())
	if c.elsewhere() && c.tls == nil && len(c.proxies) == 0 {
		out.say("         KHÔNG CÓ TLS: mật khẩu đi qua mạng không được mã hóa / NO TLS: passwords cross the network in the clear")
	}
}

// readers says who may read.
func (c *Config) readers() string {
	if c.PublicReading {
		return "ai cũng đọc được, đăng nhập để sửa / everybody reads, sign in to change"
	}
	return "phải đăng nhập mới đọc được / only who signs in reads"
}

// invite prints how to become the first administrator. The fragment of the
// address is sent to no server, and stands in no log but where this is printed.
func (c *Config) invite(out output, address net.Addr, x *access.Invitation) {
	out.say("         thành người quản trị / become administrator (%s, đến / until %s):", x.Account.User, x.Until.In(c.zone).Format("02/01/2006 15:04"))
	out.say("         %s/setup#%s", c.base(address), x.Secret.Reveal())
}

// base is the address of the page for who sits at this machine.
func (c *Config) base(address net.Addr) string {
	scheme := "http"
	if c.tls != nil {
		scheme = "https"
	}
	return scheme + "://" + local(address.String())
}

// accounts are kept in real time, also in a trial.
func (c *Config) accounts(store *postgres.Store) (*access.Service, error) {
	return access.NewService(store, time.Now, c.zone, access.Argon2id{})
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
