package access

import (
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// Verb is what somebody wants to do.
type Verb uint8

// The verbs.
const (
	// Read what is internal to an area.
	Read Verb = iota + 1
	// Report on tasks, set a planned day, write a note, keep tasks of one's own.
	Report
	// Confirm or return what an area has reported.
	Confirm
	// Organise an area: local plans, voting day, what occurred.
	Organise
	// Admit people: make accounts of an area, grant and end roles up to one's own.
	Admit
	// Administer the country: elections, rulebooks, editions.
	Administer
)

var verbNames = [...]string{"", "read", "report", "confirm", "organise", "admit", "administer"}

func (v Verb) String() string { return verbNames[v] }

// least is the role that a verb takes.
var least = [...]Role{Read: Viewer, Report: Reporter, Confirm: Lead, Organise: Lead, Admit: Lead, Administer: Administrator}

// Least is the role that the verb takes.
func (v Verb) Least() Role { return least[v] }

// Grant gives a user a role in an area and in all below it, in one edition of
// the list; with the role None it ends there what he holds from above. What is
// granted at or below the end counts. The nation is the same in all editions:
// what is granted in it holds in each.
type Grant struct {
	User    UserID
	Edition string
	Area    area.Code
	Role    Role
}

// Rights are what one user holds in one edition of the list. The zero Rights
// hold nothing.
type Rights struct {
	list *area.List
	held map[int]Role
	most Role // a token may be worth less than its owner
	top  int  // and for a smaller branch
}

// NewRights takes those of the grants that are about the list's edition. One
// about a place that the list does not have gives nothing. Of two for the same
// place the smaller counts: it was meant to end the other.
func NewRights(list *area.List, grants []Grant) Rights {
	r := Rights{list: list, held: make(map[int]Role, len(grants)), most: Administrator}
	for _, g := range grants {
		i, ok := list.Index(g.Area)
		if !ok || (i != 0 && (g.Edition != list.Edition() || g.Role == Administrator)) {
			continue
		}
		if role, twice := r.held[i]; !twice || g.Role < role {
			r.held[i] = g.Role
		}
	}
	return r
}

// Limited are the rights of a token: at most a role, in one branch.
func (r Rights) Limited(most Role, branch area.Code) Rights {
	i, ok := 0, false
	if r.list != nil {
		i, ok = r.list.Index(branch)
	}
	switch {
	case !ok:
		return Rights{}
	case i == r.top || r.list.Under(i, r.top):
		r.top = i
	case !r.list.Under(r.top, i):
		return Rights{} // the two branches share nothing
	}
	r.most = min(r.most, most)
	return r
}

// Role is what the user holds in the area at index i: the greatest of what is
// granted there and above, up to where it was ended.
func (r Rights) Role(i int) Role {
	if r.list == nil || i != r.top && !r.list.Under(i, r.top) {
		return None
	}
	var role Role
	for ; i >= 0; i = r.list.Parent(i) {
		held, here := r.held[i]
		if here && held == None {
			break
		}
		role = max(role, held)
	}
	return min(role, r.most)
}

// Led says whether somebody was made lead of the area at index i itself.
type Led func(i int) bool

// May says whether the user may do something to the area at index i: nil, or
// fault.Forbidden "not-allowed" that says which unit may. It is the one place
// where this is decided; whether something may be seen at all is for the caller
// to ask first ([Read], with fault.NotFound).
func (r Rights) May(v Verb, i int, led Led) error {
	unit := unitFor(r, v, i, led)
	// Who confirms from above does so in his branch: not in what was taken out of it.
	if r.Role(unit) >= least[v] && (v != Confirm || r.Role(i) >= least[v]) {
		return nil
	}
	return r.refused(v, unit)
}

// Held lists the areas, by index and in the order of the list, for which the user
// was granted at least a role: where he works, and not all that lies below.
func (r Rights) Held(least Role) []int {
	var all []int
	for i, role := range r.held {
		switch {
		case role < least || r.most < least:
		case i == r.top || r.list.Under(i, r.top):
			all = append(all, i)
		case r.list.Under(r.top, i) && r.Role(r.top) >= least: // a token's part of it
			all = append(all, r.top)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Granted is the role that the user was granted in the area at index i itself;
// None where he was granted nothing.
func (r Rights) Granted(i int) Role { return min(r.held[i], r.most) }

// Territory is where the user holds at least a role. On the way through the list
// that changes only where a branch begins or ends of which something was said.
func (r Rights) Territory(least Role) area.Territory {
	var t area.Territory
	if r.list == nil {
		return t
	}
	turns := []int{0, r.list.Len()}
	for _, i := range append(r.turns(Rights{}), r.top) {
		_, end := r.list.Descendants(i)
		turns = append(turns, i, end)
	}
	slices.Sort(turns)
	for k, first := range turns[:len(turns)-1] {
		if end := turns[k+1]; first < end && r.Role(first) >= least {
			t = t.With(first, end)
		}
	}
	return t
}

// Confirms says whether the user is who confirms what the area at index i
// reports: made lead where that is decided. Who leads above may as well
// ([Rights.May]), but nobody waits for him.
func (r Rights) Confirms(i int, led Led) bool {
	unit := unitFor(r, Confirm, i, led)
	return r.held[unit] >= Lead && r.May(Confirm, i, led) == nil
}

// unitFor is the area whose people do something to the area at index i. It is
// the area itself, but for what it has reported: the level above confirms that,
// or, where nobody leads, the next one above. The nation confirms its own.
func unitFor(r Rights, v Verb, i int, led Led) int {
	switch {
	case r.list == nil || v == Administer:
		return 0
	case v != Confirm || i == 0:
		return i
	}
	for i = r.list.Parent(i); i > 0 && !led(i); {
		i = r.list.Parent(i)
	}
	return i
}

func (r Rights) refused(v Verb, unit int) error {
	where := fault.Text{Vi: "Cả nước", En: "Viet Nam"}
	if r.list != nil {
		a := r.list.At(unit)
		where = fault.Text{Vi: a.Name, En: a.NameEn}
	}
	return fault.New(fault.Forbidden, "not-allowed",
		"Tài khoản này không được làm việc đó; người có quyền là %s của %s, hoặc của cấp trên của đơn vị đó",
		"This account may not do that; who may is a %s of %s, or of a unit above it", least[v].Title(), where)
}

// Grantable says whether the user may give a role in the area at index i: he
// has to lead there, and holds himself what he gives.
func (r Rights) Grantable(role Role, i int) error {
	if err := r.May(Admit, i, nil); err != nil {
		return err
	}
	switch {
	case role == Administrator && i != 0:
		return administratorOfTheCountry()
	case role > r.Role(i):
		return r.above(i)
	}
	return nil
}

// above refuses to give more than is held at index i.
func (r Rights) above(i int) error {
	a := r.list.At(i)
	return fault.New(fault.Forbidden, "grant-above-own",
		"Không thể giao vai trò cao hơn vai trò của mình ở %s (%s)", "You cannot grant more than you hold in %s (%s)",
		fault.Text{Vi: a.Name, En: a.NameEn}, r.Role(i).Title())
}

// turns are the places at which what either of two holds can change on the way
// down: between them all is as it was above.
func (r Rights) turns(other Rights) []int {
	all := make([]int, 0, len(r.held)+len(other.held))
	for _, held := range []map[int]Role{r.held, other.held} {
		for i := range held {
			all = append(all, i)
		}
	}
	return all
}

func administratorOfTheCountry() error {
	return fault.New(fault.Invalid, "administrator-of-the-country",
		"Quyền quản trị chỉ có cho cả nước (VN); chọn vai trò phụ trách", "An administrator is one of the whole country (VN); grant the role lead").At("/role")
}
