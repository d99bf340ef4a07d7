package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

type electionCommand struct {
	Open electionOpenCommand `cmd:"" help:"Open the election of 2021 with what is known of it; doing it twice changes nothing."`
	List electionListCommand `cmd:"" help:"List the elections that are open."`
}

type electionOpenCommand struct{}

// Run opens the election without serving it.
func (electionOpenCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.with(ctx, func(d *database) error {
		service := tracker.NewService(postgres.New(d.pool), c.clock(), c.zone, nil)
		if err := c.enter(ctx, service); err != nil {
			return err
		}
		out.say("2021: đã mở / open")
		return nil
	})
}

// record enters what the dossier knows: no person reported it.
var record = tracker.Actor{ID: "dossier", Name: "Hồ sơ bầu cử / election record"}

// enter opens the 2021 election and enters what is known of it up to today.
func (c *Config) enter(ctx context.Context, service *tracker.Service) error {
	known, err := dossier.Load("2021")
	if err != nil {
		return err
	}
	opening, err := known.Opening(area.Edition2021())
	if err != nil {
		return err
	}
	begun := time.Now()
	opened, err := service.Open(ctx, opening, record)
	if err != nil {
		return err
	}
	if opened {
		slog.Info("election opened", "election", opening.Frame.Election.ID, "took", time.Since(begun))
	}
	report, err := known.Enter(ctx, service, record, c.upTo())
	if err != nil {
		return err
	}
	slog.Debug("record", "entered", report.Entered, "left", report.Left())
	return nil
}

func (c *Config) upTo() civil.Date { return civil.Of(c.clock()(), c.zone) }

type electionListCommand struct{}

// Run lists the elections, and changes nothing.
func (electionListCommand) Run(ctx context.Context, c *Config, out output) (err error) {
	d, err := c.look(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	there, ours, err := d.schema(ctx)
	if err := errors.Join(err, fits(there, ours)); err != nil {
		return err
	}
	store := postgres.New(d.pool)
	heads, err := store.Heads(ctx)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(heads)) {
		f, err := store.Frame(ctx, id)
		if err != nil {
			return err
		}
		out.say("%s\t%s\t%s\t%s\t%s", id, f.Election.Day, f.Election.State, f.Election.RulebookVersion, f.Election.Title.Vi)
	}
	return nil
}

// with runs do on an open, migrated database and closes it.
func (c *Config) with(ctx context.Context, do func(*database) error) (err error) {
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if _, err := d.migrate(ctx); err != nil {
		return err
	}
	return do(d)
}

type migrateCommand struct{}

// Run brings the schema up to date.
func (migrateCommand) Run(ctx context.Context, c *Config, out output) (err error) {
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	version, err := d.migrate(ctx)
	if err == nil {
		out.say("lược đồ / schema: %d", version)
	}
	return err
}

// version is set by the build.
var version = "dev"

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(out output) error {
	out.say("tiendo %s", version)
	return nil
}
