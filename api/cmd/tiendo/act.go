package main

import (
	"context"
	"encoding/json"
	"text/tabwriter"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// What moves many milestones at once is shown first; only --commit writes it.

// performed is how a command about an act ends.
type performed struct {
	Commit bool `help:"Write it. Without this nothing is written and what it would come to is said."`
	JSON   bool `name:"json" help:"Print what it comes to as JSON, as the API answers."`
}

// paper is the document that an act rests on.
type paper struct {
	Document string `placeholder:"KEY" help:"Key of the document that decides it, where it is entered already."`
	Number   string `placeholder:"TEXT" help:"Number of a new document, such as 12/NQ-HĐBCQG; with --issued-on and --title."`
	IssuedOn string `name:"issued-on" placeholder:"DAY" help:"Day on which the new document was issued, YYYY-MM-DD."`
	Title    string `placeholder:"TEXT" help:"Title of the new document, in Vietnamese."`
}

func (p paper) choice() (c tracker.DocumentChoice, err error) {
	c.Key = p.Document
	if p.Number == "" && p.IssuedOn == "" && p.Title == "" {
		return c, nil
	}
	c.New = &tracker.NewDocument{Number: p.Number, Title: p.Title}
	c.New.IssuedOn, err = dayNamed("--issued-on", p.IssuedOn)
	return c, err
}

// dayNamed reads a day that was typed; none is none.
func dayNamed(flag, text string) (civil.Date, error) {
	if text == "" {
		return civil.Date{}, nil
	}
	day, err := civil.Parse(text)
	if err != nil {
		return day, fault.New(fault.Invalid, "day-unreadable",
			"Không đọc được ngày %q của %s; viết YYYY-MM-DD", "The day %q of %s cannot be read; write YYYY-MM-DD", text, flag)
	}
	return day, nil
}

type votingDayCommand struct {
	Election string `arg:"" help:"Id of the election: 2021."`
	Area     string `arg:"" help:"Code of the place."`
	Day      string `arg:"" optional:"" help:"Day on which it votes, YYYY-MM-DD."`
	Opens    string `placeholder:"HH:MM" help:"Hour at which the polls open; without it 07:00."`
	Reason   string `placeholder:"TEXT" help:"Why; needed to withdraw it."`
	Withdraw bool   `help:"What was decided is no longer in force: the place votes as the one above it."`
	paper
	performed
}

// Run decides on which day a place votes, over what is decided now.
func (v votingDayCommand) Run(ctx context.Context, c *Config, out output) error {
	command, err := v.command()
	if err != nil {
		return err
	}
	return c.act(ctx, v.Election, v.performed, out, func(store *postgres.Store, s *tracker.Service, e tracker.ElectionID) (tracker.Effect, error) {
		// The person at the terminal sees what there is by this very command.
		if command.If, err = store.VotingDayRevision(ctx, e, command.Area); err != nil {
			return tracker.Effect{}, err
		}
		return s.SetVotingDay(ctx, e, c.actor(), command)
	})
}

func (v votingDayCommand) command() (command tracker.VotingDayCommand, err error) {
	command = tracker.VotingDayCommand{Area: area.Code(v.Area), Withdraw: v.Withdraw, Reason: v.Reason, DryRun: !v.Commit}
	if (v.Day == "") != v.Withdraw {
		return command, fault.New(fault.Invalid, "voting-day-missing",
			"Cần ngày bỏ phiếu, hoặc --withdraw để rút lại", "The voting day is needed, or --withdraw to withdraw it")
	}
	if command.Day, err = dayNamed("DAY", v.Day); err != nil {
		return command, err
	}
	if v.Opens != "" {
		if command.Opens, err = civil.ParseClock(v.Opens); err != nil {
			return command, fault.New(fault.Invalid, "hour-unreadable",
				"Không đọc được giờ %q; viết HH:MM", "The hour %q cannot be read; write HH:MM", v.Opens)
		}
	}
	command.Document, err = v.choice()
	return command, err
}

type occurCommand struct {
	Election string `arg:"" help:"Id of the election: 2021."`
	Area     string `arg:"" help:"Code of the place."`
	Rule     string `arg:"" help:"What occurred: extra_vote, re_vote, annul_and_re_vote and other rules that occur."`
	Occurred string `arg:"" help:"Day on which it occurred, YYYY-MM-DD."`
	Scope    string `placeholder:"TEXT" help:"Part of the place that it is about, such as 'đơn vị bầu cử số 4'."`
	Day      string `placeholder:"DAY" help:"Of a later vote: the day decided for it, YYYY-MM-DD."`
	Note     string `placeholder:"TEXT" help:"What else is to be known of it."`
	paper
	performed
}

// Run enters that something occurred.
func (o occurCommand) Run(ctx context.Context, c *Config, out output) error {
	command := tracker.OccurrenceCommand{
		Area: area.Code(o.Area), Rule: statute.RuleKey(o.Rule), Scope: o.Scope, Note: o.Note, DryRun: !o.Commit,
	}
	var err error
	if command.Occurred, err = dayNamed("OCCURRED", o.Occurred); err != nil {
		return err
	}
	if command.Day, err = dayNamed("--day", o.Day); err != nil {
		return err
	}
	if command.Document, err = o.choice(); err != nil {
		return err
	}
	return c.act(ctx, o.Election, o.performed, out, func(_ *postgres.Store, s *tracker.Service, e tracker.ElectionID) (tracker.Effect, error) {
		made, err := s.Occur(ctx, e, c.actor(), command)
		return made.Effect, err
	})
}

// act runs an act on an open, migrated database and prints what it comes to.
func (c *Config) act(ctx context.Context, election string, p performed, out output, do func(*postgres.Store, *tracker.Service, tracker.ElectionID) (tracker.Effect, error)) error {
	return c.with(ctx, func(d *database) error {
		store, id := postgres.New(d.pool), tracker.ElectionID(election)
		f, err := store.Frame(ctx, id)
		if err != nil {
			return err
		}
		e, err := do(store, tracker.NewService(store, c.clock(), c.zone, nil), id)
		if err != nil {
			return err
		}
		return out.effect(api.EffectOf(e, c.names(f)), p)
	})
}

// names are what areas and rules are called; lines of local plans go by their keys.
func (c *Config) names(f *tracker.Frame) api.Names {
	return api.Names{List: f.List, Zone: c.zone, Title: func(key tracker.MilestoneKey) (fault.Text, bool) {
		rule, err := f.Rulebook.Rule(statute.RuleKey(key))
		if err != nil {
			return fault.Text{}, false
		}
		return rule.Title, true
	}}
}

// effect prints what an act comes to: what is questionable first.
func (o output) effect(e api.Effect, p performed) error {
	if p.JSON {
		w := json.NewEncoder(o)
		w.SetIndent("", "  ")
		w.SetEscapeHTML(false)
		return w.Encode(e)
	}
	for _, x := range e.Conflicts {
		o.say("! %s %s, %s: %s", x.Area, x.AreaName.Vi, x.Title.Vi, x.Detail.Vi)
	}
	table := tabwriter.NewWriter(o, 0, 8, 2, ' ', 0)
	row := output{table}
	row.say("mã / code\tnơi / place\tmốc / milestone\ttrước / before\tsau / after")
	for _, x := range e.Changes {
		what := x.Kind
		if title, err := x.Title.Get(); err == nil {
			what = title.Vi
		}
		before, _ := x.Before.Get()
		after, _ := x.After.Get()
		row.say("%s\t%s\t%s\t%s\t%s", x.Area, x.AreaName.Vi, what, span(before), span(after))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if e.Truncated {
		o.say("… %d trong / of %d", len(e.Changes), e.Total)
	}
	if e.DryRun {
		o.say("%d thay đổi, %d chỗ cần xem lại; chưa ghi gì, thêm --commit để ghi / %[1]d changes, %[2]d conflicts; nothing is written without --commit", e.Total, e.ConflictsTotal)
	} else {
		o.say("đã ghi %d thay đổi / %[1]d changes written", e.Total)
	}
	return nil
}

// span writes a milestone's dates on one line, the planned day in brackets.
func span(d api.MilestoneDates) string {
	day := func(on interface{ Get() (civil.Date, error) }, hour string) string {
		v, err := on.Get()
		if err != nil {
			return ""
		}
		return v.String() + hour
	}
	hour := func(at interface {
		Get() (api.MaybeInstant, error)
	},
	) string {
		t, err := at.Get()
		if err != nil {
			return ""
		}
		return t.Format(" 15:04")
	}
	planned := ""
	if on, err := d.PlannedOn.Get(); err == nil {
		planned = " (" + on.String() + ")"
	}
	start, end := day(d.NotBeforeOn, hour(d.NotBeforeAt)), day(d.LatestOn, hour(d.LatestAt))
	switch {
	case start == "":
		return end + planned
	case end == "":
		return start + " –" + planned
	}
	return start + " – " + end + planned
}
