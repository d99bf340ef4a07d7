package statute

import (
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Deadline is what a rule comes to in one place.
type Deadline struct {
	Rule *Rule
	// NotBefore is the start and Latest the law's limit, or the end of a bar.
	// None: the law names no day, or what it counts from has not happened.
	NotBefore, Latest civil.Cutoff
	// The anchor days that the two were counted from; none where there is none.
	NotBeforeFrom, LatestFrom civil.Date
}

// DoneDays tells on which day a milestone was done; no date: not done, or the
// day is unknown. Of a rule that occurs it tells the day of the last vote held
// under it: the day it was done, until then the day decided for it, else its
// limit; no date where none occurred.
type DoneDays func(code area.Code, key RuleKey) civil.Date

// ByElectionDay is the name under which Deadline looks, among what occurred,
// for the day of a by-election.
const ByElectionDay = "by_election_day"

// Scheduled lists what exists in a place when a general election is opened,
// with its days, in the order of [Rule.Order]. The chain is the place itself,
// then the areas above it up to the nation. It fails with fault.Invalid
// "chain-broken", "level-not-in-rulebook", or "anchor-missing" when a day
// would have to be counted from a milestone that no area of the chain has.
func (b *Rulebook) Scheduled(e Election, chain []Place) ([]Deadline, error) {
	return b.ScheduledWith(e, chain, nil)
}

// ScheduledWith is [Rulebook.Scheduled] at a time when some milestones have been
// done: what counts from them counts from the days they were done on.
func (b *Rulebook) ScheduledWith(e Election, chain []Place, done DoneDays) ([]Deadline, error) {
	s := site{book: b, election: e, chain: chain, done: done}
	if err := s.check(); err != nil {
		return nil, err
	}
	plans := b.plans[chain[0].Level]
	all := make([]Deadline, 0, len(plans))
	for _, p := range plans {
		if !p.scheduled || !s.has(0, p) {
			continue
		}
		d, err := s.deadline(p)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Schedules says that a rule exists in a place when a general election is opened.
func (b *Rulebook) Schedules(key RuleKey, e Election, p Place) bool {
	r, ok := b.byKey[key]
	if !ok || int(p.Level) >= tiers || b.planOf[p.Level] == nil {
		return false
	}
	plan := b.planOf[p.Level][r.Index]
	return plan != nil && plan.scheduled && plan.condition.holdsIn(p) && r.BelongsTo(e.ID)
}

// Deadline computes one rule in a place, also one that is not scheduled: what
// occurred gives the days that on_occurrence rules count from (by the
// occurrence's key). What is not known leaves the date none. done may be nil.
// Fails as [Rulebook.Scheduled] does, with "rule-not-found", and with
// fault.NotFound "rule-not-here" when the rule does not exist in the place.
func (b *Rulebook) Deadline(
	key RuleKey, e Election, chain []Place, done DoneDays, occurred map[string]civil.Date,
) (Deadline, error) {
	r, err := b.Rule(key)
	if err != nil {
		return Deadline{}, err
	}
	s := site{book: b, election: e, chain: chain, done: done, occurred: occurred}
	if err := s.check(); err != nil {
		return Deadline{}, err
	}
	p := b.planOf[chain[0].Level][r.Index]
	if p == nil || !s.has(0, p) {
		return Deadline{}, fault.New(fault.NotFound, "rule-not-here",
			"Quy tắc %q không áp dụng ở địa phương %s trong cuộc bầu cử %s.",
			"Rule %q does not apply in area %s in election %s.", key, chain[0].Code, e.ID)
	}
	return s.deadline(p)
}

// plan is one rule at one level, with its anchors made out.
type plan struct {
	rule       *Rule
	condition  Condition
	scheduled  bool
	start, end *step
}

// step is an anchor; target is the rule whose milestone it counts from.
type step struct {
	*Anchor
	target *Rule // only with OnMilestone
}

// site is the place that deadlines are being computed for.
type site struct {
	book     *Rulebook
	election Election
	chain    []Place
	done     DoneDays
	occurred map[string]civil.Date
}

func (s *site) check() error {
	if len(s.chain) == 0 || s.election.Day.IsZero() {
		return fault.New(fault.Invalid, "chain-broken",
			"Cần có địa phương và ngày bầu cử.", "A place and an election day are needed.")
	}
	for i := range s.chain {
		p := &s.chain[i]
		if int(p.Level) >= tiers || s.book.planOf[p.Level] == nil {
			return fault.New(fault.Invalid, "level-not-in-rulebook",
				"Bộ quy tắc %s không có cấp của địa phương %s.",
				"Rulebook %s does not have the level of area %s.", s.book.id, p.Code)
		}
		if i > 0 && p.Level >= s.chain[i-1].Level {
			return fault.New(fault.Invalid, "chain-broken",
				"%s phải là cấp trên của %s.", "%s has to be above %s.", p.Code, s.chain[i-1].Code)
		}
	}
	return nil
}

// has says that the plan's rule exists in the i-th place of the chain.
func (s *site) has(i int, p *plan) bool {
	return p.condition.holdsIn(s.chain[i]) && p.rule.BelongsTo(s.election.ID)
}

func (s *site) deadline(p *plan) (Deadline, error) {
	d := Deadline{Rule: p.rule}
	var err error
	if p.start != nil {
		if d.NotBefore, d.NotBeforeFrom, err = s.resolve(p.rule, p.start, 0); err != nil {
			return Deadline{}, err
		}
	}
	if p.end != nil {
		d.Latest, d.LatestFrom, err = s.resolve(p.rule, p.end, 0)
	}
	return d, err
}

// resolve computes a step of a rule in the i-th place of the chain: the day it
// comes to, and the day that this was counted from.
func (s *site) resolve(r *Rule, a *step, i int) (civil.Cutoff, civil.Date, error) {
	if a.Kind == OnVotingOpens {
		v := s.chain[i].VotingIn(s.election)
		return civil.Cutoff{Day: v.Day, Clock: v.Opens}.AddHours(a.Hours), v.Day, nil
	}
	from, err := s.from(r, a, i)
	if err != nil || from.IsZero() {
		return civil.Cutoff{}, civil.Date{}, err
	}
	return civil.Cutoff{Day: from.Add(a.Days), Clock: a.Clock}, from, nil
}

// from is the day that a step counts from; none when it is not known.
func (s *site) from(r *Rule, a *step, i int) (civil.Date, error) {
	switch a.Kind {
	case OnElectionDay:
		return s.lastVote(a, i), nil
	case OnVotingDay:
		return s.chain[i].VotingIn(s.election).Day, nil
	case OnByElectionDay:
		return s.occurred[ByElectionDay], nil
	case OnDate:
		return a.Date, nil
	case OnOccurrenceDay:
		return s.occurred[a.Occurrence.Key], nil
	}
	j, p := s.find(a.target, i)
	if p == nil {
		return civil.Date{}, fault.New(fault.Invalid, "anchor-missing",
			"Quy tắc %q ở %s tính từ mốc %q, nhưng địa phương này và các cấp trên đều không có mốc đó.",
			"Rule %q in %s counts from milestone %q, which neither this area nor any above it has.",
			r.Key, s.chain[i].Code, a.target.Key)
	}
	if done := s.doneDay(j, p.rule); !done.IsZero() {
		return done, nil
	}
	latest, _, err := s.resolve(p.rule, p.end, j)
	return latest.Day, err
}

// lastVote is election day, or the later day on which the i-th place votes last,
// where the step is counted from that.
func (s *site) lastVote(a *step, i int) civil.Date {
	day := s.election.Day
	if a.OrVotingDay {
		day = civil.Later(day, s.chain[i].VotingIn(s.election).Day)
	}
	for _, key := range a.OrLast {
		day = civil.Later(day, s.doneDay(i, s.book.byKey[key]))
	}
	return day
}

// find looks for a rule's milestone in the i-th place, then in the places above.
func (s *site) find(r *Rule, i int) (int, *plan) {
	for j := i; j < len(s.chain); j++ {
		if p := s.book.planOf[s.chain[j].Level][r.Index]; p != nil && s.has(j, p) {
			return j, p
		}
	}
	return -1, nil
}

func (s *site) doneDay(i int, r *Rule) civil.Date {
	if s.done == nil {
		return civil.Date{}
	}
	return s.done(s.chain[i].Code, r.Key)
}
