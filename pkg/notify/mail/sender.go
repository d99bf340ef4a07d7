package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	stdmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"tiendo/pkg/fault"
)

// Encryption is how the way to the mail server is encrypted.
type Encryption string

// The ways.
const (
	// ByHost: implicit TLS on port 465; on this machine itself what the server offers;
	// else STARTTLS, without which nothing is said.
	ByHost   Encryption = "auto"
	STARTTLS Encryption = "starttls"
	Implicit Encryption = "tls"
	// Plain is for a server on this machine only.
	Plain Encryption = "none"
)

// Server is the mail server that takes what is sent.
type Server struct {
	Address        string // host:port
	User, Password string // none: without signing in
	From           string
	Encryption     Encryption
	// TLS is for tests; nil: the system's authorities.
	TLS *tls.Config
}

const (
	submission   = 587
	implicitPort = 465
	// patience is how long a message may take: less than its job.
	patience = 40 * time.Second
)

// Sender hands messages to a mail server.
type Sender struct {
	host    string
	options []gomail.Option
	from    *stdmail.Address
	domain  string
	base    string
}

// NewSender checks how the mail server is to be reached; nothing is sent yet. base
// is the address of the page. Fails with fault.Invalid "mail-settings-unusable".
func NewSender(s Server, base string) (*Sender, error) {
	host, portText, err := net.SplitHostPort(s.Address)
	if err != nil {
		host, portText = s.Address, strconv.Itoa(submission)
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port < 1 || port > 65535 || host == "" {
		return nil, unusable("Máy chủ thư --smtp phải có dạng máy:cổng, không phải %q", "The mail server --smtp has the form host:port, not %q", s.Address)
	}
	if err := checkAddress(s.From); err != nil {
		return nil, unusable("Địa chỉ gửi --mail-from phải là một địa chỉ thư, không phải %q", "The sender --mail-from has to be a mail address, not %q", s.From)
	}
	if (s.User == "") != (s.Password == "") {
		return nil, unusable("Cần cả --smtp-user và mật khẩu, hoặc không có cả hai", "Both --smtp-user and a password are needed, or neither")
	}
	x := &Sender{host: host, from: &stdmail.Address{Name: "Tiến độ", Address: s.From}, base: base}
	_, x.domain, _ = strings.Cut(s.From, "@")
	if x.options, err = options(&s, host, port); err != nil {
		return nil, err
	}
	if _, err := gomail.NewClient(host, x.options...); err != nil {
		return nil, unusable("Cài đặt máy chủ thư không dùng được", "The settings of the mail server cannot be used").Because(err)
	}
	return x, nil
}

func options(s *Server, host string, port int) ([]gomail.Option, error) {
	all := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(patience / 2), gomail.WithoutNoop()}
	local := host == "localhost"
	if ip := net.ParseIP(host); ip != nil {
		local = ip.IsLoopback()
	}
	switch {
	case s.Encryption == Plain && !local:
		return nil, unusable("Không gửi thư không mã hóa tới máy khác; dùng --smtp-tls=starttls hoặc tls", "Mail is not sent to another machine in the clear; use --smtp-tls=starttls or tls")
	case s.Encryption == Plain:
		all = append(all, gomail.WithTLSPolicy(gomail.NoTLS))
	case s.Encryption == Implicit || s.Encryption == ByHost && port == implicitPort:
		all = append(all, gomail.WithSSL())
	case s.Encryption == ByHost && local:
		all = append(all, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		all = append(all, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.TLS != nil {
		all = append(all, gomail.WithTLSConfig(s.TLS))
	}
	if s.User != "" {
		all = append(all, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return all, nil
}

func unusable(vi, en string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, "mail-settings-unusable", vi, en, args...)
}

// message writes a message: plain text, which every mail program shows. The same
// notice is the same message whenever it is sent.
func (x *Sender) message(e *Errand) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	if err := checkAddress(e.To); err != nil {
		return nil, err
	}
	m.FromMailAddress(x.from)
	m.ToMailAddress(&stdmail.Address{Address: e.To})
	m.Subject(oneLine(e.Subject))
	m.SetDateWithValue(e.Made)
	m.SetMessageIDWithValue(fmt.Sprintf("notice-%d-%d@%s", e.ID, e.Made.UnixMicro(), x.domain))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader(gomail.HeaderContentLang, e.Language)
	lines := e.Lines
	if e.Kind != Confirmation {
		lines = append(lines[:len(lines):len(lines)], x.footer(e)...)
		if off := x.off(e); strings.HasPrefix(off, "https://") {
			if err := m.SetListUnsubscribeOneClick(off); err != nil {
				return nil, err
			}
		}
	}
	m.SetBodyString(gomail.TypeTextPlain, strings.Join(lines, "\r\n")+"\r\n")
	return m, nil
}

// off is the address that switches mail off with one click (RFC 8058).
func (x *Sender) off(e *Errand) string {
	if x.base == "" || e.Secret == "" {
		return ""
	}
	return x.base + "/mail/off/" + e.Secret
}

func (x *Sender) footer(e *Errand) []string {
	lines := []string{"", "--"}
	say := func(vi, en string, args ...any) { lines = append(lines, in(e.Language, fault.Textf(vi, en, args...))) }
	if x.base != "" {
		say("Đổi ngày nhắc, địa chỉ, hoặc tắt: %s/account", "Choose other days or another address, or switch it off: %s/account", x.base)
		say("Tắt không cần đăng nhập: %s", "Switch it off without signing in: %s", x.off(e))
	}
	say("Thư tự động, không trả lời thư này.", "Sent automatically; nobody reads answers.")
	return lines
}

// oneLine leaves nothing that would begin another line of the head.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

// Verdict is what a failure means for what comes next.
type Verdict uint8

const (
	// ForNow says that another attempt may do better.
	ForNow Verdict = iota
	// ForGood says that none will.
	ForGood
	// NoSuchAddress says so of whatever is sent to this address.
	NoSuchAddress
)

// Send hands a message over.
func (x *Sender) Send(ctx context.Context, e *Errand) (Verdict, error) {
	m, err := x.message(e)
	if err != nil {
		return ForGood, err
	}
	c, err := gomail.NewClient(x.host, x.options...)
	if err != nil {
		return ForNow, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = c.DialAndSendWithContext(ctx, m)
	if m.IsDelivered() {
		return ForNow, nil // whatever went wrong while taking leave
	}
	return judge(err), err
}

// said is what a mail server said, without what the library puts around it.
func said(err error) string {
	text := err.Error()
	if refused := new(gomail.SendError); errors.As(err, &refused) {
		text, _, _ = strings.Cut(text, ", affected ")
		if _, words, found := strings.Cut(text, " command: "); found {
			text = strings.ReplaceAll(words, `"`, "")
		}
	}
	return shortened(text)
}

// deadAddress are the states (RFC 3463) by which a server says that it will never
// deliver to a recipient: his mail box or domain is not there, has moved, or is
// switched off. That a box is full, or that this server or sender may not, is no
// matter of the address.
var deadAddress = []string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}

// judge reads what a mail server said of a message (RFC 5321 4.2). One without states
// says by its number that there is no such mail box, or that it does not pass mail on.
func judge(err error) Verdict {
	const permanent = 500
	refused := new(gomail.SendError)
	if !errors.As(err, &refused) || refused.IsTemp() || refused.ErrorCode() < permanent {
		return ForNow
	}
	state, text := refused.EnhancedStatusCode(), strings.ToLower(refused.Error())
	dead := slices.Contains(deadAddress, state)
	if state == "" {
		dead = slices.Contains([]int{550, 551, 553}, refused.ErrorCode()) && !strings.Contains(text, "relay") && !strings.Contains(text, "sender")
	}
	if dead && refused.Reason == gomail.ErrSMTPRcptTo {
		return NoSuchAddress
	}
	return ForGood
}
