package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
)

var update = flag.Bool("update", false, "write the golden files anew")

// line is one rule on its way from the rulebook's file to the flag on the time
// axis: api/testdata/line holds it, Go writes it with -update, and the page's
// tests (frontend/src/timeline/line.test.ts) lay its timeline out.
type line struct {
	// Rule as the rulebook's file has it.
	Rule json.RawMessage `json:"rule"`
	// Deadline is what the rule comes to in the place.
	Deadline deadline `json:"deadline"`
	// Row of the table milestone.
	Row json.RawMessage `json:"row"`
	// Timeline as the API gives it on the trial day, cut down to this milestone.
	Timeline api.Timeline `json:"timeline"`
	// Axis is where it must come to stand.
	Axis axis `json:"axis"`
}

type deadline struct {
	Area        string       `json:"area"`
	NotBefore   civil.Cutoff `json:"not_before"`
	Latest      civil.Cutoff `json:"latest"`
	CountedFrom civil.Date   `json:"counted_from"`
	Offset      int          `json:"offset_days"`
}

type axis struct {
	Mark      string     `json:"mark"`
	Day       civil.Date `json:"day"`
	From      civil.Date `json:"from"`
	To        civil.Date `json:"to"` // the first day that is no longer shown
	DaysFrom  int        `json:"days_from_start"`
	DaysShown int        `json:"days_shown"`
}

func TestOneRuleFromTheFileToTheFlag(t *testing.T) {
	t.Parallel()
	const key = "consult1_pc_district"
	d := newDatabase(t)
	s := d.serve()
	got := line{
		Rule: ruleInFile(t, key), Deadline: deadlineOf(t, key, "058"), Row: d.row("058", key),
		Timeline: cutDown(t, as[api.Timeline](s.get(timelineOf("058")).ok()), key),
	}
	got.Axis = axisOf(&got.Timeline)
	written, err := json.MarshalIndent(got, "", "  ")
	require.NoError(t, err)
	path := filepath.Join("testdata", "line", key+".json")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, append(written, '\n'), 0o644))
	}
	golden, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test ./api -run OneRule -update")
	require.Equal(t, string(golden), string(written)+"\n")

	// The steps of the way, each from the one before.
	item := got.Timeline.Items[0]
	require.Equal(t, got.Deadline.CountedFrom.Add(got.Deadline.Offset), got.Deadline.Latest.Day)
	require.Contains(t, string(got.Row), `"latest_on": "`+got.Deadline.Latest.Day.String()+`"`)
	require.Equal(t, got.Deadline.Latest.Day, item.LatestOn.MustGet())
	require.Equal(t, item.LatestOn.MustGet(), got.Axis.Day)
}

// ruleInFile finds a rule in the rulebook's own file.
func ruleInFile(t *testing.T, key string) json.RawMessage {
	t.Helper()
	file, err := os.ReadFile("../pkg/statute/rulebooks/2015.json")
	require.NoError(t, err)
	var book struct {
		Rules []json.RawMessage `json:"rules"`
	}
	require.NoError(t, json.Unmarshal(file, &book))
	for _, rule := range book.Rules {
		if bytes.Contains(rule, []byte(`"`+key+`"`)) {
			var head struct {
				Key string `json:"key"`
			}
			require.NoError(t, json.Unmarshal(rule, &head))
			if head.Key == key {
				return rule
			}
		}
	}
	require.Fail(t, "no such rule", key)
	return nil
}

func deadlineOf(t *testing.T, key, code string) deadline {
	t.Helper()
	known, err := dossier.Load("2021")
	require.NoError(t, err)
	opening, err := known.Opening(small())
	require.NoError(t, err)
	f := opening.Frame
	for i := range f.List.Len() {
		if string(f.List.At(i).Code) != code {
			continue
		}
		d, err := f.Rulebook.Deadline(statute.RuleKey(key), f.Law(), f.Chain(i, nil), nil, nil)
		require.NoError(t, err)
		return deadline{Area: code, NotBefore: d.NotBefore, Latest: d.Latest, CountedFrom: d.LatestFrom, Offset: d.Rule.End.Days}
	}
	require.Fail(t, "no such place", code)
	return deadline{}
}

// row is a milestone as the table has it.
func (d *database) row(code, key string) json.RawMessage {
	d.t.Helper()
	var row []byte
	err := d.pool.QueryRow(d.t.Context(),
		`SELECT to_jsonb(m)::text FROM milestone m WHERE area_code = $1 AND key = $2 AND occurrence = 0`, code, key).Scan(&row)
	require.NoError(d.t, err)
	return row
}

// cutDown leaves one milestone on a timeline, and nothing that another fact of
// the record would change.
func cutDown(t *testing.T, tl api.Timeline, key string) api.Timeline {
	t.Helper()
	m := find(t, tl, key)
	tl.Items, tl.Above = []api.Milestone{m}, []api.Milestone{}
	tl.FirstDay, tl.LastDay = m.LatestOn, m.LatestOn
	tl.Revision, tl.Counts, tl.NextRefreshAfter = m.Revision, api.Counts{Total: 1}, timeline.RefreshUsually
	for _, p := range tl.Phases {
		if p.Key == m.Phase {
			tl.Phases = []api.Heading{p}
			break
		}
	}
	return tl
}

// axisOf says by the calendar alone where the flag belongs: the axis shows
// whole months, and a week and a day behind the last date.
func axisOf(tl *api.Timeline) axis {
	year, month, _ := tl.Day.Parts()
	from := civil.New(year, month, 1)
	year, month, day := tl.Election.ElectionDay.Add(8).Parts()
	to := civil.New(year, month, 1)
	if day > 1 {
		to = civil.New(year, month+time.Month(1), 1)
	}
	latest := tl.Items[0].LatestOn.MustGet()
	return axis{Mark: "flag", Day: latest, From: from, To: to, DaysFrom: from.DaysUntil(latest), DaysShown: from.DaysUntil(to)}
}
