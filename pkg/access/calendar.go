package access

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// Calendar is the private address of a calendar as it is kept: whoever has the
// address reads the public form of one branch of one election, as long as its
// owner may read there. It gives no other right, and does not end by itself:
// programs that people subscribe with ask for years.
type Calendar struct {
	ID     string
	Digest Digest
	User   UserID
	Name   string
	CalendarScope
	Made    time.Time
	Used    time.Time // zero: never
	Revoked time.Time // zero: not
}

// CalendarScope is what an address is for. How it is written is checked by whoever
// makes calendars; here it is kept.
type CalendarScope struct {
	Election string
	Edition  string // empty: the nation's, which is every edition
	Area     area.Code
	Levels   string // with commas between them; empty: the place itself
	Body     string // empty: all
	Alarms   string // days before, with commas between them; empty: none
	Language string
}

// NewCalendar is an address to be made.
type NewCalendar struct {
	User UserID
	Name string
	CalendarScope
}

const (
	maxCalendarName = 80 // characters
	maxCalendars    = 20 // of one user, that can still be used
)

func (n *NewCalendar) calendar(now time.Time) (Calendar, Secret, error) {
	c := Calendar{User: n.User, Name: strings.TrimSpace(n.Name), CalendarScope: n.CalendarScope, Made: now}
	c.Edition = editionOf(n.Edition, n.Area)
	switch {
	case c.Name == "" || utf8.RuneCountInString(c.Name) > maxCalendarName:
		return c, "", fault.New(fault.Invalid, "calendar-name-missing",
			"Địa chỉ lịch cần một tên dài tối đa %d ký tự, nói ai dùng hoặc dùng ở máy nào", "A calendar's address needs a name of at most %d characters that says who uses it, or on which device", maxCalendarName).At("/name")
	case !plain(c.Name):
		return c, "", notPlain("/name")
	}
	secret := NewSecret(ForCalendar)
	c.Digest = secret.Digest()
	c.ID = idOf(c.Digest)
	return c, secret, nil
}

func (c *Calendar) detail() Detail { return Detail{Name: c.Name, Calendar: c.ID, Election: c.Election} }

// CalendarNotFound says that there is no such address, for whatever reason.
func CalendarNotFound() error {
	return fault.New(fault.NotFound, "calendar-not-found",
		"Không có lịch ở địa chỉ này: địa chỉ sai, đã bị thu hồi, hoặc người tạo không còn được xem đơn vị ấy; tạo địa chỉ mới ở trang tài khoản",
		"There is no calendar at this address: it is wrong, was revoked, or whoever made it may no longer read the place; make a new one on the account's page")
}

// Calendars are the user's addresses, the newest first, those that were revoked as
// well.
func (s *Service) Calendars(ctx context.Context, user UserID) ([]Calendar, error) {
	return s.store.Calendars(ctx, user)
}

// MakeCalendar makes an address for its owner in a place that he may read; else
// fault.Forbidden "calendar-without-role". The secret is shown this once.
func (s *Service) MakeCalendar(ctx context.Context, by Actor, n NewCalendar) (Calendar, Secret, error) {
	c, secret, err := n.calendar(s.now())
	if err != nil {
		return c, "", err
	}
	err = s.store.Act(ctx, func(d Desk) error {
		if err := by.self(n.User); err != nil {
			return err
		}
		if _, err := usable(ctx, d, n.User); err != nil {
			return err
		}
		if err := readable(ctx, d, &c); err != nil {
			return err
		}
		if err := s.roomForCalendar(ctx, d, n.User); err != nil {
			return err
		}
		e := Event{Kind: CalendarMade, User: n.User, Actor: by, Edition: c.Edition, Area: c.Area, After: c.detail()}
		return errors.Join(s.record(ctx, d, &e), d.AddCalendar(ctx, &c))
	})
	return c, secret, err
}

// readable refuses a place that the owner may not read.
func readable(ctx context.Context, d Desk, c *Calendar) error {
	list, i, err := place(ctx, d, c.Edition, c.Area)
	if err != nil {
		return err
	}
	held, err := d.Grants(ctx, c.User)
	if err != nil {
		return err
	}
	grants := make([]Grant, len(held))
	for k := range held {
		grants[k] = held[k].Grant
	}
	if NewRights(list, grants).May(Read, i, nil) != nil {
		return fault.New(fault.Forbidden, "calendar-without-role",
			"Địa chỉ lịch riêng chỉ tạo được ở đơn vị mà tài khoản có vai trò; hãy dùng lịch công khai, hoặc xin vai trò ở đơn vị ấy",
			"A private address of a calendar is made where the account holds a role; use the public calendar, or ask for a role there").At("/area")
	}
	return nil
}

func (s *Service) roomForCalendar(ctx context.Context, d Desk, user UserID) error {
	all, err := d.Calendars(ctx, user)
	good := 0
	for i := range all {
		if all[i].Revoked.IsZero() {
			good++
		}
	}
	if err == nil && good >= maxCalendars {
		err = fault.New(fault.Conflict, "calendars-too-many",
			"Đã có %d địa chỉ lịch còn dùng được; thu hồi địa chỉ không cần nữa", "There are %d addresses of calendars that can be used; revoke what is not needed", good)
	}
	return err
}

// RevokeCalendar ends an address of the user's at once; fault.NotFound
// "calendar-not-found".
func (s *Service) RevokeCalendar(ctx context.Context, by Actor, user UserID, id string) error {
	return s.store.Act(ctx, func(d Desk) error {
		if err := by.self(user); err != nil {
			return err
		}
		all, err := d.Calendars(ctx, user)
		if err != nil {
			return err
		}
		for i := range all {
			c := &all[i]
			if c.ID != id || !c.Revoked.IsZero() {
				continue
			}
			e := Event{Kind: CalendarRevoked, User: user, Actor: by, Edition: c.Edition, Area: c.Area, Before: c.detail()}
			return errors.Join(s.record(ctx, d, &e), d.RevokeCalendar(ctx, user, id, s.now()))
		}
		return CalendarNotFound()
	})
}

// CalendarOf is the calendar at a private address, with the account that it is of,
// so that whoever knows the places asks whether that may still read; fault.NotFound
// "calendar-not-found" in all the same words when there is none, it was revoked, or
// the account is disabled. Its use is noted at most once a minute.
func (s *Service) CalendarOf(ctx context.Context, secret Secret) (Calendar, Caller, error) {
	if !secret.Is(ForCalendar) {
		return Calendar{}, Caller{}, CalendarNotFound()
	}
	c, err := s.store.CalendarOf(ctx, secret.Digest())
	if err != nil {
		return Calendar{}, Caller{}, err
	}
	owner, err := s.store.Caller(ctx, c.User)
	if fault.KindOf(err) == fault.Unauthenticated {
		err = CalendarNotFound()
	}
	if err != nil {
		return Calendar{}, Caller{}, err
	}
	owner.Scope = &Scope{Access: ReadOnly, Edition: c.Edition, Area: c.Area}
	return c, owner, nil
}

// UsedCalendar notes that an address was used, at most once a minute.
func (s *Service) UsedCalendar(ctx context.Context, c *Calendar) error {
	now := s.now()
	if now.Before(c.Used.Add(Touch)) {
		return nil
	}
	return s.store.TouchCalendar(ctx, c.ID, now, now.Add(-Touch))
}
