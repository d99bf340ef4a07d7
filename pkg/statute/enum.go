package statute

import "tiendo/pkg/fault"

// Each closed list below counts from one, so that a forgotten value is not a
// value; its names stand in the order of its constants.

// parse finds a name in a closed list.
func parse[T ~uint8](what string, names []string, s string) (T, error) {
	for i, name := range names {
		if i > 0 && name == s {
			return T(i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "unknown-"+what,
		"%q không có trong danh sách %s; dùng một trong %q", "%q is no known %s; use one of %q",
		s, what, names[1:])
}

func name[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return ""
}

// Nature is what kind of thing a rule speaks of.
type Nature uint8

// The natures of rules.
const (
	// Duty must be done in time: it has tasks and can be late.
	Duty Nature = iota + 1
	// Event happens on a day: it has tasks and can be late.
	Event
	// Period runs from a day to a day: a bar, never late.
	Period
	// Right is somebody's to use between two days: a bar, never late.
	Right
	// Prohibition forbids something between two days: a bar, never late.
	Prohibition
	// OnOccurrence exists once its trigger has happened, and is a duty then.
	OnOccurrence
)

var natureNames = []string{"", "duty", "event", "period", "right", "prohibition", "on_occurrence"}

// ParseNature reads a nature's name as rulebooks write it.
func ParseNature(s string) (Nature, error) { return parse[Nature]("nature", natureNames, s) }

func (n Nature) String() string { return name(natureNames, n) }

// CanBeLate says that what has this nature has to be done, and so can be late.
func (n Nature) CanBeLate() bool { return n.HasTasks() }

// HasTasks says that staff report work on it. What starts with an occurrence
// has tasks as well: its milestone exists only once that has happened.
func (n Nature) HasTasks() bool { return n == Duty || n == Event || n == OnOccurrence }

// Occasion is the kind of election that brings a rule into being.
type Occasion uint8

// The occasions.
const (
	// General election: for a whole term, the whole country.
	General Occasion = iota + 1
	// ByElection fills seats within a term; nothing of it is created when a
	// general election is opened.
	ByElection
)

var occasionNames = []string{"", "general", "by_election"}

// ParseOccasion reads an occasion's name.
func ParseOccasion(s string) (Occasion, error) { return parse[Occasion]("occasion", occasionNames, s) }

func (o Occasion) String() string { return name(occasionNames, o) }

// Condition says in which areas of a level a rule exists.
type Condition uint8

// The conditions.
const (
	// Always: in every area of the level.
	Always Condition = iota + 1
	// Council: only where that level's People's Council is elected.
	Council
	// NoCommune: only in a district without communes, which does their work.
	NoCommune
)

var conditionNames = []string{"", "always", "council", "no_commune"}

// ParseCondition reads a condition's name.
func ParseCondition(s string) (Condition, error) {
	return parse[Condition]("condition", conditionNames, s)
}

func (c Condition) String() string { return name(conditionNames, c) }

// Assembly is whose election a rule serves.
type Assembly uint8

// The assemblies that are elected.
const (
	NationalAssembly Assembly = iota + 1
	ProvinceCouncil
	DistrictCouncil
	CommuneCouncil
)

var assemblyNames = []string{"", "national_assembly", "pc_province", "pc_district", "pc_commune"}

// ParseAssembly reads an assembly's name.
func ParseAssembly(s string) (Assembly, error) { return parse[Assembly]("election", assemblyNames, s) }

func (a Assembly) String() string { return name(assemblyNames, a) }

// Verified says how many sources that do not copy each other were found.
type Verified uint8

// How well a rule is verified.
const (
	Once Verified = iota + 1
	Twice
)

var verifiedNames = []string{"", "once", "twice"}

// ParseVerified reads "once" or "twice".
func ParseVerified(s string) (Verified, error) { return parse[Verified]("verified", verifiedNames, s) }

func (v Verified) String() string { return name(verifiedNames, v) }

// Confidence is how sure those are who entered a rule.
type Confidence uint8

// The confidences.
const (
	High Confidence = iota + 1
	Medium
	Low
)

var confidenceNames = []string{"", "high", "medium", "low"}

// ParseConfidence reads a confidence's name.
func ParseConfidence(s string) (Confidence, error) {
	return parse[Confidence]("confidence", confidenceNames, s)
}

func (c Confidence) String() string { return name(confidenceNames, c) }

// Body is a kind of organ that can be responsible.
type Body uint8

// The kinds of bodies, and the two persons whom the law names.
const (
	BodyNationalAssembly Body = iota + 1
	BodyNAStandingCommittee
	BodyNEC
	BodyGovernment
	BodyMinistryOfHomeAffairs
	BodyElectionCommittee
	BodyElectionBoard
	BodyPollingTeam
	BodyCouncilStandingBody
	BodyPeoplesCommittee
	BodyFront
	BodyPartyCommittee
	BodyPartyPropaganda
	BodyPartyOrganisation
	BodyPolice
	BodyMilitary
	BodyCourt
	BodyCandidate
	BodyVoter
)

var bodyNames = []string{
	"", "national_assembly", "na_standing_committee", "nec", "government",
	"ministry_of_home_affairs", "election_committee", "election_board", "polling_team",
	"council_standing_body", "peoples_committee", "front", "party_committee",
	"party_propaganda", "party_organisation", "police", "military", "court", "candidate", "voter",
}

// ParseBody reads the name of a kind of body.
func ParseBody(s string) (Body, error) { return parse[Body]("body", bodyNames, s) }

func (b Body) String() string { return name(bodyNames, b) }

// Bodies lists every kind of body, in the order of the closed list.
func Bodies() []Body {
	all := make([]Body, 0, len(bodyNames)-1)
	for i := 1; i < len(bodyNames); i++ {
		all = append(all, Body(i))
	}
	return all
}

// AnchorKind is what a date is counted from.
type AnchorKind uint8

// The anchors.
const (
	// OnElectionDay counts days from the one election day of the country.
	OnElectionDay AnchorKind = iota + 1
	// OnVotingDay counts days from the area's own voting day.
	OnVotingDay
	// OnVotingOpens counts hours from the opening of the area's polls.
	OnVotingOpens
	// OnByElectionDay counts days from the day of a by-election.
	OnByElectionDay
	// OnDate is a day that a dated document fixed.
	OnDate
	// OnMilestone counts days from another milestone.
	OnMilestone
	// OnOccurrenceDay counts days from the day something happened.
	OnOccurrenceDay
)

var anchorNames = []string{
	"", "election_day", "voting_day", "voting_opens", "by_election_day", "date", "milestone", "occurrence",
}

// ParseAnchorKind reads the name of a kind of anchor, without its target.
func ParseAnchorKind(s string) (AnchorKind, error) {
	return parse[AnchorKind]("anchor", anchorNames, s)
}

func (k AnchorKind) String() string { return name(anchorNames, k) }

// countsDays says that anchors of this kind carry a number of days.
func (k AnchorKind) countsDays() bool { return k != OnVotingOpens && k != OnDate }
