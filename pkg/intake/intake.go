// Package intake takes in what people keep in tables: accounts with their roles,
// and how far work is. It reads .xlsx and .csv, understands cells as they are
// typed, finds the places and milestones that they name, and makes of each row
// what the product is asked to do. It decides nothing itself: every row is
// decided by the tracker or the accounts' own room, as if it had come alone.
package intake

import (
	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// Result is what became of a row.
type Result string

// The results.
const (
	Made      Result = "made" // an account
	Changed   Result = "changed"
	Unchanged Result = "unchanged" // it is so already
	Refused   Result = "refused"
)

// Options say how a table is taken in.
type Options struct {
	// DryRun writes nothing and says what it would come to.
	DryRun bool
	// Partial leaves out the rows that are refused and does the others.
	Partial bool
}

// Report is what a table comes to.
type Report struct {
	DryRun bool
	// Held: nothing was done, as rows were refused and the rest was not asked for.
	Held                              bool
	Rows                              []Outcome
	Made, Changed, Unchanged, Refused int
	// Effect is what statuses change in the log; zero for accounts.
	Effect tracker.Effect
}

// Outcome is what became of a row, or would.
type Outcome struct {
	Row    *Row
	Result Result
	// Refused says why, Column where; "" is the row as a whole.
	Refused *fault.Error
	Column  string

	Area area.Code // "" where it is not known
	// ID, Was, Is and Warnings are of a row of statuses; the milestone is as the
	// row found it and as it left it.
	ID       tracker.MilestoneID
	Was, Is  tracker.Milestone
	Warnings []tracker.Warning
	// User, Role and Admission are of a row of accounts.
	User      string
	Role      access.Role
	Admission access.Admission
}

// refuse makes the row one that is refused.
func (o *Outcome) refuse(column string, err error) {
	f, ok := fault.As(err)
	if !ok {
		f = fault.New(fault.Internal, "internal", "Lỗi bên trong", "An error of ours").Because(err)
	}
	o.Result, o.Refused, o.Column = Refused, f, column
}

func (r *Report) count() {
	for i := range r.Rows {
		switch r.Rows[i].Result {
		case Made:
			r.Made++
		case Changed:
			r.Changed++
		case Unchanged:
			r.Unchanged++
		case Refused:
			r.Refused++
		}
	}
}

// changedSince says that somebody else changed what a row is about after the preview.
func changedSince() *fault.Error {
	return fault.New(fault.Stale, "import-row-changed",
		"Sau khi xem trước, dòng này đã thay đổi trong hệ thống; xem trước lại tệp",
		"What this row is about was changed after the preview; preview the file again")
}
