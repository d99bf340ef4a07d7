package tracker

import (
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// ElectionState is where an election is in its life.
type ElectionState uint8

// The states of an election.
const (
	Preparing ElectionState = iota
	Running
	// Closed: nothing is overdue any more and nobody is reminded.
	Closed
)

var electionStateNames = [...]string{"preparing", "running", "closed"}

func (s ElectionState) String() string { return electionStateNames[s] }

// MarshalText writes the state's name.
func (s ElectionState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the state's name.
func (s *ElectionState) UnmarshalText(b []byte) (err error) {
	*s, err = ParseElectionState(string(b))
	return err
}

// ParseElectionState reads the name of an election's state.
func ParseElectionState(s string) (ElectionState, error) {
	for i, n := range electionStateNames {
		if n == s {
			return ElectionState(i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "election-state-unknown",
		"Không có trạng thái bầu cử %q; dùng một trong: %q", "There is no election state %q; use one of %q", trim(s), electionStateNames)
}

// Election is one election of the whole country.
type Election struct {
	ID              ElectionID    `json:"id"`
	Title           fault.Text    `json:"title"`
	Day             civil.Date    `json:"election_day"`
	Rulebook        string        `json:"rulebook"`
	RulebookVersion string        `json:"rulebook_version"`
	Edition         string        `json:"edition"`
	State           ElectionState `json:"state"`
}

// Exception is a place that is not like the others of its level.
type Exception struct {
	Area area.Code `json:"area"`
	// Council: its own People's Council is elected.
	Council bool `json:"council"`
	// Voters: somebody lives there to vote.
	Voters bool `json:"voters"`
	// Document is the key of the resolution that says so; empty when none is known.
	Document string `json:"document,omitempty"`
}

// Frame is what an election stands on: its day, its law, its places. It is
// immutable and shared; an [Amendment] makes another one.
type Frame struct {
	Election Election
	Rulebook *statute.Rulebook
	List     *area.List
	// Amended is the revision at which day or rulebook were last amended; 0: never.
	Amended Revision

	exceptions map[area.Code]Exception
}

// NewFrame joins an election with its rulebook, its list and its exceptions.
func NewFrame(e Election, rb *statute.Rulebook, list *area.List, exceptions []Exception) *Frame {
	f := &Frame{Election: e, Rulebook: rb, List: list, exceptions: make(map[area.Code]Exception, len(exceptions))}
	for _, x := range exceptions {
		f.exceptions[x.Area] = x
	}
	return f
}

// In returns the frame with the election in another state.
func (f *Frame) In(s ElectionState) *Frame {
	g := *f
	g.Election.State = s
	return &g
}

// By returns the frame as it is from an amendment on: with another day, and
// another version of the same rulebook.
func (f *Frame) By(day civil.Date, book *statute.Rulebook, amended Revision) *Frame {
	g := *f
	g.Election.Day, g.Election.RulebookVersion, g.Rulebook, g.Amended = day, book.Version(), book, amended
	return &g
}

// Law is the election as the statute sees it.
func (f *Frame) Law() statute.Election {
	return statute.Election{ID: string(f.Election.ID), Day: f.Election.Day}
}

// Voting finds an area's own voting day; the zero Voting where it votes on
// election day.
type Voting func(area.Code) statute.Voting

// Place is the area at index i of the list as the statute sees it. An area
// votes on the day decided for it, or for the nearest area above.
func (f *Frame) Place(i int, voting Voting) statute.Place {
	a := f.List.At(i)
	p := statute.Place{
		Code: a.Code, Level: a.Level,
		Council: a.Level != area.LevelNation, Voters: true,
		Communes: f.List.HasChildrenAt(i, area.LevelCommune),
	}
	if x, ok := f.exceptions[a.Code]; ok {
		p.Council, p.Voters = x.Council, x.Voters
	}
	for at := i; voting != nil && at >= 0 && p.Voting.Day.IsZero(); at = f.List.Parent(at) {
		p.Voting = voting(f.List.At(at).Code)
	}
	return p
}

// Chain is the place at index i followed by those it lies in, up to the nation.
func (f *Frame) Chain(i int, voting Voting) []statute.Place {
	chain := make([]statute.Place, 0, 5)
	for ; i >= 0; i = f.List.Parent(i) {
		chain = append(chain, f.Place(i, voting))
	}
	return chain
}

// ElectionNotFound says that there is no such election.
func ElectionNotFound(id ElectionID) *fault.Error {
	return fault.New(fault.NotFound, "election-not-found",
		"Không có cuộc bầu cử %q; xem danh sách ở /api/v1/elections",
		"There is no election %q; the list is at /api/v1/elections", trim(string(id)))
}
