package area

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tiendo/pkg/fault"
)

var columns = []string{"code", "parent_code", "level", "type", "name", "name_en"}

const (
	maxAreas    = 250_000 // twice the polling areas of the country
	maxName     = 200     // characters
	maxProblems = 20
)

// Read reads an edition from CSV (UTF-8, comma) with the columns code,
// parent_code, level, type, name, name_en, in any order of lines. Provinces
// have no parent_code; the nation is not in the file. Codes and names must be
// clean: codes unique, parents there and of a higher level, names in composed
// Unicode (NFC) with single spaces. Else the error is fault.Invalid,
// "area-list-invalid", whose text says line, column and remedy of the first
// problem, and whose fields (/line/column) do so for up to 20.
func Read(edition string, r io.Reader) (*List, error) {
	in := reader{lines: map[Code]int{Nation: 0}, levels: map[Code]Level{Nation: LevelNation}}
	if err := in.readAll(r); err != nil {
		return nil, err
	}
	in.checkParents()
	if len(in.areas) == 0 && len(in.problems) == 0 {
		in.problem(1, 0, fault.Text{Vi: "danh mục không có dòng nào", En: "the list has no lines"})
	}
	if len(in.problems) > 0 {
		return nil, in.fault()
	}
	return newList(edition, append(in.areas, nation)), nil
}

type reader struct {
	areas    []Area
	at       []int // line of each area
	lines    map[Code]int
	levels   map[Code]Level
	problems []fault.Field
}

func (in *reader) readAll(r io.Reader) error {
	buffered := bufio.NewReader(r)
	switch mark, err := buffered.Peek(3); {
	case err != nil && !errors.Is(err, io.EOF):
		return unreadable(err)
	case string(mark) == "\ufeff": // spreadsheets put a byte order mark first
		_, _ = buffered.Discard(3)
	}
	rows := csv.NewReader(buffered)
	rows.FieldsPerRecord = -1
	for first := true; ; first = false {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		line, _ := rows.FieldPos(0)
		switch {
		case first && !slices.Equal(row, columns):
			return malformed(line, 0, fault.Text{
				Vi: "dòng đầu phải là " + strings.Join(columns, ","), En: "the first line must be " + strings.Join(columns, ","),
			})
		case first:
		case len(in.areas) == maxAreas:
			return malformed(line, 0, fault.Textf("danh mục có hơn %d dòng", "the list has more than %d lines", maxAreas))
		default:
			in.row(line, row)
		}
	}
}

// row takes one line in, or notes what is wrong with it.
func (in *reader) row(line int, row []string) {
	if len(row) != len(columns) {
		in.problem(line, 0, fault.Textf("có %d cột, phải là %d", "there are %d columns, there must be %d", len(row), len(columns)))
		return
	}
	a := Area{Code: Code(row[0]), Parent: Code(row[1]), Type: row[3], Name: row[4], NameEn: row[5]}
	in.code(line, a.Code)
	level, err := ParseLevel(row[2])
	if f, ok := fault.As(err); ok {
		in.problem(line, 2, f.Text)
	}
	if level == LevelNation {
		in.problem(line, 2, fault.Text{Vi: "cả nước không đứng trong tệp", En: "the nation does not stand in the file"})
	}
	for column := 3; column < len(columns); column++ {
		in.text(line, column, row[column])
	}
	a.Level = level
	if a.Parent == "" {
		a.Parent = Nation
	}
	in.lines[a.Code], in.levels[a.Code] = line, level
	in.areas, in.at = append(in.areas, a), append(in.at, line)
}

func (in *reader) code(line int, code Code) {
	if !code.wellFormed() {
		in.problem(line, 0, fault.Textf("mã %q sai: hãy viết 1 đến 32 chữ cái không dấu, chữ số, - hoặc _",
			"the code %q is wrong: write 1 to 32 ASCII letters, digits, - or _", firstRunes(string(code), maxCode)))
		return
	}
	switch earlier, twice := in.lines[code]; {
	case code == Nation:
		in.problem(line, 0, fault.Text{Vi: "mã VN là cả nước, hãy bỏ dòng này", En: "the code VN is the nation, leave this line out"})
	case twice:
		in.problem(line, 0, fault.Textf("mã %s đã có ở dòng %d, hãy bỏ một trong hai",
			"the code %s is already on line %d, leave one of them out", code, earlier))
	}
}

func (in *reader) text(line, column int, s string) {
	switch {
	case s == "" && column != 5: // an edition may come without English names
		in.problem(line, column, fault.Text{Vi: "ô trống, hãy điền", En: "it is empty, fill it in"})
	case !utf8.ValidString(s):
		in.problem(line, column, fault.Text{Vi: "không phải UTF-8, hãy lưu tệp dạng UTF-8", En: "it is not UTF-8, save the file as UTF-8"})
	case !norm.NFC.IsNormalString(s):
		in.problem(line, column, fault.Text{
			Vi: "dấu đang ở dạng tổ hợp, hãy chuyển sang Unicode dựng sẵn (NFC)",
			En: "its accents are decomposed, convert it to composed Unicode (NFC)",
		})
	case s != strings.Join(strings.Fields(s), " ") || strings.ContainsFunc(s, unicode.IsControl):
		in.problem(line, column, fault.Text{
			Vi: "thừa khoảng trắng hoặc ký tự điều khiển, hãy chỉ để một dấu cách giữa hai chữ",
			En: "it has extra white space or control characters, leave one space between words",
		})
	case utf8.RuneCountInString(s) > maxName:
		in.problem(line, column, fault.Textf("dài hơn %d ký tự, hãy rút ngắn", "it is longer than %d characters, shorten it", maxName))
	}
}

// checkParents needs all lines: a parent may stand below its children.
func (in *reader) checkParents() {
	for i, a := range in.areas {
		level, there := in.levels[a.Parent]
		switch {
		case !there:
			in.problem(in.at[i], 1, fault.Textf("không có dòng nào mang mã cấp trên %q, hãy thêm hoặc sửa",
				"no line has the parent's code %q, add one or mend it", firstRunes(string(a.Parent), maxCode)))
		case a.Level != 0 && level != 0 && level >= a.Level:
			in.problem(in.at[i], 1, fault.Textf("%s (%s) không thể nằm trong %s (%s): cấp trên phải cao hơn",
				"%s (%s) cannot lie in %s (%s): the parent's level must be higher", a.Code, a.Level, a.Parent, level))
		}
	}
}

func (in *reader) problem(line, column int, what fault.Text) {
	if len(in.problems) < maxProblems {
		in.problems = append(in.problems, malformed(line, column, what).Fields...)
	}
}

func (in *reader) fault() error {
	e := fault.New(fault.Invalid, "area-list-invalid", "", "")
	e.Text, e.Fields = in.problems[0].Text, in.problems
	return e
}

// malformed says what is wrong in a place; column counts from 0, as in columns.
func malformed(line, column int, what fault.Text) *fault.Error {
	name := columns[column]
	e := fault.New(fault.Invalid, "area-list-invalid", "", "")
	e.Text = fault.Text{
		Vi: fmt.Sprintf("Dòng %d, cột %s: %s.", line, name, strings.TrimSuffix(what.Vi, ".")),
		En: fmt.Sprintf("Line %d, column %s: %s.", line, name, strings.TrimSuffix(what.En, ".")),
	}
	return e.At(fmt.Sprintf("/%d/%s", line, name))
}

func unreadable(err error) error {
	var syntax *csv.ParseError
	if !errors.As(err, &syntax) {
		return fault.New(fault.Invalid, "area-list-unreadable", "Không đọc được tệp đến cuối. Hãy gửi lại.",
			"The file could not be read to its end. Send it again.").Because(err)
	}
	return fault.New(fault.Invalid, "area-list-invalid",
		"Dòng %d, ký tự thứ %d: dấu ngoặc kép đặt sai chỗ. Hãy viết \"\" cho một dấu ngoặc kép và đóng mọi ngoặc đã mở.",
		"Line %d, byte %d: a quotation mark is out of place. Write \"\" for one mark and close every mark you opened.",
		syntax.Line, syntax.Column).Because(err)
}
