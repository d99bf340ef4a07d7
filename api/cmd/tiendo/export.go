package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/export"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

type exportCommand struct {
	Election string `default:"2021" help:"Id of the election."`
	Area     string `default:"VN" help:"Code of the place; all below it is exported as well."`
	Format   string `default:"xlsx" enum:"xlsx,csv,pdf" help:"xlsx: a workbook with a sheet for each level. csv: one table. pdf: an administrative report on the progress, public things only."`
	AsOf     string `placeholder:"YYYY-MM-DD" help:"As it stood at the end of this day."`
	State    string `help:"Only what is in these states, with commas between them, such as late or open,done. Not of pdf."`
	Level    string `help:"Only what places of this level have to do: national, province, district or commune. Not of pdf."`
	Language string `default:"vi" help:"Language of headers and words: vi or en. Reports are in Vietnamese."`
	Internal bool   `help:"With reasons and notes, which are not public."`
	Out      string `placeholder:"FILE" help:"Where to write it; - is the terminal. Without it a file in this folder, named for what is in it."`
	JSON     bool   `name:"json" help:"Print what was written as JSON."`
}

// exported is what was written.
type exported struct {
	File     string           `json:"file"`
	Election string           `json:"election"`
	Area     area.Code        `json:"area"`
	Day      civil.Date       `json:"day"`
	Revision tracker.Revision `json:"revision"`
	Bytes    int64            `json:"bytes"`
}

// Run writes the file, and changes nothing in the database.
func (x exportCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.looking(ctx, func(store *postgres.Store) error {
		b, err := x.branch(ctx, c, store)
		if err != nil {
			return err
		}
		write, err := x.writer(ctx, store, b)
		if err != nil {
			return err
		}
		if x.Out == "-" {
			return write(out)
		}
		done := exported{File: x.Out, Election: x.Election, Area: area.Code(x.Area), Day: b.Now.Day, Revision: b.View.Revision()}
		if !b.Options.AsOf.IsZero() {
			done.Day = b.Options.AsOf
		}
		if done.File == "" {
			done.File = fmt.Sprintf("tiendo-%s-%s-%s.%s", x.Election, x.Area, done.Day, x.Format)
		}
		if done.Bytes, err = wholly(done.File, write); err != nil {
			return err
		}
		if x.JSON {
			return json.NewEncoder(out).Encode(done)
		}
		out.say("%s: %d byte, bản / revision %d, %s", done.File, done.Bytes, done.Revision, done.Day)
		return nil
	})
}

func (x exportCommand) branch(ctx context.Context, c *Config, store *postgres.Store) (*export.Branch, error) {
	v, err := mirror.Load(ctx, store, tracker.ElectionID(x.Election))
	if err != nil {
		return nil, err
	}
	if _, err := v.Frame().List.Get(area.Code(x.Area)); err != nil {
		return nil, err
	}
	i, _ := v.Frame().List.Index(area.Code(x.Area))
	now := c.clock()()
	b := &export.Branch{
		View: v, Area: i, Now: civil.Now(now, c.zone), Moment: now.In(c.zone), Trial: c.trial(), Reads: func(int) bool { return x.Internal },
		Told: func(areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
			return store.Told(ctx, tracker.ElectionID(x.Election), areas)
		},
	}
	if b.Language, err = export.ParseLanguage(x.Language); err != nil {
		return nil, err
	}
	b.Options, err = x.options()
	return b, err
}

func (x exportCommand) options() (o timeline.ListOptions, err error) {
	if x.AsOf != "" {
		if o.AsOf, err = dayNamed("--as-of", x.AsOf); err != nil {
			return o, err
		}
	}
	if x.State != "" {
		if o.States, err = timeline.ParseListStates(x.State); err != nil {
			return o, err
		}
	}
	if x.Level != "" {
		o.Level, err = area.ParseLevel(x.Level)
	}
	return o, err
}

func (x exportCommand) writer(ctx context.Context, store *postgres.Store, b *export.Branch) (func(io.Writer) error, error) {
	switch x.Format {
	case "csv":
		return b.CSV, nil
	case "xlsx":
		return b.XLSX, nil
	}
	head, err := store.Head(ctx, tracker.ElectionID(x.Election))
	if err != nil {
		return nil, err
	}
	b.Moment = head.Recorded.In(b.Moment.Location())
	report, err := b.Report(head)
	if err != nil {
		return nil, err
	}
	return report.PDF, nil
}

// wholly writes a file as a whole: under another name until it is complete.
func wholly(name string, write func(io.Writer) error) (int64, error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".tiendo-*")
	if err != nil {
		return 0, err
	}
	err = write(f)
	info, seen := f.Stat()
	if err = errors.Join(err, seen, f.Chmod(0o644), f.Close()); err != nil { //nolint:gosec // for whoever may read the folder
		return 0, errors.Join(err, os.Remove(f.Name()))
	}
	return info.Size(), os.Rename(f.Name(), name)
}
