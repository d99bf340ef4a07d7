package main

import (
	"context"
	"net"
	"net/http"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"tiendo/api"
	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

// product is the server as it is delivered, on the election that was opened.
type product struct {
	handler *echo.Echo
	address string
	pool    *pgxpool.Pool
	country *mirror.Mirror
	stop    context.CancelFunc
}

func (b *bench) start(ctx context.Context) (*product, error) {
	config, err := pgxpool.ParseConfig(b.url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 20
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	store := postgres.New(pool)
	changes := feed.New(store, feed.Options{Zone: zone})
	country := mirror.New(store, mirror.Options{Now: time.Now, Told: []func(mirror.Step){changes.Told}})
	go func() { _ = country.Run(ctx) }()
	if err := country.Wait(ctx); err != nil {
		stop()
		return nil, err
	}
	accounts, err := access.NewService(store, time.Now, zone, access.Argon2id{})
	if err == nil {
		err = hireReporter(ctx, accounts)
	}
	if err != nil {
		stop()
		return nil, err
	}
	handler, err := api.New(api.Config{
		Tracker: tracker.NewService(store, trialDay, zone, country.Apply), Store: store, Mirror: country,
		Clock: trialDay, Zone: zone, Trial: true, Feed: changes,
		Access: accounts, Sessions: postgres.NewSessions(store, time.Now), PublicReading: true,
		Page: fstest.MapFS{}, Docs: fstest.MapFS{},
	})
	if err != nil {
		stop()
		return nil, err
	}
	address, err := listen(ctx, handler)
	return &product{handler: handler, address: address, pool: pool, country: country, stop: stop}, err
}

// authorization is what reports come with.
var authorization string

// hireReporter makes an account that may report everywhere, once, and a token.
func hireReporter(ctx context.Context, accounts *access.Service) error {
	operator := access.Operator("bench")
	_, err := accounts.CreateAccount(ctx, operator, access.NewAccount{
		User: "bench", Name: "bench", Grants: []access.Grant{{Area: area.Nation, Role: access.Reporter}},
	})
	if err != nil && !fault.Is(err, "user-exists") {
		return err
	}
	_, secret, err := accounts.MakeToken(ctx, operator, access.NewToken{
		User: "bench", Name: "bench", Access: string(access.ReadWrite), Area: area.Nation, Expires: civil.Of(time.Now(), zone).Add(1),
	})
	authorization = "Bearer " + secret.Reveal()
	return err
}

// listen serves a handler on a free port of this machine until ctx ends.
func listen(ctx context.Context, h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return "http://" + l.Addr().String(), nil
}
