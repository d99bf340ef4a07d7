package mirrortest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Edited draws another version of a rulebook: rules moved, added, taken away,
// applied elsewhere, with other steps. What would be no rulebook is left out.
func Edited(t *rapid.T, was *statute.Rulebook, version int) *statute.Rulebook {
	book := was
	for n := range rapid.IntRange(1, 3).Draw(t, "edits") {
		var file map[string]any
		require.NoError(t, json.Unmarshal(book.Text(), &file))
		file["version"] = fmt.Sprintf("%s.%d", was.ID(), version)
		edit(t, file, fmt.Sprintf("rule_%d_%d", version, n))
		data, err := json.Marshal(file)
		require.NoError(t, err)
		if next, err := statute.Parse("edited", data); err == nil {
			book = next
		}
	}
	return book
}

func edit(t *rapid.T, file map[string]any, fresh string) {
	rules, _ := file["rules"].([]any)
	at := rapid.IntRange(0, len(rules)-1).Draw(t, "rule")
	rule, _ := rules[at].(map[string]any)
	switch rapid.SampledFrom([]string{"move", "move", "move", "remove", "remove", "add", "levels", "steps"}).Draw(t, "edit") {
	case "move":
		for _, field := range []string{"start", "end"} {
			anchor, _ := rule[field].(map[string]any)
			if days, ok := anchor["days"].(float64); ok {
				anchor["days"] = days + float64(rapid.IntRange(-9, 9).Draw(t, "days"))
			}
		}
	case "remove":
		file["rules"] = slices.Delete(rules, at, at+1)
	case "add":
		added := maps.Clone(rule)
		added["key"] = fresh
		file["rules"] = append(rules, added)
	case "levels":
		delete(rule, "only_for")
		rule["levels"] = map[string]any{rapid.SampledFrom([]string{"province", "district", "commune"}).Draw(t, "level"): "always"}
	case "steps":
		var steps []any
		for k := range rapid.IntRange(1, 3).Draw(t, "steps") {
			steps = append(steps, map[string]any{"key": fmt.Sprintf("step_%d", k), "title_vi": "Việc", "title_en": "Work"})
		}
		rule["tasks"] = steps
	}
}

// Amendment draws another election day, another version of the rulebook, or both.
func Amendment(t *rapid.T, f *tracker.Frame, version int) (tracker.AmendCommand, *statute.Rulebook) {
	c, book := tracker.AmendCommand{Reason: "sửa đổi"}, f.Rulebook
	way := rapid.IntRange(0, 2).Draw(t, "amended")
	if way != 0 {
		c.Day = f.Election.Day.Add(rapid.IntRange(-40, 40).Draw(t, "days later"))
	}
	if way != 1 {
		book = Edited(t, f.Rulebook, version)
		c.Version = book.Version()
	}
	return c, book
}

// Amend amends the election, now, and tells whoever listens.
func (l *Log) Amend(c tracker.AmendCommand, book *statute.Rulebook) ([]tracker.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	am, err := tracker.NewAmendment(tracker.Ground{
		Frame: l.frame, Voting: l.inForce(), Rulebook: func(string) (*statute.Rulebook, error) { return book, nil },
	}, c, tracker.Actor{ID: "test"}, l.now, Zone)
	if err != nil {
		return nil, err
	}
	all := []tracker.Change{am.Change()}
	var occurred []tracker.Milestone
	byArea := map[area.Code][]tracker.Record{}
	for _, r := range l.records() {
		if r.Milestone.ID.Occurrence > 0 {
			occurred = append(occurred, r.Milestone)
		}
		byArea[r.Milestone.ID.Area] = append(byArea[r.Milestone.ID.Area], r)
	}
	done := func(code area.Code, key statute.RuleKey) civil.Date {
		if r := l.ledger[tracker.MilestoneID{Area: code, Key: tracker.MilestoneKey(key)}]; r != nil {
			return r.Milestone.DoneOn
		}
		return civil.Date{}
	}
	if err := am.Prepare(done, occurred); err != nil {
		return nil, err
	}
	for i := range l.frame.List.Len() {
		part, err := am.Area(i, byArea[l.frame.List.At(i).Code])
		if err != nil {
			return nil, err
		}
		all = append(all, part.Changes...)
	}
	head := l.changes[len(l.changes)-1].Head()
	amended := head.Revision + 1
	for i := range all {
		all[i].Cause = amended
		if err := all[i].Seal(head); err != nil {
			return nil, err
		}
		head = all[i].Head()
		l.enter(&all[i])
	}
	l.former = append(slices.Clip(l.former), l.frame)
	l.frame = l.frame.By(am.After.Election.Day, am.After.Rulebook, amended)
	l.tell(head.Revision)
	return all, nil
}

// inForce are the voting days in force.
func (l *Log) inForce() map[area.Code]statute.Voting {
	voting := map[area.Code]statute.Voting{}
	for code, d := range l.voting {
		if d.InForce {
			voting[code] = statute.Voting{Day: d.Day, Opens: d.Opens}
		}
	}
	return voting
}
