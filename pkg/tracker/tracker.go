// Package tracker holds what people do to an election: opening it, reporting
// on tasks, planning, entering bodies, documents, plans and known facts. It
// decides; a [Store] keeps. Every use case is one act: rows are locked, a pure
// step turns them into changes, and the changes are written to the tables and
// to the log in one transaction.
package tracker

import (
	"regexp"
	"strconv"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// ElectionID names an election: "2021".
type ElectionID string

// Revision is a position in an election's log, from 1, without gaps.
type Revision int64

// MilestoneKey is the key of a rule, or of a line of a local plan; the two
// never collide within an election.
type MilestoneKey string

// TaskKey names a task within its milestone. It stays when the task is renamed.
type TaskKey string

// MilestoneID names a milestone within an election.
type MilestoneID struct {
	Area area.Code
	Key  MilestoneKey
	// Occurrence is 0 for the scheduled one, and counts from 1 what can happen
	// more than once (a re-vote).
	Occurrence int
}

// Name is the milestone's place in addresses: its key, and for an occurrence a
// dot and its number.
func (id MilestoneID) Name() string {
	if id.Occurrence == 0 {
		return string(id.Key)
	}
	return string(id.Key) + "." + strconv.Itoa(id.Occurrence)
}

var nameForm = regexp.MustCompile(`^([a-z][a-z0-9_]{0,79})(?:\.([1-9][0-9]{0,2}))?$`)

// ParseName reads what Name writes.
func ParseName(code area.Code, name string) (MilestoneID, error) {
	m := nameForm.FindStringSubmatch(name)
	if m == nil {
		return MilestoneID{}, milestoneNotFound(code, name)
	}
	id := MilestoneID{Area: code, Key: MilestoneKey(m[1])}
	if m[2] != "" {
		id.Occurrence, _ = strconv.Atoi(m[2])
	}
	return id, nil
}

// MilestoneNotFound says that an area has no such milestone.
func MilestoneNotFound(id MilestoneID) *fault.Error { return milestoneNotFound(id.Area, id.Name()) }

func milestoneNotFound(code area.Code, name string) *fault.Error {
	return fault.New(fault.NotFound, "milestone-not-found",
		"Đơn vị %s không có mốc %q; xem các mốc của đơn vị ở …/areas/%[1]s/timeline",
		"Area %s has no milestone %q; see its milestones at …/areas/%[1]s/timeline", code, trim(name))
}

func taskNotFound(id MilestoneID, key TaskKey) *fault.Error {
	return fault.New(fault.NotFound, "task-not-found",
		"Mốc %s không có việc %q; xem các việc của mốc trong chi tiết mốc",
		"Milestone %s has no task %q; its tasks stand in the milestone itself", id.Name(), trim(string(key)))
}

// trim keeps what a caller sent from flooding an error message.
func trim(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
