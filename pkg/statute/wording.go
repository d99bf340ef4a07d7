package statute

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// sentence writes one date as a sum with its citation: "23/05/2021 − 105 ngày =
// 07/02/2021 (Chủ nhật), khoản 1 Điều 22 Luật 85/2015/QH13; không lùi ngày nghỉ".
func (s *site) sentence(w *DateWhy, r *Rule) fault.Text {
	var sum fault.Text
	switch {
	case w.Date.IsZero():
		sum = unknownSum(w)
	case w.Anchor == OnVotingOpens:
		sum = s.openingSum(w)
	case w.Days == 0:
		sum = both(s.label(w), ": ", result(w))
	default:
		sum = both(s.counted(w), " = ", result(w))
	}
	sum = both(sum, ", ", r.citation())
	if w.DayOff.Vi != "" && (w.Days != 0 || w.Hours != 0) {
		sum = both(sum, "; ", fault.Text{Vi: "không lùi ngày nghỉ", En: "not moved for days off"})
	}
	return sum
}

// counted is the left side of a sum: what is counted from, and how far.
func (s *site) counted(w *DateWhy) fault.Text {
	from := day(w.AnchorDay)
	if w.Anchor != OnElectionDay || w.LastVote { // election day goes without saying
		from = both(s.label(w), ": ", from)
	}
	sign, n := "+", w.Days
	if n < 0 {
		sign, n = "−", -n
	}
	return both(from, " "+sign+" ", amount(n, "ngày", "day"))
}

// label names what is counted from.
func (s *site) label(w *DateWhy) fault.Text {
	switch w.Anchor {
	case OnElectionDay:
		if w.LastVote {
			return fault.Text{
				Vi: "Ngày bỏ phiếu sau cùng ở địa phương (bầu cử thêm, bầu cử lại hoặc hoãn)",
				En: "The last day of voting here (an extra vote, a re-vote or a postponed one)",
			}
		}
		return fault.Text{Vi: "Ngày bầu cử", En: "Election day"}
	case OnVotingDay:
		if w.AnchorDay != s.election.Day {
			return fault.Text{Vi: "Ngày bỏ phiếu riêng của địa phương (Điều 72)", En: "The area's own voting day (Article 72)"}
		}
		return fault.Text{Vi: "Ngày bỏ phiếu", En: "Voting day"}
	case OnByElectionDay:
		return fault.Text{Vi: "Ngày bầu cử bổ sung", En: "By-election day"}
	case OnDate:
		return fault.Text{Vi: "Ngày ấn định", En: "Fixed day"}
	case OnOccurrenceDay:
		return fault.Textf("Ngày xảy ra %[1]s", "Day of %[2]s", quote(w.Occurrence.Title.Vi), quote(w.Occurrence.Title.En))
	}
	vi, en := "Ngày đã ghi của", "Recorded day of"
	switch w.Basis {
	case BasisDone:
		vi, en = "Theo ngày thực hiện đã báo cáo của", "Counted from the reported done day of"
	case BasisLatest:
		vi, en = "Theo hạn luật định của", "Counted from the latest legal day of"
	}
	return fault.Text{Vi: vi + " " + quote(w.Milestone.Title.Vi), En: en + " " + quote(w.Milestone.Title.En)}
}

// openingSum counts hours from the opening of the polls.
func (s *site) openingSum(w *DateWhy) fault.Text {
	opening := w.Date.AddHours(-w.Hours)
	label := fault.Text{Vi: "giờ khai mạc", En: "the opening of the polls"}
	switch {
	case opening.Day == s.election.Day && opening.Clock != usualOpening:
		label = fault.Text{Vi: "giờ khai mạc riêng của địa phương", En: "the area's own opening of the polls"}
	case opening.Day != s.election.Day:
		label = fault.Text{Vi: "giờ khai mạc riêng của địa phương (Điều 72)", En: "the area's own opening of the polls (Article 72)"}
	}
	switch {
	case w.Hours == 0:
		return both(capital(label), ": ", result(w))
	case w.Hours < 0:
		n := amount(-w.Hours, "giờ", "hour")
		label = fault.Text{Vi: n.Vi + " trước " + label.Vi, En: n.En + " before " + label.En}
	default:
		n := amount(w.Hours, "giờ", "hour")
		label = fault.Text{Vi: n.Vi + " sau " + label.Vi, En: n.En + " after " + label.En}
	}
	return both(both(label, " ", moment(opening)), " = ", result(w))
}

// unknownSum is for a date whose anchor has no day yet.
func unknownSum(w *DateWhy) fault.Text {
	what := fault.Text{Vi: "ngày bầu cử bổ sung", En: "the by-election day"}
	if w.Occurrence != nil {
		what = fault.Text{Vi: "ngày xảy ra " + quote(w.Occurrence.Title.Vi), En: "the day of " + quote(w.Occurrence.Title.En)}
	}
	switch n := w.Days; {
	case n == 0:
		what = capital(what)
	case n < 0:
		what = both(amount(-n, "ngày", "day"), " ", fault.Text{Vi: "trước " + what.Vi, En: "before " + what.En})
	default:
		what = both(amount(n, "ngày", "day"), " ", fault.Text{Vi: "sau " + what.Vi, En: "after " + what.En})
	}
	return both(what, " ", fault.Text{Vi: "(chưa có ngày)", En: "(not known yet)"})
}

// undated is the sentence of a rule that the law gives no day.
func (s *site) undated(r *Rule) fault.Text {
	text := fault.Text{Vi: "Luật không ấn định ngày", En: "The law names no day"}
	var vi, en []string
	for _, pattern := range r.After {
		t := s.book.byKey[at(pattern, s.chain[0].Level)]
		vi, en = append(vi, quote(t.Title.Vi)), append(en, quote(t.Title.En))
	}
	if len(vi) > 0 {
		text.Vi += "; thực hiện sau: " + strings.Join(vi, ", ")
		text.En += "; to be done after: " + strings.Join(en, ", ")
	}
	return both(text, "; ", r.citation())
}

// citation joins everything the rule rests on.
func (r *Rule) citation() fault.Text {
	text := r.Basis.Text()
	for i, c := range r.Also {
		more := c.Text()
		if i < len(r.Also)-1 {
			text = both(text, ", ", more)
			continue
		}
		text = fault.Text{Vi: text.Vi + " và " + more.Vi, En: text.En + " and " + more.En}
	}
	return text
}

// result writes the date that came out, and what makes it a day off.
func result(w *DateWhy) fault.Text {
	text := moment(w.Date)
	if w.DayOff.Vi != "" {
		text = fault.Text{Vi: text.Vi + " (" + w.DayOff.Vi + ")", En: text.En + " (" + w.DayOff.En + ")"}
	}
	return text
}

// moment writes a day, or an hour of it.
func moment(c civil.Cutoff) fault.Text {
	text := day(c.Day)
	if c.Clock.IsZero() {
		return text
	}
	return fault.Text{Vi: c.Clock.String() + " ngày " + text.Vi, En: c.Clock.String() + " on " + text.En}
}

func day(d civil.Date) fault.Text { return fault.Text{Vi: d.Vietnamese(), En: english(d)} }

// english writes a day as "7 Feb 2021".
func english(d civil.Date) string {
	y, m, day := d.Parts()
	return strconv.Itoa(day) + " " + m.String()[:3] + " " + strconv.Itoa(y)
}

// amount writes a number of units; English takes a plural.
func amount(n int, vi, en string) fault.Text {
	if n != 1 {
		en += "s"
	}
	return fault.Textf("%[1]d %[2]s", "%[1]d %[3]s", n, vi, en)
}

func both(a fault.Text, between string, b fault.Text) fault.Text {
	return fault.Text{Vi: a.Vi + between + b.Vi, En: a.En + between + b.En}
}

func quote(s string) string { return "“" + s + "”" }

// capital makes the first letter of both sentences a capital.
func capital(t fault.Text) fault.Text {
	return fault.Text{Vi: upperFirst(t.Vi), En: upperFirst(t.En)}
}

func upperFirst(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}
