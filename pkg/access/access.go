// Package access says who may do what in which branch of the country: users,
// the roles granted to them, and the secrets they prove themselves by. It
// decides; it keeps nothing, and knows neither HTTP nor clock.
//
// A right is held by grant for an area and all below it, and can be ended
// further down. Whoever may not read something is not told that it exists.
package access

import (
	"fmt"

	"tiendo/pkg/fault"
)

// UserID is a user's name at sign-in; see [ParseUserID].
type UserID string

// Role is how much a user may do in a branch. Each role may do what those
// before it may.
type Role uint8

// The roles.
const (
	// None is no role at all; granted, it ends what is held from above.
	None Role = iota
	// Viewer reads what is internal: notes, reasons, people, drafts.
	Viewer
	// Reporter reports on tasks, sets planned days, writes notes.
	Reporter
	// Lead confirms and returns what the level below reports, keeps local plans,
	// voting days and occurrences, and grants roles up to his own.
	Lead
	// Administrator opens, amends and closes elections. The role is held for the
	// whole country or not at all.
	Administrator
)

var roleNames = [...]string{"none", "viewer", "reporter", "lead", "administrator"}

func (r Role) String() string { return roleNames[r] }

// MarshalText writes the role's name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is [ParseRole].
func (r *Role) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRole(string(text))
	return err
}

// ParseRole reads a role's name. Anything else is fault.Invalid "role-unknown".
func ParseRole(s string) (Role, error) {
	for i, name := range roleNames {
		if name == s {
			return Role(i), nil
		}
	}
	return None, fault.New(fault.Invalid, "role-unknown",
		"Không có vai trò %q; dùng một trong: %q", "There is no role %q; use one of %q", fmt.Sprintf("%.40s", s), roleNames)
}

var roleTitles = [...]fault.Text{
	{Vi: "không có quyền", En: "no role"},
	{Vi: "người xem", En: "viewer"},
	{Vi: "người báo cáo", En: "reporter"},
	{Vi: "phụ trách", En: "lead"},
	{Vi: "quản trị", En: "administrator"},
}

// Title is what people call the role.
func (r Role) Title() fault.Text { return roleTitles[r] }
