package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

type electionAmendCommand struct {
	Election        string `arg:"" help:"The election: 2021."`
	Day             string `placeholder:"DAY" help:"Another election day, YYYY-MM-DD."`
	RulebookVersion string `placeholder:"VERSION" help:"Another version of its rulebook, as tiendo rulebook list shows them."`
	Number          string `placeholder:"NUMBER" help:"Number of the document that decides it."`
	Reason          string `required:"" help:"Why; it stays in the log."`
	Commit          bool   `help:"Do it. Without this it is only said what would come of it."`
	JSON            bool   `name:"json" help:"Print what comes of it as JSON, in the form of the API."`
	CSV             string `name:"csv" placeholder:"FILE" help:"Write every difference, area by area, into a CSV file."`
}

// Run says what an amendment comes to, and does it when told so.
func (a electionAmendCommand) Run(ctx context.Context, c *Config, out output) error {
	command := tracker.AmendCommand{Version: a.RulebookVersion, Document: a.Number, Reason: a.Reason}
	var err error
	if command.Day, err = dayNamed("--day", a.Day); err != nil {
		return err
	}
	return c.reading(ctx, a.Commit, func(store *postgres.Store) error {
		s := tracker.NewService(store, c.clock(), c.zone, nil)
		f, err := store.Frame(ctx, tracker.ElectionID(a.Election))
		if err != nil {
			return err
		}
		t, err := tracker.NewTally(f.List, "", mostListed)
		if err != nil {
			return err
		}
		sheet, err := newSheet(a.CSV, f.List)
		if err != nil {
			return err
		}
		each := func(m *tracker.Amended) error { return errors.Join(t.Area(m), sheet.area(m)) }
		begun := time.Now()
		change, after, err := a.amend(ctx, s, store, c, command, each)
		if err := errors.Join(err, sheet.close()); err != nil {
			return err
		}
		t.Change(&change)
		if a.JSON {
			return a.asJSON(out, &change, t, c.names(after))
		}
		a.say(out, f.List, &change, t, time.Since(begun))
		return nil
	})
}

// mostListed are the changes that --json lists; --csv has all.
const mostListed = 200

// amend does it, or says what it would do, and on what the election stands then.
func (a electionAmendCommand) amend(ctx context.Context, s *tracker.Service, store *postgres.Store, c *Config, command tracker.AmendCommand, each func(*tracker.Amended) error) (tracker.Change, *tracker.Frame, error) {
	id := tracker.ElectionID(a.Election)
	if !a.Commit {
		am, err := s.PreviewAmendment(ctx, id, c.actor(), command, area.Nation, each)
		if err != nil {
			return tracker.Change{}, nil, err
		}
		return am.Change(), am.After, nil
	}
	change, err := s.Amend(ctx, id, c.actor(), command, each)
	if err != nil {
		return tracker.Change{}, nil, err
	}
	after, err := store.Frame(ctx, id)
	return change, after, err
}

func (a electionAmendCommand) say(out output, list *area.List, c *tracker.Change, t *tracker.Tally, took time.Duration) {
	was, is := c.Before.Election, c.After.Election
	out.say("ngày bầu cử / election day   %s → %s", was.Day, is.Day)
	out.say("bộ quy tắc / rulebook        %s → %s", was.RulebookVersion, is.RulebookVersion)
	out.say("thay đổi / changes           %d (%s)", t.Total, took.Round(time.Millisecond))
	for _, k := range slices.Sorted(maps.Keys(t.ByKind)) {
		out.say("  %-26s %d", k, t.ByKind[k])
	}
	if len(t.Conflicts) == 0 {
		out.say("xung đột / conflicts         0")
	} else {
		out.say("xung đột / conflicts")
	}
	for _, code := range slices.Sorted(maps.Keys(t.Conflicts)) {
		out.say("  %-26s %d", code, t.Conflicts[code])
	}
	for _, d := range t.Doubts {
		out.say("  %s %s: %s", d.Milestone.Area, d.Milestone.Name(), d.Text.Vi)
	}
	out.say("theo tỉnh / by province")
	for _, code := range t.Areas() {
		if place, err := list.Get(code); err == nil {
			out.say("  %-5s %-26s %d", code, place.Name, t.ByArea[code])
		}
	}
	out.say("theo quy tắc / by rule")
	for _, key := range t.Rules() {
		out.say("  %-40s %d", key, t.ByRule[key])
	}
	if !a.Commit {
		out.say("chưa ghi gì; thêm --commit để thực hiện / nothing is written; --commit does it")
		return
	}
	out.say("đã ghi / done: bản / revision %d", c.Revision)
}

func (a electionAmendCommand) asJSON(out output, c *tracker.Change, t *tracker.Tally, n api.Names) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(api.AmendmentEffectOf(c, t, n, !a.Commit))
}

// sheet is the file of all differences; without a name it takes none.
type sheet struct {
	file *os.File
	csv  *csv.Writer
	list *area.List
}

func newSheet(name string, list *area.List) (*sheet, error) {
	if name == "" {
		return &sheet{}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "file-unwritable",
			"Không ghi được tệp %s; kiểm tra đường dẫn và quyền ghi", "The file %s cannot be written; check its path and your right to write it", name).Because(err)
	}
	// The mark by which spreadsheets know UTF-8.
	if _, err := file.WriteString("\ufeff"); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s := &sheet{file: file, csv: csv.NewWriter(file), list: list}
	return s, s.csv.Write([]string{
		"area", "area_name", "province", "change", "milestone", "occurrence", "task",
		"not_before_was", "not_before", "latest_was", "latest", "work_was", "work", "conflicts",
	})
}

func (s *sheet) area(m *tracker.Amended) error {
	if s.csv == nil {
		return nil
	}
	i, _ := s.list.Index(m.Area)
	place, province := s.list.At(i), ""
	for _, up := range append(s.list.Ancestors(i), i) {
		if s.list.At(up).Level == area.LevelProvince {
			province = s.list.At(up).Name
		}
	}
	doubts := map[tracker.MilestoneID]string{}
	for _, d := range m.Conflicts {
		if doubts[d.Milestone] != "" {
			doubts[d.Milestone] += " "
		}
		doubts[d.Milestone] += d.Code
	}
	row := func(kind string, id tracker.MilestoneID, task tracker.TaskKey, was, is *tracker.MilestoneState) error {
		if was == nil {
			was = &tracker.MilestoneState{}
		}
		if is == nil {
			is = was
		}
		fields := []string{
			string(m.Area), place.Name, province, kind, string(id.Key), strconv.Itoa(id.Occurrence), string(task),
			was.NotBefore.Day.String(), is.NotBefore.Day.String(), was.Latest.Day.String(), is.Latest.Day.String(),
			was.Work.String(), is.Work.String(), doubts[id],
		}
		delete(doubts, id)
		return s.csv.Write(fields)
	}
	for k := range m.Changes {
		c := &m.Changes[k]
		if err := row(string(c.Kind), c.Milestone, c.Task, c.Before.Milestone, c.After.Milestone); err != nil {
			return err
		}
	}
	for _, d := range m.Conflicts { // of what stays as it is
		if doubts[d.Milestone] != "" {
			if err := row("", d.Milestone, "", nil, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sheet) close() error {
	if s.csv == nil {
		return nil
	}
	s.csv.Flush()
	return errors.Join(s.csv.Error(), s.file.Close())
}
