package export

import (
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// mostLate is how many of what is late a report lists; the others it counts.
const mostLate = 200

// Report is what an administrative report on the progress of a branch says. It
// holds public things only, and it is in Vietnamese, as such reports are.
type Report struct {
	branch *Branch
	head   tracker.Head
	matrix *timeline.Matrix
	late   *timeline.List
}

// Report gathers the report on the branch; of its options AsOf, Body and Serves
// count. head is where the election's log stands.
func (b *Branch) Report(head tracker.Head) (*Report, error) {
	r := &Report{branch: b, head: head}
	o := b.Options
	var err error
	if r.matrix, err = timeline.BuildMatrix(b.View, b.Area, b.Now, timeline.MatrixOptions{AsOf: o.AsOf, Body: o.Body, Serves: o.Serves}); err != nil {
		return nil, err
	}
	states, err := timeline.ParseListStates("late")
	if err != nil {
		return nil, err
	}
	r.late, err = timeline.BuildList(b.View, b.Area, b.Now, timeline.ListOptions{
		AsOf: o.AsOf, Body: o.Body, Serves: o.Serves, States: states, Lateness: true, Limit: mostLate,
	})
	return r, err
}

// body is the organ whose report it is: the election's own of the place.
type body struct{ kind, place, short string }

func (b body) name() string { return strings.TrimSpace(b.kind + " " + b.place) }

func bodyOf(v *mirror.View, i int) body {
	a := v.Frame().List.At(i)
	switch {
	case a.Level == area.LevelNation:
		return body{"Hội đồng bầu cử quốc gia", "", "HĐBCQG"}
	case v.Place(i).Council:
		return body{"Ủy ban bầu cử", lower(a.Name), "UBBC"}
	}
	return body{"Ủy ban nhân dân", lower(a.Name), "UBND"}
}

// lower is a name within a sentence: "Tỉnh Bắc Kạn" is "tỉnh Bắc Kạn".
func lower(name string) string {
	for k, r := range name {
		return strings.ToLower(string(r)) + name[k+len(string(r)):]
	}
	return name
}

// PDF writes the report in the form of annex I to Decree 30/2020/NĐ-CP: A4,
// Times-like letters, national heading, number and date line, tables, list of
// recipients, signature block. The same report gives the same bytes.
func (r *Report) PDF(w io.Writer) error {
	p := newPaper(r.branch.Moment, "Báo cáo "+r.subject(), r.trace())
	r.heading(p)
	r.summary(p)
	r.phases(p)
	r.children(p)
	r.lateList(p)
	r.closing(p)
	return p.write(w)
}

// subject is what the report is about.
func (r *Report) subject() string {
	title := r.branch.frame().Election.Title.Vi
	if title == "" {
		title = "bầu cử ngày " + r.branch.frame().Election.Day.Vietnamese()
	}
	return "Tiến độ chuẩn bị " + lower(title)
}

// where is the place in a sentence.
func (r *Report) where() string {
	if a := r.branch.place(); a.Level != area.LevelNation {
		return lower(a.Name)
	}
	return "cả nước"
}

// kind is what stands above: nobody is to sign what was played.
func (r *Report) kind() string {
	if r.branch.Trial {
		return "BÁO CÁO CHẠY THỬ (không có giá trị)"
	}
	return "BÁO CÁO"
}

// trace says what the report was made from, as `tiendo audit verify --known`
// takes it: so that anybody can prove it.
func (r *Report) trace() string {
	e := r.branch.frame().Election
	trial := ""
	if r.branch.Trial {
		trial = "CHẠY THỬ. "
	}
	return fmt.Sprintf("%sDấu vết nhật ký: %s:%d:%s; số liệu ngày %s, bản %d",
		trial, e.ID, r.head.Revision, hex.EncodeToString(r.head.Hash[:8]), r.branch.day().Vietnamese(), r.branch.View.Revision())
}

func (r *Report) heading(p *paper) {
	by := bodyOf(r.branch.View, r.branch.Area)
	y, m, d := r.branch.Now.Day.Parts()
	seat := area.ShortName(r.branch.place())
	if r.branch.place().Level == area.LevelNation {
		seat = "Hà Nội"
	}
	p.heading(strings.ToUpper(strings.TrimSpace(by.kind+"\n"+by.place)), "Số:          /BC-"+by.short, fmt.Sprintf("%s, ngày %02d tháng %02d năm %d", seat, d, m, y))
	p.title(r.kind(), r.subject(), "tại "+r.where()+", số liệu ngày "+r.branch.day().Vietnamese())
}

func (r *Report) summary(p *paper) {
	t := r.matrix.Totals
	p.section("I. Tình hình chung")
	scope := r.where()
	if len(r.matrix.Rows) > 0 {
		scope += " và các đơn vị trực thuộc"
	}
	p.paragraph(fmt.Sprintf("Tính đến ngày %s%s, trong tổng số %s mốc việc của %s: đã xong %s (%s), trong đó cấp trên đã xác nhận %s; trễ hạn %s; chậm kế hoạch %s; sắp đến hạn trong %d ngày tới %s.",
		r.branch.day().Vietnamese(), r.untilPolls(), dotted(t.Total), scope, dotted(t.Done), share(t.Done, t.Total), dotted(t.Confirmed),
		dotted(t.Overdue), dotted(t.BehindPlan), timeline.Soon, dotted(t.DueSoon)))
	if next := r.matrix.Next; !next.On.IsZero() {
		p.paragraph(fmt.Sprintf("Thời hạn gần nhất còn phải thực hiện: %s, ngày %s.", lower(next.Title.Vi), next.On.Vietnamese()))
	}
}

// untilPolls says how many days are left to election day, while they are.
func (r *Report) untilPolls() string {
	day := r.branch.frame().Election.Day
	switch left := r.branch.day().DaysUntil(day); {
	case left > 0:
		return fmt.Sprintf(" (còn %d ngày đến ngày bầu cử %s)", left, day.Vietnamese())
	case left == 0:
		return " (ngày bầu cử)"
	}
	return fmt.Sprintf(" (sau ngày bầu cử %s)", day.Vietnamese())
}

var sumHeads = []string{"Tổng số", "Đã xong", "Đã xác nhận", "Trễ hạn", "Chậm kế hoạch", "Sắp đến hạn"}

const sumWidth = 16.5

func sumsTable(what string) table {
	t := table{{head: "TT", width: 10, align: "C"}, {head: what, width: textWidth - 10 - float64(len(sumHeads))*sumWidth, align: "L"}}
	for _, head := range sumHeads {
		t = append(t, tableColumn{head: head, width: sumWidth, align: "R"})
	}
	return t
}

func sumCells(n int, name string, s timeline.Sums) []string {
	cells := []string{"", name}
	if n > 0 {
		cells[0] = strconv.Itoa(n)
	}
	for _, x := range []int32{s.Total, s.Done, s.Confirmed, s.Overdue, s.BehindPlan, s.DueSoon} {
		cells = append(cells, dotted(x))
	}
	return cells
}

func (r *Report) phases(p *paper) {
	p.section("II. Tiến độ theo giai đoạn")
	t := sumsTable("Giai đoạn")
	p.begin(t)
	n := 0
	for _, phase := range r.matrix.Phases {
		if phase.Sums.Total == 0 {
			continue // only periods and rights: nothing to be done
		}
		n++
		p.row(t, sumCells(n, phase.Title.Vi, phase.Sums), false)
	}
	p.row(t, sumCells(0, "Tổng cộng", r.matrix.Totals), true)
}

func (r *Report) children(p *paper) {
	if len(r.matrix.Rows) == 0 {
		return
	}
	p.section("III. Tiến độ theo đơn vị trực thuộc")
	t := sumsTable("Đơn vị")
	p.begin(t)
	own := r.matrix.Totals
	for k, i := range r.matrix.Rows {
		s := r.matrix.RowSums[k]
		p.row(t, sumCells(k+1, r.matrix.Frame.List.At(i).Name, s), false)
		own = minus(own, s)
	}
	p.row(t, sumCells(0, "Việc của riêng "+r.where(), own), false)
	p.row(t, sumCells(0, "Tổng cộng", r.matrix.Totals), true)
}

func minus(a, b timeline.Sums) timeline.Sums {
	return timeline.Sums{
		Total: a.Total - b.Total, Done: a.Done - b.Done, Confirmed: a.Confirmed - b.Confirmed,
		Overdue: a.Overdue - b.Overdue, BehindPlan: a.BehindPlan - b.BehindPlan, DueSoon: a.DueSoon - b.DueSoon,
	}
}

func (r *Report) lateList(p *paper) {
	number := "IV"
	if len(r.matrix.Rows) == 0 {
		number = "III"
	}
	p.section(number + ". Việc trễ hạn, chậm kế hoạch")
	if len(r.late.Items) == 0 {
		p.paragraph("Không có việc nào trễ hạn hoặc chậm kế hoạch.")
		return
	}
	t := table{
		{head: "TT", width: 10, align: "C"},
		{head: "Việc", width: 69, align: "L"},
		{head: "Đơn vị", width: 38, align: "L"},
		{head: "Hạn", width: 22, align: "C"},
		{head: "Tình trạng", width: textWidth - 139, align: "L"},
	}
	p.begin(t)
	for k := range r.late.Items {
		x := &r.late.Items[k]
		day, how := lateness(x)
		p.row(t, []string{strconv.Itoa(k + 1), x.Origin.Title.Vi, r.late.Frame.List.At(x.Area).Name, day.Vietnamese(), how}, false)
	}
	if rest := r.late.Total - len(r.late.Items); rest > 0 {
		p.gap(2)
		p.paragraph(fmt.Sprintf("Và %s việc khác; danh sách đầy đủ ở bảng tính kèm theo.", dotted(int32(rest)))) //nolint:gosec // counts of one election
	}
}

// lateness is the day that was missed, and by how much: the law's limit, or a
// plan's day.
func lateness(x *timeline.ListItem) (civil.Date, string) {
	day := x.Milestone.Latest.Day
	if x.Timing == timeline.Overdue {
		if x.DaysLeft == 0 {
			return day, "Trễ hạn trong ngày"
		}
		return day, fmt.Sprintf("Trễ %d ngày", -x.DaysLeft)
	}
	if planned := x.Milestone.Planned; !planned.IsZero() && (x.Origin.Binding != mirror.ByPlan || day.IsZero() || planned.Before(day)) {
		day = planned
	}
	return day, fmt.Sprintf("Chậm kế hoạch %d ngày", x.DaysBehind)
}

func (r *Report) closing(p *paper) {
	b := r.branch
	by := bodyOf(b.View, b.Area)
	recipients := []string{"- Ủy ban Thường vụ Quốc hội;"}
	if above := b.View.Frame().List.Parent(b.Area); above >= 0 {
		recipients = []string{"- " + bodyOf(b.View, above).name() + ";"}
	}
	recipients = append(recipients, "- Các đơn vị liên quan;", "- Lưu: VT, "+by.short+".")
	p.closing(recipients, "TM. "+strings.ToUpper(by.kind), "CHỦ TỊCH")
}

// dotted writes a number as in Vietnam: 1.234.
func dotted(n int32) string {
	s := strconv.Itoa(int(n))
	for k := len(s) - 3; k > 0; k -= 3 {
		s = s[:k] + "." + s[k:]
	}
	return s
}

// share is a part in per cent with one digit: "12,3%".
func share(part, whole int32) string {
	if whole == 0 {
		return "0%"
	}
	tenths := (int64(part)*2000 + int64(whole)) / (2 * int64(whole))
	return fmt.Sprintf("%d,%d%%", tenths/10, tenths%10)
}
