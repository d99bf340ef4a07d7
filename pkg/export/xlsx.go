package export

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/sheet"
	"tiendo/pkg/timeline"
)

// mostRows is how many rows a sheet of .xlsx has, its header with them.
const mostRows = excelize.TotalRows

// XLSX writes the branch as a workbook: a sheet for each level, header frozen
// and filtered, days as dates, codes as text. Rows go to a file of their own
// while they are written, where there is a place for such files; the workbook is
// put together at the end. Fails with fault.Invalid "table-too-long" when a
// level has more rows than a sheet can.
func (b *Branch) XLSX(w io.Writer) (err error) {
	counts, err := b.count()
	if err != nil {
		return err
	}
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	look, err := newLook(f)
	if err != nil {
		return err
	}
	begun := false
	for level := area.LevelNation; level <= area.LevelPollingArea; level++ {
		empty := len(counts) == 0 && level == b.place().Level // one sheet at least
		if counts[level] == 0 && !empty {
			continue
		}
		if err := b.sheet(f, look, level, counts[level], !begun); err != nil {
			return err
		}
		begun = true
	}
	if err := b.describe(f); err != nil {
		return err
	}
	return f.Write(w)
}

// count counts the rows of each level.
func (b *Branch) count() (map[area.Level]int, error) {
	counts := map[area.Level]int{}
	list := b.View.Frame().List
	err := timeline.EachPlace(b.View, b.Area, b.Now, b.Options, func(i int, items []timeline.ListItem) error {
		counts[list.At(i).Level] += len(items)
		return nil
	})
	for level, n := range counts {
		if n >= mostRows {
			return nil, fault.New(fault.Invalid, "table-too-long",
				"Bảng cấp %s có %d dòng, Excel chỉ chứa %d; chọn đơn vị nhỏ hơn hoặc lọc bớt, hoặc tải .csv",
				"The table of level %s has %d rows, Excel holds %d; choose a smaller branch or a filter, or take .csv", level, n, mostRows-1)
		}
	}
	return counts, err
}

// look is the styles of cells.
type look struct{ header, text, day, wrapped int }

// dayFormat is how days look in Vietnam, whatever the machine's language is.
const dayFormat = "dd/mm/yyyy"

func newLook(f *excelize.File) (l look, err error) {
	format := dayFormat
	top := &excelize.Alignment{Vertical: "top"}
	for _, x := range []struct {
		id    *int
		style excelize.Style
	}{
		{&l.header, excelize.Style{
			Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7ECF2"}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
			Border:    []excelize.Border{{Type: "bottom", Color: "808080", Style: 1}},
		}},
		{&l.text, excelize.Style{NumFmt: 49, Alignment: top}}, // "@"
		{&l.day, excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "center"}}},
		{&l.wrapped, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
	} {
		if *x.id, err = f.NewStyle(&x.style); err != nil {
			return l, err
		}
	}
	return l, nil
}

// sheet writes the rows of a level.
func (b *Branch) sheet(f *excelize.File, l look, level area.Level, rows int, isFirst bool) error {
	name := sheetName(b.Language.of(levelNames[level]))
	if isFirst {
		if err := f.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(name); err != nil {
		return err
	}
	if err := b.page(f, name, rows); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := b.head(s, l); err != nil {
		return err
	}
	at := 1
	line := make([]any, len(sheet.StatusColumns))
	err = b.rows(level, func(r *row) error {
		at++
		for k, c := range b.cells(r) {
			line[k] = l.cell(sheet.StatusColumns[k].Key, c)
		}
		return s.SetRow(fmt.Sprintf("A%d", at), line)
	})
	if err != nil {
		return err
	}
	return s.Flush()
}

// head freezes the header and writes it.
func (b *Branch) head(s *excelize.StreamWriter, l look) error {
	if err := s.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: "C2", ActiveCell: "C2", Pane: "bottomRight"}},
	}); err != nil {
		return err
	}
	titles := make([]any, len(sheet.StatusColumns))
	for k, title := range b.header() {
		if err := s.SetColWidth(k+1, k+1, sheet.StatusColumns[k].Width); err != nil {
			return err
		}
		titles[k] = excelize.Cell{StyleID: l.header, Value: title}
	}
	return s.SetRow("A1", titles, excelize.RowOpts{Height: 32})
}

// page sets up how a sheet is filtered and printed; all of it stands in the file
// before the rows.
func (b *Branch) page(f *excelize.File, name string, rows int) error {
	end, err := excelize.CoordinatesToCellName(len(sheet.StatusColumns), rows+1)
	if err != nil {
		return err
	}
	if err := f.AutoFilter(name, "A1:"+end, nil); err != nil {
		return err
	}
	landscape, a3, wide, tall := "landscape", 8, 1, 0
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a3, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	fit := true
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddFooter: "&L" + strings.ReplaceAll(first(b.title(), 150), "&", "&&") + "&R&P/&N",
	}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: "'" + strings.ReplaceAll(name, "'", "''") + "'!$1:$1", Scope: name,
	})
}

// cell is what the workbook has in a cell: nothing where nothing is said.
func (l *look) cell(key string, c cell) any {
	switch {
	case c.isNumber:
		return c.number
	case c.isText && (key == sheet.ColTitle || key == sheet.ColReason || key == sheet.ColNote):
		return excelize.Cell{StyleID: l.wrapped, Value: c.text}
	case c.isText:
		return excelize.Cell{StyleID: l.text, Value: c.text}
	case !c.day.IsZero():
		return excelize.Cell{StyleID: l.day, Value: serial(c.day)}
	}
	return nil
}

// zeroth is the day that Excel counts from, if one leaves out the 29 February
// 1900 that it believes in: right for every day since.
var zeroth = civil.New(1899, time.December, 30)

// serial is a day as Excel counts it.
func serial(d civil.Date) int { return zeroth.DaysUntil(d) }

// sheetName is a name without what Excel does not take in one.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return '-'
		}
		return r
	}, s)
	if r := []rune(strings.Trim(s, "'")); len(r) > excelize.MaxSheetNameLength {
		return string(r[:excelize.MaxSheetNameLength])
	}
	return strings.Trim(s, "'")
}

// describe says in the file's properties what it shows.
func (b *Branch) describe(f *excelize.File) error {
	created := b.Moment.UTC().Format(time.RFC3339)
	e := b.frame().Election
	if err := f.SetDocProps(&excelize.DocProperties{
		Title: b.title(), Subject: b.Language.of(e.Title), Creator: "Tiến độ", LastModifiedBy: "Tiến độ", Language: string(b.Language),
		Created: created, Modified: created, Identifier: fmt.Sprintf("%s/%s", e.ID, b.place().Code), Version: fmt.Sprint(b.View.Revision()),
	}); err != nil {
		return err
	}
	return f.SetAppProps(&excelize.AppProperties{Application: "Tiến độ"})
}
