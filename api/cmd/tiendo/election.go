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
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

type electionCommand struct {
	Open      electionOpenCommand  `cmd:"" help:"Open an election with what is known of it; doing it twice changes nothing."`
	List      electionListCommand  `cmd:"" help:"List the elections that are open."`
	VotingDay votingDayCommand     `cmd:"" help:"Decide on which day a place votes (Article 72), or withdraw that; says what moves, and writes it with --commit."`
	Occur     occurCommand         `cmd:"" help:"Enter an extra vote, a re-vote, an annulment or what else can occur in a place; writes it with --commit."`
	Amend     electionAmendCommand `cmd:"" help:"Move election day or bring another version of the rulebook into force: first what would come of it, with --commit for good."`
}

type electionOpenCommand struct {
	ID      string `arg:"" optional:"" default:"2021" help:"Id of the election: 2021 or 2026."`
	Edition string `placeholder:"ID" help:"Edition of the list of areas that it is held over; 2021 has one of its own, for others one has to be brought first (tiendo area import)."`
}

// Run opens the election without serving it.
func (o electionOpenCommand) Run(ctx context.Context, c *Config, out output) error {
	known, err := dossier.Load(o.ID)
	if err != nil {
		return err
	}
	return c.with(ctx, func(d *database) error {
		store := postgres.New(d.pool)
		list, err := o.list(ctx, store, known)
		if err != nil {
			return err
		}
		if err := c.enter(ctx, tracker.NewService(store, c.clock(), c.zone, nil), known, list); err != nil {
			return err
		}
		f, err := store.Frame(ctx, known.ID())
		if err != nil {
			return err
		}
		if f.Election.Edition != list.Edition() {
			return fault.New(fault.Conflict, "election-open-already",
				"Cuộc bầu cử %s đã mở trên danh mục %q, không thể đổi sang %q",
				"Election %s is open over edition %q already and cannot be changed to %q", o.ID, f.Election.Edition, list.Edition())
		}
		out.say("%s: đã mở / open, %s, danh mục / edition %s (%s)", o.ID, f.Election.Day, list.Edition(), levels(list))
		return nil
	})
}

// list is the list of areas that the election is to be opened over: the one
// that is asked for, the one that it is open over, the one of its record.
func (o electionOpenCommand) list(ctx context.Context, store *postgres.Store, known *dossier.Dossier) (*area.List, error) {
	builtIn := area.Edition2021()
	if o.Edition != "" {
		list, err := store.List(ctx, o.Edition)
		if fault.Is(err, "edition-not-found") && o.Edition == builtIn.Edition() {
			return builtIn, nil
		}
		return list, err
	}
	if f, err := store.Frame(ctx, known.ID()); !fault.Is(err, "election-not-found") {
		if err != nil {
			return nil, err
		}
		return f.List, nil
	}
	if known.Edition() == builtIn.Edition() {
		return builtIn, nil
	}
	return nil, fault.New(fault.Invalid, "edition-needed",
		"Cuộc bầu cử %s cần danh mục địa phương; hãy nhập (tiendo area import TỆP.csv --edition %[1]s --commit) rồi mở (tiendo election open %[1]s --edition %[1]s)",
		"Election %s needs a list of areas; bring one (tiendo area import FILE.csv --edition %[1]s --commit), then open it (tiendo election open %[1]s --edition %[1]s)", o.ID)
}

// record enters what the dossier knows: no person reported it.
var record = tracker.Actor{ID: "dossier", Name: "Hồ sơ bầu cử / election record"}

// enterOwn opens the election of 2021, which comes with the program, and enters
// what is known of it and of the others that are open: those that have come to
// their end meanwhile are closed.
func (c *Config) enterOwn(ctx context.Context, service *tracker.Service) error {
	for _, id := range dossier.IDs() {
		known, err := dossier.Load(id)
		if err != nil {
			return err
		}
		if known.Edition() == area.Edition2021().Edition() {
			err = c.enter(ctx, service, known, area.Edition2021())
		} else if _, err = known.Enter(ctx, service, record, c.upTo()); fault.Is(err, "election-not-found") {
			err = nil // it is opened over a list that has to be brought
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// enter opens an election and enters what is known of it up to today.
func (c *Config) enter(ctx context.Context, service *tracker.Service, known *dossier.Dossier, list *area.List) error {
	opening, err := known.Opening(list)
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
func (electionListCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.looking(ctx, func(store *postgres.Store) error {
		heads, err := store.Heads(ctx)
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(heads)) {
			f, err := store.Frame(ctx, id)
			if err != nil {
				return err
			}
			e := f.Election
			out.say("%s\t%s\t%s\t%s\t%s\t%s", id, e.Day, e.State, e.RulebookVersion, e.Edition, e.Title.Vi)
			if err := sayNewer(ctx, store, e, out); err != nil {
				return err
			}
		}
		return nil
	})
}

// looking runs do on a database with this program's schema, and changes nothing.
func (c *Config) looking(ctx context.Context, do func(*postgres.Store) error) (err error) {
	d, err := c.look(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	there, ours, err := d.schema(ctx)
	if err := errors.Join(err, fits(there, ours)); err != nil {
		return err
	}
	return do(postgres.New(d.pool))
}

// sayNewer says that a newer version of an election's rulebook is there, and how
// to see what it would change. Nothing changes by itself.
func sayNewer(ctx context.Context, store *postgres.Store, e tracker.Election, out output) error {
	versions, err := rulebookVersions(ctx, store, e.Rulebook)
	if err != nil || len(versions) == 0 || !statute.Newer(versions[len(versions)-1], e.RulebookVersion) {
		return err
	}
	newest := versions[len(versions)-1]
	out.say("\tcó bộ quy tắc mới hơn, chưa áp dụng / a newer rulebook is there and not in force: %s", newest)
	out.say("\txem trước / preview: tiendo election amend %s --rulebook-version %s", e.ID, newest)
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
