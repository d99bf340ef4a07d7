package tracker

import (
	"context"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// VotingDay is another voting day than election day (Law 85/2015/QH13, Article 72).
type VotingDay struct {
	Area  area.Code   `json:"area"`
	Day   civil.Date  `json:"day"`
	Opens civil.Clock `json:"opens,omitzero"`
	// InForce: doubtful ones are shown and not used, nor are withdrawn ones.
	InForce    bool     `json:"in_force"`
	Document   string   `json:"document,omitempty"`
	Confidence string   `json:"confidence"`
	Source     string   `json:"source,omitempty"`
	Note       string   `json:"note,omitempty"`
	Revision   Revision `json:"-"`
}

// Doubtful says that the day was never in force, because the source is doubted.
func (v *VotingDay) Doubtful() bool { return v.Confidence == doubtful }

// doubtful is the confidence of what is shown and not used.
const doubtful = "doubtful"

// SetVotingDay enters an area's own voting day and moves what is counted from
// it or from the opening of its polls; one that is not in force moves back what
// another had moved. The rest stays counted from election day.
func (a *Act) SetVotingDay(v VotingDay, happened civil.Date) error {
	return a.setVotingDay(v, happened, "")
}

func (a *Act) setVotingDay(v VotingDay, happened civil.Date, reason string) error {
	i, ok := a.Frame.List.Index(v.Area)
	if !ok {
		_, err := a.Frame.List.Get(v.Area)
		return err
	}
	var wrong faults
	wrong.confidence("/confidence", v.Confidence)
	if err := wrong.err(); err != nil {
		return err
	}
	c := Change{
		Kind: VotingDaySet, Milestone: MilestoneID{Area: v.Area}, Subject: string(v.Area), Happened: happened, Reason: reason,
		After: State{VotingDay: &v},
	}
	if before, decided := a.votingDays[v.Area]; decided {
		c.Before.VotingDay = &before
	}
	if err := a.emit(c); err != nil {
		return err
	}
	a.votingDays[v.Area] = v
	if a.voting == nil {
		a.voting = map[area.Code]statute.Voting{}
	}
	was := a.voting[v.Area]
	delete(a.voting, v.Area)
	if v.InForce {
		a.voting[v.Area] = statute.Voting{Day: v.Day, Opens: v.Opens}
	}
	if a.voting[v.Area] == was {
		return nil
	}
	return a.revote(i)
}

// revote computes the branch of the area at index i again, also what has
// occurred there and lasts until the polls open. What is done is looked at only
// where its own dates are counted from the voting.
func (a *Act) revote(i int) error {
	_, last := a.Frame.List.Descendants(i)
	for ; i < last; i++ {
		for _, rule := range a.Frame.Rulebook.Rules() {
			id := MilestoneID{Area: a.Frame.List.At(i).Code, Key: MilestoneKey(rule.Key)}
			if rule.Nature == statute.OnOccurrence && rule.CountsFromVoting() {
				id.Occurrence = 1
			}
			for r := a.records[id]; r != nil; r = a.records[id] {
				if r.Milestone.Work.Open() || rule.CountsFromVoting() {
					if _, err := a.recompute(id); err != nil {
						return err
					}
				}
				if id.Occurrence == 0 {
					break
				}
				id.Occurrence++
			}
		}
	}
	return nil
}

// VotingDayCommand decides on which day an area votes, or withdraws that.
type VotingDayCommand struct {
	Area area.Code
	// If is the revision that the caller knows; 0 where nothing was decided.
	If Revision
	// Withdraw: what was decided is no longer in force; needs a reason.
	Withdraw bool
	Day      civil.Date
	Opens    civil.Clock // none: seven o'clock
	Document DocumentChoice
	Reason   string
	// DryRun: say what it comes to and write nothing.
	DryRun bool
}

// SetVotingDay decides on which day an area votes, and moves what is counted
// from that.
func (s *Service) SetVotingDay(ctx context.Context, e ElectionID, actor Actor, c VotingDayCommand) (Effect, error) {
	return s.perform(ctx, c.DryRun, e, actor,
		func(f *Frame) Needs { return VotingDayNeeds(f, c) },
		func(a *Act) error { return a.DecideVotingDay(c) })
}

// VotingDayNeeds is what has to be seen to decide on a voting day: what is
// counted from the voting in the area and below it, and what else hangs on that.
func VotingDayNeeds(f *Frame, c VotingDayCommand) Needs {
	n := Reach(f, votingMilestones(f, c.Area)...)
	n.VotingDays = []area.Code{c.Area}
	n.Documents = c.Document.keys(c.Area)
	return n
}

// votingMilestones are those of an area and of all below it whose dates are
// counted from the voting.
func votingMilestones(f *Frame, code area.Code) []MilestoneID {
	i, ok := f.List.Index(code)
	if !ok {
		return nil
	}
	var all []MilestoneID
	_, last := f.List.Descendants(i)
	for ; i < last; i++ {
		place := f.Place(i, nil)
		for _, rule := range f.Rulebook.Rules() {
			if !rule.CountsFromVoting() || !rule.AppliesTo(place) {
				continue
			}
			id := MilestoneID{Area: place.Code, Key: MilestoneKey(rule.Key)}
			if rule.Nature == statute.OnOccurrence {
				id.Occurrence = EveryOccurrence
			}
			all = append(all, id)
		}
	}
	return all
}

// DecideVotingDay is what a person may do of [Act.SetVotingDay]: on what he has
// seen, within reason, with the document that says so.
func (a *Act) DecideVotingDay(c VotingDayCommand) error {
	i, chain, err := a.chain(c.Area)
	if err != nil {
		return err
	}
	now, decided := a.votingDays[c.Area]
	if err := guarded(now.Revision, c.If, now); err != nil {
		return err
	}
	if c.Withdraw {
		return a.withdrawVotingDay(now, decided, c)
	}
	day, err := a.documentDay(c.Document)
	if err != nil {
		return err
	}
	if err := a.votable(i, chain[0], day, c); err != nil {
		return err
	}
	v := VotingDay{Area: c.Area, Day: c.Day, Opens: c.Opens, InForce: true, Confidence: "high"}
	if v.Document, err = a.document(c.Area, c.Document); err != nil {
		return err
	}
	if now.Revision = 0; now == v {
		return nil
	}
	return a.setVotingDay(v, day, c.Reason)
}

func (a *Act) withdrawVotingDay(now VotingDay, decided bool, c VotingDayCommand) error {
	if !decided || !now.InForce {
		return fault.New(fault.Conflict, "voting-day-not-in-force",
			"Đơn vị này không có ngày bỏ phiếu riêng đang có hiệu lực nên không có gì để rút",
			"No voting day of its own is in force here, so there is nothing to withdraw")
	}
	var wrong faults
	wrong.text("/reason", c.Reason, maxReason)
	if isBlank(c.Reason) {
		wrong.add("/reason", "reason-missing",
			"Rút ngày bỏ phiếu riêng cần lý do; hãy ghi ngắn gọn vì sao", "A voting day is withdrawn for a reason; say shortly why")
	}
	if c.Document != (DocumentChoice{}) {
		wrong.add("/document", "withdrawal-with-document",
			"Rút ngày bỏ phiếu riêng không kèm văn bản mới; ghi số văn bản trong lý do",
			"A voting day is withdrawn without a new document; write its number in the reason")
	}
	if err := wrong.err(); err != nil {
		return err
	}
	now.InForce = false
	return a.setVotingDay(now, a.Today, c.Reason)
}

// farFromElectionDay is beyond every voting day that was ever decided under
// Article 72, which itself sets no limit: a year or a month that was mistyped.
const farFromElectionDay = 60 // days

// votable says everything that is wrong with a day to vote on, which was decided
// on the day given.
func (a *Act) votable(i int, place statute.Place, decided civil.Date, c VotingDayCommand) error {
	election := a.Frame.Election.Day
	var wrong faults
	wrong.text("/reason", c.Reason, maxReason)
	away := election.DaysUntil(c.Day)
	switch {
	case place.Level == area.LevelNation:
		wrong.add("/day", "voting-day-of-the-nation",
			"Ngày bầu cử của cả nước không đổi ở đây; Điều 72 chỉ cho bỏ phiếu sớm hoặc hoãn ở từng địa phương, hãy chọn địa phương",
			"The nation votes on election day; Article 72 lets single places vote earlier or later, choose one of them")
	case !place.Voters:
		wrong.add("/day", "nobody-votes-here",
			"Ở %s không có cử tri nên không có ngày bỏ phiếu", "Nobody votes in %s, so it has no voting day", a.Frame.List.At(i).Name)
	case away > farFromElectionDay || -away > farFromElectionDay:
		wrong.add("/day", "voting-day-too-far",
			"Ngày %s cách ngày bầu cử %s hơn %d ngày; Điều 72 chỉ cho bỏ phiếu sớm hoặc hoãn vì trường hợp đặc biệt, hãy kiểm tra lại ngày, tháng, năm",
			"%s is more than %[3]d days from election day, %[2]s; Article 72 is for an earlier or a postponed vote in special circumstances, check day, month and year",
			c.Day.Vietnamese(), election.Vietnamese(), farFromElectionDay)
	case c.Day.Before(decided):
		wrong.add("/day", "voting-day-before-its-decision",
			"Ngày bỏ phiếu %s sớm hơn ngày quyết định %s; nếu đã quyết định từ trước, hãy ghi văn bản với ngày ban hành (Điều 72)",
			"The voting day %s is before the day it was decided, %s; if that was earlier, give the document with its day (Article 72)",
			c.Day.Vietnamese(), decided.Vietnamese())
	case c.Day == election && c.Opens.IsZero() && a.votesWithTheNation(i):
		wrong.add("/day", "voting-day-is-election-day",
			"Ngày %s là ngày bầu cử, đơn vị này vốn đã bỏ phiếu ngày đó", "%s is election day, on which this place votes anyway", c.Day.Vietnamese())
	}
	if m := c.Opens.Minutes(); !c.Opens.IsZero() && (m < 5*60 || m > 21*60) {
		wrong.add("/opens", "polls-open-unlawfully",
			"Giờ mở cửa bỏ phiếu phải từ 05:00 đến 21:00 (Điều 71)", "Polls open between 05:00 and 21:00 (Article 71)")
	}
	return wrong.err()
}

// votesWithTheNation says that nothing else was decided for the area at index
// i, or for those above it.
func (a *Act) votesWithTheNation(i int) bool {
	for ; i >= 0; i = a.Frame.List.Parent(i) {
		if a.voting[a.Frame.List.At(i).Code] != (statute.Voting{}) {
			return false
		}
	}
	return true
}

// guarded holds a change to what its caller has seen: of something that is
// there its revision, of something that is not none.
func guarded(now, known Revision, current any) error {
	switch {
	case now == known:
		return nil
	case known == 0:
		return fault.New(fault.Unguarded, "if-match-missing",
			"Cần tiêu đề If-Match với ETag của bản đang xem (ví dụ \"r12\"); đọc lại rồi gửi kèm",
			"The If-Match header is needed, with the ETag of what you look at (such as \"r12\"); read it first, then send it along").At(":If-Match")
	case now == 0:
		current = nil
	}
	return stale(now, known, current)
}
