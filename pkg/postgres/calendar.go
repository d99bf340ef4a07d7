package postgres

import (
	"context"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/postgres/rows"
)

func (d *desk) Calendars(ctx context.Context, user access.UserID) ([]access.Calendar, error) {
	return calendars(ctx, d.q, user)
}

// Calendars reads a user's addresses of calendars, the newest first.
func (s *Store) Calendars(ctx context.Context, user access.UserID) ([]access.Calendar, error) {
	return calendars(ctx, s.as(readsAccounts), user)
}

func calendars(ctx context.Context, q *rows.Queries, user access.UserID) ([]access.Calendar, error) {
	found, err := q.Calendars(ctx, string(user))
	all := make([]access.Calendar, len(found))
	for i := range found {
		all[i] = calendarOf(&found[i])
	}
	return all, mapped(err)
}

func calendarOf(r *rows.CalendarAddress) access.Calendar {
	return access.Calendar{
		ID: r.ID, Digest: access.Digest(r.Digest), User: access.UserID(r.UserID), Name: r.Name,
		CalendarScope: access.CalendarScope{
			Election: r.Election, Edition: r.Edition.String, Area: area.Code(r.AreaCode),
			Levels: r.Levels, Body: r.Body, Alarms: r.Alarms, Language: r.Language,
		},
		Made: r.MadeAt.UTC(), Used: moment(r.LastUsedAt), Revoked: moment(r.RevokedAt),
	}
}

// CalendarOf finds the calendar of an address that was not revoked, of an account
// that may be used; fault.NotFound "calendar-not-found".
func (s *Store) CalendarOf(ctx context.Context, digest access.Digest) (access.Calendar, error) {
	r, err := s.as(readsAccounts).CalendarByDigest(ctx, digest[:])
	if err != nil {
		return access.Calendar{}, one(err, access.CalendarNotFound())
	}
	return calendarOf(&r), nil
}

// TouchCalendar notes the use of an address, unless that was done after stale.
func (s *Store) TouchCalendar(ctx context.Context, id string, now, stale time.Time) error {
	return mapped(s.as(readsAccounts).TouchCalendar(ctx, maybe(now), id, maybe(stale)))
}

func (d *desk) AddCalendar(ctx context.Context, c *access.Calendar) error {
	return d.q.InsertCalendar(ctx, rows.InsertCalendarParams{
		ID: c.ID, Digest: c.Digest[:], UserID: string(c.User), Name: c.Name, Election: c.Election, Edition: text(c.Edition),
		AreaCode: string(c.Area), Levels: c.Levels, Body: c.Body, Alarms: c.Alarms, Language: c.Language, MadeAt: c.Made,
	})
}

func (d *desk) RevokeCalendar(ctx context.Context, user access.UserID, id string, now time.Time) error {
	return written(d.q.RevokeCalendar(ctx, maybe(now), id, string(user)))
}
