package civil

import (
	"strings"
	"time"
)

// Cutoff is a day, or an hour of that day. As an end, a bare day lasts until
// its midnight and an hour cuts it off; as a start, a bare day begins at 00:00.
// The zero Cutoff is none.
type Cutoff struct {
	Day   Date
	Clock Clock
}

// Whole is the cut-off of a whole day.
func Whole(d Date) Cutoff { return Cutoff{Day: d} }

// Now is the cut-off that an instant stands at in a zone: day, hour, minute.
func Now(t time.Time, zone *time.Location) Cutoff {
	t = t.In(zone)
	return Cutoff{Day: Of(t, zone), Clock: NewClock(t.Hour(), t.Minute())}
}

// IsZero says that there is no day.
func (c Cutoff) IsZero() bool { return c.Day.IsZero() }

// AddHours moves an hour of a day by n hours, over midnight where needed. A
// bare day counts as its 00:00.
func (c Cutoff) AddHours(n int) Cutoff {
	minutes := c.Clock.Minutes() + n*60
	days := minutes / 1440
	minutes %= 1440
	if minutes < 0 {
		minutes += 1440
		days--
	}
	return Cutoff{Day: c.Day.Add(days), Clock: NewClock(minutes/60, minutes%60)}
}

// PassedAt says that, at the given moment, this end is over: from 00:00 of the
// day after a bare day, from the very minute of an hour.
func (c Cutoff) PassedAt(now Cutoff) bool {
	if c.Day != now.Day {
		return c.Day.Before(now.Day)
	}
	return !c.Clock.IsZero() && now.Clock.Minutes() >= c.Clock.Minutes()
}

// BegunAt says that, at the given moment, this start has come.
func (c Cutoff) BegunAt(now Cutoff) bool {
	if c.Day != now.Day {
		return c.Day.Before(now.Day)
	}
	return now.Clock.Minutes() >= c.Clock.Minutes()
}

// RFC3339 writes the instant of an hour in a zone, or the bare day.
func (c Cutoff) RFC3339(zone *time.Location) string {
	if c.Clock.IsZero() {
		return c.Day.String()
	}
	return c.Day.At(c.Clock, zone).Format(time.RFC3339)
}

// Span is the days from First to Last, both included. A zero end is open.
type Span struct {
	First, Last Date
}

// Contains says that d lies in the span.
func (s Span) Contains(d Date) bool {
	return !d.Before(s.First) && (s.Last.IsZero() || !d.After(s.Last))
}

// Days counts the days of a closed span, both ends included.
func (s Span) Days() int { return s.First.DaysUntil(s.Last) + 1 }

// Cover returns the smallest span that holds both s and d; no date adds nothing.
func (s Span) Cover(d Date) Span {
	switch {
	case d.IsZero():
		return s
	case s.First.IsZero():
		return Span{First: d, Last: d}
	case d.Before(s.First):
		s.First = d
	case d.After(s.Last):
		s.Last = d
	}
	return s
}

// MarshalText writes YYYY-MM-DD, or YYYY-MM-DDTHH:MM with an hour.
func (c Cutoff) MarshalText() ([]byte, error) { return c.AppendText([]byte{}) }

// AppendText writes what MarshalText does behind b.
func (c Cutoff) AppendText(b []byte) ([]byte, error) {
	b, _ = c.Day.AppendText(b)
	if !c.Clock.IsZero() {
		b = append(append(b, 'T'), c.Clock.String()...)
	}
	return b, nil
}

// UnmarshalText reads what MarshalText writes.
func (c *Cutoff) UnmarshalText(b []byte) error {
	day, hour, timed := strings.Cut(string(b), "T")
	if len(b) == 0 {
		*c = Cutoff{}
		return nil
	}
	d, err := Parse(day)
	if err != nil {
		return err
	}
	*c = Cutoff{Day: d}
	if timed {
		c.Clock, err = ParseClock(hour)
	}
	return err
}
