package mail

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	stdmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

// mailbox is a mail server that keeps what it takes.
type mailbox struct {
	mu      sync.Mutex
	got     []received
	refuses error
}

type received struct {
	from, to string
	data     []byte
}

type visit struct {
	b    *mailbox
	from string
	to   string
}

func (b *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{b: b}, nil }
func (v *visit) Reset()                                        {}
func (v *visit) Logout() error                                 { return nil }
func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	v.from = from
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.b.mu.Lock()
	defer v.b.mu.Unlock()
	v.to = to
	return v.b.refuses
}

func (v *visit) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	v.b.mu.Lock()
	defer v.b.mu.Unlock()
	v.b.got = append(v.b.got, received{v.from, v.to, data})
	return err
}

// open starts the server on this machine and says where.
func (b *mailbox) open(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := smtp.NewServer(b)
	s.Domain = "localhost"
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-done
	})
	return l.Addr().String()
}

func senderTo(t *testing.T, address string) *Sender {
	t.Helper()
	x, err := NewSender(Server{Address: address, From: "tiendo@example.vn", Encryption: ByHost}, "https://tiendo.example.vn")
	require.NoError(t, err)
	return x
}

func anErrand() *Errand {
	return &Errand{
		To: "an@example.vn", Language: "vi", Secret: "s3cret",
		Notice: Notice{
			ID: 7, User: "an", Kind: Digest, About: "2021-02-04", Made: time.Date(2021, 2, 4, 0, 0, 0, 0, time.UTC),
			Subject: "Tiến độ: 1 việc sắp đến hạn (04/02/2021)",
			Lines:   []string{"Kính gửi Nguyễn Thị Ân,", "", "- Thành lập Ủy ban bầu cử ở cấp xã: hạn 07/02/2021, còn 3 ngày"},
		},
	}
}

// read takes a message apart as a mail program does.
func read(t *testing.T, data []byte) (head stdmail.Header, subject, body string) {
	t.Helper()
	m, err := stdmail.ReadMessage(bytes.NewReader(data))
	require.NoError(t, err)
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "quoted-printable", m.Header.Get("Content-Transfer-Encoding"))
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	require.NoError(t, err)
	return m.Header, subject, string(text)
}

func TestAMessageArrivesAsItWasMeant(t *testing.T) {
	t.Parallel()
	b := &mailbox{}
	x := senderTo(t, b.open(t))
	e := anErrand()
	verdict, err := x.Send(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, ForNow, verdict)
	_, err = x.Send(t.Context(), e)
	require.NoError(t, err)
	require.Len(t, b.got, 2)
	require.Equal(t, "tiendo@example.vn", b.got[0].from)
	require.Equal(t, "an@example.vn", b.got[0].to)

	head, subject, body := read(t, b.got[0].data)
	require.Equal(t, e.Subject, subject)
	require.Contains(t, body, "Kính gửi Nguyễn Thị Ân,\r\n\r\n- Thành lập Ủy ban bầu cử ở cấp xã: hạn 07/02/2021, còn 3 ngày\r\n")
	require.Contains(t, body, "https://tiendo.example.vn/account")
	from, err := head.AddressList("From")
	require.NoError(t, err)
	require.Equal(t, []*stdmail.Address{{Name: "Tiến độ", Address: "tiendo@example.vn"}}, from)
	require.Equal(t, "<https://tiendo.example.vn/mail/off/s3cret>", head.Get("List-Unsubscribe"))
	require.Equal(t, "List-Unsubscribe=One-Click", head.Get("List-Unsubscribe-Post"))
	require.Equal(t, "auto-generated", head.Get("Auto-Submitted"))
	require.Equal(t, "vi", head.Get("Content-Language"))
	require.Regexp(t, `^text/plain; charset=UTF-8`, head.Get("Content-Type"))
	date, err := head.Date()
	require.NoError(t, err)
	require.True(t, date.Equal(e.Made))
	for line := range strings.SplitSeq(string(b.got[0].data), "\r\n") {
		require.LessOrEqual(t, len(line), 998)
		for _, c := range []byte(line) {
			require.Less(t, c, byte(0x80), "old servers take seven bits")
		}
	}
	again, _, _ := read(t, b.got[1].data)
	require.NotEmpty(t, head.Get("Message-Id"))
	require.Equal(t, head.Get("Message-Id"), again.Get("Message-Id"), "sent again it is the same message")
}

func TestACodeHasNoLinkThatSwitchesMailOff(t *testing.T) {
	t.Parallel()
	b := &mailbox{}
	e := anErrand()
	e.Kind = Confirmation
	_, err := senderTo(t, b.open(t)).Send(t.Context(), e)
	require.NoError(t, err)
	head, _, body := read(t, b.got[0].data)
	require.Empty(t, head.Get("List-Unsubscribe"))
	require.NotContains(t, body, "s3cret")
}

func TestNothingThatPeopleWriteGetsIntoTheHeadOfAMessage(t *testing.T) {
	t.Parallel()
	b := &mailbox{}
	x := senderTo(t, b.open(t))
	e := anErrand()
	e.Subject = "Tiến độ\r\nBcc: victim@example.vn\r\n\r\nhello"
	e.Lines = []string{"a\r\n.\r\nMAIL FROM:<x@example.vn>", "\r\n.\r\n"}
	_, err := x.Send(t.Context(), e)
	require.NoError(t, err)
	require.Len(t, b.got, 1, "one message, whatever it says")
	head, subject, _ := read(t, b.got[0].data)
	require.Empty(t, head.Get("Bcc"))
	require.Equal(t, "Tiến độ  Bcc: victim@example.vn    hello", subject)
	for _, to := range []string{"an@example.vn\r\nBcc: v@example.vn", "an@example.vn, b@example.vn", "An <an@example.vn>", "an@example.vn>\r\nRCPT TO:<b@example.vn", ""} {
		e := anErrand()
		e.To = to
		verdict, err := x.Send(t.Context(), e)
		require.True(t, fault.Is(err, "mail-address-unreadable"), "%q: %v", to, err)
		require.Equal(t, ForGood, verdict)
	}
	require.Len(t, b.got, 1)
}

func TestWhatAServerRefusesIsOfTheAddressTheMessageOrTheMoment(t *testing.T) {
	t.Parallel()
	b := &mailbox{}
	x := senderTo(t, b.open(t))
	none := smtp.NoEnhancedCode
	for _, c := range []struct {
		code  int
		state smtp.EnhancedCode
		text  string
		want  Verdict
	}{
		{550, smtp.EnhancedCode{5, 1, 1}, "no such user", NoSuchAddress},
		{553, smtp.EnhancedCode{5, 1, 3}, "bad address", NoSuchAddress},
		{556, smtp.EnhancedCode{5, 1, 10}, "domain takes no mail", NoSuchAddress},
		{550, smtp.EnhancedCode{5, 2, 1}, "mailbox disabled", NoSuchAddress},
		{550, none, "no such user here", NoSuchAddress},
		{550, none, "relay not permitted", ForGood},
		{550, none, "sender verify failed", ForGood},
		{550, smtp.EnhancedCode{5, 1, 8}, "sender's domain not found", ForGood},
		{552, smtp.EnhancedCode{5, 2, 2}, "mailbox full", ForGood},
		{554, smtp.EnhancedCode{5, 7, 1}, "Relay access denied", ForGood},
		{451, smtp.EnhancedCode{4, 7, 1}, "greylisted", ForNow},
		{450, smtp.EnhancedCode{4, 1, 1}, "not sure", ForNow},
	} {
		b.mu.Lock()
		b.refuses = &smtp.SMTPError{Code: c.code, EnhancedCode: c.state, Message: c.text}
		b.mu.Unlock()
		verdict, err := x.Send(t.Context(), anErrand())
		require.ErrorContains(t, err, c.text)
		require.Regexp(t, `^\d{3} .*`+c.text+`$`, said(err))
		require.Equal(t, c.want, verdict, c.text)
	}
	nobody := senderTo(t, "127.0.0.1:1")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	verdict, err := nobody.Send(ctx, anErrand())
	require.Error(t, err)
	require.Equal(t, ForNow, verdict, "a server that is down may come back")
}

func TestNothingIsSaidToAServerElsewhereInTheClear(t *testing.T) {
	t.Parallel()
	b := &mailbox{}
	address := b.open(t) // offers no TLS
	x, err := NewSender(Server{Address: address, From: "tiendo@example.vn", Encryption: STARTTLS}, "")
	require.NoError(t, err)
	_, err = x.Send(t.Context(), anErrand())
	require.Error(t, err)
	require.Empty(t, b.got)
	for name, s := range map[string]Server{
		"in the clear elsewhere": {Address: "mail.example.vn:25", From: "t@example.vn", Encryption: Plain},
		"no port":                {Address: "mail.example.vn:smtp", From: "t@example.vn"},
		"no sender":              {Address: "mail.example.vn", From: "Tien do"},
		"half a sign-in":         {Address: "mail.example.vn", From: "t@example.vn", User: "t"},
	} {
		_, err := NewSender(s, "")
		require.True(t, fault.Is(err, "mail-settings-unusable"), "%s: %v", name, err)
	}
	_, err = NewSender(Server{Address: "mail.example.vn", From: "t@example.vn", User: "t", Password: "p"}, "")
	require.NoError(t, err)
}

func TestAnAddressIsOnePlainAddress(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"an@bac-kan.gov.vn", "nguyen.thi.an+tiendo@example.com"} {
		require.NoError(t, checkAddress(good), good)
	}
	for _, bad := range []string{
		"", "an", "an@", "@example.vn", "an@localhost", "an@example.vn ", "a n@example.vn", "An <an@example.vn>", "an@example.vn,b@example.vn",
		"an@example.vn\nBcc: b@example.vn", "ân@example.vn", "an@ví-dụ.vn", `"an b"@example.vn`, "an@[127.0.0.1]", "a@b@example.vn",
		strings.Repeat("a", 65) + "@example.vn", "an@" + strings.Repeat("a.", 126) + "vn",
	} {
		require.True(t, fault.Is(checkAddress(bad), "mail-address-unreadable"), bad)
	}
}

func TestACodeIsGoodForAFewTriesAndADay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	s := Fresh("an")
	s.Address = "an@example.vn"
	code, err := s.newCode(now)
	require.NoError(t, err)
	require.Regexp(t, `^[0-9]{8}$`, code)
	other := s
	other.Address = "other@example.vn"
	require.True(t, fault.Is(other.confirm(code, now), "mail-code-wrong"), "a code is good for its address")
	late := s
	require.True(t, fault.Is(late.confirm(code, now.Add(25*time.Hour)), "mail-code-over"))
	tried := s
	for range wrongCodes {
		require.True(t, fault.Is(tried.confirm("x", now), "mail-code-wrong"))
	}
	require.True(t, fault.Is(tried.confirm(code, now), "mail-code-over"))
	require.NoError(t, s.confirm(code[:4]+" "+code[4:], now))
	require.True(t, s.Confirmed.Equal(now))
	require.True(t, fault.Is(s.confirm(code, now), "mail-code-over"), "once")

	for range codesAtOnce - 1 {
		_, err = s.newCode(now)
		require.NoError(t, err)
	}
	_, err = s.newCode(now.Add(time.Hour))
	require.True(t, fault.Is(err, "mail-code-too-often"))
	limited := new(fault.Error)
	require.ErrorAs(t, err, &limited)
	require.Equal(t, 23*time.Hour, limited.Wait)
	_, err = s.newCode(now.Add(25 * time.Hour))
	require.NoError(t, err)
}

func TestDaysAreFewAndNear(t *testing.T) {
	t.Parallel()
	days, err := checkDays([]int{1, 7, 3, 7, 0})
	require.NoError(t, err)
	require.Equal(t, []int{7, 3, 1, 0}, days)
	none, err := checkDays(nil)
	require.NoError(t, err)
	require.Empty(t, none)
	for _, bad := range [][]int{{-1}, {31}, {1, 2, 3, 4, 5, 6, 7}} {
		_, err := checkDays(bad)
		require.True(t, fault.Is(err, "reminder-days-unusable"), bad)
	}
}

// A server that leaves right behind its answer has taken the message.
func TestAMessageThatWasTakenIsSentWhateverHappensThen(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = io.WriteString(c, "220 localhost\r\n")
		for lines := bufio.NewScanner(c); lines.Scan(); {
			switch line := lines.Text(); {
			case line == "DATA":
				_, _ = io.WriteString(c, "354 go on\r\n")
				for lines.Scan() && lines.Text() != "." {
				}
				_, _ = io.WriteString(c, "250 taken\r\n")
				return
			case strings.HasPrefix(line, "EHLO"):
				_, _ = io.WriteString(c, "250 localhost\r\n")
			default:
				_, _ = io.WriteString(c, "250 OK\r\n")
			}
		}
	}()
	_, err = senderTo(t, l.Addr().String()).Send(t.Context(), anErrand())
	require.NoError(t, err)
}
