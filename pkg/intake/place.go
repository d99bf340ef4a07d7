package intake

import (
	"regexp"
	"slices"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
	"tiendo/pkg/sheet"
)

// places finds the areas that rows name, within the branch that a table is for.
type places struct {
	list   *area.List
	branch int
	widths []int            // of codes that are numbers, the shortest first
	named  map[string][]int // by folded name
	short  map[string][]int // by folded short name
	sound  map[string][]int // by how a name is read
}

func newPlaces(list *area.List, branch int) *places {
	p := &places{list: list, branch: branch, named: map[string][]int{}, short: map[string][]int{}, sound: map[string][]int{}}
	put := func(m map[string][]int, key string, i int) {
		if !slices.Contains(m[key], i) {
			m[key] = append(m[key], i)
		}
	}
	_, end := list.Descendants(branch)
	for i := branch; i < end; i++ {
		a := list.At(i)
		for _, name := range []string{a.Name, a.NameEn} {
			put(p.named, find.Fold(name), i)
			put(p.sound, find.Sound(find.Fold(name)), i)
		}
		short := find.Fold(area.ShortName(a))
		put(p.short, short, i)
		put(p.sound, find.Sound(short), i)
	}
	for i := range list.Len() {
		if n := len(list.At(i).Code); digits.MatchString(string(list.At(i).Code)) && !slices.Contains(p.widths, n) {
			p.widths = append(p.widths, n)
		}
	}
	slices.Sort(p.widths)
	return p
}

var (
	digits = regexp.MustCompile(`^[0-9]+$`)
	// counted is a code that a spreadsheet took for a number.
	counted = regexp.MustCompile(`^([0-9]+)(?:[.,]0+)?$`)
)

func (p *places) inside(i int) bool { return i == p.branch || p.list.Under(i, p.branch) }

// find finds the place of a row by its code, its name, and what that lies in.
// holds says of a place that what else the row says can be meant of it; nil:
// of any. column is where the fault is.
func (p *places) find(code, name, within string, holds func(i int) bool) (i int, column string, err error) {
	code, name = strings.TrimSpace(sheet.Unguard(code)), strings.TrimSpace(name)
	var found []int
	switch {
	case code != "":
		column = sheet.ColArea
		if found, err = p.coded(code); err != nil {
			return -1, column, err
		}
		if name != "" {
			if found = slices.DeleteFunc(found, func(i int) bool { return !p.called(i, name) }); len(found) == 0 {
				return -1, sheet.ColAreaName, p.contradicts(code, name)
			}
		}
	case name != "":
		column = sheet.ColAreaName
		if found, err = p.byName(name, within); err != nil {
			return -1, column, err
		}
	default:
		return -1, sheet.ColArea, fault.New(fault.Invalid, "area-missing", "Thiếu mã hoặc tên đơn vị", "The code or the name of the place is missing")
	}
	if len(found) > 1 && holds != nil {
		if fit := slices.DeleteFunc(slices.Clone(found), func(i int) bool { return !holds(i) }); len(fit) > 0 {
			found = fit
		}
	}
	if len(found) > 1 {
		return -1, column, p.ambiguous(found)
	}
	return found[0], column, nil
}

// coded are the places that a code may be: as it is, or with the zeros that a
// spreadsheet took from its beginning.
func (p *places) coded(code string) ([]int, error) {
	var found, outside []int
	add := func(c area.Code) {
		if i, ok := p.list.Index(c); ok {
			if !p.inside(i) {
				outside = append(outside, i)
			} else if !slices.Contains(found, i) {
				found = append(found, i)
			}
		}
	}
	add(area.Code(code))
	if strings.EqualFold(code, string(area.Nation)) {
		add(area.Nation)
	}
	if n := counted.FindStringSubmatch(code); len(n) > 1 && n[1][0] != '0' {
		for _, width := range p.widths {
			if width >= len(n[1]) {
				add(area.Code(pad(n[1], width)))
			}
		}
	}
	switch {
	case len(found) > 0:
		return found, nil
	case len(outside) > 0:
		return nil, fault.New(fault.Conflict, "area-outside-import",
			"%s không thuộc %s, là đơn vị của lần nhập này; nhập ở đơn vị bao gồm cả hai", "%s is not in %s, which this import is for; import it in a place that both lie in",
			p.name(outside[0]), p.name(p.branch))
	}
	_, err := p.list.Get(area.Code(code))
	return nil, err
}

func (p *places) name(i int) fault.Text {
	a := p.list.At(i)
	return fault.Text{Vi: a.Name, En: a.NameEn}
}

// called says that a place can be called so.
func (p *places) called(i int, name string) bool {
	a, folded := p.list.At(i), find.Fold(name)
	for _, own := range []string{a.Name, a.NameEn, area.ShortName(a)} {
		if own := find.Fold(own); own == folded || find.Sound(own) == find.Sound(folded) {
			return true
		}
	}
	return false
}

func (p *places) contradicts(code, name string) error {
	i, ok := p.list.Index(area.Code(code))
	if !ok {
		found, _ := p.coded(code)
		i = found[0]
	}
	return fault.New(fault.Conflict, "area-name-mismatch",
		"Mã %s là %s, không phải %q; sửa mã hoặc tên cho khớp", "The code %s is %s, not %q; correct the one or the other", p.list.At(i).Code, p.name(i), first(name))
}

// byName are the places of the branch that are called so: by the whole name, else
// by the short one, else by what sounds alike; within is what they lie in.
func (p *places) byName(name, within string) ([]int, error) {
	folded := find.Fold(name)
	within = strings.TrimSpace(within)
	for _, found := range [][]int{p.named[folded], p.short[folded], p.sound[find.Sound(folded)]} {
		if within != "" {
			found = slices.DeleteFunc(slices.Clone(found), func(i int) bool { return !p.lies(i, within) })
		}
		if len(found) > 0 && folded != "" {
			return slices.Clone(found), nil
		}
	}
	where := p.name(p.branch)
	if within != "" {
		where = fault.Text{Vi: first(within), En: first(within)}
	}
	return nil, fault.New(fault.NotFound, "area-name-unknown",
		"Không có đơn vị %q trong %s; sửa tên, hoặc ghi mã đơn vị", "There is no place %q in %s; correct the name, or give the code", first(name), where)
}

// lies says that a place lies in what is called, or coded, so.
func (p *places) lies(i int, within string) bool {
	for _, above := range p.list.Ancestors(i) {
		code := string(p.list.At(above).Code)
		n := counted.FindStringSubmatch(within)
		if code == within || len(n) > 1 && strings.TrimLeft(code, "0") == strings.TrimLeft(n[1], "0") || p.called(above, within) {
			return true
		}
	}
	return false
}

// ambiguous names what a row can mean, the first few.
func (p *places) ambiguous(found []int) error {
	const most = 5
	var vi, en []string
	for _, i := range found[:min(most, len(found))] {
		a := p.list.At(i)
		v, e := string(a.Code)+" "+a.Name, string(a.Code)+" "+a.NameEn
		if above := p.list.Parent(i); above > 0 {
			v, e = v+", "+p.list.At(above).Name, e+", "+p.list.At(above).NameEn
		}
		vi, en = append(vi, v), append(en, e)
	}
	if len(found) > most {
		vi, en = append(vi, "…"), append(en, "…")
	}
	return fault.New(fault.Conflict, "area-ambiguous",
		"Có %d đơn vị như vậy (%s); ghi mã đơn vị đủ chữ số, hoặc ghi đơn vị cấp trên ở cột Thuộc",
		"There are %d such places (%s); give the whole code, or the place above in the column Within",
		len(found), fault.Text{Vi: strings.Join(vi, "; "), En: strings.Join(en, "; ")})
}
