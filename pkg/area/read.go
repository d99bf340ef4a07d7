package area

import (
	"bufio"
	"bytes"
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
	maxAreas    = 250_000  // twice the polling areas of the country
	maxFile     = 64 << 20 // bytes; 250,000 lines of 250
	maxName     = 200      // characters
	maxProblems = 20
)

// widths are how many digits the codes of the General Statistics Office have. A
// spreadsheet that takes them for numbers drops the zeros in front.
var widths = map[Level]int{LevelProvince: 2, LevelDistrict: 3, LevelCommune: 5}

// Read reads an edition from CSV (UTF-8; comma, semicolon or tab) with the
// columns code, parent_code, level, type, name, name_en, in any order of lines;
// lines whose cells are all empty are passed over. Provinces have no
// parent_code, all others have one; the nation is not in the file. Codes and
// names must be clean: codes unique and with their leading zeros, parents there
// and of a higher level, names in composed Unicode (NFC) with single spaces.
// Else the error is fault.Invalid, "area-list-invalid", whose text says line,
// column and remedy of the first problem, and whose fields (/line/column) do so
// for up to 20.
func Read(edition string, r io.Reader) (*List, error) {
	in := reader{lines: map[Code]int{Nation: 0}, levels: map[Code]Level{Nation: LevelNation}}
	limited := &io.LimitedReader{R: r, N: maxFile + 1}
	err := in.readAll(limited)
	if limited.N <= 0 {
		return nil, malformed(1, 0, fault.Textf("tệp lớn hơn %d MB; hãy kiểm tra có đúng là danh mục địa phương không",
			"the file is larger than %d MB; check that it is a list of areas", maxFile>>20))
	}
	if err != nil {
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
	rows, err := separated(buffered)
	if err != nil {
		return err
	}
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
		case first:
			if err := header(line, row); err != nil {
				return err
			}
		case len(in.areas) == maxAreas:
			return malformed(line, 0, fault.Textf("danh mục có hơn %d dòng", "the list has more than %d lines", maxAreas))
		case strings.Join(row, "") == "": // spreadsheets leave such lines at the end
		default:
			in.row(line, row)
		}
	}
}

// separated makes a reader of lines, by the mark that stands first in the
// file's first line: spreadsheets write the one of the country they are set to.
func separated(buffered *bufio.Reader) (*csv.Reader, error) {
	head, err := buffered.Peek(512)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, unreadable(err)
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, malformed(1, 0, fault.Text{
			Vi: "tệp ở dạng UTF-16, hãy lưu lại dạng CSV UTF-8", En: "the file is UTF-16, save it as CSV UTF-8",
		})
	case bytes.HasPrefix(head, []byte("\ufeff")): // spreadsheets put a byte order mark first
		_, _ = buffered.Discard(3)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, malformed(1, 0, fault.Text{
			Vi: "đây là tệp bảng tính, hãy lưu lại dạng CSV UTF-8", En: "this is a spreadsheet, save it as CSV UTF-8",
		})
	}
	rows := csv.NewReader(buffered)
	rows.FieldsPerRecord = -1
	if at := bytes.IndexAny(head, ",;\t\r\n"); at >= 0 && (head[at] == ';' || head[at] == '\t') {
		rows.Comma = rune(head[at])
	}
	return rows, nil
}

func header(line int, row []string) error {
	if slices.Equal(row, columns) {
		return nil
	}
	if strings.ContainsRune(strings.Join(row, ""), '\r') {
		return malformed(line, 0, fault.Text{
			Vi: "các dòng chỉ ngắt bằng CR, hãy lưu lại dạng CSV UTF-8", En: "lines end in CR alone, save the file as CSV UTF-8",
		})
	}
	return malformed(line, 0, fault.Text{
		Vi: "dòng đầu phải là " + strings.Join(columns, ","), En: "the first line must be " + strings.Join(columns, ","),
	})
}

// row takes one line in, or notes what is wrong with it.
func (in *reader) row(line int, row []string) {
	if len(row) != len(columns) {
		in.problem(line, 0, fault.Textf("có %d cột, phải là %d", "there are %d columns, there must be %d", len(row), len(columns)))
		return
	}
	a := Area{Code: Code(row[0]), Parent: Code(row[1]), Type: row[3], Name: row[4], NameEn: row[5]}
	level, err := ParseLevel(row[2])
	if f, ok := fault.As(err); ok {
		in.problem(line, 2, f.Text)
	}
	in.code(line, a.Code, level)
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

func (in *reader) code(line int, code Code, level Level) {
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
	case isNumber(code) && len(code) < widths[level]:
		in.problem(line, 0, shortened(code, level))
	}
}

func isNumber(code Code) bool { return code != "" && strings.Trim(string(code), "0123456789") == "" }

// shortened says that a code has lost the zeros in front, and how to get them back.
func shortened(code Code, level Level) fault.Text {
	return fault.Textf("mã %s có %d chữ số, mã cấp này có %d: bảng tính đã bỏ số 0 ở đầu; hãy đặt cột là Văn bản (Text) và viết %s",
		"the code %s has %d digits, codes of this level have %d: a spreadsheet dropped the zeros in front; set the column to Text and write %s",
		code, len(code), widths[level], padded(code, level))
}

func padded(code Code, level Level) Code {
	return Code(strings.Repeat("0", max(0, widths[level]-len(code)))) + code
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
	case strings.ContainsAny(s, "?\ufffd"):
		in.problem(line, column, fault.Text{
			Vi: "có dấu ? thay cho chữ: tệp đã mất dấu tiếng Việt khi lưu, hãy lưu lại từ bản gốc dạng CSV UTF-8",
			En: "it has ? in place of letters: the accents were lost when the file was saved, save the original as CSV UTF-8",
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
		case !there && in.unshortened(a.Parent) != 0:
			in.problem(in.at[i], 1, shortened(a.Parent, in.unshortened(a.Parent)))
		case a.Parent == Nation && a.Level > LevelProvince:
			in.problem(in.at[i], 1, fault.Text{
				Vi: "ô trống: chỉ tỉnh không có mã cấp trên, hãy điền mã tỉnh hoặc huyện chứa nó",
				En: "it is empty: only provinces have no parent, write the code of the province or district that it lies in",
			})
		case !there:
			in.problem(in.at[i], 1, fault.Textf("không có dòng nào mang mã cấp trên %q, hãy thêm hoặc sửa",
				"no line has the parent's code %q, add one or mend it", firstRunes(string(a.Parent), maxCode)))
		case a.Level != 0 && level != 0 && level >= a.Level:
			in.problem(in.at[i], 1, fault.Textf("%s (%s) không thể nằm trong %s (%s): cấp trên phải cao hơn",
				"%s (%s) cannot lie in %s (%s): the parent's level must be higher", a.Code, a.Level, a.Parent, level))
		}
	}
}

// unshortened is the level of the area that a parent's code would mean with its
// zeros in front; zero when there is none.
func (in *reader) unshortened(parent Code) Level {
	if isNumber(parent) {
		for level := LevelProvince; level <= LevelCommune; level++ {
			if in.levels[padded(parent, level)] == level {
				return level
			}
		}
	}
	return 0
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
