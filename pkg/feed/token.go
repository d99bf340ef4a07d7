package feed

import (
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// Life is for how many days from the day it was handed out a token is good.
const Life = 366

// Position is how far a copy has come; a change token holds one. It is the same
// whichever server hands it out, and however often: there is no chance in it, so
// that it may stand in answers that are prepared.
type Position struct {
	// Revision: everything up to it has been told,
	Revision tracker.Revision `json:"r"`
	// and as many things of the entry behind it.
	Within int `json:"n,omitempty"`
	// Moment and Base are what milestones were held against: the day with the last
	// hour that anything turned at, and the revision that the election's own state
	// and rules were of (none: Revision).
	Moment
	Base tracker.Revision `json:"b,omitempty"`
	// Turn is how far going through what turned has come.
	Turn *Turn `json:"t,omitempty"`
}

// Moment is a day and the minutes of an hour of it.
type Moment struct {
	Day    civil.Date `json:"d"`
	Minute int        `json:"m,omitempty"`
}

// Turn is a pass over what turned, up to a moment and a revision, that was begun.
type Turn struct {
	Moment
	Base       tracker.Revision     `json:"b"`
	Area       area.Code            `json:"a"`
	Key        tracker.MilestoneKey `json:"k"`
	Occurrence int                  `json:"o,omitempty"`
}

func (m Moment) cutoff() civil.Cutoff {
	return civil.Cutoff{Day: m.Day, Clock: civil.NewClock(m.Minute/60, m.Minute%60)}
}

// At is the position of an answer that shows the state at a revision, with timings
// of a day and the last hour of it that anything shown turned at.
func At(r tracker.Revision, day civil.Date, turn civil.Clock) Position {
	return Position{Revision: r, Moment: Moment{day, turn.Minutes()}}
}

// base is the revision of the election's state that milestones were held against.
func (p *Position) base() tracker.Revision {
	if p.Base == 0 {
		return p.Revision
	}
	return p.Base
}

// rebased is the position with a base, which is left out where it says nothing.
func (p Position) rebased(base tracker.Revision) Position {
	p.Base = base
	if base == p.Revision {
		p.Base = 0
	}
	return p
}

// Expires is the first day on which a token that holds the position is refused.
func (p *Position) Expires() civil.Date { return p.Day.Add(Life) }

// Check refuses what no server can have written (fault.Invalid "token-unreadable"),
// and what is too old or of a log that there is no more (fault.Expired
// "token-expired"). Clocks of servers may differ by a little.
func (p *Position) Check(now civil.Cutoff) error {
	t := p.Turn
	switch {
	case p.Revision < 0 || p.Within < 0 || p.Base < 0 || p.Day.IsZero() || p.Minute < 0 || p.Minute >= 24*60,
		t != nil && (t.Day.IsZero() || t.Minute < 0 || t.Minute >= 24*60 || t.Base < 0):
		return Unreadable()
	case !now.Day.Before(p.Expires()), p.Day.After(now.Day.Add(1)), t != nil && t.Day.After(now.Day.Add(1)):
		return Expired()
	}
	return nil
}

// Unreadable is for a token that nobody handed out.
func Unreadable() *fault.Error {
	return fault.New(fault.Invalid, "token-unreadable",
		"Không đọc được mã thay đổi trong tham số after; dùng nguyên changes_token của câu trả lời trước, hoặc đọc lại danh sách từ đầu rồi đi tiếp từ changes_token của nó",
		"The change token in after cannot be read; use the changes_token of the answer before as it is, or read the list anew and go on from its changes_token").At("?after")
}

// OfAnother is for a token of another place or filter. Whoever left it out would
// go on from now, without what happened in between: so a fresh list is advised.
func OfAnother() *fault.Error {
	return fault.New(fault.Invalid, "token-filter-mismatch",
		"Mã thay đổi trong tham số after là của nơi khác hoặc bộ lọc khác (family, state, reach); giữ nguyên địa chỉ và bộ lọc lúc nhận mã, hoặc đọc lại danh sách từ đầu rồi đi tiếp từ changes_token của nó",
		"The change token in after belongs to another place or another filter (family, state, reach); keep those it was handed out for, or read the list anew and go on from its changes_token").At("?after")
}

// Expired is for a token from which nobody can go on.
func Expired() *fault.Error {
	return fault.New(fault.Expired, "token-expired",
		"Mã thay đổi đã quá %d ngày, hoặc là của dữ liệu không còn nữa (cơ sở dữ liệu đã được khôi phục); hãy đọc lại danh sách từ đầu rồi đi tiếp từ changes_token của nó",
		"The change token is older than %d days, or of data that is there no more (the database was restored); read the list anew and go on from its changes_token", Life)
}

// MomentOf is the moment that what a filter hears of is held against now.
func MomentOf(v *mirror.View, q *Filter, now civil.Cutoff) Moment {
	turn := timeline.Turn(v, q.Area, now)
	if !q.Own {
		if other := timeline.MatrixTurn(v, q.Area, now); other.Minutes() > turn.Minutes() {
			turn = other
		}
	}
	return Moment{now.Day, turn.Minutes()}
}

// instant is when a moment began.
func (m Moment) instant(zone *time.Location) time.Time {
	c := m.cutoff()
	return c.Day.At(c.Clock, zone)
}
