package mail

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify"
)

// Service is what can be done about mail to people.
type Service struct {
	Store Store
	// Views are all elections as they are now; an error when they are not known.
	Views func() ([]*mirror.View, error)
	// Clock says which moment it is for deadlines: in a trial another one. Now is the
	// real one, in which accounts live and messages are sent.
	Clock, Now func() time.Time
	Zone       *time.Location
	// Base is the address of the page, without a slash at its end; empty: not known.
	Base string
	// Sending says how far mail is sent at all.
	Sending Sending
	Log     *slog.Logger
}

// Sending says whether a server sends what is to be sent.
type Sending string

// The ways.
const (
	On Sending = "on"
	// NotSet: no mail server was named. Messages wait.
	NotSet Sending = "not_set"
	// Trial: the election is not real, and so nobody is written to.
	Trial Sending = "trial"
)

// View is what a person sees of his reminders.
type View struct {
	Settings
	Sending Sending
	// Last are the latest messages to him, the newest first.
	Last []Notice
}

// lastShown is how many messages a person sees.
const lastShown = 10

// Settings are a person's, with what was last sent to him.
func (s *Service) Settings(ctx context.Context, user access.UserID) (View, error) {
	v := View{Sending: s.Sending}
	var err error
	if v.Settings, err = s.Store.Settings(ctx, user); err != nil {
		return v, err
	}
	v.Last, err = s.Store.Notices(ctx, user, lastShown)
	return v, err
}

// Change changes settings; another address gets a code. Fails with fault.Stale
// "stale-revision", fault.Limited "mail-code-too-often".
func (s *Service) Change(ctx context.Context, a *access.Account, c Change) error {
	_, err := s.Store.ChangeSettings(ctx, a.User, func(x *Settings) (*Notice, error) {
		if x.Revision != c.If {
			return nil, staleSettings(x, c.If)
		}
		moved, err := x.apply(&c)
		if err != nil || !moved {
			return nil, err
		}
		return s.code(a, x)
	})
	return err
}

// SendCode sends another code to the address. Fails with fault.Conflict
// "mail-address-missing", fault.Limited "mail-code-too-often".
func (s *Service) SendCode(ctx context.Context, a *access.Account) error {
	_, err := s.Store.ChangeSettings(ctx, a.User, func(x *Settings) (*Notice, error) {
		if x.Address == "" || !x.Confirmed.IsZero() {
			return nil, fault.New(fault.Conflict, "mail-address-missing",
				"Không có địa chỉ thư nào chờ xác nhận; nhập địa chỉ trước đã", "No address waits to be confirmed; enter one first")
		}
		return s.code(a, x)
	})
	return err
}

// Kept wraps a failure after which the settings are written all the same: a wrong
// code counts.
type Kept struct{ error }

// Unwrap is the failure.
func (k Kept) Unwrap() error { return k.error }

// Confirm takes the code that was sent to the address. Fails with fault.Invalid
// "mail-code-wrong", fault.Conflict "mail-code-over".
func (s *Service) Confirm(ctx context.Context, user access.UserID, code string) error {
	_, err := s.Store.ChangeSettings(ctx, user, func(x *Settings) (*Notice, error) {
		if err := x.confirm(code, s.Now().UTC().Truncate(time.Microsecond)); err != nil {
			return nil, Kept{err}
		}
		return nil, nil
	})
	if kept := (Kept{}); errors.As(err, &kept) {
		return kept.error
	}
	return err
}

// SwitchOff switches mail off for whose secret it is: the link in each message.
// Doing it twice changes nothing.
func (s *Service) SwitchOff(ctx context.Context, secret string) error {
	return s.Store.SettingsBySecret(ctx, secret, func(x *Settings) error {
		x.Wanted = false
		return nil
	})
}

// UnknownLink is what a link of no message is answered with.
func UnknownLink() error {
	return fault.New(fault.NotFound, "mail-link-unknown",
		"Đường dẫn tắt thư này không có hiệu lực; đăng nhập rồi tắt ở trang tài khoản", "This link does not switch any mail off; sign in and do it on the account page")
}

// Tell tells a person of something once, by its kind and what it is about: by mail,
// in his language, in the day. Who wants no mail is not told.
func (s *Service) Tell(ctx context.Context, user access.UserID, kind Kind, about string, subject fault.Text, lines ...fault.Text) error {
	x, err := s.Store.Settings(ctx, user)
	if err != nil || x.Address == "" || x.Confirmed.IsZero() || !x.Wanted {
		return err
	}
	language, err := s.Store.Language(ctx, user)
	if err != nil {
		return err
	}
	now := s.Now()
	n := Notice{User: user, Kind: kind, About: about, Subject: in(language, subject), Made: now}
	for _, l := range lines {
		n.Lines = append(n.Lines, in(language, l))
	}
	_, err = s.Store.AddNotice(ctx, &n, notify.NotQuiet(now, s.Zone))
	return err
}

func in(language string, t fault.Text) string {
	if language == "en" {
		return t.En
	}
	return t.Vi
}

// Tick keeps what is to be said now, and says how many messages that were.
func (s *Service) Tick(ctx context.Context) (int, error) {
	views, err := s.Views()
	if err != nil {
		return 0, err
	}
	now, made := s.Clock(), s.Now()
	return s.Store.PlanNotices(ctx, func(people []notify.Person, before notify.Look) ([]Notice, notify.Look) {
		digests, look := notify.Plan(now, s.Zone, views, people, before)
		all := make([]Notice, len(digests))
		for k := range digests {
			all[k] = noticeOf(&digests[k], s.Base, made)
		}
		return all, look
	})
}

// Sweep removes old messages.
func (s *Service) Sweep(ctx context.Context) error {
	n, err := s.Store.SweepNotices(ctx, s.Now().Add(-kept))
	if n > 0 {
		s.Log.InfoContext(ctx, "removed old messages to people", "messages", n)
	}
	return err
}
