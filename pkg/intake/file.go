package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/sheet"
)

// maxUnzipped is what a workbook may come to, in bytes: a small file that is a
// huge one inside ends here. Nothing of it goes to a disk.
const maxUnzipped = 128 << 20

// Read reads a file: a workbook (.xlsx) by its first bytes, else as .csv. What
// is in it decides, not what it is called. Fails with fault.Invalid when it
// cannot be read, or is no table of this kind.
func Read(raw []byte, kind *Kind) (*Table, error) {
	r := &reader{table: Table{Kind: kind}}
	var err error
	switch {
	case len(raw) > MaxBytes:
		return nil, fault.New(fault.Invalid, "file-too-large",
			"Tệp lớn hơn %d MB; bỏ hình ảnh và trang tính thừa, hoặc chia thành nhiều tệp", "The file is larger than %d MB; take out pictures and other sheets, or split it", MaxBytes>>20)
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		err = r.workbook(raw)
	case bytes.HasPrefix(raw, []byte("\xD0\xCF\x11\xE0")), bytes.HasPrefix(raw, []byte("%PDF")):
		return nil, fault.New(fault.Invalid, "file-kind-unknown",
			"Không đọc được loại tệp này (.xls cũ, tệp có mật khẩu hoặc tệp khác); trong Excel chọn Lưu thành, loại .xlsx, không đặt mật khẩu",
			"This kind of file is not read (an old .xls, one with a password, or something else); in Excel choose Save as, .xlsx, without a password")
	default:
		err = r.plain(raw)
	}
	if err != nil {
		return nil, err
	}
	return r.done()
}

func unreadable(cause error) *fault.Error {
	return fault.New(fault.Invalid, "workbook-unreadable",
		"Không đọc được tệp; mở trong Excel, lưu lại thành .xlsx rồi gửi lại", "The file cannot be read; open it in Excel, save it as .xlsx and send it again").Because(cause)
}

// workbook reads .xlsx. Formulas are not computed: what Excel computed last
// counts. Links to elsewhere are not followed, macros not looked at.
func (r *reader) workbook(raw []byte) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil { // by the reader of what anybody may have made
			err = unreadable(fmt.Errorf("thrown: %v", thrown))
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true,
	})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size exceeds") {
			return fault.New(fault.Invalid, "file-too-large", "Nội dung tệp lớn hơn %d MB khi mở ra; bỏ bớt trang tính, hoặc chia thành nhiều tệp",
				"Unpacked, the file is larger than %d MB; take out sheets, or split it", maxUnzipped>>20).Because(err)
		}
		return unreadable(err)
	}
	defer func() { _ = f.Close() }() // it is in memory only
	r.table.zeroth = civil.New(1899, 12, 30)
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		r.table.zeroth = civil.New(1904, 1, 1)
	}
	for _, name := range f.GetSheetList() {
		if err := r.take(name, sheetLines(f, name)); err != nil {
			return err
		}
	}
	return nil
}

func sheetLines(f *excelize.File, name string) lines {
	return func(yield func(line) bool) error {
		rows, err := f.Rows(name)
		if err != nil {
			var none excelize.ErrSheetNotExist
			if errors.As(err, &none) || strings.Contains(err.Error(), "not a worksheet") {
				return nil // a sheet of a chart
			}
			return unreadable(err)
		}
		defer func() { _ = rows.Close() }()
		for number := 1; rows.Next(); number++ {
			cells, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return unreadable(err)
			}
			if blank(cells) {
				continue
			}
			if !yield(line{number, slices.Clone(cells[:min(len(cells), maxColumns)])}) {
				return nil
			}
		}
		if err := rows.Error(); err != nil {
			return unreadable(err)
		}
		return nil
	}
}

const bom = "\ufeff"

// plain reads .csv: UTF-8 with or without a mark, with commas, semicolons or
// tabs, whichever the header has most of.
func (r *reader) plain(raw []byte) error {
	text := strings.TrimPrefix(string(raw), bom)
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return fault.New(fault.Invalid, "file-not-utf8",
			"Tệp .csv không phải UTF-8 nên chữ có dấu bị hỏng; trong Excel chọn Lưu thành, loại \"CSV UTF-8\" hoặc .xlsx",
			"The .csv is not UTF-8, so that letters would be lost; in Excel choose Save as, \"CSV UTF-8\" or .xlsx")
	}
	head, rest, _ := strings.Cut(text, "\n")
	begun, separator := 0, separatorOf(head)
	if named, is := strings.CutPrefix(strings.TrimSpace(head), "sep="); is && len(named) == 1 {
		separator, text, begun = rune(named[0]), rest, 1
	}
	if !strings.ContainsRune(",;\t|", separator) {
		separator = ','
	}
	return r.take("", csvLines(text, separator, begun))
}

// separatorOf is the one of which a header has most outside of quotes.
func separatorOf(header string) rune {
	best, most := ',', 0
	for _, separator := range ",;\t" {
		n, quoted := 0, false
		for _, c := range header {
			switch {
			case c == '"':
				quoted = !quoted
			case c == separator && !quoted:
				n++
			}
		}
		if n > most {
			best, most = separator, n
		}
	}
	return best
}

// csvLines are the records of a .csv, numbered as a spreadsheet shows them: one
// row for each, however many lines its cells have.
func csvLines(text string, separator rune, begun int) lines {
	return func(yield func(line) bool) error {
		c := csv.NewReader(strings.NewReader(text))
		c.Comma, c.FieldsPerRecord = separator, -1
		more := 0 // lines within cells so far
		for {
			cells, err := c.Read()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				var wrong *csv.ParseError
				if errors.As(err, &wrong) {
					return fault.New(fault.Invalid, "csv-unreadable", "Dòng %d của tệp .csv có dấu nháy kép không khớp; mở trong Excel và lưu lại",
						"Line %d of the .csv has a quotation mark too many or too few; open it in Excel and save it again", wrong.StartLine+begun).Because(err)
				}
				return unreadable(err)
			}
			at, _ := c.FieldPos(0)
			number := at - more + begun
			for k := range cells {
				more += strings.Count(cells[k], "\n")
				cells[k] = sheet.Unguard(cells[k])
			}
			if blank(cells) {
				continue
			}
			if !yield(line{number, slices.Clone(cells[:min(len(cells), maxColumns)])}) {
				return nil
			}
		}
	}
}
