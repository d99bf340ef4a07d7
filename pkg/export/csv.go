package export

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"

	"tiendo/pkg/sheet"
)

// bom tells Excel that a .csv is UTF-8.
const bom = "\ufeff"

// CSV writes the branch as one table (RFC 4180, UTF-8 with a byte order mark):
// places in the order of the list, days as ISO 8601, texts that a spreadsheet
// would run as formulas guarded ([sheet.Guard]). It holds a few hundred places
// at a time.
func (b *Branch) CSV(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	if _, err := buffered.WriteString(bom); err != nil {
		return err
	}
	out := csv.NewWriter(buffered)
	out.UseCRLF = true
	if err := out.Write(b.header()); err != nil {
		return err
	}
	line := make([]string, len(sheet.StatusColumns))
	err := b.rows(0, func(r *row) error {
		for k, c := range b.cells(r) {
			line[k] = c.plain()
		}
		return out.Write(line)
	})
	if err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// plain is the cell in a .csv.
func (c *cell) plain() string {
	switch {
	case c.isNumber:
		return strconv.Itoa(c.number)
	case c.isText:
		return sheet.Guard(c.text)
	}
	return c.day.String()
}
