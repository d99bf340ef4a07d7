package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/pglocal"
	"tiendo/pkg/postgres"
)

type doctorCommand struct {
	Ready bool `help:"Only ask the server that listens on --listen whether it is ready; for health checks."`
}

// Run says what is found; it fails when something is missing.
func (d doctorCommand) Run(ctx context.Context, c *Config, out output) error {
	if d.Ready {
		return askReady(ctx, c.Listen, out)
	}
	out.say("phiên bản / version        %s", version)
	out.say("hôm nay / today            %s%s", c.upTo(), map[bool]string{true: "  (chạy thử / trial)"}[c.trial()])
	out.say("địa chỉ / listen           %s", c.Listen)
	if c.DatabaseURL == "" {
		if running, err := c.examineLocal(ctx, out); err != nil || running {
			return err
		}
	}
	return c.with(ctx, func(d *database) error { return examine(ctx, d, out) })
}

// examineLocal tells of the private database; true when a program that runs
// has it, so that it cannot be opened here as well.
func (c *Config) examineLocal(ctx context.Context, out output) (bool, error) {
	o := c.local()
	bin, major, err := pglocal.Find(o.BinDir, o.NPMDir)
	if err != nil {
		return false, err
	}
	out.say("PostgreSQL                 %d, %s", major, bin)
	server, err := pglocal.Start(ctx, o)
	if fault.Is(err, pglocal.CodeOwned) {
		f, _ := fault.As(err)
		out.say("dữ liệu / data             %s", f.Text.Vi)
		return true, nil
	}
	if err != nil {
		return false, err
	}
	out.say("dữ liệu / data             %s (%s)", server.DataDir(), server.RunsAs())
	return false, server.Stop()
}

func examine(ctx context.Context, d *database, out output) error {
	var server, locale string
	if err := d.pool.QueryRow(ctx, "SELECT version(), datctype FROM pg_database WHERE datname = current_database()").Scan(&server, &locale); err != nil {
		return err
	}
	out.say("máy chủ / server           %s", server)
	out.say("bảng mã / locale           %s%s", locale, map[bool]string{true: "  (dùng C.UTF-8 / use C.UTF-8)"}[locale == "C"])
	store := postgres.New(d.pool)
	heads, err := store.Heads(ctx)
	if err != nil {
		return err
	}
	for id, revision := range heads {
		out.say("bầu cử / election          %s, bản / revision %d", id, revision)
	}
	return nil
}

// local is the address at which a server that listens on every address can be
// asked from its own machine.
func local(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || (ip != nil && ip.IsUnspecified())) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return listen
}

// askReady asks a server's /readyz.
func askReady(ctx context.Context, listen string, out output) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+local(listen)+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fault.New(fault.Unavailable, "not-ready", "không có máy chủ nào trả lời ở %s", "no server answers at %s", listen).Because(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil {
		return err
	}
	out.say("%s", body)
	if answer.StatusCode != http.StatusOK {
		return fault.New(fault.Unavailable, "not-ready", "máy chủ chưa sẵn sàng", "the server is not ready").Because(fmt.Errorf("status %d", answer.StatusCode))
	}
	return nil
}
