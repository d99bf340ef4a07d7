package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"tiendo/migrations"
	"tiendo/pkg/fault"
	"tiendo/pkg/pglocal"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/jobs"
)

// database is an open pool, and the private server behind it where there is one.
type database struct {
	pool  *pgxpool.Pool
	local *pglocal.Server // nil with DATABASE_URL
}

// maxConnections of one server: those who listen to the log and to River keep one
// each, and jobs share the rest with requests.
const maxConnections = 12

// open connects to the operator's database, or starts the private one and
// makes what is not there yet.
func (c *Config) open(ctx context.Context) (*database, error) {
	d := &database{}
	url := string(c.DatabaseURL)
	if url == "" {
		if err := d.startLocal(ctx, c); err != nil {
			return nil, err
		}
		if err := d.local.CreateDatabase(ctx, c.databaseName()); err != nil {
			return nil, d.closed(err)
		}
		url = d.local.URL(c.databaseName())
	}
	err := d.connect(ctx, c, url, nil)
	return d, err
}

// look opens what is there, to read only. It makes no folder, no database and
// no table; a private database is started as it is, and not at all when a
// running program has it (server-running) or there is none (data-missing).
func (c *Config) look(ctx context.Context) (*database, error) {
	d := &database{}
	url := string(c.DatabaseURL)
	if url == "" {
		found, err := pglocal.Look(c.local())
		switch {
		case err != nil:
			return nil, err
		case found.Owned != nil:
			return nil, c.running(found)
		case found.Major == 0:
			return nil, fault.New(fault.NotFound, "data-missing",
				"Chưa có dữ liệu trong %s; lệnh tiendo serve sẽ tạo", "There is no data in %s yet; tiendo serve will make it", found.Dir)
		}
		if err := d.startLocal(ctx, c); err != nil {
			return nil, err
		}
		url = d.local.URL(c.databaseName())
	}
	err := d.connect(ctx, c, url, map[string]string{"default_transaction_read_only": "on"})
	return d, err
}

// running says whom to ask instead.
func (c *Config) running(found pglocal.Found) error {
	return fault.New(fault.Unavailable, "server-running",
		"Một máy chủ đang chạy giữ dữ liệu trong %s; hãy hỏi máy chủ ấy: http://%s/readyz, http://%s/api/v1/elections (nếu nó nghe ở địa chỉ khác, thêm --listen)",
		"A running server has the data in %s; ask it: http://%s/readyz, http://%s/api/v1/elections (if it listens elsewhere, add --listen)",
		found.Dir, local(c.Listen), local(c.Listen)).Because(found.Owned)
}

func (d *database) startLocal(ctx context.Context, c *Config) (err error) {
	if d.local, err = pglocal.Start(ctx, c.local()); err != nil {
		return err
	}
	slog.Info("private database started", "folder", d.local.Dir(), "version", d.local.Version(), "as", d.local.RunsAs())
	return nil
}

// connect makes the pool, or closes what was opened and says why not.
func (d *database) connect(ctx context.Context, c *Config, url string, settings map[string]string) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return d.closed(fault.New(fault.Invalid, "database-url-unreadable",
			"DATABASE_URL không đúng dạng, ví dụ postgres://user:password@host:5432/tiendo",
			"DATABASE_URL is not of the form postgres://user:password@host:5432/tiendo"))
	}
	if err := c.checkTrial(config.ConnConfig.Database); err != nil {
		return d.closed(err)
	}
	config.MaxConns = maxConnections
	config.ConnConfig.RuntimeParams["application_name"] = "tiendo"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "60s"
	maps.Copy(config.ConnConfig.RuntimeParams, settings)
	if d.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return d.closed(err)
	}
	if err := d.pool.Ping(ctx); err != nil {
		return d.closed(notReached(err, config.ConnConfig.Database))
	}
	return nil
}

func notReached(err error, name string) error {
	const noSuchDatabase = "3D000"
	if refused := new(pgconn.PgError); errors.As(err, &refused) && refused.Code == noSuchDatabase {
		return fault.New(fault.NotFound, "data-missing",
			"Chưa có cơ sở dữ liệu %q; với cơ sở dữ liệu riêng, lệnh tiendo serve sẽ tạo, với DATABASE_URL hãy tự tạo",
			"There is no database %q yet; tiendo serve makes a private one, with DATABASE_URL make it yourself", name)
	}
	return fault.New(fault.Unavailable, "database-unreachable",
		"Không kết nối được cơ sở dữ liệu; kiểm tra DATABASE_URL và máy chủ PostgreSQL",
		"The database cannot be reached; check DATABASE_URL and the PostgreSQL server").Because(err)
}

// local is the private server: in the folder that was named and in no other, or
// in the usual one.
func (c *Config) local() pglocal.Options {
	const usual = ".data"
	return pglocal.Options{Dir: cmp.Or(c.Data, usual), OnlyHere: c.Data != "", NPMDir: nodeModules(), Durable: true, Log: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug).Writer()}
}

// nodeModules is where make puts PostgreSQL's programs when the machine has
// none: below the working folder, or beside the binary's.
func nodeModules() string {
	const below = "frontend/node_modules"
	if _, err := os.Stat(below); err == nil {
		return below
	}
	if self, err := os.Executable(); err == nil {
		return filepath.Join(filepath.Dir(self), "..", below)
	}
	return below
}

// databaseName: a trial has a database of its own, by its day.
func (c *Config) databaseName() string {
	if !c.trial() {
		return "tiendo"
	}
	return "trial_" + strings.ReplaceAll(c.Today.String(), "-", "_")
}

// checkTrial keeps a trial's made-up days out of a database that is not one's.
func (c *Config) checkTrial(name string) error {
	if c.trial() == strings.HasPrefix(name, "trial_") {
		return nil
	}
	if c.trial() {
		return fault.New(fault.Conflict, "trial-needs-own-database",
			"Bản chạy thử (--today) ghi ngày không có thật; dùng cơ sở dữ liệu riêng có tên bắt đầu bằng trial_ (hiện là %q)",
			"A trial (--today) records days that are not real; use a database of its own whose name begins with trial_ (this one is %q)", name)
	}
	return fault.New(fault.Conflict, "trial-database",
		"Cơ sở dữ liệu %q là của bản chạy thử; dùng cơ sở dữ liệu khác hoặc thêm --today", "Database %q belongs to a trial; use another one, or add --today", name)
}

// errNotClosed: the private database did not end in order.
var errNotClosed = errors.New("database not closed")

func (d *database) close() error {
	if d.pool != nil {
		d.pool.Close()
	}
	if d.local == nil {
		return nil
	}
	if err := d.local.Stop(); err != nil {
		return fmt.Errorf("%w: %w", errNotClosed, err)
	}
	return nil
}

// closed closes what was opened and passes the reason on.
func (d *database) closed(reason error) error {
	if err := d.close(); err != nil {
		slog.Error("database not stopped", "err", err)
	}
	return reason
}

// migrate brings the schema up to date; several programs may try at once.
func (d *database) migrate(ctx context.Context) (int64, error) {
	db := stdlib.OpenDBFromPool(d.pool)
	defer db.Close()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return 0, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithSessionLocker(locker))
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return 0, fault.New(fault.Unavailable, "migration-failed",
			"Không nâng cấp được lược đồ cơ sở dữ liệu; tài khoản cần quyền tạo bảng", "The schema could not be brought up to date; the account needs the right to create tables").Because(err)
	}
	for _, r := range results {
		slog.Info("migrated", "file", r.Source.Path, "took", r.Duration)
	}
	if err := jobs.Migrate(ctx, d.pool, slog.Default()); err != nil {
		if _, told := fault.As(err); told {
			return 0, err
		}
		return 0, fault.New(fault.Unavailable, "migration-failed",
			"Không nâng cấp được lược đồ cơ sở dữ liệu; tài khoản cần quyền tạo bảng", "The schema could not be brought up to date; the account needs the right to create tables").Because(err)
	}
	// Elections from before rulebooks were kept: this program may be the last that
	// has what they stand on.
	if err := postgres.New(d.pool).KeepRulebooks(ctx, time.Now()); err != nil {
		return 0, err
	}
	return provider.GetDBVersion(ctx)
}

// schema reads the version of the schema that is there (0: none) and of the one
// this program works with. goose would make its table to answer.
func (d *database) schema(ctx context.Context) (there, ours int64, err error) {
	db := stdlib.OpenDBFromPool(d.pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return 0, 0, err
	}
	for _, source := range provider.ListSources() {
		ours = max(ours, source.Version)
	}
	var kept bool
	if err := d.pool.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", goose.DefaultTablename).Scan(&kept); err != nil || !kept {
		return 0, ours, err
	}
	err = d.pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+goose.DefaultTablename).Scan(&there)
	return there, ours, err
}

// jobsFit is fits for River's schema: an older one says what to do, a newer one is
// no reason to stop.
func (d *database) jobsFit(ctx context.Context) (there, ours int, err error) {
	if there, ours, err = jobs.Versions(ctx, d.pool); err == nil && there < ours {
		err = fits(int64(there), int64(ours))
	}
	return there, ours, err
}

// fits says what to do where the schema is not the one this program works with.
func fits(there, ours int64) error {
	switch {
	case there < ours:
		return fault.New(fault.Conflict, "schema-old",
			"Lược đồ cơ sở dữ liệu ở bản %d, chương trình này cần bản %d; chạy tiendo migrate hoặc tiendo serve",
			"The schema is at version %d and this program needs %d; run tiendo migrate or tiendo serve", there, ours)
	case there > ours:
		return fault.New(fault.Conflict, "schema-new",
			"Lược đồ cơ sở dữ liệu ở bản %d, mới hơn bản %d của chương trình này; dùng chương trình mới hơn",
			"The schema is at version %d, newer than this program's %d; use a newer program", there, ours)
	}
	return nil
}
