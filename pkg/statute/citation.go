package statute

import (
	"regexp"
	"strings"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// InstrumentKind is the kind of a legal or Party document.
type InstrumentKind uint8

// The kinds of instruments.
const (
	Law InstrumentKind = iota + 1
	Resolution
	JointResolution
	Plan
	Guidance
	Directive
)

var instrumentKindNames = []string{"", "law", "resolution", "joint_resolution", "plan", "guidance", "directive"}

var instrumentKindWords = []fault.Text{
	{},
	{Vi: "Luật", En: "Law"},
	{Vi: "Nghị quyết", En: "Resolution"},
	{Vi: "Nghị quyết liên tịch", En: "Joint Resolution"},
	{Vi: "Kế hoạch", En: "Plan"},
	{Vi: "Hướng dẫn", En: "Guidance"},
	{Vi: "Chỉ thị", En: "Directive"},
}

// ParseInstrumentKind reads the name of a kind of instrument.
func ParseInstrumentKind(s string) (InstrumentKind, error) {
	return parse[InstrumentKind]("kind", instrumentKindNames, s)
}

func (k InstrumentKind) String() string { return name(instrumentKindNames, k) }

// Word is what the kind is called, with a capital.
func (k InstrumentKind) Word() fault.Text {
	if int(k) < len(instrumentKindWords) {
		return instrumentKindWords[k]
	}
	return fault.Text{}
}

// Instrument is the document that a rule stands in.
type Instrument struct {
	ID        string
	Kind      InstrumentKind
	Number    string // empty: not known
	AmendedBy string // number of the law whose wording is meant; empty: as issued
	Title     fault.Text
	IssuedOn  civil.Date // none: not known
	Note      string
}

// Name is what a citation calls the instrument: kind and number, or, where the
// number is not known, its title and day.
func (i *Instrument) Name() fault.Text {
	if i.Number == "" {
		return i.titleAndDay()
	}
	word := i.Kind.Word()
	name := fault.Text{Vi: word.Vi + " " + i.Number, En: word.En + " " + i.Number}
	if i.AmendedBy != "" {
		name.Vi += " (sửa đổi bởi " + word.Vi + " " + i.AmendedBy + ")"
		name.En += " (as amended by " + word.En + " " + i.AmendedBy + ")"
	}
	return name
}

func (i *Instrument) titleAndDay() fault.Text {
	name := i.Title
	if !i.IssuedOn.IsZero() {
		name.Vi += " ngày " + i.IssuedOn.Vietnamese()
		name.En += " of " + english(i.IssuedOn)
	}
	return name
}

// Citation points into an instrument.
type Citation struct {
	Instrument *Instrument
	// Article as rulebooks write it ("Điều 22 khoản 1"); empty: all of it.
	Article string
}

// Text writes the citation as each language does: "khoản 1 Điều 22 Luật
// 85/2015/QH13", "Article 22(1) of Law 85/2015/QH13".
func (c Citation) Text() fault.Text {
	name := c.Instrument.Name()
	places, _ := parseArticle(c.Article) // checked when the rulebook was loaded
	if len(places) == 0 {
		return name
	}
	vi, en := make([]string, len(places)), make([]string, len(places))
	for i, p := range places {
		vi[i], en[i] = p.vietnamese(), p.english()
	}
	return fault.Text{
		Vi: strings.Join(vi, "; ") + " " + name.Vi,
		En: strings.Join(en, "; ") + " of " + name.En,
	}
}

// passage is one article with the clauses and points of it that are meant.
type passage struct {
	article string
	clauses []clause
	point   string
}

// clause is one clause, or a run of them.
type clause struct{ from, to string }

var (
	passageForm = regexp.MustCompile(`^Điều (\d+[a-z]?)(?: (khoản .+?))?(?: điểm (\pL))?$`)
	clauseForm  = regexp.MustCompile(`^khoản (\d+[a-z]?)(?: đến khoản (\d+[a-z]?))?$`)
)

// parseArticle reads "Điều 35 khoản 1; Điều 36 khoản 1 điểm a" and says false
// when it cannot. The empty text has no passages.
func parseArticle(s string) ([]passage, bool) {
	if s == "" {
		return nil, true
	}
	var all []passage
	for part := range strings.SplitSeq(s, "; ") {
		m := passageForm.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		clauses, ok := parseClauses(m[2])
		if !ok || (m[3] != "" && len(clauses) != 1) {
			return nil, false
		}
		all = append(all, passage{article: m[1], clauses: clauses, point: m[3]})
	}
	return all, true
}

func parseClauses(s string) ([]clause, bool) {
	if s == "" {
		return nil, true
	}
	var all []clause
	for part := range strings.SplitSeq(s, ", ") {
		m := clauseForm.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		all = append(all, clause{from: m[1], to: m[2]})
	}
	return all, true
}

// vietnamese goes from the smallest part to the article, as offices write.
func (p passage) vietnamese() string {
	var b strings.Builder
	if p.point != "" {
		b.WriteString("điểm " + p.point + " ")
	}
	for i, c := range p.clauses {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("khoản " + c.from)
		if c.to != "" {
			b.WriteString(" đến khoản " + c.to)
		}
	}
	if len(p.clauses) > 0 {
		b.WriteString(" ")
	}
	b.WriteString("Điều " + p.article)
	return b.String()
}

func (p passage) english() string {
	var b strings.Builder
	b.WriteString("Article " + p.article)
	for i, c := range p.clauses {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + c.from + ")")
		if c.to != "" {
			b.WriteString("–(" + c.to + ")")
		}
	}
	if p.point != "" {
		b.WriteString("(" + p.point + ")")
	}
	return b.String()
}
