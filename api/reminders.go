package api

import (
	"context"
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/fault"
	"tiendo/pkg/notify/mail"
	"tiendo/pkg/tracker"
)

// What oneself is told by mail.

func (s *Server) remindersOf(v *mail.View) Reminders {
	x := Reminders{
		Address: orNone(v.Address, v.Address != ""), Confirmed: !v.Confirmed.IsZero(), Wanted: v.Wanted, DaysBefore: each(v.Days, func(n int) int { return n }),
		Sending: MailSending(v.Sending), Revision: v.Revision, Refusal: unlessZero(v.Refusal),
		Last: each(v.Last, func(n mail.Notice) SentNotice {
			return SentNotice{Kind: string(n.Kind), Subject: n.Subject, State: NoticeState(n.State), MadeAt: n.Made.In(s.zone), SentAt: s.at(n.Sent), Reason: unlessZero(NoticeReason(n.Reason))}
		}),
	}
	if !v.Refused.IsZero() {
		at := v.Refused.In(s.zone)
		x.RefusedAt = &at
	}
	return x
}

func (s *Server) reminders(ctx context.Context) (outcome, error) {
	v, err := s.mail.Settings(ctx, callerOf(ctx).Account.User)
	return outcome{keep: privately, tag: strong(tracker.Revision(v.Revision)), contents: s.remindersOf(&v)}, err
}

// GetReminders implements GET /me/reminders.
func (s *Server) GetReminders(ctx context.Context, _ GetRemindersRequestObject) (GetRemindersResponseObject, error) {
	return s.reminders(ctx)
}

// ChangeReminders implements PATCH /me/reminders.
func (s *Server) ChangeReminders(ctx context.Context, r ChangeRemindersRequestObject) (ChangeRemindersResponseObject, error) {
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	who := callerOf(ctx)
	c := mail.Change{User: who.Account.User, If: int64(known), Wanted: r.Body.Wanted, Days: r.Body.DaysBefore}
	if r.Body.Address.IsSpecified() {
		address, _ := r.Body.Address.Get() // null is nowhere
		c.Address = &address
	}
	if err := s.mail.Change(ctx, &who.Account, c); err != nil {
		return nil, s.staleReminders(err)
	}
	return s.reminders(ctx)
}

// staleReminders shows what is there now as it is shown anywhere.
func (s *Server) staleReminders(err error) error {
	if f, ok := fault.As(err); ok {
		if now, ok := f.Current.(mail.Settings); ok {
			f.Current = s.remindersOf(&mail.View{Settings: now, Sending: s.mail.Sending})
		}
	}
	return err
}

// SendReminderCode implements POST /me/reminders/code.
func (s *Server) SendReminderCode(ctx context.Context, _ SendReminderCodeRequestObject) (SendReminderCodeResponseObject, error) {
	err := s.mail.SendCode(ctx, &callerOf(ctx).Account)
	return outcome{status: http.StatusNoContent}, err
}

// ConfirmReminders implements POST /me/reminders/confirmation.
func (s *Server) ConfirmReminders(ctx context.Context, r ConfirmRemindersRequestObject) (ConfirmRemindersResponseObject, error) {
	if err := s.mail.Confirm(ctx, callerOf(ctx).Account.User, r.Body.Code); err != nil {
		return nil, err
	}
	return s.reminders(ctx)
}

// mailOff is the address in each message that switches mail off: with one click in
// the mail program (RFC 8058), or by the button of the page shown there. It is not
// done by looking, as programs look at what stands in messages.
const mailOff = "/mail/off/"

var mailOffPage = template.Must(template.New("off").Parse(`<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>Tắt thư nhắc việc · Tiến độ</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/docs/docs.css"></head>
<body><main>{{if .Done}}<h1>Đã tắt thư nhắc việc</h1><p>Bật lại ở trang <a href="/account">tài khoản</a>.</p>
<p lang="en">Reminders by mail are switched off. Switch them on again on the <a href="/account">account page</a>.</p>
{{else}}<h1>Tắt thư nhắc việc?</h1><form method="post"><p><button type="submit">Tắt thư / Switch mail off</button></p></form>
<p lang="en">Switch reminders by mail off?</p>{{end}}</main></body></html>
`))

func (s *Server) askMailOff(c echo.Context) error { return showMailOff(c, false) }

func (s *Server) switchMailOff(c echo.Context) error {
	if err := s.mail.SwitchOff(c.Request().Context(), c.Param("secret")); err != nil {
		return err
	}
	return showMailOff(c, true)
}

func showMailOff(c echo.Context, done bool) error {
	var b strings.Builder
	if err := mailOffPage.Execute(&b, map[string]bool{"Done": done}); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", privately)
	return c.HTML(http.StatusOK, b.String())
}
