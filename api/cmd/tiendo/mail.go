package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify/mail"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/postgres"
)

// mailConfig is how people are written to.
type mailConfig struct {
	SMTP             string `name:"smtp" env:"TIENDO_SMTP" placeholder:"HOST:PORT" help:"Mail server that takes reminders; port 587 where none is given. Without it messages wait."`
	SMTPUser         string `name:"smtp-user" env:"TIENDO_SMTP_USER" placeholder:"NAME" help:"User at the mail server, with a password; none where it asks for none."`
	SMTPPassword     Secret `name:"smtp-password" env:"TIENDO_SMTP_PASSWORD" placeholder:"PASSWORD" help:"Password at the mail server."`
	SMTPPasswordFile string `name:"smtp-password-file" env:"TIENDO_SMTP_PASSWORD_FILE" placeholder:"FILE" help:"File with the password at the mail server, in place of --smtp-password."`
	SMTPTLS          string `name:"smtp-tls" default:"auto" enum:"auto,starttls,tls,none" env:"TIENDO_SMTP_TLS" help:"How the way to the mail server is encrypted: ${enum}. auto: tls on port 465, what the server offers on this machine, else starttls, without which nothing is sent."`
	From             string `name:"mail-from" env:"TIENDO_MAIL_FROM" placeholder:"ADDRESS" help:"Address that reminders are sent from; needed with --smtp."`
	InTrial          bool   `name:"mail-in-trial" env:"TIENDO_MAIL_IN_TRIAL" help:"Send mail in a trial (--today) as well; otherwise it is kept and shown, and never sent."`
	PublicURL        string `name:"public-url" env:"TIENDO_PUBLIC_URL" placeholder:"URL" help:"Address of the page as people reach it, such as https://tiendo.example.vn; it stands in messages to people and to webhooks."`
}

// sender is who hands messages to the mail server; nil where none is named, or in a
// trial that sends nothing.
func (c *Config) sender(base string) (*mail.Sender, mail.Sending, error) {
	if c.Mail.SMTP == "" {
		return nil, mail.NotSet, nil
	}
	password := string(c.Mail.SMTPPassword)
	if c.Mail.SMTPPasswordFile != "" {
		text, err := os.ReadFile(c.Mail.SMTPPasswordFile)
		if err != nil {
			return nil, mail.NotSet, fault.New(fault.Invalid, "mail-settings-unusable",
				"Không đọc được tệp mật khẩu --smtp-password-file", "The file --smtp-password-file cannot be read").Because(err)
		}
		password = strings.TrimRight(string(text), "\r\n")
	}
	s, err := mail.NewSender(mail.Server{
		Address: c.Mail.SMTP, User: c.Mail.SMTPUser, Password: password, From: c.Mail.From, Encryption: mail.Encryption(c.Mail.SMTPTLS),
	}, base)
	switch {
	case err != nil:
		return nil, mail.NotSet, err
	case c.trial() && !c.Mail.InTrial:
		return nil, mail.Trial, nil
	}
	return s, mail.On, nil
}

// checkMail refuses settings that cannot be used before anything is started.
func (c *Config) checkMail() error {
	if base := c.Mail.PublicURL; base != "" {
		u, err := url.Parse(base)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return fault.New(fault.Invalid, "public-url-unreadable",
				"Địa chỉ --public-url phải có dạng https://tiendo.example.vn, không phải %q", "The address --public-url has the form https://tiendo.example.vn, not %q", firstOf(base))
		}
	}
	_, _, err := c.sender("")
	return err
}

// publicURL is the address of the page as the operator named it; empty: not named.
func (c *Config) publicURL() string { return strings.TrimRight(c.Mail.PublicURL, "/") }

// publicBase is the address of the page in messages to people.
func (c *Config) publicBase(address net.Addr) string { return cmp.Or(c.publicURL(), c.base(address)) }

// post is what can be done about mail to people, and who sends it here.
func (c *Config) post(store *postgres.Store, country *mirror.Mirror, address net.Addr) (*mail.Service, *mail.Sender, error) {
	base := c.publicBase(address)
	sender, sending, err := c.sender(base)
	return &mail.Service{
		Store: store, Clock: c.clock(), Now: time.Now, Zone: c.zone, Base: base, Sending: sending, Log: slog.Default(),
		Views: func() ([]*mirror.View, error) { return country.Views(), country.Ready() },
	}, sender, err
}

// saysMail is what /readyz says of mail: that some waits is no reason not to answer.
func saysMail(post *mail.Service) func(context.Context) string {
	return func(ctx context.Context) string {
		o, err := post.Store.Outbox(ctx)
		switch {
		case err != nil:
			return ""
		case o.Waiting > 0 && post.Sending == mail.NotSet:
			return "messages wait: no mail server is set (--smtp)"
		case o.Waiting > 0 && post.Sending == mail.Trial:
			return "messages wait: a trial sends none (--mail-in-trial)"
		case o.Refused > 0:
			return fmt.Sprintf("the mail server refused addresses for good, which have to be confirmed again: %d", o.Refused)
		}
		return ""
	}
}

// sayMail says whether mail is sent, and what waits.
func sayMail(ctx context.Context, c *Config, store *postgres.Store, out output) error {
	_, sending, err := c.sender("")
	if err != nil {
		return err
	}
	o, err := store.Outbox(ctx)
	if err != nil {
		return err
	}
	switch sending {
	case mail.On:
		out.say("thư / mail                 %s, từ / from %s", c.Mail.SMTP, c.Mail.From)
	case mail.Trial:
		out.say("thư / mail                 chạy thử không gửi thư; --mail-in-trial để gửi / a trial sends none; --mail-in-trial to send")
	default:
		out.say("thư / mail                 chưa có máy chủ thư; đặt --smtp và --mail-from / no mail server; set --smtp and --mail-from")
	}
	out.say("                           chờ gửi / waiting %d, không gửi được / failed %d, địa chỉ bị máy chủ thư từ chối / addresses refused %d",
		o.Waiting, o.Failed, o.Refused)
	if !o.Oldest.IsZero() {
		out.say("                           chờ từ / waiting since %s", o.Oldest.Format(time.RFC3339))
	}
	return nil
}

// tellsMaker tells whoever made a webhook that it was switched off, once for each
// time. That it cannot be told is no reason to send anything again.
func tellsMaker(post *mail.Service) func(context.Context, *webhook.Webhook, webhook.Off) {
	const switchedOff mail.Kind = "webhook_off"
	return func(ctx context.Context, w *webhook.Webhook, why webhook.Off) {
		reason := fault.Text{Vi: "địa chỉ nhận không nhận được tin trong nhiều lần thử", En: "its endpoint took nothing for many attempts"}
		if why == webhook.Gone {
			reason = fault.Text{Vi: "địa chỉ nhận trả lời rằng nó không còn nữa (410)", En: "its endpoint answered that it is gone (410)"}
		}
		err := post.Tell(ctx, w.MadeBy, switchedOff, string(w.ID)+" "+time.Now().UTC().Format(time.RFC3339),
			fault.Text{Vi: "Tiến độ: một webhook đã bị tắt", En: "Tiến độ: a webhook was switched off"},
			fault.Textf("Webhook %s (%s) đã bị tắt: %s.", "The webhook %s (%s) was switched off: %s.", w.ID, w.Area, reason),
			fault.Text{Vi: "Sửa địa chỉ nhận rồi bật lại.", En: "Mend the endpoint, then switch it on again."})
		if err != nil {
			slog.WarnContext(ctx, "could not tell who made a webhook that it was switched off", "webhook", w.ID, "err", err)
		}
	}
}
