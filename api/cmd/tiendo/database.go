package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"tiendo/migrations"
	"tiendo/pkg/fault"
	"tiendo/pkg/pglocal"
)

// database is an open pool, and the private server behind it where there is one.
type database struct {
	pool  *pgxpool.Pool
	local *pglocal.Server // nil with DATABASE_URL
}

const maxConnections = 10

// open connects to the operator's database, or starts the private one.
func (c *Config) open(ctx context.Context) (*database, error) {
	d := &database{}
	url := string(c.DatabaseURL)
	if url == "" {
		local, err := pglocal.Start(ctx, c.local())
		if err != nil {
			return nil, err
		}
		d.local = local
		slog.Info("private database started", "folder", local.Dir(), "version", local.Version(), "as", local.RunsAs())
		if err := local.CreateDatabase(ctx, c.databaseName()); err != nil {
			return nil, d.closed(err)
		}
		url = local.URL(c.databaseName())
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, d.closed(fault.New(fault.Invalid, "database-url-unreadable",
			"DATABASE_URL không đúng dạng, ví dụ postgres://user:password@host:5432/tiendo",
			"DATABASE_URL is not of the form postgres://user:password@host:5432/tiendo"))
	}
	if err := c.checkTrial(config.ConnConfig.Database); err != nil {
		return nil, d.closed(err)
	}
	config.MaxConns = maxConnections
	config.ConnConfig.RuntimeParams["application_name"] = "tiendo"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "60s"
	if d.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, d.closed(err)
	}
	if err := d.pool.Ping(ctx); err != nil {
		return nil, d.closed(fault.New(fault.Unavailable, "database-unreachable",
			"không kết nối được cơ sở dữ liệu; kiểm tra DATABASE_URL và máy chủ PostgreSQL",
			"the database cannot be reached; check DATABASE_URL and the PostgreSQL server").Because(err))
	}
	return d, nil
}

func (c *Config) local() pglocal.Options {
	return pglocal.Options{Dir: c.Data, NPMDir: nodeModules(), Durable: true, Log: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug).Writer()}
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
			"--today ghi ngày không có thật; dùng cơ sở dữ liệu riêng có tên bắt đầu bằng trial_ (hiện là %q)",
			"--today records days that are not real; use a database of its own whose name begins with trial_ (this one is %q)", name)
	}
	return fault.New(fault.Conflict, "trial-database",
		"cơ sở dữ liệu %q là của bản chạy thử; dùng cơ sở dữ liệu khác hoặc thêm --today", "database %q belongs to a trial; use another one, or add --today", name)
}

func (d *database) close() error {
	if d.pool != nil {
		d.pool.Close()
	}
	if d.local != nil {
		return d.local.Stop()
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
			"không nâng cấp được lược đồ cơ sở dữ liệu; tài khoản cần quyền tạo bảng", "the schema could not be brought up to date; the account needs the right to create tables").Because(err)
	}
	for _, r := range results {
		slog.Info("migrated", "file", r.Source.Path, "took", r.Duration)
	}
	return provider.GetDBVersion(ctx)
}
