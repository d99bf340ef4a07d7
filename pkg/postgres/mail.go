package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/notify"
	"tiendo/pkg/notify/mail"
	"tiendo/pkg/postgres/rows"
)

var _ mail.Store = (*Store)(nil)

// Settings reads what a person wants to be told; fresh ones where he never said.
func (s *Store) Settings(ctx context.Context, user access.UserID) (mail.Settings, error) {
	r, err := s.as(readsAccounts).Reminder(ctx, string(user))
	if errors.Is(err, pgx.ErrNoRows) {
		return mail.Fresh(user), nil
	}
	return settingsOf(&r), mapped(err)
}

func settingsOf(r *rows.Reminder) mail.Settings {
	return mail.Settings{
		User: access.UserID(r.UserID), Address: r.Address, Confirmed: moment(r.ConfirmedAt), Wanted: r.Wanted, Days: wide(r.Days),
		Refused: moment(r.RefusedAt), Refusal: r.Refusal, Secret: r.Secret, Revision: r.Revision,
		Code: mail.Code{
			Hash: r.CodeHash, Until: moment(r.CodeUntil), Wrong: int(r.CodeWrong), Sent: int(r.CodesSent), Since: moment(r.CodesSince),
		},
	}
}

func wide(days []int16) []int {
	all := make([]int, len(days))
	for i, d := range days {
		all[i] = int(d)
	}
	return all
}

func narrow(days []int) []int16 {
	all := make([]int16, len(days))
	for i, d := range days {
		all[i] = int16(d)
	}
	return all
}

// ChangeSettings changes settings, and keeps a message with the job that sends it.
func (s *Store) ChangeSettings(ctx context.Context, user access.UserID, change func(*mail.Settings) (*mail.Notice, error)) (x mail.Settings, err error) {
	var kept error
	err = s.in(ctx, changingPeople, func(q *rows.Queries, tx pgx.Tx) error {
		fresh := mail.Fresh(user)
		if err := q.MakeReminder(ctx, string(user), narrow(fresh.Days), fresh.Secret); err != nil {
			return err
		}
		r, err := q.LockReminder(ctx, string(user))
		if err != nil {
			return err
		}
		x = settingsOf(&r)
		n, err := change(&x)
		if errors.As(err, new(mail.Kept)) {
			kept, err = err, nil
		}
		if err == nil {
			err = putSettings(ctx, q, &x)
		}
		if err != nil || n == nil {
			return err
		}
		_, err = s.keepNotices(ctx, q, tx, []mail.Notice{*n}, time.Time{})
		return err
	})
	return x, errors.Join(err, kept)
}

func putSettings(ctx context.Context, q *rows.Queries, x *mail.Settings) error {
	x.Revision++
	return written(q.UpdateReminder(ctx, rows.UpdateReminderParams{
		UserID: string(x.User), Address: x.Address, ConfirmedAt: maybe(x.Confirmed), Wanted: x.Wanted, Days: narrow(x.Days),
		CodeHash: x.Code.Hash, CodeUntil: maybe(x.Code.Until), CodeWrong: int16(x.Code.Wrong), CodesSent: int16(x.Code.Sent),
		CodesSince: maybe(x.Code.Since), RefusedAt: maybe(x.Refused), Refusal: x.Refusal, Revision: x.Revision,
	}))
}

// SettingsBySecret changes the settings of whose secret it is.
func (s *Store) SettingsBySecret(ctx context.Context, secret string, change func(*mail.Settings) error) error {
	return s.in(ctx, changingPeople, func(q *rows.Queries, _ pgx.Tx) error {
		r, err := q.LockReminderOf(ctx, secret)
		if err != nil {
			return one(err, mail.UnknownLink())
		}
		x := settingsOf(&r)
		if err := change(&x); err != nil {
			return err
		}
		return putSettings(ctx, q, &x)
	})
}

// Language is that of an account.
func (s *Store) Language(ctx context.Context, user access.UserID) (string, error) {
	a, err := s.Account(ctx, user)
	return a.Language, err
}

// Notices reads the last messages to an account, the newest first.
func (s *Store) Notices(ctx context.Context, user access.UserID, most int) ([]mail.Notice, error) {
	found, err := s.as(readsAccounts).NoticesOf(ctx, string(user), int32(most))
	all := make([]mail.Notice, len(found))
	for i := range found {
		r := &found[i]
		all[i] = mail.Notice{
			User: user, Kind: mail.Kind(r.Kind), Subject: r.Subject, State: mail.State(r.State), Reason: mail.Reason(r.Reason),
			Made: r.MadeAt.UTC(), Sent: moment(r.SentAt),
		}
	}
	return all, mapped(err)
}

// PlanNotices has looked what is to be said, with all other planners kept out.
func (s *Store) PlanNotices(ctx context.Context, plan func([]notify.Person, notify.Look) ([]mail.Notice, notify.Look)) (said int, err error) {
	err = s.in(ctx, changingPeople, func(q *rows.Queries, tx pgx.Tx) error {
		c, err := q.LockNoticeClock(ctx)
		if err != nil {
			return err
		}
		before, err := lookOf(c.LookedAt, c.Revisions)
		if err != nil {
			return err
		}
		people, err := responsible(ctx, q)
		if err != nil {
			return err
		}
		notices, look := plan(people, before)
		if look.At.Equal(before.At) {
			return nil
		}
		revisions, err := json.Marshal(look.Revisions)
		if err != nil {
			return err
		}
		told := make([]string, len(notices))
		for i := range notices {
			told[i] = string(notices[i].User)
		}
		if err := joinWaiting(ctx, q, told, notices); err != nil {
			return err
		}
		if said, err = s.keepNotices(ctx, q, tx, notices, time.Time{}); err != nil {
			return err
		}
		if err := q.TellReminders(ctx, maybe(look.At), revisions, told); err != nil {
			return err
		}
		return q.MoveNoticeClock(ctx, look.At, revisions)
	})
	return said, err
}

// joinWaiting has digests say what earlier ones would that still wait.
func joinWaiting(ctx context.Context, q *rows.Queries, users []string, digests []mail.Notice) error {
	if len(users) == 0 {
		return nil
	}
	waiting, err := q.WaitingDigests(ctx, users)
	if err != nil || len(waiting) == 0 {
		return err
	}
	var joined []int64
	for i := range waiting {
		var earlier notify.Contents
		if err := json.Unmarshal(waiting[i].Contents, &earlier); err != nil {
			return err
		}
		d := &digests[slices.Index(users, waiting[i].UserID)]
		d.Contents = d.Contents.And(earlier)
		joined = append(joined, waiting[i].ID)
	}
	return q.JoinNotices(ctx, joined)
}

func lookOf(at time.Time, revisions []byte) (notify.Look, error) {
	look := notify.Look{At: at.UTC()}
	if at.Unix() == 0 {
		look.At = time.Time{} // nobody ever did
	}
	return look, json.Unmarshal(revisions, &look.Revisions)
}

// responsible are all people with grants, or none where nobody wants mail.
func responsible(ctx context.Context, q *rows.Queries) ([]notify.Person, error) {
	if some, err := q.AnybodyReminded(ctx); err != nil || !some {
		return nil, err
	}
	found, err := q.Responsible(ctx)
	if err != nil {
		return nil, err
	}
	var all []notify.Person
	for i := range found {
		r := &found[i]
		if len(all) == 0 || string(all[len(all)-1].User) != r.ID {
			p, err := personOf(r)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
		role, err := access.ParseRole(r.Role)
		if err != nil {
			return nil, err
		}
		p := &all[len(all)-1]
		p.Grants = append(p.Grants, access.Granted{
			Grant: access.Grant{User: p.User, Edition: r.Edition.String, Area: area.Code(r.AreaCode), Role: role},
			By:    r.GrantedBy, At: r.GrantedAt.UTC(), Revision: access.Revision(r.GrantRevision),
		})
	}
	return all, nil
}

func personOf(r *rows.ResponsibleRow) (notify.Person, error) {
	p := notify.Person{User: access.UserID(r.ID), Name: r.Name, Language: r.Language, Days: wide(r.Days)}
	if r.ConfirmedAt.Valid && r.Wanted {
		p.Mail, p.Since = r.Address, r.ConfirmedAt.Time.UTC()
	}
	if !r.ToldAt.Valid {
		return p, nil
	}
	var err error
	p.Told, err = lookOf(r.ToldAt.Time, r.ToldRevisions)
	return p, err
}

// keepNotices keeps messages that were not said yet, with the jobs that send them.
func (s *Store) keepNotices(ctx context.Context, q *rows.Queries, tx pgx.Tx, all []mail.Notice, notBefore time.Time) (int, error) {
	var params []river.InsertManyParams
	for i := range all {
		n := &all[i]
		contents, err := contentsText(n.Contents)
		if err != nil {
			return 0, err
		}
		id, err := q.AddNotice(ctx, rows.AddNoticeParams{
			UserID: string(n.User), Kind: string(n.Kind), About: n.About, Address: n.Address, Subject: n.Subject, Lines: list(n.Lines),
			Contents: contents, MadeAt: n.Made,
		})
		if errors.Is(err, pgx.ErrNoRows) {
			continue // it was said
		}
		if err != nil {
			return 0, err
		}
		params = append(params, river.InsertManyParams{
			Args:       mail.Posting{Notice: id},
			InsertOpts: &river.InsertOpts{Queue: mail.QueueSending, MaxAttempts: mail.Attempts, ScheduledAt: notBefore},
		})
	}
	if len(params) == 0 {
		return 0, nil
	}
	inserter, err := s.inserter()
	if err != nil {
		return 0, err
	}
	_, err = inserter.InsertManyTx(ctx, tx, params)
	return len(params), err
}

// contentsText is what is kept of what a digest names; nothing of other messages.
func contentsText(c notify.Contents) ([]byte, error) {
	if c == nil {
		return nil, nil
	}
	return json.Marshal(c)
}

// AddNotice keeps one message unless it was said.
func (s *Store) AddNotice(ctx context.Context, n *mail.Notice, notBefore time.Time) (added bool, err error) {
	err = s.in(ctx, changingPeople, func(q *rows.Queries, tx pgx.Tx) error {
		said, err := s.keepNotices(ctx, q, tx, []mail.Notice{*n}, notBefore)
		added = said > 0
		return err
	})
	return added, err
}

// Errand reads a message with where it goes now.
func (s *Store) Errand(ctx context.Context, id int64) (mail.Errand, error) {
	r, err := s.as(readsAccounts).NoticeToSend(ctx, id)
	if err != nil {
		return mail.Errand{}, one(err, fault.New(fault.NotFound, "notice-not-found", "Không có thư %d", "There is no message %d", id))
	}
	e := mail.Errand{Name: r.Name, Language: r.Language, Secret: r.Secret, Notice: mail.Notice{
		ID: r.ID, User: access.UserID(r.UserID), Kind: mail.Kind(r.Kind), About: r.About, Address: r.Address, Subject: r.Subject, Lines: r.Lines,
		State: mail.State(r.State), Made: r.MadeAt.UTC(), Sent: moment(r.SentAt),
	}}
	switch {
	case r.Disabled:
	case r.Address != "" && r.Address == r.NowAddress && !r.Confirmed:
		e.To = r.Address
	case r.Address == "" && r.Confirmed && r.Wanted:
		e.To = r.NowAddress
	}
	if r.Contents == nil {
		return e, nil
	}
	if err := json.Unmarshal(r.Contents, &e.Contents); err != nil {
		return e, err
	}
	e.Grants, err = s.Grants(ctx, e.User)
	return e, err
}

// SettleNotice writes what became of a message; one that was settled stays so. Where
// its address was refused, that has to be confirmed again.
func (s *Store) SettleNotice(ctx context.Context, e *mail.Errand, x mail.Settled) error {
	sent := time.Time{}
	if x.State == mail.Sent {
		sent = x.At
	}
	return s.in(ctx, changingPeople, func(q *rows.Queries, _ pgx.Tx) error {
		if _, err := q.SettleNotice(ctx, rows.SettleNoticeParams{
			ID: e.ID, State: string(x.State), Reason: string(x.Reason), SentAt: maybe(sent), Failure: x.Failure, Subject: e.Subject, Lines: list(e.Lines),
		}); err != nil || x.Refused == "" {
			return err
		}
		return q.RefuseAddress(ctx, rows.RefuseAddressParams{UserID: string(e.User), Address: x.Refused, RefusedAt: maybe(x.At), Refusal: x.Failure})
	})
}

// Outbox counts the messages that wait.
func (s *Store) Outbox(ctx context.Context) (mail.Outbox, error) {
	r, err := s.as(readsAccounts).CountNotices(ctx)
	o := mail.Outbox{Waiting: int(r.Waiting), Failed: int(r.Failed), Refused: int(r.Refused)}
	if r.Waiting > 0 {
		o.Oldest = r.Oldest.UTC()
	}
	return o, mapped(err)
}

// SweepNotices removes old messages.
func (s *Store) SweepNotices(ctx context.Context, before time.Time) (int, error) {
	n, err := s.as(readsAccounts).DeleteOldNotices(ctx, before)
	return int(n), mapped(err)
}
