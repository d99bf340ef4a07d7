// Package civil knows calendar dates, hours of a day and spans of dates: what
// the law counts in. It has no clock and no time zone; the only door to real
// time is [Of] (and [At]), where the caller says which zone he means.
package civil

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Date is a day of the proleptic Gregorian calendar. The zero Date means "no
// date"; it is written as null in JSON and SQL. Dates are comparable with ==.
type Date struct {
	// days since 1 January of the year 1, plus one, so that zero is no date.
	n int32
}

const layout = "2006-01-02"

// epoch is day 1 in Date's own count.
var epoch = time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)

// ErrDate is wrapped by every error about a text that is not a date.
var ErrDate = errors.New("not a date of the form YYYY-MM-DD")

// New returns the given day. Values outside a month are carried over, as in
// [time.Date]; parse user input with [Parse], which refuses them.
func New(year int, month time.Month, day int) Date {
	return fromUTC(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// Of returns the day that the instant t is on in the given zone.
func Of(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return New(y, m, d)
}

// Parse reads YYYY-MM-DD and refuses days that do not exist (2021-02-31).
func Parse(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("%q: %w", s, ErrDate)
	}
	return fromUTC(t), nil
}

// Must is Parse for constants in code and tests; it panics on a bad text.
func Must(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func fromUTC(t time.Time) Date {
	// Unix seconds of midnight UTC are whole days, exactly, for every year.
	return Date{n: int32((t.Unix()-epoch.Unix())/86400) + 1}
}

func (d Date) utc() time.Time { return time.Unix(epoch.Unix()+(int64(d.n)-1)*86400, 0).UTC() }

// IsZero says that d is no date.
func (d Date) IsZero() bool { return d.n == 0 }

// Add returns the day n days later (earlier when n is negative). No date stays
// no date.
func (d Date) Add(n int) Date {
	if d.IsZero() {
		return d
	}
	return Date{n: d.n + int32(n)}
}

// DaysUntil counts calendar days from d to e: 1 from today to tomorrow, 0 for
// the same day, negative when e is earlier.
func (d Date) DaysUntil(e Date) int { return int(e.n - d.n) }

// Before says that d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.n < e.n }

// After says that d is a later day than e.
func (d Date) After(e Date) bool { return d.n > e.n }

// Compare orders days; no date comes before all of them.
func (d Date) Compare(e Date) int {
	switch {
	case d.n < e.n:
		return -1
	case d.n > e.n:
		return 1
	}
	return 0
}

// Later returns the later of two days; no date loses.
func Later(d, e Date) Date {
	if d.Before(e) {
		return e
	}
	return d
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Parts returns year, month and day of the month.
func (d Date) Parts() (int, time.Month, int) { return d.utc().Date() }

// At returns the instant at which the day reaches the given hour in a zone.
func (d Date) At(c Clock, zone *time.Location) time.Time {
	y, m, day := d.Parts()
	return time.Date(y, m, day, 0, c.Minutes(), 0, 0, zone)
}

// String writes YYYY-MM-DD, or nothing for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string(d.append(make([]byte, 0, len(layout))))
}

// AppendText writes what String does behind b.
func (d Date) AppendText(b []byte) ([]byte, error) {
	if d.IsZero() {
		return b, nil
	}
	return d.append(b), nil
}

func (d Date) append(b []byte) []byte {
	y, m, day := d.Parts()
	if y > 9999 || y < 0 {
		return d.utc().AppendFormat(b, layout)
	}
	return append(b, digit(y/1000), digit(y/100), digit(y/10), digit(y), '-', digit(int(m)/10), digit(int(m)), '-', digit(day/10), digit(day))
}

func digit(n int) byte { return '0' + byte(n%10) }

// Vietnamese writes dd/MM/yyyy, the form of Vietnamese offices.
func (d Date) Vietnamese() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format("02/01/2006")
}

// MarshalJSON writes "YYYY-MM-DD", or null for no date.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}

// UnmarshalJSON reads "YYYY-MM-DD" or null.
func (d *Date) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*d = Date{}
		return nil
	}
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return fmt.Errorf("%s: %w", b, ErrDate)
	}
	return d.UnmarshalText(b[1 : len(b)-1])
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	e, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = e
	return nil
}

// Value gives the date to a database as a SQL date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.utc(), nil
}

// Scan takes a SQL date or null from a database.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
	case time.Time:
		y, m, day := v.Date()
		*d = New(y, m, day)
	case string:
		return d.UnmarshalText([]byte(v))
	default:
		return fmt.Errorf("civil: cannot read a date from %T", src)
	}
	return nil
}
