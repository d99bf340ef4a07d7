package statute_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// TestNothingOfAFileIsLost writes every rulebook back in the form of its file,
// through what the package exports, and compares.
func TestNothingOfAFileIsLost(t *testing.T) {
	t.Parallel()
	for _, id := range statute.IDs() {
		data, err := os.ReadFile("rulebooks/" + id + ".json")
		require.NoError(t, err)
		var want map[string]any
		require.NoError(t, json.Unmarshal(data, &want))
		b := load(t, id)
		rules := want["rules"].([]any)
		require.Len(t, b.Rules(), len(rules))
		for i, r := range b.Rules() {
			require.Equal(t, i, r.Index)
			require.Equal(t, rules[i], loose(t, ruleForm(r)), r.Key)
		}
		delete(want, "rules")
		delete(want, "sources") // each rule holds the addresses of its own
		require.Equal(t, want, loose(t, headForm(b)), id)
	}
}

// loose turns a value into what encoding/json reads it as.
func loose(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	var out any
	require.NoError(t, json.Unmarshal(data, &out))
	return out
}

type object = map[string]any

func titled(key string, title fault.Text) object {
	return object{"key": key, "title_vi": title.Vi, "title_en": title.En}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func headForm(b *statute.Rulebook) object {
	f := object{
		"id": b.ID(), "version": b.Version(), "title_vi": b.Title().Vi, "title_en": b.Title().En,
		"levels": b.Levels(), "polling_area_tracked_at": b.PollingAreasAt(), "time_zone": b.TimeZone(),
	}
	var phases, families, instruments, occurrences, left []object
	for _, p := range b.Phases() {
		phases = append(phases, titled(p.Key, p.Title))
	}
	for _, g := range b.Families() {
		o := titled(g.Key, g.Title)
		o["phase"] = g.Phase.Key
		families = append(families, o)
	}
	for _, c := range b.Occurrences() {
		occurrences = append(occurrences, titled(c.Key, c.Title))
	}
	for _, i := range b.Instruments() {
		o := object{
			"id": i.ID, "kind": i.Kind.String(), "number": orNull(i.Number), "title_vi": i.Title.Vi,
			"title_en": i.Title.En, "issued_on": i.IssuedOn, "note": orNull(i.Note),
		}
		if i.AmendedBy != "" {
			o["amended_by"] = i.AmendedBy
		}
		instruments = append(instruments, o)
	}
	var guards []object
	for _, g := range b.Guards() {
		o := titled(g.Key, g.Title)
		o["instrument"], o["article"] = g.Basis.Instrument.ID, orNull(g.Basis.Article)
		o["relation"], o["then"], o["force"] = g.Relation.String(), g.Then.Key, g.Force.String()
		if g.First != nil {
			o["first"], o["where"] = g.First.Key, g.Where.String()
		}
		guards = append(guards, o)
	}
	f["guards"] = guards
	f["phases"], f["families"], f["instruments"], f["occurrences"] = phases, families, instruments, occurrences
	for _, l := range b.LeftOut() {
		left = append(left, object{"key": l.Key, "reason": l.Reason})
	}
	if left != nil {
		var en, vi []string
		for _, n := range b.Notes() {
			en, vi = append(en, n.En), append(vi, n.Vi)
		}
		f["left_out"], f["notes"], f["notes_vi"] = left, en, vi
	}
	return f
}

func ruleForm(r *statute.Rule) object {
	f := titled(string(r.Key), r.Title)
	f["instrument"], f["article"] = r.Basis.Instrument.ID, orNull(r.Basis.Article)
	f["occasion"], f["nature"] = r.Occasion.String(), r.Nature.String()
	f["phase"], f["family"] = r.Phase.Key, r.Family.Key
	f["start"], f["end"] = anchorForm(r.Start), anchorForm(r.End)
	f["after"], f["shown_below"] = r.After, r.ShownBelow
	f["responsible_vi"], f["responsible_en"] = r.ResponsibleTitle.Vi, r.ResponsibleTitle.En
	f["verified"], f["confidence"], f["notes"] = r.Verified.String(), r.Confidence.String(), orNull(r.Notes.En)
	var serves, sources []string
	for _, a := range r.Serves {
		serves = append(serves, a.String())
	}
	for _, s := range r.Sources {
		sources = append(sources, s.Key)
	}
	levels := object{}
	for _, w := range r.Where {
		levels[w.Level.String()] = w.Condition.String()
	}
	f["elections"], f["sources"], f["levels"] = serves, sources, levels
	f["responsible"] = responsibleForm(r)
	optionalForm(f, r)
	return f
}

// optionalForm adds the fields that only some rules have.
func optionalForm(f object, r *statute.Rule) {
	var also, tasks []object
	for _, c := range r.Also {
		also = append(also, object{"instrument": c.Instrument.ID, "article": orNull(c.Article)})
	}
	for _, s := range r.Tasks {
		tasks = append(tasks, titled(s.Key, s.Title))
	}
	if also != nil {
		f["also"] = also
	}
	if tasks != nil {
		f["tasks"] = tasks
	}
	if r.OnlyFor != nil {
		f["only_for"] = r.OnlyFor
	}
	if r.Notes.Vi != "" {
		f["notes_vi"] = r.Notes.Vi
	}
	if r.Trigger != nil {
		f["trigger"] = r.Trigger.Key
	}
}

func responsibleForm(r *statute.Rule) []object {
	var all []object
	for _, w := range r.Responsible {
		level := w.Level.String()
		if w.Own {
			level = "own"
		}
		all = append(all, object{"body": w.Body.String(), "level": level})
	}
	return all
}

func anchorForm(a *statute.Anchor) any {
	if a == nil {
		return nil
	}
	f := object{"anchor": a.Kind.String(), "time": a.Clock}
	if a.OrVotingDay || len(a.OrLast) > 0 {
		last := []string{}
		if a.OrVotingDay {
			last = append(last, "voting_day")
		}
		for _, key := range a.OrLast {
			last = append(last, "milestone:"+string(key))
		}
		f["or_last"] = last
	}
	switch a.Kind {
	case statute.OnMilestone:
		f["anchor"] = "milestone:" + a.Milestone
	case statute.OnOccurrenceDay:
		f["anchor"] = "occurrence:" + a.Occurrence.Key
	}
	switch a.Kind {
	case statute.OnVotingOpens:
		f["hours"] = a.Hours
	case statute.OnDate:
		f["date"] = a.Date
	default:
		f["days"] = a.Days
	}
	return f
}

func TestClosedListsReadWhatTheyWrite(t *testing.T) {
	t.Parallel()
	require.Len(t, statute.Bodies(), 19)
	for _, b := range statute.Bodies() {
		same, err := statute.ParseBody(b.String())
		require.NoError(t, err)
		require.Equal(t, b, same)
	}
	for _, b := range []statute.Basis{statute.BasisDone, statute.BasisLatest, statute.BasisRecorded} {
		same, err := statute.ParseBasis(b.String())
		require.NoError(t, err)
		require.Equal(t, b, same)
	}
	_, err := statute.ParseBody("")
	require.True(t, fault.Is(err, "unknown-body"), "nothing is no value: %v", err)
	require.Empty(t, statute.Nature(99).String())
}

func TestHolidaysOfTheYearAreAllThere(t *testing.T) {
	t.Parallel()
	days := 0
	for d := civil.Must("2021-01-01"); d.Before(civil.Must("2022-01-01")); d = d.Add(1) {
		if name, ok := statute.Holiday(d); ok {
			days++
			require.NotEmpty(t, name.Vi)
			require.NotEmpty(t, name.En)
		}
	}
	require.Equal(t, 14, days)
}
