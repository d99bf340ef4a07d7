package notify

import (
	"fmt"
	"strconv"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// mostLines is how many milestones a digest names; the others it counts, and
// says where they stand.
const mostLines = 30

// mostShifts is how many acts it names.
const mostShifts = 10

// Subject says how many things a digest is about, the most urgent first.
func (d *Digest) Subject() string {
	counts, shifts := d.counts(), 0
	for k := range d.Parts {
		shifts += len(d.Parts[k].Shifts)
	}
	var said []string
	for why := Escalated; why <= Ahead; why++ {
		if n := counts[why]; n > 0 {
			said = append(said, d.in(counted(n, whyWords[why].subject)))
		}
	}
	if len(said) == 0 {
		said = append(said, d.in(counted(shifts, shiftWords)))
	}
	return fmt.Sprintf("%s: %s (%s)", d.in(programName), strings.Join(said, ", "), d.in(day(d.At.Day)))
}

func (d *Digest) counts() (n [Ahead + 1]int) {
	for k := range d.Parts {
		for _, x := range d.Parts[k].Items {
			n[x.Why]++
		}
	}
	return n
}

// Lines are the text of a digest: by election, urgency and place, at most as many
// milestones as can be read, and what is left of them as a count. base is the
// address of the page.
func (d *Digest) Lines(base string) []string {
	w := writer{Digest: d}
	w.say("%s", w.in(fault.Textf("Kính gửi %s,", "Dear %s,", d.Name)))
	for k := range d.Parts {
		w.part(&d.Parts[k], base)
	}
	return w.lines
}

func (d *Digest) in(t fault.Text) string {
	if d.Language == "en" {
		return t.En
	}
	return t.Vi
}

type writer struct {
	*Digest
	lines []string
	named int // milestones
}

func (w *writer) say(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

func (w *writer) part(p *Part, base string) {
	e := p.Frame.Election
	w.say("")
	w.say("%s", w.in(fault.Textf("Bầu cử ngày %s. Tính đến %s ngày %s.", "Election on %s. As of %s on %s.",
		day(e.Day), w.At.Clock, day(w.At.Day))))
	left, places, last := 0, 0, -1
	for from := 0; from < len(p.Items); {
		to := from
		for to < len(p.Items) && p.Items[to].Why == p.Items[from].Why {
			to++
		}
		room := max(0, min(to-from, mostLines-w.named))
		if room > 0 {
			w.group(p, p.Items[from:to], room)
		}
		for _, x := range p.Items[from+room : to] {
			left++
			if x.Area != last {
				places, last = places+1, x.Area
			}
		}
		from = to
	}
	if left > 0 {
		w.say("")
		w.say("%s", w.in(fault.Textf("Còn %d việc nữa ở %d nơi, xem ở địa chỉ bên dưới.", "And %d more in %d places, see the address below.", left, places)))
	}
	w.shifts(p.Shifts)
	if base != "" {
		w.say("")
		w.say("%s", w.in(fault.Textf("Việc của tôi: %s/work?election=%s", "My work: %s/work?election=%s", base, e.ID)))
	}
}

// group names the first milestones of those that are told of for one reason.
func (w *writer) group(p *Part, items []Item, room int) {
	w.say("")
	w.say("%s (%d)", strings.ToUpper(w.in(whyWords[items[0].Why].heading)), len(items))
	last := -1
	for k := range items[:room] {
		x := &items[k]
		if x.Area != last {
			w.say("%s", w.in(placeName(p.Frame.List, x.Area)))
			last = x.Area
		}
		w.say("- %s", w.item(x))
	}
	w.named += room
}

func (w *writer) item(x *Item) string {
	limit := fault.Textf("hạn %s", "limit %s", day(x.Limit.Day))
	if x.Local {
		limit = fault.Textf("hạn theo kế hoạch %s", "limit of the plan %s", day(x.Limit.Day))
	}
	if !x.Limit.Clock.IsZero() {
		limit = fault.Textf("%s lúc %s", "%s, %s", limit, x.Limit.Clock)
	}
	text := fmt.Sprintf("%s: %s", w.in(x.Title), w.in(limit))
	if x.Limit.IsZero() {
		text = w.in(x.Title)
	} else if !x.Limit.PassedAt(w.At) || x.Why == Escalated {
		text += ", " + w.in(distance(w.At.Day.DaysUntil(x.Limit.Day)))
	}
	if state := stateWords(x); state != (fault.Text{}) {
		text += " (" + w.in(state) + ")"
	}
	return text
}

func stateWords(x *Item) fault.Text {
	switch {
	case x.Returned && x.Why != SentBack:
		return fault.Text{Vi: "bị trả lại", En: "returned"}
	case x.Work == tracker.Blocked:
		return fault.Text{Vi: "đang vướng", En: "blocked"}
	}
	return fault.Text{}
}

// distance says how far a limit is; days is negative when it is past.
func distance(days int) fault.Text {
	switch {
	case days == 0:
		return fault.Text{Vi: "hôm nay là ngày cuối", En: "today is the last day"}
	case days == 1:
		return fault.Text{Vi: "còn 1 ngày", En: "1 day left"}
	case days > 0:
		return fault.Textf("còn %d ngày", "%d days left", days)
	case days == -1:
		return fault.Text{Vi: "quá 1 ngày", En: "1 day over"}
	}
	return fault.Textf("quá %d ngày", "%d days over", -days)
}

func (w *writer) shifts(all []Shift) {
	if len(all) == 0 {
		return
	}
	w.say("")
	w.say("%s (%d)", strings.ToUpper(w.in(shiftHeading)), len(all))
	for k := range all[:min(len(all), mostShifts)] {
		w.say("- %s", w.in(shiftLine(&all[k])))
	}
	if left := len(all) - mostShifts; left > 0 {
		w.say("%s", w.in(fault.Textf("Còn %d lần thay đổi nữa.", "And %d more changes.", left)))
	}
}

func shiftLine(s *Shift) fault.Text {
	var vi, en []string
	for _, x := range []struct {
		n    int
		what words
	}{{s.Moved, movedWords}, {s.Arrived, arrivedWords}, {s.Gone, goneWords}} {
		if x.n > 0 {
			t := counted(x.n, x.what)
			vi, en = append(vi, t.Vi), append(en, t.En)
		}
	}
	text := fault.Text{Vi: strings.Join(vi, ", "), En: strings.Join(en, ", ")}
	text = fault.Textf("%s ở %s", "%s in %s", text, counted(s.Areas, areaWords))
	if len(s.Titles) > 0 {
		names := s.Titles[0]
		for _, t := range s.Titles[1:] {
			names = fault.Textf("%s; %s", "%s; %s", names, t)
		}
		text = fault.Textf("%s: %s", "%s: %s", text, names)
	}
	if s.Amended {
		text = fault.Textf("Cuộc bầu cử được sửa đổi (ngày bầu cử hoặc luật): %s", "The election was amended (its day or its law): %s", text)
	}
	return text
}

// words are those for a number of things: in English one, and more.
type words struct{ vi, one, more string }

func counted(n int, w words) fault.Text {
	en := w.more
	if n == 1 {
		en = w.one
	}
	return fault.Text{Vi: strconv.Itoa(n) + " " + w.vi, En: strconv.Itoa(n) + " " + en}
}

var (
	programName  = fault.Text{Vi: "Tiến độ", En: "Tiến độ"}
	shiftHeading = fault.Text{Vi: "Thời hạn thay đổi", En: "Changed dates"}
	shiftWords   = words{"thay đổi về thời hạn", "change of dates", "changes of dates"}
	movedWords   = words{"mốc đổi ngày", "milestone has other dates", "milestones have other dates"}
	arrivedWords = words{"mốc mới", "milestone is new", "milestones are new"}
	goneWords    = words{"mốc đã hủy", "milestone was cancelled", "milestones were cancelled"}
	areaWords    = words{"nơi", "place", "places"}
)

var whyWords = [...]struct {
	heading fault.Text
	subject words
}{
	Escalated: {fault.Text{Vi: "Quá hạn ở cấp dưới", En: "Overdue in the level below"}, words{"việc quá hạn ở cấp dưới", "overdue below", "overdue below"}},
	Today:     {fault.Text{Vi: "Hôm nay là ngày cuối", En: "Today is the last day"}, words{"việc hôm nay là ngày cuối", "due today", "due today"}},
	SentBack:  {fault.Text{Vi: "Bị trả lại", En: "Returned to you"}, words{"việc bị trả lại", "returned", "returned"}},
	Ahead:     {fault.Text{Vi: "Sắp đến hạn", En: "Due soon"}, words{"việc sắp đến hạn", "due soon", "due soon"}},
}

func day(d civil.Date) fault.Text { return fault.Text{Vi: d.Vietnamese(), En: d.String()} }

// placeName is the place and what it lies in, up to the province.
func placeName(list *area.List, i int) fault.Text {
	a := list.At(i)
	name := fault.Text{Vi: a.Name, En: a.NameEn}
	for i = list.Parent(i); i > 0; i = list.Parent(i) {
		a = list.At(i)
		name = fault.Textf("%s, %s", "%s, %s", name, fault.Text{Vi: a.Name, En: a.NameEn})
	}
	return name
}
