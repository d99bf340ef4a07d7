package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

type areaCommand struct {
	Import areaImportCommand `cmd:"" help:"Check a list of areas (CSV) and say how it differs from those that are there; with --commit keep it as an edition."`
	List   areaListCommand   `cmd:"" help:"List the editions of the list of areas, and the elections held over them."`
	Export areaExportCommand `cmd:"" help:"Print an edition as CSV, in the form that import takes."`
}

type areaImportCommand struct {
	File    string `arg:"" help:"CSV in UTF-8 with the columns code,parent_code,level,type,name,name_en; see /docs/areas."`
	Edition string `required:"" placeholder:"ID" help:"Id of the edition: small letters, digits, - and _, such as 2026."`
	Source  string `placeholder:"TEXT" help:"Where the list is from: office, decision, day. Without it: the name of the file."`
	Commit  bool   `help:"Write it. Without this nothing is written."`
	JSON    bool   `name:"json" help:"Print what was found as JSON."`
}

// imported is what there is to say of a list that is brought.
type imported struct {
	Edition   string        `json:"edition"`
	File      string        `json:"file"`
	Areas     int           `json:"areas"`
	Counts    []levelCount  `json:"counts"`
	Problems  []problemAt   `json:"problems"`
	Namesakes [][2]string   `json:"namesakes"`
	Before    *comparison   `json:"before"` // the edition of this id
	Other     *comparison   `json:"other"`  // the newest of another id
	NoLook    *languageText `json:"not_compared"`
	Committed bool          `json:"committed"`

	refused error // why it could not be written
}

type levelCount struct {
	Level string `json:"level"`
	Type  string `json:"type"`
	Areas int    `json:"areas"`
}

type problemAt struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	languageText
}

type languageText struct {
	Vi string `json:"vi"`
	En string `json:"en"`
}

type comparison struct {
	Edition   string               `json:"edition"`
	Elections []tracker.ElectionID `json:"elections"`
	Kept      int                  `json:"kept"`
	Altered   int                  `json:"altered"`
	Renamed   int                  `json:"renamed"`
	Added     int                  `json:"added"`
	Gone      int                  `json:"gone"`
	Examples  []string             `json:"examples"`
}

var editionForm = regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)

// Run checks the list, compares it and, when told to, keeps it. It fails when
// the list cannot be kept, so that a script stops there.
func (i areaImportCommand) Run(ctx context.Context, c *Config, out output) error {
	if !editionForm.MatchString(i.Edition) {
		return fault.New(fault.Invalid, "edition-id-refused",
			"Mã danh mục %q không dùng được; chỉ gồm 1 đến 32 chữ thường không dấu, số, - và _, ví dụ 2026",
			"The edition's id %q cannot be used; write 1 to 32 small letters, digits, - and _, such as 2026", firstOf(i.Edition))
	}
	report := &imported{Edition: i.Edition, File: i.File}
	list, err := i.read(report)
	switch {
	case err != nil:
	case i.Commit:
		err = c.with(ctx, func(d *database) error { return i.keep(ctx, c, postgres.New(d.pool), list, report) })
	default:
		err = c.compare(ctx, list, report)
	}
	if i.Commit {
		// What was to be written and was not has a reason of its own.
		report.refused = cmp.Or(err, report.refused)
	}
	if report.Areas > 0 || len(report.Problems) > 0 {
		report.print(out, i.JSON)
	}
	return cmp.Or(err, report.refused)
}

// read reads the file and files its counts or its problems.
func (i areaImportCommand) read(report *imported) (*area.List, error) {
	file, err := os.Open(i.File)
	if err != nil {
		return nil, fault.New(fault.NotFound, "file-unreadable",
			"Không mở được tệp %q; hãy kiểm tra đường dẫn và quyền đọc", "The file %q cannot be opened; check its path and who may read it", i.File).Because(err)
	}
	defer file.Close()
	list, err := area.Read(i.Edition, file)
	if err != nil {
		if f, ok := fault.As(err); ok {
			report.take(f)
		}
		return nil, err
	}
	report.Areas = list.Len() - 1
	for _, n := range list.Counts() {
		report.Counts = append(report.Counts, levelCount{n.Level.String(), n.Type, n.Areas})
	}
	for _, pair := range list.Namesakes() {
		report.Namesakes = append(report.Namesakes, [2]string{said(list.At(pair[0])), said(list.At(pair[1]))})
	}
	return list, nil
}

// take files what is wrong with the list.
func (r *imported) take(f *fault.Error) {
	for _, field := range f.Fields {
		at := strings.Split(strings.TrimPrefix(field.Pointer, "/"), "/")
		line, _ := strconv.Atoi(at[0])
		r.Problems = append(r.Problems, problemAt{line, at[len(at)-1], languageText{field.Text.Vi, field.Text.En}})
	}
}

// compare looks at the database, where there is one that can be looked at.
func (c *Config) compare(ctx context.Context, list *area.List, report *imported) (err error) {
	d, err := c.look(ctx)
	if err == nil {
		defer func() { err = errors.Join(err, d.close()) }()
		var there, ours int64
		if there, ours, err = d.schema(ctx); err == nil {
			err = fits(there, ours)
		}
	}
	if f, ok := fault.As(err); ok {
		report.NoLook = &languageText{f.Text.Vi, f.Text.En}
		return nil
	}
	if err != nil {
		return err
	}
	return report.hold(ctx, postgres.New(d.pool), list)
}

// hold holds the list against the edition of its name and the newest other one.
func (r *imported) hold(ctx context.Context, store *postgres.Store, list *area.List) error {
	editions, err := store.Editions(ctx)
	if err != nil {
		return err
	}
	for _, e := range editions {
		at := &r.Other
		if e.ID == r.Edition {
			at = &r.Before
		}
		if *at != nil {
			continue
		}
		other, err := store.List(ctx, e.ID)
		if err != nil {
			return err
		}
		d := area.Differ(other, list)
		*at = compared(e, &d)
		if e.ID == r.Edition && !d.None() {
			r.refused = postgres.Replaceable(list, e.Elections)
		}
	}
	if r.Before == nil {
		r.refused = postgres.Replaceable(list, nil)
	}
	return nil
}

func compared(e postgres.Edition, d *area.Difference) *comparison {
	c := &comparison{
		Edition: e.ID, Elections: e.Elections,
		Kept: d.Kept, Altered: d.Altered, Renamed: d.Renamed, Added: d.Added, Gone: d.Gone,
	}
	for _, p := range d.Examples {
		switch {
		case p.Before.Code == "":
			c.Examples = append(c.Examples, "+ "+said(p.After))
		case p.After.Code == "":
			c.Examples = append(c.Examples, "- "+said(p.Before))
		default:
			c.Examples = append(c.Examples, said(p.Before)+" → "+said(p.After))
		}
	}
	return c
}

// said is an area as it is shown in a line: its code and name, and where it lies.
func said(a area.Area) string {
	if a.Parent == area.Nation {
		return fmt.Sprintf("%s %s", a.Code, a.Name)
	}
	return fmt.Sprintf("%s %s (%s)", a.Code, a.Name, a.Parent)
}

// keep writes the list, after looking at what is there.
func (i areaImportCommand) keep(ctx context.Context, c *Config, store *postgres.Store, list *area.List, report *imported) error {
	if err := report.hold(ctx, store, list); err != nil || report.refused != nil {
		return err
	}
	_, err := store.Import(ctx, list, cmp.Or(i.Source, i.File), c.clock()())
	report.Committed = err == nil
	return err
}

func (r *imported) print(out output, asJSON bool) {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(r)
		return
	}
	out.say("danh mục / edition   %s (%s)", r.Edition, r.File)
	if len(r.Problems) > 0 {
		out.say("CHƯA DÙNG ĐƯỢC, %d chỗ đầu tiên / CANNOT BE USED, the first %[1]d places:", len(r.Problems))
		for _, p := range r.Problems {
			out.say("  %s\n  %s", p.Vi, p.En)
		}
		return
	}
	out.say("địa phương / areas   %d", r.Areas)
	for _, n := range r.Counts {
		out.say("  %-10s %6d  %s", n.Level, n.Areas, n.Type)
	}
	if len(r.Namesakes) > 0 {
		out.say("cùng tên trong một cấp trên, xem có bị lặp / of one name under one parent, see that none stands twice:")
		for _, pair := range r.Namesakes {
			out.say("  %s · %s", pair[0], pair[1])
		}
	}
	const all, some = 20, 5
	r.Before.print(out, all, "đang có cùng mã / there under this id")
	r.Other.print(out, some, "so với danh mục khác mới nhất / beside the newest other one")
	r.end(out)
}

// end says what has happened.
func (r *imported) end(out output) {
	if r.NoLook != nil {
		out.say("không so sánh / not compared: %s / %s", r.NoLook.Vi, r.NoLook.En)
	}
	switch {
	case r.Committed:
		out.say("đã ghi / written")
	case r.refused == nil:
		out.say("chưa ghi gì; thêm --commit để ghi / nothing is written; add --commit to write it")
	}
}

func (c *comparison) print(out output, examples int, title string) {
	if c == nil {
		return
	}
	out.say("%s: %s", title, c.Edition)
	if c.Altered+c.Renamed+c.Added+c.Gone == 0 {
		out.say("  giống hệt / the very same")
		return
	}
	out.say("  %6d  cùng mã, cùng tên / same code, same name (%d khác cấp trên, cấp, loại hoặc tên tiếng Anh / another parent, level, type or English name)", c.Kept, c.Altered)
	out.say("  %6d  cùng mã, tên khác / same code, another name", c.Renamed)
	out.say("  %6d  mã mới / new codes", c.Added)
	out.say("  %6d  mã không còn / codes that are gone", c.Gone)
	for _, line := range c.Examples[:min(examples, len(c.Examples))] {
		out.say("          %s", line)
	}
	out.say("          mã chỉ có nghĩa trong một danh mục / a code is an identity only within an edition")
}

type areaListCommand struct{}

// Run lists the editions, and changes nothing.
func (areaListCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.looking(ctx, func(store *postgres.Store) error {
		editions, err := store.Editions(ctx)
		if err != nil {
			return err
		}
		for _, e := range editions {
			list, err := store.List(ctx, e.ID)
			if err != nil {
				return err
			}
			out.say("%s\t%s\t%s\t%s", e.ID, levels(list), used(e.Elections), e.Source)
		}
		return nil
	})
}

// levels counts the areas of a list by level: "63 province, 705 district".
func levels(list *area.List) string {
	count := map[area.Level]int{}
	for i := 1; i < list.Len(); i++ {
		count[list.At(i).Level]++
	}
	var parts []string
	for level := area.LevelProvince; level <= area.LevelPollingArea; level++ {
		if n := count[level]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, level))
		}
	}
	return strings.Join(parts, ", ")
}

func used(elections []tracker.ElectionID) string {
	if len(elections) == 0 {
		return "chưa dùng / not used"
	}
	ids := make([]string, len(elections))
	for i, id := range elections {
		ids[i] = string(id)
	}
	return "bầu cử / election " + strings.Join(ids, ", ")
}

type areaExportCommand struct {
	Edition string `arg:"" help:"Id of the edition; those that are there: tiendo area list."`
}

// Run prints an edition, and changes nothing.
func (e areaExportCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.looking(ctx, func(store *postgres.Store) error {
		list, err := store.List(ctx, e.Edition)
		if err != nil {
			return err
		}
		return area.Write(out, list)
	})
}
