package intake

import (
	"context"
	"strings"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/sheet"
)

// PeopleImport is a list of accounts as it was read.
type PeopleImport struct {
	edition string
	table   *Table
	rows    []personRow
}

// personRow is a row, and the account with the role that it is about.
type personRow struct {
	Outcome
	entry access.NewAccount
}

// NewPeopleImport reads the rows of a list of accounts for the branch of the
// place at an index.
func NewPeopleImport(t *Table, list *area.List, branch int) *PeopleImport {
	p := &PeopleImport{edition: list.Edition(), table: t, rows: make([]personRow, len(t.Rows))}
	known := newPlaces(list, branch)
	type held struct {
		user string
		area area.Code
	}
	seen := map[held]*Row{}
	for k := range t.Rows {
		r := &p.rows[k]
		r.Row = &t.Rows[k]
		if p.read(r, known); r.Refused != nil {
			continue
		}
		at := held{r.User, r.Area}
		if before := seen[at]; before != nil {
			r.refuse("", fault.New(fault.Conflict, "import-person-repeated",
				"Tài khoản này đã có vai trò ở đơn vị này tại dòng %s; chỉ giữ một dòng", "Row %s gives this account a role in this place already; keep one of them", before.where()))
		}
		seen[at] = r.Row
	}
	return p
}

func (p *PeopleImport) read(r *personRow, known *places) {
	cell := func(key string) string { return r.Row.cell(p.table.Kind.Columns, key) }
	for _, key := range []string{sheet.ColUser, sheet.ColName, sheet.ColUnit, sheet.ColRole} {
		if err := failed(cell(key)); err != nil {
			r.refuse(key, err)
			return
		}
	}
	user, err := access.ParseUserID(meant(cell(sheet.ColUser)))
	r.User = string(user)
	if err != nil {
		r.User = first(cell(sheet.ColUser))
		r.refuse(sheet.ColUser, err)
		return
	}
	i, column, err := known.find(cell(sheet.ColArea), cell(sheet.ColAreaName), cell(sheet.ColWithin), nil)
	if err != nil {
		r.refuse(column, err)
		return
	}
	r.Area = known.list.At(i).Code
	if r.Role, err = role(cell(sheet.ColRole)); err != nil {
		r.refuse(sheet.ColRole, err)
		return
	}
	spoken, err := language(cell(sheet.ColLanguage))
	if err != nil {
		r.refuse(sheet.ColLanguage, err)
		return
	}
	r.entry = access.NewAccount{
		User: r.User, Name: oneLine(meant(cell(sheet.ColName))), Unit: oneLine(meant(cell(sheet.ColUnit))), Language: spoken,
		Grants: []access.Grant{{Edition: p.edition, Area: r.Area, Role: r.Role}},
	}
}

// oneLine writes a name that was broken in its cell in one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Admitter makes the accounts of a list in one act.
type Admitter interface {
	Admit(ctx context.Context, by access.Actor, rows []access.NewAccount, dryRun bool) ([]access.Admission, bool, error)
}

// Preview is what the rows of a list came to when they were previewed: one
// letter for each.
type Preview string

// Letters are the preview of what a table comes to.
func (r *Report) Letters() Preview {
	letters := make([]byte, len(r.Rows))
	for k := range r.Rows {
		letters[k] = r.Rows[k].Result[0]
	}
	return Preview(letters)
}

// Run does what the list says, or tries it, in one act. before is what the
// preview said ("": there was none): a row that comes to something else now is
// refused. With Partial, what is refused when it is tried is left out.
func (p *PeopleImport) Run(ctx context.Context, admitter Admitter, by access.Actor, before Preview, o Options) (Report, error) {
	if before != "" && len(before) != len(p.rows) {
		return Report{}, fault.New(fault.Invalid, "import-preview-mismatch",
			"Mã xem trước thuộc về một tệp khác; xem trước lại tệp này", "The token of the preview belongs to another file; preview this one again").At("?preview")
	}
	out := Report{DryRun: o.DryRun}
	if _, err := p.admit(ctx, admitter, by, true); err != nil {
		return out, err
	}
	refused := false
	for k := range p.rows {
		r := &p.rows[k]
		if before != "" && r.Refused == nil && before[k] != r.Result[0] {
			r.refuse("", changedSince())
		}
		refused = refused || r.Refused != nil
	}
	out.Held = refused && !o.Partial
	if !o.DryRun && !out.Held {
		kept, err := p.admit(ctx, admitter, by, false)
		if err != nil {
			return out, err
		}
		out.Held = !kept // somebody was faster between the two
	}
	for k := range p.rows {
		out.Rows = append(out.Rows, p.rows[k].Outcome)
	}
	out.count()
	return out, nil
}

// admit makes the accounts of the rows that are not refused, or tries to; kept
// says that all of them are made, or that there were none.
func (p *PeopleImport) admit(ctx context.Context, admitter Admitter, by access.Actor, dryRun bool) (kept bool, err error) {
	var entries []access.NewAccount
	var sent []*personRow
	for k := range p.rows {
		if r := &p.rows[k]; r.Refused == nil {
			entries, sent = append(entries, r.entry), append(sent, r)
		}
	}
	if len(entries) == 0 {
		return true, nil
	}
	done, kept, err := admitter.Admit(ctx, by, entries, dryRun)
	if err != nil {
		return false, err
	}
	for n, r := range sent {
		r.Admission = done[n]
		switch done[n].Outcome {
		case access.Refused:
			f, _ := fault.As(done[n].Err)
			r.refuse(personColumn(f), done[n].Err)
		case access.MadeAnew:
			r.Result = Made
		case access.Altered:
			r.Result = Changed
		case access.Unchanged:
			r.Result = Unchanged
		}
	}
	return kept, nil
}

// personColumn is where the accounts' room finds fault.
func personColumn(f *fault.Error) string {
	if f == nil {
		return ""
	}
	for _, field := range f.Fields {
		switch field.Pointer {
		case "/user":
			return sheet.ColUser
		case "/name":
			return sheet.ColName
		case "/language":
			return sheet.ColLanguage
		case "/role":
			return sheet.ColRole
		}
	}
	switch f.Code {
	case "grant-above-own", "grant-of-superior", "administrator-of-the-country":
		return sheet.ColRole
	case "not-allowed", "area-not-found":
		return sheet.ColArea
	}
	return ""
}
