package civil

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Clock is an hour of a day on the wall, to the minute. The zero Clock means
// "no hour": the whole day.
type Clock struct {
	// minutes since midnight, plus one, so that zero is no hour.
	n int16
}

// ErrClock is wrapped by every error about a text that is not an hour.
var ErrClock = errors.New("not an hour of the form HH:MM")

// NewClock returns the hour h:m; it panics when there is no such hour.
func NewClock(h, m int) Clock {
	if h < 0 || h > 23 || m < 0 || m > 59 {
		panic(fmt.Sprintf("civil: no hour %d:%d", h, m))
	}
	return Clock{n: int16(h*60+m) + 1}
}

// ParseClock reads HH:MM, from 00:00 to 23:59.
func ParseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		return Clock{}, fmt.Errorf("%q: %w", s, ErrClock)
	}
	return NewClock(t.Hour(), t.Minute()), nil
}

// IsZero says that c is no hour.
func (c Clock) IsZero() bool { return c.n == 0 }

// Minutes counts from midnight; 0 when c is no hour.
func (c Clock) Minutes() int {
	if c.IsZero() {
		return 0
	}
	return int(c.n) - 1
}

// String writes HH:MM, or nothing for no hour.
func (c Clock) String() string {
	if c.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", c.Minutes()/60, c.Minutes()%60)
}

// MarshalJSON writes "HH:MM", or null for no hour.
func (c Clock) MarshalJSON() ([]byte, error) {
	if c.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + c.String() + `"`), nil
}

// UnmarshalJSON reads "HH:MM" or null.
func (c *Clock) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*c = Clock{}
		return nil
	}
	if len(b) < 2 || b[0] != '"' {
		return fmt.Errorf("%s: %w", b, ErrClock)
	}
	e, err := ParseClock(string(b[1 : len(b)-1]))
	if err != nil {
		return err
	}
	*c = e
	return nil
}

// Value gives the hour to a database as minutes after midnight.
func (c Clock) Value() (driver.Value, error) {
	if c.IsZero() {
		return nil, nil
	}
	return int64(c.Minutes()), nil
}

// Scan takes minutes after midnight or null from a database.
func (c *Clock) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*c = Clock{}
	case int64:
		if v < 0 || v >= 1440 {
			return fmt.Errorf("civil: no hour has %d minutes after midnight", v)
		}
		*c = NewClock(int(v)/60, int(v)%60)
	default:
		return fmt.Errorf("civil: cannot read an hour from %T", src)
	}
	return nil
}
