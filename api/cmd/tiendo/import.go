package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"tiendo/api"
	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/intake"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	tables "tiendo/pkg/sheet"
	"tiendo/pkg/tracker"
)

// What comes in from spreadsheets is shown first; only --commit writes it.

type importCommand struct {
	Statuses importStatusesCommand `cmd:"" help:"Take in a table of statuses: one row is one milestone of one place."`
	People   importPeopleCommand   `cmd:"" help:"Take in a list of accounts: one row is one account with one role in one place."`
}

// brought is the file, and how it is taken in.
type brought struct {
	File     string `arg:"" help:"The file, .xlsx or .csv in UTF-8; - is the standard input."`
	Election string `required:"" placeholder:"ID" help:"Id of the election: 2021."`
	Area     string `required:"" placeholder:"CODE" help:"Code of the place that the file is for, with all below it; VN for the nation."`
	Partial  bool   `help:"Leave out the rows that are refused and do the rest."`
	performed
}

// table reads the file.
func (b *brought) table(kind *intake.Kind) (*intake.Table, error) {
	from := io.Reader(os.Stdin)
	if b.File != "-" {
		file, err := os.Open(b.File)
		if err != nil {
			return nil, fileUnreadable(b.File, err)
		}
		defer file.Close()
		from = file
	}
	raw, err := io.ReadAll(io.LimitReader(from, intake.MaxBytes+1))
	if err != nil {
		return nil, fileUnreadable(b.File, err)
	}
	return intake.Read(raw, kind)
}

func fileUnreadable(name string, err error) error {
	return fault.New(fault.Invalid, "file-unreadable", "Không đọc được tệp %s", "The file %s cannot be read", name).Because(err)
}

// view is the election as it stands, and the index of the place.
func (b *brought) view(ctx context.Context, store *postgres.Store) (*mirror.View, int, error) {
	v, err := mirror.Load(ctx, store, tracker.ElectionID(b.Election))
	if err != nil {
		return nil, 0, err
	}
	i, ok := v.Frame().List.Index(area.Code(b.Area))
	if !ok {
		_, err = v.Frame().List.Get(area.Code(b.Area))
	}
	return v, i, err
}

func (b *brought) options() intake.Options {
	return intake.Options{DryRun: !b.Commit, Partial: b.Partial}
}

type importStatusesCommand struct {
	brought
	Correct bool `help:"Correct what was reported otherwise; without it such rows are refused."`
}

// Run takes in statuses, or says what they would come to.
func (i importStatusesCommand) Run(ctx context.Context, c *Config, out output) error {
	table, err := i.table(intake.Statuses)
	if err != nil {
		return err
	}
	return c.with(ctx, func(d *database) error {
		store := postgres.New(d.pool)
		v, at, err := i.view(ctx, store)
		if err != nil {
			return err
		}
		report, err := intake.NewStatusImport(table, v, at, intake.StatusOptions{Correct: i.Correct}).
			Run(ctx, store, tracker.NewService(store, c.clock(), c.zone, nil), c.actor(), nil, i.options())
		if err != nil {
			return err
		}
		return i.tell(api.ImportOf("statuses", table, &report, c.names(v.Frame())), out)
	})
}

type importPeopleCommand struct {
	brought
	base
	Links string `placeholder:"FILE" help:"Write the one-time addresses of new accounts to this file, as .csv that only its owner reads; without it they are printed."`
}

// Run takes in accounts, or says what they would come to.
func (i importPeopleCommand) Run(ctx context.Context, c *Config, out output) error {
	table, err := i.table(intake.People)
	if err != nil {
		return err
	}
	return c.staff(ctx, func(store *postgres.Store, s *access.Service) error {
		v, at, err := i.view(ctx, store)
		if err != nil {
			return err
		}
		report, err := intake.NewPeopleImport(table, v.Frame().List, at).Run(ctx, s, c.operator(), "", i.options())
		if err != nil {
			return err
		}
		answer := api.ImportOf("people", table, &report, c.names(v.Frame()))
		links := [][]string{}
		for k := range report.Rows {
			if x := &report.Rows[k].Admission; x.Secret != "" {
				address := i.setup(c, x.Secret)
				links = append(links, []string{string(x.Account.User), x.Account.Name, address, c.at(x.Until)})
				answer.Links = append(answer.Links, api.SetUpLink{
					User: string(x.Account.User), Name: x.Account.Name, Secret: x.Secret.Reveal(), Path: "/setup#" + x.Secret.Reveal(), Until: x.Until.In(c.zone),
				})
			}
		}
		return errors.Join(i.tell(answer, out), i.handOver(links, out))
	})
}

// handOver gives the addresses at which passwords are set, this once.
func (i *importPeopleCommand) handOver(links [][]string, out output) error {
	if len(links) == 0 || i.JSON && i.Links == "" {
		return nil
	}
	rows := append([][]string{{"tên / user", "họ tên / name", "địa chỉ một lần / one-time address", "đến / until"}}, links...)
	if i.Links == "" {
		return out.table(rows...)
	}
	file, err := os.OpenFile(i.Links, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		w := csv.NewWriter(file)
		_, err = file.WriteString("\ufeff")
		for _, row := range rows {
			for k := range row {
				row[k] = tables.Guard(row[k])
			}
			err = errors.Join(err, w.Write(row))
		}
		w.Flush()
		err = errors.Join(err, w.Error(), file.Close())
	}
	if err != nil {
		// They are good for nothing if nobody sees them.
		return errors.Join(fmt.Errorf("%s: %w", i.Links, err), out.table(rows...))
	}
	return nil
}

// tell prints what a file comes to; what was held is an error.
func (b *brought) tell(x api.Import, out output) error {
	if b.JSON {
		if err := out.json(x); err != nil {
			return err
		}
	} else if err := printImport(x, out); err != nil {
		return err
	}
	if x.Held && b.Commit {
		return fault.New(fault.Conflict, "import-refused",
			"%d trong %d dòng không nhận được nên chưa ghi gì; sửa tệp, hoặc thêm --partial để ghi phần còn lại",
			"%d of %d rows are refused, so that nothing was written; correct the file, or add --partial to do the rest", x.Refused, x.Total)
	}
	return nil
}

var results = map[api.ImportRowResult]string{
	"made": "tạo mới / made", "changed": "đổi / changed", "unchanged": "như cũ / unchanged", "refused": "KHÔNG NHẬN / REFUSED",
}

func printImport(x api.Import, out output) error {
	rows := [][]string{{"dòng / row", "nơi / place", "gì / what", "kết quả / result", "vì sao / why"}}
	for k := range x.Rows {
		r := &x.Rows[k]
		if r.Result == "unchanged" {
			continue
		}
		where := fmt.Sprint(r.Row)
		if cell, err := r.Cell.Get(); err == nil {
			where = cell
		}
		if name, err := r.Sheet.Get(); err == nil {
			where = name + "!" + where
		}
		place, _ := r.AreaName.Get()
		title, _ := r.Title.Get()
		user, _ := r.User.Get()
		detail, _ := r.Detail.Get()
		rows = append(rows, []string{where, place.Vi, strings.TrimSpace(user + " " + title.Vi), results[r.Result], detail.Vi})
	}
	if len(rows) > 1 {
		if err := out.table(rows...); err != nil {
			return err
		}
	}
	if x.Truncated {
		out.say("… %d trong / of %d", len(x.Rows), x.Total)
	}
	out.say("%d dòng: %d tạo mới, %d đổi, %d như cũ, %d không nhận / %[1]d rows: %[2]d made, %[3]d changed, %[4]d unchanged, %[5]d refused",
		x.Total, x.Made, x.Changed, x.Unchanged, x.Refused)
	if x.DryRun {
		out.say("chưa ghi gì, thêm --commit để ghi / nothing is written without --commit")
	}
	return nil
}
