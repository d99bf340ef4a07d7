package export

import (
	"net/url"
	"strings"
	"unicode"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/sheet"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// What calendars say. None of it depends on the day: whether something is late
// the reader's own calendar shows.

func (c *Calendar) of(vi, en string) string { return c.Language.of(fault.Text{Vi: vi, En: en}) }

// name is what programs list the calendar as.
func (c *Calendar) name() string {
	name := c.of("Lịch bầu cử ", "Election ") + string(c.View.Frame().Election.ID) + " – " + c.Language.name(c.list().At(c.Area))
	if c.Trial {
		name += c.of(" (chạy thử)", " (trial)")
	}
	return name
}

func (c *Calendar) about() string {
	var said []string
	if title := c.Language.of(c.View.Frame().Election.Title); title != "" {
		said = append(said, title)
	}
	if len(c.Levels) > 0 {
		names := make([]string, len(c.Levels))
		for k, l := range c.Levels {
			names[k] = c.Language.of(levelNames[l])
		}
		said = append(said, c.of("Cấp: ", "Levels: ")+strings.Join(names, ", "))
	}
	if c.Body != 0 {
		said = append(said, c.of("Cơ quan: ", "Body: ")+c.Language.of(organs[c.Body.String()]))
	}
	if c.Trial {
		said = append(said, c.of("Chạy thử: ngày và báo cáo không có thật.", "A trial: neither its days nor its reports are real."))
	}
	return strings.Join(said, "\n")
}

// summary begins with how it stands, so that a narrow cell of a month says it.
func (e *event) summary() string {
	c := e.c
	text := c.Language.of(e.origin.Title) + " – " + c.Language.name(c.list().At(e.area))
	limit := e.stretch.last
	switch {
	case e.m.Work == tracker.Done && e.origin.Nature == statute.Event:
		return "✓ " + c.Language.of(tookPlace) + ": " + text
	case e.m.Work == tracker.Done, e.m.Work == tracker.NotApplicable, e.m.Work == tracker.Cancelled:
		mark := ""
		if e.m.Work == tracker.Done {
			mark = "✓ "
		}
		return mark + c.Language.of(sheet.Works[e.m.Work]) + ": " + text
	case e.stretch.byPlan:
		return c.of("Kế hoạch: ", "Planned: ") + text
	case !e.origin.Nature.HasTasks(), e.origin.Nature == statute.Event, e.m.Latest.IsZero():
		return text
	case e.stretch.first.Day == limit.Day:
		return c.of("Hạn: ", "Due: ") + text
	}
	when := limit.Day.Vietnamese()[:len("23/05")]
	if !limit.Clock.IsZero() {
		when = limit.Clock.String() + " " + when
	}
	return c.of("Hạn ", "Due ") + when + ": " + text
}

// phase is the stretch of the election that it is of.
func (e *event) phase() string {
	for _, p := range e.c.View.Frame().Rulebook.Phases() {
		if p.Key == e.origin.Phase {
			return e.c.Language.of(p.Title)
		}
	}
	return e.origin.Phase
}

// description says how it stands, whose duty it is, and why these days.
func (e *event) description() (string, error) {
	c := e.c
	var lines []string
	say := func(vi, en, text string) {
		if text != "" {
			lines = append(lines, c.of(vi, en)+": "+text)
		}
	}
	say("Tình trạng", "Status", e.stands())
	say("Đơn vị", "Place", c.placeName(e.area))
	say("Phụ trách", "Responsible", e.responsible())
	if !e.m.Planned.IsZero() {
		say("Ngày theo kế hoạch của đơn vị", "Day planned by the place", e.m.Planned.Vietnamese())
	}
	if err := e.why(say); err != nil {
		return "", err
	}
	say("Xem", "See", e.link())
	return strings.Join(lines, "\n"), nil
}

// stands is how far the work is; nothing where none is to be done. What nobody
// has reported may be done: it says no more than that.
func (e *event) stands() string {
	c := e.c
	switch {
	case e.m.Work == tracker.Cancelled:
		why, _ := c.View.Cancelled(e.area, e.m)
		if why.On.IsZero() {
			return c.Language.of(sheet.Works[tracker.Cancelled])
		}
		return c.of("Đã hủy từ ngày ", "Cancelled since ") + why.On.Vietnamese()
	case !e.origin.Nature.HasTasks():
		return ""
	case e.m.Work == tracker.NotStarted:
		return c.of("Chưa có báo cáo", "Nothing was reported")
	case e.m.Work != tracker.Done:
		return c.Language.of(sheet.Works[e.m.Work])
	}
	text := c.Language.of(sheet.Works[tracker.Done])
	if e.origin.Nature == statute.Event {
		text = c.Language.of(tookPlace)
	}
	switch {
	case !e.m.DoneOn.IsZero():
		text += c.of(" ngày ", " on ") + e.m.DoneOn.Vietnamese()
	case !e.m.DoneBy.IsZero():
		text += c.of(", chậm nhất ngày ", ", by ") + e.m.DoneBy.Vietnamese()
	}
	if e.m.Standing == tracker.Confirmed {
		text += c.of(" (cấp trên đã xác nhận)", " (confirmed)")
	}
	return text
}

// placeName is a place with those it lies in.
func (c *Calendar) placeName(i int) string {
	names := []string{c.Language.name(c.list().At(i))}
	for k := c.list().Parent(i); k > 0; k = c.list().Parent(k) {
		names = append(names, c.Language.name(c.list().At(k)))
	}
	return strings.Join(names, ", ")
}

// responsible is who answers for it, in the law's words; of a local plan the kinds
// of bodies.
func (e *event) responsible() string {
	if text := e.c.Language.of(e.origin.ResponsibleText); text != "" {
		return text
	}
	names := make([]string, 0, len(e.origin.Responsible))
	for _, r := range e.origin.Responsible {
		name := e.c.Language.of(organs[r.Body])
		if l, err := area.ParseLevel(r.Level); err == nil {
			name += " (" + e.c.Language.of(levelNames[l]) + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// why says by what article it has its days, or by which local plan; and by what sum
// where it counts from election day and from nothing else. What it counts from
// otherwise is said on the page: such a sum is worded anew when another milestone is
// done, or when election day comes to be the day of a place's own vote, which is
// nothing that happened to this milestone (LAST-MODIFIED would not tell).
func (e *event) why(say func(vi, en, text string)) error {
	if e.origin.Plan != nil {
		say("Theo kế hoạch", "By the plan", e.c.Language.of(e.origin.Plan.Title))
		return nil
	}
	m := tracker.Milestone{
		ID: e.c.View.ID(e.area, e.m), RulebookVersion: e.course.Last().Version, Dates: e.m.Dates, Progress: e.m.Progress,
	}
	why, err := timeline.Why(e.c.View, e.area, &m)
	if err != nil {
		return err
	}
	of := e.c.Language.of
	sums := false
	for _, side := range []struct {
		vi, en string
		why    *statute.DateWhy
	}{{"Bắt đầu", "Begins", why.Start}, {"Thời hạn", "Limit", why.End}} {
		if side.why != nil && side.why.Anchor == statute.OnElectionDay && !side.why.OrLastVote {
			say(side.vi, side.en, of(side.why.Sentence))
			sums = true
		}
	}
	if !sums {
		say("Căn cứ", "By", of(why.Citation))
	}
	return nil
}

// link is the page with the milestone open.
func (e *event) link() string {
	id := e.c.View.ID(e.area, e.m)
	at := e.c.Origin + "/" + url.PathEscape(string(e.c.View.Frame().Election.ID)) + "/" + url.PathEscape(string(id.Area)) +
		"?m=" + url.QueryEscape(id.Name())
	if e.c.Language == English {
		at += "&lang=en"
	}
	return at
}

// clean leaves letters, blanks of every kind and line breaks: no other control
// characters may stand in a text of a calendar (RFC 5545, section 3.3.11).
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
}

// organs are the words for kinds of bodies.
var organs = map[string]fault.Text{
	"national_assembly":        {Vi: "Quốc hội", En: "National Assembly"},
	"na_standing_committee":    {Vi: "Ủy ban Thường vụ Quốc hội", En: "National Assembly Standing Committee"},
	"nec":                      {Vi: "Hội đồng bầu cử quốc gia", En: "National Election Council"},
	"government":               {Vi: "Chính phủ", En: "Government"},
	"ministry_of_home_affairs": {Vi: "Bộ Nội vụ", En: "Ministry of Home Affairs"},
	"election_committee":       {Vi: "Ủy ban bầu cử", En: "Election Committee"},
	"election_board":           {Vi: "Ban bầu cử", En: "Election Board"},
	"polling_team":             {Vi: "Tổ bầu cử", En: "Polling team"},
	"council_standing_body":    {Vi: "Thường trực Hội đồng nhân dân", En: "Standing body of the People’s Council"},
	"peoples_committee":        {Vi: "Ủy ban nhân dân", En: "People’s Committee"},
	"front":                    {Vi: "Ủy ban Mặt trận Tổ quốc", En: "Fatherland Front"},
	"party_committee":          {Vi: "Cấp ủy", En: "Party committee"},
	"party_propaganda":         {Vi: "Ban Tuyên giáo", En: "Party propaganda board"},
	"party_organisation":       {Vi: "Ban Tổ chức", En: "Party organisation board"},
	"police":                   {Vi: "Công an", En: "Police"},
	"military":                 {Vi: "Quân đội", En: "Military"},
	"court":                    {Vi: "Tòa án", En: "Court"},
	"candidate":                {Vi: "Người ứng cử", En: "Candidates"},
	"voter":                    {Vi: "Cử tri", En: "Voters"},
}
