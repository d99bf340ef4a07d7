package timeline

import (
	"fmt"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Timing is where something stands against a day.
type Timing uint8

// The timings. Only what has to be done can be due, late, done or without
// record; what runs from a day to a day is upcoming, running or over.
const (
	// Upcoming: it has not begun, and its end is more than a week away.
	Upcoming Timing = iota + 1
	// Running: it has begun, or somebody has begun it.
	Running
	// DueSoon: 7 calendar days or less are left.
	DueSoon
	// BehindPlan: a day that the area or a local plan set is past; no limit of
	// the law is.
	BehindPlan
	// Overdue: the law's limit is past.
	Overdue
	DoneOnTime
	DoneLate
	// Done, and no day is known that would say whether in time.
	Done
	// Over: a bar that has ended.
	Over
	// NoRecord: nothing is known, and silence says nothing.
	NoRecord
	// Undated: there is no day to hold it against.
	Undated
	// SetAside: not applicable, or cancelled with its plan.
	SetAside
)

var timingNames = [...]string{
	"", "upcoming", "running", "due_soon", "behind_plan", "overdue",
	"done_on_time", "done_late", "done", "over", "no_record", "undated", "set_aside",
}

// String is the timing's name in the API.
func (t Timing) String() string { return timingNames[t] }

// MarshalText writes the timing's name.
func (t Timing) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// ParseTiming reads a timing's name; anything else is fault.Invalid
// "timing-unknown".
func ParseTiming(s string) (Timing, error) {
	for i, n := range timingNames {
		if i > 0 && n == s {
			return Timing(i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "timing-unknown",
		"Không có tình trạng thời hạn %q; dùng một trong: %q", "There is no timing %q; use one of %q",
		fmt.Sprintf("%.40s", s), timingNames[1:])
}

// Soon is how many calendar days before its limit something is due soon.
const Soon = 7

// Case is all that a timing is decided from, but the day.
type Case struct {
	Nature statute.Nature
	// Local: the dates are a local plan's, not the law's.
	Local             bool
	NotBefore, Latest civil.Cutoff
	Planned           civil.Date // the area's own target
	tracker.Progress
	// Silent: the record of a past election says nothing of it.
	Silent   bool
	Election tracker.ElectionState // on the day of the moment asked for
	// Past: the moment is looked back at from a closed election. It is as it was,
	// but what nobody reported in the end was not late then: nothing is known of it.
	Past bool
}

// At decides the timing at a moment. It never goes back as time passes: once
// due soon it is not upcoming again, once overdue it stays so until something
// is reported.
func (c *Case) At(now civil.Cutoff) Timing {
	switch {
	case c.Work == tracker.NotApplicable || c.Work == tracker.Cancelled:
		return SetAside
	case !c.Nature.CanBeLate():
		return c.bar(now)
	case c.Work == tracker.Done:
		return c.done()
	}
	return c.open(now)
}

// bar is for what runs from a day to a day. One without an end runs on until
// the election is closed.
func (c *Case) bar(now civil.Cutoff) Timing {
	closed := c.Election == tracker.Closed
	switch {
	case !c.Latest.IsZero() && c.Latest.PassedAt(now):
		return Over
	case !c.NotBefore.IsZero() && !c.NotBefore.BegunAt(now):
		return Upcoming
	case c.NotBefore.IsZero() && c.Latest.IsZero():
		return Undated
	case c.Latest.IsZero() && closed:
		return Over
	}
	return Running
}

// done holds the day done against the limit. A limit with an hour is kept on
// its day: of what is done only the day is known. Without a limit nothing can
// be late. A last possible day proves that it was in time, never that it was late.
func (c *Case) done() Timing {
	switch {
	case c.Latest.IsZero():
		return DoneOnTime
	case !c.DoneOn.IsZero() && c.DoneOn.After(c.Latest.Day):
		return DoneLate
	case !c.DoneOn.IsZero():
		return DoneOnTime
	case !c.DoneBy.IsZero() && !c.DoneBy.After(c.Latest.Day):
		return DoneOnTime
	}
	return Done
}

// open is for what is still to be done.
func (c *Case) open(now civil.Cutoff) Timing {
	passed := !c.Latest.IsZero() && c.Latest.PassedAt(now)
	missed := !c.Planned.IsZero() && civil.Whole(c.Planned).PassedAt(now)
	switch {
	case c.unrecorded(now, passed, missed):
		return NoRecord
	case passed && !c.Local:
		return Overdue
	case passed || missed:
		return BehindPlan
	case c.Election != tracker.Closed && c.soon(now):
		return DueSoon
	}
	return c.ahead(now)
}

// unrecorded says that not being reported says nothing: in a closed election
// of whatever is not still to come, looking back from there of whatever was
// missed, and before that of what the record of a past election is silent about.
func (c *Case) unrecorded(now civil.Cutoff, passed, missed bool) bool {
	silent := c.Silent && c.Work == tracker.NotStarted
	if !silent && c.Election != tracker.Closed {
		return c.Past && (passed || missed)
	}
	waiting := !c.NotBefore.IsZero() && !c.NotBefore.BegunAt(now)
	dated := !c.Latest.IsZero() || !c.Planned.IsZero()
	return passed || missed || (!dated && !waiting)
}

// missed is the first day of a plan that is past, of the area's own or of a local
// plan; none while none is. Nobody's plan is the law's limit.
func (c *Case) missed(now civil.Cutoff) civil.Date {
	var first civil.Date
	if !c.Planned.IsZero() && civil.Whole(c.Planned).PassedAt(now) {
		first = c.Planned
	}
	if c.Local && !c.Latest.IsZero() && c.Latest.PassedAt(now) && (first.IsZero() || c.Latest.Day.Before(first)) {
		first = c.Latest.Day
	}
	return first
}

// target is the day that days are counted to: the limit, or without one the
// area's own. A bar has no day of an area's own: nothing is done about it.
func (c *Case) target() civil.Date {
	if c.Latest.IsZero() && c.Nature.CanBeLate() {
		return c.Planned
	}
	return c.Latest.Day
}

// soon is also said of what has not begun: it shows what is next.
func (c *Case) soon(now civil.Cutoff) bool {
	day := c.target()
	return !day.IsZero() && now.Day.DaysUntil(day) <= Soon
}

// ahead is for what is neither late nor due soon.
func (c *Case) ahead(now civil.Cutoff) Timing {
	switch {
	case c.Work != tracker.NotStarted:
		return Running
	case !c.NotBefore.IsZero() && c.NotBefore.BegunAt(now):
		return Running
	case c.NotBefore.IsZero() && c.target().IsZero():
		return Undated
	}
	return Upcoming
}

// DaysLeft counts calendar days to the limit (without one, to the area's own
// planned day; of a bar that has not begun, to its beginning), negative when
// past. It says false where there is nothing to count to, or no more: what is
// done, over, set aside or without record.
func (c *Case) DaysLeft(now civil.Cutoff) (int, bool) {
	day := c.target()
	switch c.At(now) {
	case Upcoming:
		if !c.Nature.CanBeLate() {
			day = c.NotBefore.Day
		}
	case Running, DueSoon, BehindPlan, Overdue:
	default:
		return 0, false
	}
	if day.IsZero() {
		return 0, false
	}
	return now.Day.DaysUntil(day), true
}

// near says that within 24 hours the timing turns late, if nothing is done.
func (c *Case) near(now civil.Cutoff) bool {
	for _, end := range c.limits() {
		if !end.IsZero() && warning(end).BegunAt(now) && !end.PassedAt(now) {
			return true
		}
	}
	return false
}

// limits are the ends that it can miss as it stands, or none.
func (c *Case) limits() [2]civil.Cutoff {
	if !c.Nature.CanBeLate() || !c.Work.Open() {
		return [2]civil.Cutoff{}
	}
	return [2]civil.Cutoff{c.Latest, civil.Whole(c.Planned)}
}

// warning is the moment 24 hours before an end. A bare day ends with its
// midnight, so that is when it begins.
func warning(end civil.Cutoff) civil.Cutoff {
	if end.Clock.IsZero() {
		return end
	}
	return end.AddHours(-24)
}

// turn is the last hour of today, not later than now, at which anything that is
// said of the case changes: it begins or ends, or its end comes near. None while
// no such hour has come: the day itself is another matter.
func (c *Case) turn(now civil.Cutoff) civil.Clock {
	var last civil.Clock
	look := func(at civil.Cutoff) {
		if at.Day == now.Day && !at.Clock.IsZero() && at.BegunAt(now) && at.Clock.Minutes() >= last.Minutes() {
			last = at.Clock
		}
	}
	look(c.NotBefore)
	look(c.Latest)
	for _, end := range c.limits() {
		look(warning(end))
	}
	return last
}
