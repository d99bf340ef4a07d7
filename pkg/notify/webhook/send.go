package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"code.dny.dev/ssrf"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	// within is how long an endpoint may take for its whole answer.
	within = 15 * time.Second
	// heard is how much of an answer is read, kept how much of that is kept.
	heard = 4 << 10
	kept  = 300 // characters
)

// Sender sends messages: each by a connection that its guard agrees to, without a
// proxy, without following redirects, with certificates verified.
type Sender struct {
	clients map[string]*http.Client // by scheme
	now     func() time.Time
	agent   string
}

// NewSender makes a sender; agent is what it calls itself, roots are the
// certificates that it trusts, nil for the system's.
func NewSender(g *Guard, agent string, roots *x509.CertPool, now func() time.Time) *Sender {
	s := &Sender{clients: map[string]*http.Client{}, now: now, agent: agent}
	for _, scheme := range []string{"http", "https"} {
		s.clients[scheme] = &http.Client{
			Timeout:       within,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				Proxy: nil, DialContext: g.dialer(scheme).DialContext, TLSHandshakeTimeout: patience,
				TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
				ForceAttemptHTTP2: true, DisableCompression: true, MaxResponseHeaderBytes: 16 << 10,
				MaxIdleConnsPerHost: atOnce, IdleConnTimeout: 30 * time.Second,
			},
		}
	}
	return s
}

// Close lets go of connections that are not in use.
func (s *Sender) Close() {
	for _, c := range s.clients {
		c.CloseIdleConnections()
	}
}

// send tries once.
func (s *Sender) send(ctx context.Context, e *Errand) Attempt {
	now := s.now()
	a := Attempt{At: now, Outcome: Unreachable}
	status, answer, err := s.post(ctx, e, now)
	a.Took, a.Status = s.now().Sub(now), status
	a.Answer = plain(answer)
	switch {
	case status == 0 && err != nil:
		a.Outcome = why(err)
		a.Answer = plain(spoken(a.Outcome, err))
	case status >= 200 && status < 300:
		a.Outcome = Taken
	case status >= 300 && status < 400:
		a.Outcome = Redirected
	default:
		a.Outcome = Refused
	}
	return a
}

// post sends a message; the status is 0 where no answer came, an error besides a
// status is of its body, which does not matter.
func (s *Sender) post(ctx context.Context, e *Errand, now time.Time) (status int, answer string, err error) {
	signature, err := signed(e.Secrets, e.ID, now, e.Body)
	if err != nil {
		return 0, "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.To.URL, bytes.NewReader(e.Body))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", s.agent)
	r.Header.Set(standardwebhooks.HeaderWebhookID, string(e.ID))
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	client := s.clients[r.URL.Scheme]
	if client == nil {
		return 0, "", ssrf.ErrProhibitedNetwork
	}
	got, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(io.LimitReader(got.Body, heard))
	return got.StatusCode, string(body), err
}

// why sorts what went wrong.
func why(err error) Outcome {
	var slow net.Error
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, ssrf.ErrProhibitedNetwork):
		return AddressRefused
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &name), errors.As(err, &record), errors.As(err, &alert), errors.As(err, &certificate):
		return TLSFailed
	case errors.As(err, &slow) && slow.Timeout():
		return TimedOut
	}
	return Unreachable
}

// spoken is what is kept of a failure: nothing of addresses inside this network,
// which whoever reads the log may not know.
func spoken(o Outcome, err error) string {
	if o == AddressRefused {
		return ""
	}
	var missing *net.DNSError
	if errors.As(err, &missing) {
		return "the host is not found"
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// plain is the beginning of a text that somebody else wrote, to be shown: one
// line, without control characters.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if r := []rune(text); len(r) > kept {
		text = string(r[:kept])
	}
	return strings.TrimSpace(text)
}
