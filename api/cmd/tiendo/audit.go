package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tiendo/pkg/audit"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

// accounts is what the log of accounts is called beside those of elections.
const accounts = "accounts"

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Follow every log from its beginning, name the first entry that is not what was written, and hold the tables against the log. Fails when something is found."`
	Heads  auditHeadsCommand  `cmd:"" help:"List where a log stood at the end of each day: the hashes that reports print."`
}

type auditVerifyCommand struct {
	Log   []string `arg:"" optional:"" help:"Ids of elections, or 'accounts' for the log of accounts; without any: all there are."`
	Known []string `placeholder:"LOG:REVISION:HASH" help:"A hash that a report printed, such as 2021:1234:9f86d081884c; the whole or its first 8 digits. Several with commas, or the flag again. It tells a log that was written anew as a whole."`
	JSON  bool     `name:"json" help:"Print what is found as JSON."`
}

// verified is what became of one log.
type verified struct {
	Log      string `json:"log"`
	Entries  int64  `json:"entries"`
	Revision int64  `json:"revision"` // the last that is proved
	Hash     string `json:"hash"`
	Finding  *found `json:"finding"` // null: nothing
}

type found struct {
	Revision  int64      `json:"revision"`
	Flaw      audit.Flaw `json:"flaw"`
	Area      string     `json:"area,omitempty"`
	Milestone string     `json:"milestone,omitempty"`
	Text      fault.Text `json:"text"`
}

// Run proves the logs, and changes nothing.
func (a auditVerifyCommand) Run(ctx context.Context, c *Config, out output) error {
	known, err := a.known()
	if err != nil {
		return err
	}
	return c.looking(ctx, func(store *postgres.Store) error {
		logs, err := logsOf(ctx, store, a.Log)
		if err != nil {
			return err
		}
		for log := range known {
			if !slices.Contains(logs, log) {
				return logNotFound(log)
			}
		}
		all := []verified{}
		for _, log := range logs {
			v, err := verify(ctx, store, log, c.trail(known[log]...))
			if err != nil {
				return err
			}
			all = append(all, v)
		}
		return a.tell(all, out)
	})
}

func (c *Config) trail(known ...audit.Known) *audit.Trail { return audit.NewTrail(c.zone, known...) }

func (a auditVerifyCommand) known() (map[string][]audit.Known, error) {
	all := map[string][]audit.Known{}
	for _, text := range a.Known {
		log, rest, _ := strings.Cut(text, ":")
		k, err := audit.ParseKnown(rest)
		if err != nil {
			return nil, err
		}
		all[log] = append(all[log], k)
	}
	return all, nil
}

// logsOf are the logs that are asked for: all, or those named.
func logsOf(ctx context.Context, store *postgres.Store, named []string) ([]string, error) {
	heads, err := store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	all := []string{accounts}
	for _, id := range slices.Sorted(maps.Keys(heads)) {
		all = append(all, string(id))
	}
	for _, log := range named {
		if !slices.Contains(all, log) {
			return nil, logNotFound(log)
		}
	}
	if len(named) > 0 {
		return slices.Compact(slices.Sorted(slices.Values(named))), nil
	}
	return all, nil
}

func logNotFound(log string) error {
	return fault.New(fault.NotFound, "log-not-found",
		"Không có nhật ký %q; dùng mã cuộc bầu cử (tiendo election list) hoặc accounts", "There is no log %q; use an election's id (tiendo election list) or accounts", firstOf(log))
}

// verify proves one log; that of an election then has to lead to its tables.
func verify(ctx context.Context, store *postgres.Store, log string, trail *audit.Trail) (verified, error) {
	var err error
	if log == accounts {
		err = store.FollowEvents(ctx, trail)
	} else {
		err = store.FollowChanges(ctx, tracker.ElectionID(log), trail)
	}
	if err != nil {
		return verified{}, err
	}
	head := trail.Head()
	v := verified{Log: log, Entries: head.Revision, Revision: head.Revision, Hash: head.Hash.String()}
	switch f := trail.Finding(); {
	case f != nil:
		v.Finding = &found{Revision: f.Revision, Flaw: f.Flaw, Text: f.Flaw.Text()}
	case log != accounts:
		v.Finding, err = strayOf(ctx, store, tracker.ElectionID(log))
	}
	return v, err
}

// strayOf holds an election's tables against its log.
func strayOf(ctx context.Context, store *postgres.Store, e tracker.ElectionID) (*found, error) {
	view, err := mirror.Load(ctx, store, e)
	if err != nil {
		return nil, err
	}
	id, stray, err := view.Stray()
	if err != nil || !stray {
		return nil, err
	}
	return &found{
		Revision: int64(view.Revision()), Flaw: audit.NotByLog, Area: string(id.Area), Milestone: id.Name(), Text: audit.NotByLog.Text(),
	}, nil
}

func (a auditVerifyCommand) tell(all []verified, out output) error {
	if a.JSON {
		if err := json.NewEncoder(out).Encode(all); err != nil {
			return err
		}
	}
	var failed error
	for _, v := range all {
		f := v.Finding
		if !a.JSON {
			out.say("%s\t%d\t%s\t%s", v.Log, v.Entries, v.Hash, map[bool]string{true: "đúng / proved", false: "SAI / NOT PROVED"}[f == nil])
		}
		if f == nil || failed != nil {
			continue
		}
		where := strconv.FormatInt(f.Revision, 10)
		if f.Area != "" {
			where += " (" + f.Area + ", " + f.Milestone + ")"
		}
		failed = fault.New(fault.Conflict, "log-not-proved",
			"Nhật ký %s không còn nguyên vẹn từ bản ghi %s: %s; giữ nguyên hiện trạng, so với bản sao lưu và mã băm trên báo cáo đã in",
			"The log %s is not as it was written from revision %s on: %s; leave everything as it is, and compare with a backup and with the hashes of printed reports",
			v.Log, where, f.Text)
	}
	return failed
}

type auditHeadsCommand struct {
	Log  string `arg:"" help:"Id of an election, or 'accounts'."`
	JSON bool   `name:"json" help:"Print them as JSON."`
}

// dayHead is where a log stood at the end of a day.
type dayHead struct {
	Day      string `json:"day"`
	Revision int64  `json:"revision"`
	Hash     string `json:"hash"`
}

// Run lists the heads of a log that is proved as far as they go.
func (a auditHeadsCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.looking(ctx, func(store *postgres.Store) error {
		if _, err := logsOf(ctx, store, []string{a.Log}); err != nil {
			return err
		}
		trail := c.trail()
		if _, err := verify(ctx, store, a.Log, trail); err != nil {
			return err
		}
		all := []dayHead{}
		for _, h := range trail.Days() {
			all = append(all, dayHead{h.Day.String(), h.Revision, h.Hash.String()})
			if !a.JSON {
				out.say("%s\t%s:%d:%s", h.Day, a.Log, h.Revision, h.Hash)
			}
		}
		if a.JSON {
			return json.NewEncoder(out).Encode(all)
		}
		return nil
	})
}
