package api

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
)

// Whoever asks too fast is not only told so: his answer comes late, so that asking
// at full speed costs others little. So many wait at most; more are cut off.
const (
	latePause  = 500 * time.Millisecond // on average
	maxPausing = 1000
)

// What no limit is for: those who watch over the server ask here.
var unlimited = map[string]bool{"/livez": true, "/readyz": true, "/metrics": true}

// limit counts what a client asks for and holds it to what it may.
func (s *Server) limit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if unlimited[c.Path()] {
			return next(c)
		}
		r, now := c.Request(), s.real()
		one := s.who(r, now)
		if secret, sent := bearer(r); sent && one.token.Load() == nil {
			// It is met here, so that it is counted as itself from its first request on.
			// Whether it may do what it asks for is asked later.
			if _, err := s.tokenCaller(r, secret); err == nil {
				one = s.who(r, now)
			}
		}
		m := &meter{ResponseWriter: c.Response().Writer, clients: s.counted, one: one, ctx: r.Context(), now: now, spent: !reading(r)}
		c.Response().Writer = m
		c.Response().Before(func() { m.close(c) })
		err := s.holds(c, m)
		if err == nil {
			err = next(c)
		}
		if f, ok := fault.As(err); ok && answeredLate[f.Code] {
			s.late(c)
		}
		return err
	}
}

// answeredLate are the refusals that a client meets again and again which does not
// look at them.
var answeredLate = map[string]bool{"too-many-requests": true, "quota-used-up": true, "too-much-at-once": true}

// holds refuses what a client may not ask for now.
func (s *Server) holds(c echo.Context, m *meter) error {
	if wait := s.counted.ask(m.one, m.now); wait > 0 {
		return tooMany(c, wait)
	}
	// Who asks whether something has changed is told that it has not, whatever he
	// has used up.
	r := c.Request()
	if !reading(r) || !underAPI(r) || r.Header.Get("If-None-Match") != "" || s.counted.limits.Quota <= 0 {
		return nil
	}
	if left, _ := s.counted.left(m.one, m.now); left == 0 {
		return m.usedUp()
	}
	return nil
}

func reading(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

func tooMany(c echo.Context, wait time.Duration) error {
	c.Response().Header()[rateLimit] = []string{item(ofRequests, "r", 0, "t", seconds(wait))}
	f := fault.New(fault.Limited, "too-many-requests",
		"Gửi quá nhiều yêu cầu trong một giây; đợi đủ số giây trong Retry-After rồi gửi tiếp, thưa hơn",
		"There are too many requests in a second; wait as many seconds as Retry-After says, then go on more slowly")
	f.Wait = wait
	return f
}

// late keeps an answer back for a while; where too many are kept back, the
// connection ends with it instead.
func (s *Server) late(c echo.Context) {
	defer s.pausing.Add(-1)
	if s.pausing.Add(1) > maxPausing {
		c.Response().Header().Set("Connection", "close")
		return
	}
	// Not all at the same time, or else they would all come again at the same time.
	s.pause(c.Request().Context(), latePause/2+rand.N(latePause))
}

// pause waits, but not for a caller who has gone.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// meter takes a whole answer from what its client may have, once, before it is
// made, or as it is sent.
type meter struct {
	http.ResponseWriter
	clients *clients
	one     *client
	ctx     context.Context //nolint:containedctx // of the request that is answered
	now     time.Time
	spent   bool // or there is nothing to pay: a change, which was made by then
}

// Unwrap is for http.ResponseController.
func (m *meter) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func (m *meter) spend() error {
	if m.spent {
		return nil
	}
	if !m.clients.spend(m.one, m.now) {
		return m.usedUp()
	}
	m.spent = true
	return nil
}

func (m *meter) usedUp() error {
	_, wait := m.clients.left(m.one, m.now)
	f := fault.New(fault.Limited, "quota-used-up",
		"Đã lấy đủ %d nội dung trong thời hạn này; đợi đủ số giây trong Retry-After, và hỏi lại bằng If-None-Match: nội dung không đổi (304) không bị tính",
		"All %d answers of this window have been taken; wait as many seconds as Retry-After says, and ask again with If-None-Match: what has not changed (304) is not counted",
		m.clients.limits.Quota)
	f.Wait = time.Duration(wait) * time.Second
	return f
}

// close counts the answer as its status is known, and tells what is left.
func (m *meter) close(c echo.Context) {
	r, status := c.Request(), c.Response().Status
	if !underAPI(r) {
		return
	}
	if reading(r) && status == http.StatusOK {
		_ = m.spend() // of what asks nobody before: it is small
	}
	m.clients.tell(c.Response().Header(), m.one, m.now)
	m.clients.note(m.one, r.URL.Path, status, !reading(r), m.now)
}

// meterIn finds the meter through which an answer goes.
func meterIn(w http.ResponseWriter) (*meter, bool) {
	for {
		switch inner := w.(type) {
		case *meter:
			return inner, true
		case interface{ Unwrap() http.ResponseWriter }:
			w = inner.Unwrap()
		default:
			return nil, false
		}
	}
}

// spends takes the answer that is about to be made from what its client may have;
// fault.Limited "quota-used-up".
func spends(w http.ResponseWriter) error {
	if m, there := meterIn(w); there {
		return m.spend()
	}
	return nil
}

// client is whose answer it is; nil, which is a client as well, for what is not
// metered.
func (m *meter) client() *client {
	if m == nil {
		return nil
	}
	return m.one
}

// context is that of the request.
func (m *meter) context() context.Context {
	if m == nil {
		return context.Background()
	}
	return m.ctx
}

// Tokens that nobody has met are looked up, which costs others something; so many
// of them that turn out to be none may one address bring. Beyond that only those are
// looked up that are among the good ones, of which there is a list in memory.
const (
	unknownTokens = 30
	unknownEach   = time.Second
)

// tokenCaller is who comes with a token. Whoever brings many that are none has to
// wait, but not with one that is good, nor with one that is known to be none.
func (s *Server) tokenCaller(r *http.Request, secret access.Secret) (access.Caller, error) {
	if _, met := s.access.Recognise(secret); met || !secret.Is(access.ForToken) || s.access.Refuses(secret) {
		return s.access.TokenCaller(r.Context(), secret)
	}
	now := s.real()
	from := s.counted.find(s.addressOf(r), now)
	if wait := time.Duration(from.unknown.Load() - now.UnixNano()); wait > unknownTokens*unknownEach {
		if good, err := s.access.MayBeGood(r.Context(), secret); err == nil && good {
			return s.access.TokenCaller(r.Context(), secret)
		}
		f := fault.New(fault.Limited, "tokens-limited",
			"Địa chỉ này vừa gửi quá nhiều mã truy cập không đúng; đợi đủ số giây trong Retry-After và kiểm tra lại mã",
			"This address has sent too many tokens that are none; wait as many seconds as Retry-After says, and check the token")
		f.Wait = wait - unknownTokens*unknownEach
		return access.Caller{}, f
	}
	found, err := s.access.TokenCaller(r.Context(), secret)
	if fault.Is(err, "token-unknown") {
		owe(&from.unknown, now, unknownEach)
	}
	return found, err
}

// owe moves on when something is paid off.
func owe(due *atomic.Int64, now time.Time, d time.Duration) {
	for {
		was := due.Load()
		if due.CompareAndSwap(was, max(was, now.UnixNano())+int64(d)) {
			return
		}
	}
}
