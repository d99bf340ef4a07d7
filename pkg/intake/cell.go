package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"tiendo/pkg/access"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
	"tiendo/pkg/sheet"
)

// What is typed into cells, understood.

var (
	isoDay   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$`)
	ownDay   = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)
	serial   = regexp.MustCompile(`^\d{1,7}(?:\.\d+)?$`)
	computed = []string{"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)

// day reads a date: a real one of a spreadsheet, 2021-02-05 or 05/02/2021.
func (t *Table) day(text string) (civil.Date, error) {
	text = strings.TrimSpace(text)
	var y, m, d string
	if x := isoDay.FindStringSubmatch(text); x != nil {
		y, m, d = x[1], x[2], x[3]
	} else if x := ownDay.FindStringSubmatch(text); x != nil {
		y, m, d = x[3], x[2], x[1]
	}
	if y != "" {
		if day, err := civil.Parse(y + "-" + pad(m, 2) + "-" + pad(d, 2)); err == nil {
			return day, nil
		}
	}
	if !t.zeroth.IsZero() && serial.MatchString(text) {
		n, err := strconv.ParseFloat(text, 64)
		if day := t.zeroth.Add(int(math.Floor(n))); err == nil && day.After(civil.New(1945, 1, 1)) && day.Before(civil.New(2200, 1, 1)) {
			return day, nil
		}
	}
	return civil.Date{}, fault.New(fault.Invalid, "cell-day-unreadable",
		"Không đọc được ngày %q; viết ngày/tháng/năm như 05/02/2021, hoặc 2021-02-05", "The day %q cannot be read; write day/month/year as in 05/02/2021, or 2021-02-05", first(text))
}

func pad(digits string, width int) string {
	return strings.Repeat("0", max(0, width-len(digits))) + digits
}

// failed refuses what a spreadsheet could not compute.
func failed(text string) error {
	for _, c := range computed {
		if strings.TrimSpace(text) == c {
			return fault.New(fault.Invalid, "cell-not-computed",
				"Công thức trong ô cho kết quả lỗi %s; sửa công thức hoặc ghi giá trị", "The formula of the cell came to the error %s; correct it, or write the value", c)
		}
	}
	return nil
}

// says that a text of a cell is the one that there is: a spreadsheet may have
// kept the guard of a .csv, and space around it means nothing.
func says(cell, shown string) bool {
	return cell == shown || strings.TrimSpace(cell) == strings.TrimSpace(shown) || sheet.Unguard(cell) == shown
}

// meant is the text of a cell as it is entered.
func meant(cell string) string { return strings.TrimSpace(sheet.Unguard(cell)) }

// role reads a role: its name, or what people call it in either language.
func role(text string) (access.Role, error) {
	text = strings.TrimSpace(text)
	folded := find.Fold(text)
	for r := access.None; r <= access.Administrator; r++ {
		title := r.Title()
		if folded != "" && (folded == r.String() || folded == find.Fold(title.Vi) || folded == find.Fold(title.En)) {
			return r, nil
		}
	}
	return access.None, fault.New(fault.Invalid, "role-word-unknown",
		"Không có vai trò %q; dùng một trong: người xem, người báo cáo, phụ trách, quản trị, không có quyền",
		"There is no role %q; use one of: viewer, reporter, lead, administrator, no role", first(text))
}

var languages = map[string]string{
	"": "", "vi": "vi", "en": "en", "tieng viet": "vi", "vietnamese": "vi", "viet": "vi", "tieng anh": "en", "english": "en", "anh": "en",
}

func language(text string) (string, error) {
	l, known := languages[find.Fold(text)]
	if !known {
		return "", fault.New(fault.Invalid, "language-word-unknown",
			"Không có ngôn ngữ %q; dùng vi hoặc en, hoặc để trống", "There is no language %q; use vi or en, or leave it empty", first(text))
	}
	return l, nil
}
