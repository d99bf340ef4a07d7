package intake

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/sheet"
)

// Limits of a file.
const (
	// MaxBytes of a file as it is sent.
	MaxBytes = 10 << 20
	// MaxRows of all its tables: a whole province with its districts and communes.
	MaxRows = 25000
	// MaxPeople is how many rows of accounts are taken at once: they are written
	// one by one, and nobody else's account changes meanwhile.
	MaxPeople = 2000

	maxColumns = 200 // that are looked at
	maxAbove   = 20  // rows before the header
)

// Kind is what a table is about.
type Kind struct {
	Columns sheet.Columns
	// needed: of each group at least one column has to be there.
	needed [][]string
	rows   int
}

// The kinds of tables.
var (
	Statuses = &Kind{sheet.StatusColumns, [][]string{
		{sheet.ColArea, sheet.ColAreaName},
		{sheet.ColMilestone, sheet.ColTitle},
		{sheet.ColStatus, sheet.ColDoneOn, sheet.ColPlannedOn, sheet.ColNote, sheet.ColReason, sheet.ColDocumentNumber},
	}, MaxRows}
	People = &Kind{sheet.PeopleColumns, [][]string{{sheet.ColUser}, {sheet.ColArea, sheet.ColAreaName}, {sheet.ColRole}}, MaxPeople}
)

// Table is what a file holds: the rows of all its sheets that are such a table.
type Table struct {
	Kind *Kind
	Rows []Row
	// Skipped are the sheets that are no such table.
	Skipped []string
	// zeroth is the day that the file counts days from; none in .csv.
	zeroth civil.Date
}

// Row is one row of a table.
type Row struct {
	Sheet  string // "" in .csv
	Number int    // as the spreadsheet counts, from 1
	head   *head
	cells  []string
}

// head says in which column of a sheet each column of the table stands.
type head struct{ at []int }

// Cell is the text of a column; "" where the table does not have it.
func (r *Row) cell(columns sheet.Columns, key string) string {
	k := r.head.at[columns.At(key)]
	if k < 0 || k >= len(r.cells) {
		return ""
	}
	return r.cells[k]
}

// Address is a cell as spreadsheets name it, "F12"; "" for a column that the
// table does not have.
func (r *Row) Address(columns sheet.Columns, key string) string {
	at := columns.At(key)
	if at < 0 || r.head.at[at] < 0 {
		return ""
	}
	return letters(r.head.at[at]) + strconv.Itoa(r.Number)
}

// letters name a column: A, Z, AA.
func letters(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// line is a row that is not blank, before it is known what it is.
type line struct {
	number int
	cells  []string
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// lines are the rows of a sheet that are not blank, in order, until yield has
// enough.
type lines func(yield func(line) bool) error

// reader collects the tables of a file.
type reader struct {
	table Table
	// best is the header that came nearest, where none is one.
	best      *head
	bestFound int
}

// take reads a sheet: as a table when one of its first rows is the header of one.
func (r *reader) take(name string, all lines) error {
	var h *head
	var failed error
	looked := 0
	err := all(func(l line) bool {
		if h == nil {
			looked++
			if h, failed = r.header(name, l); failed != nil {
				return false
			}
			return h != nil || looked < maxAbove
		}
		if len(r.table.Rows) == r.table.Kind.rows {
			failed = fault.New(fault.Invalid, "table-too-long-to-import",
				"Tệp có hơn %d dòng; chia thành nhiều tệp, chẳng hạn mỗi huyện một tệp",
				"The file has more than %d rows; split it, one file for each district for instance", r.table.Kind.rows)
			return false
		}
		r.table.Rows = append(r.table.Rows, Row{Sheet: name, Number: l.number, head: h, cells: l.cells})
		return true
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return err
	case h == nil:
		r.table.Skipped = append(r.table.Skipped, name)
	}
	return nil
}

// header reads a row as the header: nil when it is none.
func (r *reader) header(name string, l line) (*head, error) {
	columns := r.table.Kind.Columns
	h := &head{at: make([]int, len(columns))}
	for k := range h.at {
		h.at[k] = -1
	}
	found := 0
	unknown, repeated := -1, -1
	for k, text := range l.cells {
		if strings.TrimSpace(text) == "" {
			continue
		}
		switch at := columns.Find(strings.TrimSpace(text)); {
		case at < 0:
			if unknown < 0 {
				unknown = k
			}
		case h.at[at] >= 0:
			repeated = k
		default:
			h.at[at] = k
			found++
		}
	}
	if found > r.bestFound {
		r.best, r.bestFound = h, found
	}
	if r.table.Kind.missing(h) != nil {
		return nil, nil //nolint:nilnil // no header, and nothing wrong with that
	}
	at := func(k int) string { return letters(k) + strconv.Itoa(l.number) }
	switch {
	case unknown >= 0:
		return nil, fault.New(fault.Invalid, "column-unknown",
			"Không có cột %q (ô %s%s); sửa tên cột, hoặc bỏ cột đó. Các cột có thể dùng: %s",
			"There is no column %q (cell %s%s); correct its name, or leave it out. The columns are: %s",
			first(l.cells[unknown]), inSheet(name), at(unknown), titles(columns, nil))
	case repeated >= 0:
		return nil, fault.New(fault.Invalid, "column-repeated",
			"Cột %q (ô %s%s) có hai lần; chỉ giữ một cột", "The column %q (cell %s%s) stands there twice; keep one of them",
			first(l.cells[repeated]), inSheet(name), at(repeated))
	}
	return h, nil
}

func inSheet(name string) string {
	if name == "" {
		return ""
	}
	return name + "!"
}

// missing is the first group of columns of which a header has none.
func (k *Kind) missing(h *head) []string {
	for _, group := range k.needed {
		there := false
		for _, key := range group {
			there = there || h.at[k.Columns.At(key)] >= 0
		}
		if !there {
			return group
		}
	}
	return nil
}

// titles are what some columns are called; keys nil: all.
func titles(columns sheet.Columns, keys []string) fault.Text {
	var vi, en []string
	for _, c := range columns {
		if keys != nil && !slices.Contains(keys, c.Key) {
			continue
		}
		vi, en = append(vi, c.Title.Vi+" ("+c.Key+")"), append(en, c.Title.En+" ("+c.Key+")")
	}
	if keys != nil {
		return fault.Text{Vi: strings.Join(vi, " hoặc "), En: strings.Join(en, " or ")}
	}
	return fault.Text{Vi: strings.Join(vi, ", "), En: strings.Join(en, ", ")}
}

// done says what is wrong with the file as a whole, or gives its rows.
func (r *reader) done() (*Table, error) {
	if len(r.table.Rows) > 0 {
		return &r.table, nil
	}
	kind := r.table.Kind
	if r.best == nil {
		return nil, fault.New(fault.Invalid, "table-header-missing",
			"Không thấy dòng tiêu đề; dòng đầu phải có tên các cột: %s. Tải tệp mẫu để xem",
			"There is no header; the first row has to name the columns: %s. Take the template to see how", titles(kind.Columns, nil))
	}
	if group := kind.missing(r.best); group != nil {
		return nil, fault.New(fault.Invalid, "column-missing",
			"Thiếu cột %s; thêm cột ấy vào dòng tiêu đề, hoặc dùng tệp mẫu", "The column %s is missing; add it to the header, or use the template",
			titles(kind.Columns, group))
	}
	return nil, fault.New(fault.Invalid, "table-empty", "Dưới dòng tiêu đề không có dòng nào; điền ít nhất một dòng", "There is no row below the header; fill in at least one")
}

// first is the beginning of what somebody typed, to show it again.
func first(s string) string {
	const most = 40
	s = strings.TrimSpace(strings.ToValidUTF8(s, "?"))
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most]) + "…"
	}
	return s
}

func (r *Row) number() string { return strconv.Itoa(r.Number) }
