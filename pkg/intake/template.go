package intake

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/sheet"
)

// Template is an empty table to fill in, for a place and all below it, with what
// there is to know about its columns, and the codes that can stand in them.
type Template struct {
	Kind    *Kind
	View    *mirror.View
	Branch  int // index of the place
	English bool
}

func (t *Template) of(text fault.Text) string {
	if t.English && text.En != "" {
		return text.En
	}
	return text.Vi
}

// columns are those that can be filled in.
func (t *Template) columns() sheet.Columns {
	var all sheet.Columns
	for _, c := range t.Kind.Columns {
		if c.Use != sheet.Shows {
			all = append(all, c)
		}
	}
	return all
}

func (t *Template) header() []string {
	var titles []string
	for _, c := range t.columns() {
		titles = append(titles, t.of(c.Title))
	}
	return titles
}

// CSV writes the header alone, as UTF-8 with a mark.
func (t *Template) CSV(w io.Writer) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	_ = out.Write(t.header()) // told by Error
	out.Flush()
	return out.Error()
}

// XLSX writes a workbook: the table, what its columns mean, and the codes.
func (t *Template) XLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	bold, err := f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7ECF2"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	})
	if err != nil {
		return err
	}
	if err := t.empty(f, bold); err != nil {
		return err
	}
	sheets := []guide{t.explained(), t.places()}
	if t.Kind == Statuses {
		sheets = append(sheets, t.milestones())
	}
	for _, g := range sheets {
		if err := g.write(f, bold); err != nil {
			return err
		}
	}
	return f.Write(w)
}

// filled is for how many rows cells are formatted beforehand.
const filled = 2000

// empty is the table itself: codes are text, days are days, and words are chosen
// from a list.
func (t *Template) empty(f *excelize.File, bold int) error {
	name := t.of(fault.Text{Vi: "Nhập vào đây", En: "Fill in here"})
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	day := "dd/mm/yyyy"
	days, err := f.NewStyle(&excelize.Style{CustomNumFmt: &day})
	if err != nil {
		return err
	}
	texts, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	for k, c := range t.columns() {
		column := letters(k)
		style := texts
		if c.Kind == sheet.Day {
			style = days
		}
		if err := f.SetColStyle(name, column, style); err != nil {
			return err
		}
		if err := f.SetColWidth(name, column, column, c.Width); err != nil {
			return err
		}
		if err := f.SetCellStr(name, column+"1", t.of(c.Title)); err != nil {
			return err
		}
		if words := t.words(c.Key); words != nil {
			choice := excelize.NewDataValidation(true)
			choice.SetSqref(column + "2:" + column + strconv.Itoa(filled))
			if err := choice.SetDropList(words); err != nil {
				return err
			}
			if err := f.AddDataValidation(name, choice); err != nil {
				return err
			}
		}
	}
	if err := f.SetCellStyle(name, "A1", letters(len(t.columns())-1)+"1", bold); err != nil {
		return err
	}
	return f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// words are those that a column takes; nil: any.
func (t *Template) words(key string) []string {
	var all []string
	switch key {
	case sheet.ColStatus:
		for _, w := range sheet.Works[:len(sheet.Works)-1] { // nobody cancels by hand
			all = append(all, t.of(w))
		}
	case sheet.ColRole:
		for r := access.Viewer; r <= access.Administrator; r++ {
			all = append(all, t.of(r.Title()))
		}
	case sheet.ColLanguage:
		all = []string{"vi", "en"}
	}
	return all
}

// guide is a sheet to be read.
type guide struct {
	name   string
	widths []float64
	rows   [][]string // the header first
}

func (g *guide) write(f *excelize.File, bold int) error {
	if _, err := f.NewSheet(g.name); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(g.name)
	if err != nil {
		return err
	}
	for k, width := range g.widths {
		if err := s.SetColWidth(k+1, k+1, width); err != nil {
			return err
		}
	}
	for n, row := range g.rows {
		line := make([]any, len(row))
		for k, text := range row {
			cell := excelize.Cell{Value: text}
			if n == 0 {
				cell.StyleID = bold
			}
			line[k] = cell
		}
		if err := s.SetRow("A"+strconv.Itoa(n+1), line); err != nil {
			return err
		}
	}
	return s.Flush()
}

// meanings of columns, by key.
var meanings = map[string]fault.Text{
	sheet.ColArea:           {Vi: "Mã đơn vị như ở trang Mã đơn vị; mất số 0 ở đầu vẫn hiểu. Hoặc ghi tên ở cột Đơn vị", En: "Code of the place as on the sheet of codes; lost leading zeros are understood. Or give the name in the column Area name"},
	sheet.ColAreaName:       {Vi: "Tên đơn vị; chỉ dùng khi không có mã, và phải là tên duy nhất trong phạm vi nhập", En: "Name of the place; counts where there is no code, when it is unique in the branch"},
	sheet.ColWithin:         {Vi: "Đơn vị cấp trên, tên hoặc mã; để phân biệt hai đơn vị cùng tên", En: "Place above, name or code; to tell two places of one name apart"},
	sheet.ColMilestone:      {Vi: "Mã mốc như ở trang Mã mốc. Hoặc ghi tên việc ở cột Việc", En: "Key of the milestone as on the sheet of milestones. Or give its title in the column What"},
	sheet.ColTitle:          {Vi: "Tên việc; chỉ dùng khi không có mã mốc", En: "Title; counts where there is no key"},
	sheet.ColStatus:         {Vi: "Chưa làm, Đang làm, Vướng mắc, Xong, Không áp dụng", En: "Not started, In progress, Blocked, Done, Not applicable"},
	sheet.ColDoneOn:         {Vi: "Ngày xong, khi trạng thái là Xong", En: "The day it was done, with the status Done"},
	sheet.ColDoneBy:         {Vi: "Ngày chậm nhất, khi không rõ ngày xong", En: "The last day it can have been, where the day is not known"},
	sheet.ColPlannedOn:      {Vi: "Ngày kế hoạch của chính đơn vị", En: "The place's own target day"},
	sheet.ColDocumentNumber: {Vi: "Số văn bản chứng minh đã xong", En: "Number of the document that shows that it is done"},
	sheet.ColDocumentDate:   {Vi: "Ngày của văn bản", En: "Day of the document"},
	sheet.ColLink:           {Vi: "Địa chỉ web của văn bản", En: "Web address of the document"},
	sheet.ColReason:         {Vi: "Lý do, cần khi Vướng mắc hoặc Không áp dụng", En: "Reason; needed for Blocked and Not applicable"},
	sheet.ColNote:           {Vi: "Ghi chú nội bộ", En: "Internal note"},
	sheet.ColUser:           {Vi: "3 đến 64 chữ thường không dấu, chữ số, dấu chấm, gạch; là tên để đăng nhập", En: "3 to 64 small letters, digits, points, hyphens; the name at sign-in"},
	sheet.ColName:           {Vi: "Họ và tên; cần với tài khoản mới", En: "Full name; needed for a new account"},
	sheet.ColUnit:           {Vi: "Cơ quan, phòng ban", En: "Office or department"},
	sheet.ColLanguage:       {Vi: "vi hoặc en; để trống là vi", En: "vi or en; empty is vi"},
	sheet.ColRole:           {Vi: "Người xem, người báo cáo, phụ trách; quản trị chỉ cho cả nước (VN)", En: "Viewer, reporter, lead; administrator for the nation (VN) only"},
}

// explained says what each column is for.
func (t *Template) explained() guide {
	g := guide{name: t.of(fault.Text{Vi: "Hướng dẫn", En: "How to"}), widths: []float64{24, 20, 90}}
	g.rows = append(g.rows, []string{t.of(fault.Text{Vi: "Tên cột", En: "Name"}), t.of(fault.Text{Vi: "Khóa cột", En: "Key"}), t.of(fault.Text{Vi: "Ý nghĩa", En: "Meaning"})})
	for _, c := range t.columns() {
		g.rows = append(g.rows, []string{t.of(c.Title), c.Key, t.of(meanings[c.Key])})
	}
	for _, text := range []fault.Text{
		{Vi: "Thứ tự cột tùy ý; cột không cần thì bỏ. Ô trống không xóa gì. Ngày viết ngày/tháng/năm, ví dụ 05/02/2021.", En: "Columns in any order; leave out what is not needed. An empty cell takes nothing away. Days are day/month/year, such as 05/02/2021."},
		{Vi: "Hệ thống cho xem trước từng dòng; chỉ ghi khi bấm xác nhận. Nhập lại cùng tệp không đổi gì.", En: "Every row is previewed; nothing is written until it is confirmed. The same file again changes nothing."},
	} {
		g.rows = append(g.rows, []string{"", "", t.of(text)})
	}
	return g
}

// levels are what levels are called.
var levels = map[area.Level]fault.Text{
	area.LevelNation: {Vi: "Cả nước", En: "Nation"}, area.LevelProvince: {Vi: "Tỉnh", En: "Province"}, area.LevelDistrict: {Vi: "Huyện", En: "District"},
	area.LevelCommune: {Vi: "Xã", En: "Commune"}, area.LevelPollingArea: {Vi: "Khu vực bỏ phiếu", En: "Polling area"},
}

// places are the codes of the branch.
func (t *Template) places() guide {
	g := guide{name: t.of(fault.Text{Vi: "Mã đơn vị", En: "Area codes"}), widths: []float64{12, 34, 16, 34}}
	g.rows = append(g.rows, []string{
		t.of(fault.Text{Vi: "Mã", En: "Code"}), t.of(fault.Text{Vi: "Tên", En: "Name"}), t.of(fault.Text{Vi: "Cấp", En: "Level"}), t.of(fault.Text{Vi: "Thuộc", En: "Within"}),
	})
	list := t.View.Frame().List
	_, end := list.Descendants(t.Branch)
	for i := t.Branch; i < end; i++ {
		a, within := list.At(i), ""
		if above := list.Parent(i); above > 0 {
			within = t.of(fault.Text{Vi: list.At(above).Name, En: list.At(above).NameEn})
		}
		g.rows = append(g.rows, []string{string(a.Code), t.of(fault.Text{Vi: a.Name, En: a.NameEn}), t.of(levels[a.Level]), within})
	}
	return g
}

// milestones are those of the branch, by key, with the levels that have them.
func (t *Template) milestones() guide {
	g := guide{name: t.of(fault.Text{Vi: "Mã mốc", En: "Milestones"}), widths: []float64{40, 90, 24}}
	g.rows = append(g.rows, []string{t.of(fault.Text{Vi: "Khóa", En: "Key"}), t.of(fault.Text{Vi: "Tên việc", En: "Title"}), t.of(fault.Text{Vi: "Cấp", En: "Level"})})
	list := t.View.Frame().List
	_, end := list.Descendants(t.Branch)
	var order []string
	seen := map[string]*[3]string{}
	for i := t.Branch; i < end; i++ {
		level := t.of(levels[list.At(i).Level])
		all := t.View.Board(i).Milestones()
		for k := range all {
			o := t.View.Origin(&all[k])
			row := seen[string(o.Key)]
			if row == nil {
				row = &[3]string{string(o.Key), t.of(o.Title), level}
				seen[row[0]], order = row, append(order, row[0])
			} else if !strings.Contains(row[2], level) {
				row[2] += ", " + level
			}
		}
	}
	for _, key := range order {
		g.rows = append(g.rows, seen[key][:])
	}
	return g
}
