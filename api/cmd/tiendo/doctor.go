package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/pglocal"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/jobs"
)

type doctorCommand struct {
	Ready bool `help:"Only ask the server that listens on --listen whether it is ready; for health checks."`
}

// Run says what is found, and changes nothing; it fails when something is missing.
func (d doctorCommand) Run(ctx context.Context, c *Config, out output) (err error) {
	if d.Ready {
		return askReady(ctx, c.Listen, out)
	}
	out.say("phiên bản / version        %s", version)
	out.say("hôm nay / today            %s%s", c.upTo(), map[bool]string{true: "  (chạy thử / trial)"}[c.trial()])
	out.say("địa chỉ / listen           %s", c.Listen)
	out.say("đọc / reading              %s", c.readers())
	if c.DatabaseURL == "" {
		o := c.local()
		bin, major, err := pglocal.Find(o.BinDir, o.NPMDir)
		if err != nil {
			return err
		}
		out.say("PostgreSQL                 %d, %s", major, bin)
	}
	db, err := c.look(ctx)
	if fault.Is(err, "server-running") {
		f, _ := fault.As(err)
		out.say("dữ liệu / data             %s\n                           %s", f.Text.Vi, f.Text.En)
		return askReady(ctx, c.Listen, out)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	if db.local != nil {
		out.say("dữ liệu / data             %s (%s)", db.local.DataDir(), db.local.RunsAs())
	}
	return examine(ctx, c, db, out)
}

func examine(ctx context.Context, c *Config, d *database, out output) error {
	var server, locale string
	if err := d.pool.QueryRow(ctx, "SELECT version(), datctype FROM pg_database WHERE datname = current_database()").Scan(&server, &locale); err != nil {
		return err
	}
	out.say("máy chủ / server           %s", server)
	out.say("bảng mã / locale           %s", locale)
	there, ours, err := d.schema(ctx)
	if err != nil {
		return err
	}
	out.say("lược đồ / schema           %d, chương trình này / this program %d", there, ours)
	if err := errors.Join(knowsVietnamese(locale), fits(there, ours)); err != nil {
		return err
	}
	if err := sayJobs(ctx, d, out); err != nil {
		return err
	}
	if err := sayAdministrators(ctx, d, out); err != nil {
		return err
	}
	store := postgres.New(d.pool)
	if err := errors.Join(sayRole(ctx, store, out), sayMail(ctx, c, store, out)); err != nil {
		return err
	}
	heads, err := store.Heads(ctx)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(heads)) {
		out.say("bầu cử / election          %s, bản / revision %d", id, heads[id])
		f, err := store.Frame(ctx, id)
		if err != nil {
			return err
		}
		if err := sayNewer(ctx, store, f.Election, out); err != nil {
			return err
		}
	}
	if len(heads) == 0 {
		return fault.New(fault.NotFound, "no-election-open",
			"Chưa mở cuộc bầu cử nào; tiendo serve hoặc tiendo election open sẽ mở", "No election is open yet; tiendo serve or tiendo election open will open it")
	}
	return nil
}

// sayJobs says which version River's schema has and what waits in it.
func sayJobs(ctx context.Context, d *database, out output) error {
	there, ours, err := d.jobsFit(ctx)
	out.say("việc chạy nền / jobs       River %d, chương trình này / this program %d", there, ours)
	if err != nil {
		return err
	}
	b, err := jobs.Look(ctx, d.pool)
	if err != nil {
		return err
	}
	out.say("                           chờ / waiting %d, hẹn giờ / later %d, thử lại / failed %d, đang làm / running %d, đã bỏ / given up %d",
		b.Waiting, b.Later, b.Failed, b.Running, b.Discarded)
	if !b.Oldest.IsZero() {
		out.say("                           chờ từ / waiting since %s", b.Oldest.Format(time.RFC3339))
	}
	return nil
}

// sayAdministrators says whether somebody can administer the country, and how
// one becomes who can.
func sayAdministrators(ctx context.Context, d *database, out output) error {
	n, err := postgres.New(d.pool).CountAdministrators(ctx)
	if err != nil {
		return err
	}
	said := strconv.Itoa(n)
	if n == 0 {
		said = "chưa có; tiendo serve in đường dẫn để trở thành người quản trị / none yet; tiendo serve prints the address to become one"
	}
	out.say("quản trị / administrators  %s", said)
	return nil
}

// sayRole says whether the database defends internal content against a query that
// forgot its filter.
func sayRole(ctx context.Context, store *postgres.Store, out output) error {
	role, bypasses, err := store.Bypasses(ctx)
	if err != nil {
		return err
	}
	out.say("vai trò / role             %s", role)
	if bypasses {
		out.say("                           vai trò này bỏ qua bảo mật theo dòng: để một vai trò thường (không SUPERUSER, không BYPASSRLS) sở hữu cơ sở dữ liệu")
		out.say("                           it bypasses row-level security: let an ordinary role (neither SUPERUSER nor BYPASSRLS) own the database")
	}
	return nil
}

func knowsVietnamese(locale string) error {
	if locale != "C" && locale != "POSIX" {
		return nil
	}
	return fault.New(fault.Conflict, "database-locale",
		"Cơ sở dữ liệu dùng locale %s, không biết chữ thường của Đ; tạo lại với locale C.UTF-8", "The database has the locale %s, which does not know the small letter of Đ; make it anew with C.UTF-8", locale)
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
		return fault.New(fault.Unavailable, "not-ready",
			"Không có máy chủ nào trả lời ở %s; nếu nó nghe ở địa chỉ khác, thêm --listen", "No server answers at %s; if it listens elsewhere, add --listen", listen).Because(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil {
		return err
	}
	out.say("%s", body)
	if answer.StatusCode != http.StatusOK {
		return fault.New(fault.Unavailable, "not-ready", "Máy chủ chưa sẵn sàng", "The server is not ready").Because(fmt.Errorf("status %d", answer.StatusCode))
	}
	return nil
}
