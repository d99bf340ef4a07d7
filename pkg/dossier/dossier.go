// Package dossier holds the dossier of an election: what is known of it, as
// data compiled in. Where no council is elected, bodies, documents, local
// plans, known facts, voting days, statements, targets; and how all this is
// entered. Nothing is made up: "done, day unknown" is done by the day the
// source gives, and what happened after a day is not entered on that day.
package dossier

import (
	"embed"
	"io/fs"
	"maps"
	"sync"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

//go:embed dossiers
var files embed.FS

// Dossier is what is known of one election. It is never changed after loading.
type Dossier struct {
	id       string
	title    fault.Text
	day      civil.Date
	edition  string
	rulebook *statute.Rulebook
	notes    []string
	sources  map[string]string
	// written is the day by which an article without further dates was written.
	written map[string]civil.Date

	councils   councils
	bodies     []tracker.Body
	documents  []tracker.Document
	plans      []plan
	ruleTasks  []ruleTask
	facts      []fact
	statements []tracker.Statement
	targets    []target
	votingDays []tracker.VotingDay

	documentDay map[string]civil.Date
}

// ID is the election's name: "2021".
func (d *Dossier) ID() tracker.ElectionID { return tracker.ElectionID(d.id) }

// Title is what the election is called.
func (d *Dossier) Title() fault.Text { return d.title }

// Day is election day.
func (d *Dossier) Day() civil.Date { return d.day }

// Rulebook is the law that the election is held under.
func (d *Dossier) Rulebook() *statute.Rulebook { return d.rulebook }

// Edition is the list of areas that the record speaks of; empty when the list
// is not compiled in and has to be brought.
func (d *Dossier) Edition() string { return d.edition }

// Notes are remarks on the record as a whole, in Vietnamese.
func (d *Dossier) Notes() []string { return d.notes }

// Written is the day by which the article of this source was written; none
// when the source is not such an article.
func (d *Dossier) Written(source string) civil.Date { return d.written[source] }

// Sources is the address of each source, or in words what is known of it, in
// Vietnamese first. The map belongs to the caller.
func (d *Dossier) Sources() map[string]string { return maps.Clone(d.sources) }

var loaded = sync.OnceValue(func() map[string]func() (*Dossier, error) {
	all := map[string]func() (*Dossier, error){}
	for _, id := range IDs() {
		all[id] = sync.OnceValues(func() (*Dossier, error) {
			folder, err := fs.Sub(files, "dossiers")
			if err != nil {
				return nil, err
			}
			return Read(folder, id)
		})
	}
	return all
})

// IDs lists the elections that there is a dossier of, the oldest first.
func IDs() []string {
	entries, _ := files.ReadDir("dossiers") // embedded: cannot fail
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.Name()
	}
	return ids
}

// Load returns a dossier that is compiled in, always the same one for an id;
// fault.NotFound "dossier-not-found" for an unknown id, else errors of [Read].
func Load(id string) (*Dossier, error) {
	load, ok := loaded()[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "dossier-not-found",
			"Không có hồ sơ cuộc bầu cử %q; hãy dùng một trong %q.",
			"There is no dossier of an election %q; use one of %q.", id, IDs())
	}
	return load()
}

// editions are the lists of areas that are compiled in.
var editions = map[string]func() *area.List{"2021": area.Edition2021}

// deed is what a source says came of a piece of work.
type deed struct {
	work   tracker.Work // NotStarted: no source says what happened
	on, by civil.Date   // one of them when it is done
	since  civil.Date   // when it is in progress: the day of the article
}

// day is the day that the deed is about; none when nothing is told.
func (d deed) day() civil.Date { return civil.Later(d.since, civil.Later(d.on, d.by)) }

// plan is a local plan; its lines get their areas from the list in use.
type plan struct {
	tracker.Plan
	day   civil.Date // the day it is known from; none: not known
	lines []line
}

type line struct {
	tracker.PlanLine
	// under and level select areas, where they are not named one by one.
	under area.Code
	level area.Level
	deed
	steps []deed // in the order of PlanLine.Steps
}

// ruleTask is what an article reports about a duty of the law, as a task of
// that duty's milestone.
type ruleTask struct {
	id   tracker.MilestoneID
	task tracker.Task
	deed
	reported civil.Date // the day by which the article was written; may be none
}

// fact is a milestone that is known to have been done.
type fact struct {
	id    tracker.MilestoneID
	local bool // of a local plan
	deed
	scope                  string // with an occurrence
	document, source, note string
}

// target is a day that an area set for its branch.
type target struct {
	area    area.Code
	rule    statute.RuleKey
	planned civil.Date
	reason  string
}
