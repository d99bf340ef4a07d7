// Package statute knows the law of elections as data: rules with the article
// each rests on, and what day each falls on in a place. A [Rulebook] is one
// regime; rulebook × election × place gives deadlines, and each of them can
// explain itself. It computes only: calendar days, nothing moved for Sundays
// or holidays, no clock, no zone, no files but the ones compiled in.
package statute

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"sync"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

//go:embed rulebooks/*.json
var files embed.FS

// tiers is one more than the greatest level a rulebook can speak of.
const tiers = int(area.LevelPollingArea) + 1

// Rulebook is one regime of rules. It is never changed after loading, and
// everything it hands out is shared: read only.
type Rulebook struct {
	id, version    string
	digest         string
	text           []byte // the file
	title          fault.Text
	levels         []area.Level
	pollingAreasAt area.Level
	timeZone       string
	notes          []fault.Text
	leftOut        []LeftOut

	phases      []*Phase
	families    []*Family
	instruments []*Instrument
	sources     map[string]string
	occurrences []*Occurrence
	rules       []*Rule // in file order

	guards []*Guard

	byKey      map[RuleKey]*Rule
	guardsOf   map[*Family][]*Guard
	dependents map[RuleKey][]*Rule
	// plans holds, for each level, what the rules come to there, in rule order;
	// planOf finds a rule's plan by the rule's index (nil: not at that level).
	plans  [tiers][]*plan
	planOf [tiers][]*plan
}

// LeftOut is a rule of another regime that this one does not have, and why.
type LeftOut struct {
	Key    RuleKey
	Reason string // English
}

// ID is the rulebook's name: "2015", "2025".
func (b *Rulebook) ID() string { return b.id }

// Version changes whenever a rule does: "2015.1".
func (b *Rulebook) Version() string { return b.version }

// Digest is the beginning of the SHA-256 of the rulebook's file as it was read,
// in 16 hexadecimal digits: it changes with every edit, also where the version
// stays, as with a corrected title.
func (b *Rulebook) Digest() string { return b.digest }

// Text is the rulebook's file as it was read. Shared: read only.
func (b *Rulebook) Text() []byte { return b.text }

// digestOf makes a [Rulebook.Digest].
func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// Title says which law the rulebook is.
func (b *Rulebook) Title() fault.Text { return b.title }

// Levels lists the levels of the regime, from the nation down.
func (b *Rulebook) Levels() []area.Level { return b.levels }

// PollingAreasAt is the level at which the duties of polling areas are tracked.
func (b *Rulebook) PollingAreasAt() area.Level { return b.pollingAreasAt }

// TimeZone is the name of the zone that hours of the day are in.
func (b *Rulebook) TimeZone() string { return b.timeZone }

// Notes are remarks on the rulebook as a whole.
func (b *Rulebook) Notes() []fault.Text { return b.notes }

// LeftOut lists the rules that the regime is known not to have.
func (b *Rulebook) LeftOut() []LeftOut { return b.leftOut }

// Phases lists the phases in order.
func (b *Rulebook) Phases() []*Phase { return b.phases }

// Families lists the families in order.
func (b *Rulebook) Families() []*Family { return b.families }

// Instruments lists the documents that rules stand in.
func (b *Rulebook) Instruments() []*Instrument { return b.instruments }

// Occurrences lists what can happen and bring duties with it.
func (b *Rulebook) Occurrences() []*Occurrence { return b.occurrences }

// Rules lists every rule in the order of its file.
func (b *Rulebook) Rules() []*Rule { return b.rules }

// Rule finds a rule; fault.NotFound "rule-not-found" when there is none.
func (b *Rulebook) Rule(key RuleKey) (*Rule, error) {
	if r, ok := b.byKey[key]; ok {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, "rule-not-found",
		"Bộ quy tắc %s không có quy tắc %.80q. Hãy xem danh sách quy tắc.",
		"Rulebook %s has no rule %.80q. See the list of rules.", b.id, key)
}

// Dependents lists the rules whose start or end is counted from this rule's
// milestone, in rule order; with a rule for several levels, at any of them.
func (b *Rulebook) Dependents(key RuleKey) []*Rule { return b.dependents[key] }

// IsLaterVote says that other rules are counted from this one's last day: it is
// a vote that is held again, or more than once.
func (b *Rulebook) IsLaterVote(key RuleKey) bool {
	return slices.ContainsFunc(b.dependents[key], func(r *Rule) bool { return slices.Contains(r.LaterVotes(), key) })
}

var loaded = sync.OnceValue(func() map[string]func() (*Rulebook, error) {
	all := map[string]func() (*Rulebook, error){}
	for _, id := range IDs() {
		file := path.Join("rulebooks", id+".json")
		all[id] = sync.OnceValues(func() (*Rulebook, error) {
			data, err := files.ReadFile(file)
			if err != nil {
				return nil, fault.New(fault.Internal, "rulebook-unreadable",
					"Không đọc được %s.", "Cannot read %s.", file).Because(err)
			}
			return Parse(file, data)
		})
	}
	return all
})

// IDs lists the rulebooks there are, oldest first.
func IDs() []string {
	entries, _ := files.ReadDir("rulebooks") // embedded: cannot fail
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = strings.TrimSuffix(e.Name(), ".json")
	}
	return ids
}

// Load returns a rulebook that is compiled in, always the same one for an id.
// fault.NotFound "rulebook-not-found" for an unknown id, fault.Invalid
// "rulebook-broken" as in [Parse].
func Load(id string) (*Rulebook, error) {
	load, ok := loaded()[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "rulebook-not-found",
			"Không có bộ quy tắc %q; hãy dùng một trong %q.",
			"There is no rulebook %q; use one of %q.", id, IDs())
	}
	return load()
}
