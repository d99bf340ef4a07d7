package dossier

import (
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// councils is where no People's Council is elected, and where nobody votes.
type councils struct {
	rules           []councilRule
	counts          map[area.Level]countForm // in the whole country
	noVoters        []area.Code
	withoutCommunes []area.Code
}

// councilRule selects areas without a council: by code, or by level and type
// in a branch.
type councilRule struct {
	id       string
	codes    []area.Code
	under    area.Code
	level    area.Level
	types    []string
	document string
	count    int // in the whole country
}

func (r *reader) readCouncils(f *councilsForm) {
	const where = "no_council"
	c := councils{counts: map[area.Level]countForm{}, withoutCommunes: r.areas(where+"/without_communes", f.WithoutCommunes)}
	each(r, where+"/rules", f.Rules, func(where string, f *councilRuleForm) { c.rules = append(c.rules, r.councilRule(where, f)) })
	for name, n := range f.Counts {
		if n.Areas != n.WithCouncil+n.WithoutCouncil {
			r.Broken(where+"/counts/"+name, "tổng không khớp", "do not add up")
		}
		c.counts[r.level(where+"/counts", name)] = n
	}
	for _, p := range f.NoVoters {
		c.noVoters = append(c.noVoters, r.area(where+"/no_voters", p.Area))
		if note := r.note(where+"/no_voters/"+string(p.Area), p.noteForm); note != "" {
			r.d.notes = append(r.d.notes, note)
		}
	}
	for _, key := range f.Sources {
		r.source(where+"/sources", key)
	}
	r.remarks(where, f)
	r.d.councils = c
}

// remarks are on the record as a whole, language beside language.
func (r *reader) remarks(where string, f *councilsForm) {
	if len(f.Notes) != len(f.NotesVi) {
		r.Broken(where+"/notes_vi", "notes có %d câu, notes_vi có %d; phải bằng nhau",
			"notes has %d remarks, notes_vi %d; there have to be as many", len(f.Notes), len(f.NotesVi))
		return
	}
	for i, en := range f.Notes {
		r.d.notes = append(r.d.notes, r.vietnamese(where, "notes", en, f.NotesVi[i]))
	}
}

func (r *reader) councilRule(where string, f *councilRuleForm) councilRule {
	s := &f.Select
	r.once(where, "council rule", f.ID)
	c := councilRule{
		id: f.ID, codes: r.areas(where+"/select", s.Codes), types: s.Type,
		document: r.document(where, f.Document, civil.Date{}), count: f.Count,
	}
	switch {
	case len(s.Areas) > 0 || (len(s.Codes) > 0) == (s.Under != "") || (s.Under != "" && len(s.Type) == 0):
		r.Broken(where+"/select", "phải là codes, hoặc under với level và type", "has to be codes, or under with level and type")
	case s.Under != "":
		c.under, c.level = r.area(where+"/select", s.Under), r.level(where+"/select/level", s.Level)
	}
	return c
}

// in lists the areas of the list that the rule selects.
func (c *councilRule) in(list *area.List) []area.Code {
	var codes []area.Code
	for _, code := range append(slices.Clone(c.codes), under(list, c.under, c.level)...) {
		a, err := list.Get(code)
		if err == nil && (len(c.types) == 0 || slices.Contains(c.types, a.Type)) {
			codes = append(codes, code)
		}
	}
	return codes
}

// Opening is the election as it can be opened over a list of areas. In the
// whole country the areas without a council have to be as many as the record
// says, else fault.Invalid "dossier-counts-differ"; of a smaller list those
// that are there are taken.
func (d *Dossier) Opening(list *area.List) (*tracker.Opening, error) {
	whole := d.councils.whole(list)
	exceptions := map[area.Code]tracker.Exception{}
	for i := range d.councils.rules {
		c := &d.councils.rules[i]
		codes := c.in(list)
		if whole && len(codes) != c.count {
			return nil, differ(c.id, c.count, len(codes))
		}
		for _, code := range codes {
			exceptions[code] = tracker.Exception{Area: code, Voters: true, Document: c.document}
		}
	}
	for _, code := range d.councils.noVoters {
		if _, ok := list.Index(code); ok {
			x, without := exceptions[code]
			exceptions[code] = tracker.Exception{Area: code, Council: !without, Document: x.Document}
		}
	}
	if whole {
		if err := d.councils.check(list, exceptions); err != nil {
			return nil, err
		}
	}
	e := tracker.Election{ID: d.ID(), Title: d.title, Day: d.day, Rulebook: d.rulebook.ID(), State: tracker.Running}
	return tracker.NewOpening(e, d.rulebook, list, inOrder(list, exceptions), d.Sources())
}

// whole says that the list has as many areas of each level as the record
// counts: that it is the whole country.
func (c *councils) whole(list *area.List) bool {
	count := map[area.Level]int{}
	for i := range list.Len() {
		count[list.At(i).Level]++
	}
	for level, n := range c.counts {
		if count[level] != n.Areas {
			return false
		}
	}
	return len(c.counts) > 0
}

func (c *councils) check(list *area.List, exceptions map[area.Code]tracker.Exception) error {
	without := map[area.Level]int{}
	var bare []area.Code
	for i := range list.Len() {
		a := list.At(i)
		x, ok := exceptions[a.Code]
		if ok && !x.Council {
			without[a.Level]++
		}
		if a.Level == area.LevelDistrict && !list.HasChildrenAt(i, area.LevelCommune) && (!ok || x.Voters) {
			bare = append(bare, a.Code)
		}
	}
	for level, n := range c.counts {
		if without[level] != n.WithoutCouncil {
			return differ(level.String(), n.WithoutCouncil, without[level])
		}
	}
	if slices.Sort(bare); !slices.Equal(bare, slices.Sorted(slices.Values(c.withoutCommunes))) {
		return differ("without_communes", len(c.withoutCommunes), len(bare))
	}
	return nil
}

func differ(what string, said, are int) error {
	return fault.New(fault.Invalid, "dossier-counts-differ",
		"Hồ sơ ghi %[2]d địa phương ở %[1]q, danh mục có %[3]d; hãy sửa hồ sơ hoặc dùng đúng danh mục.",
		"The record counts %[2]d areas at %[1]q, the list has %[3]d; mend the record or take the right list.", what, said, are)
}

// inOrder lists the exceptions in the order of the areas.
func inOrder(list *area.List, exceptions map[area.Code]tracker.Exception) []tracker.Exception {
	all := make([]tracker.Exception, 0, len(exceptions))
	for i := range list.Len() {
		if x, ok := exceptions[list.At(i).Code]; ok {
			all = append(all, x)
		}
	}
	return all
}
