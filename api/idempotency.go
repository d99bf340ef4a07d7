package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// The header by which a client sends one request several times and has it carried
// out once (draft-ietf-httpapi-idempotency-key-header), and the one that says that
// the answer is that of the first time.
const (
	idempotencyKey = "Idempotency-Key"
	replayed       = "Idempotency-Replayed"
)

var keyForm = regexp.MustCompile(`^[\x21-\x7e]{1,255}$`)

// answeredHeaders are what is kept of an answer beside status and body.
var answeredHeaders = []string{"Content-Type", "Content-Language", "Cache-Control", "Etag", "Location"}

// once carries a request with a key out once: the same again gets what was answered
// first. Only where a POST writes to the log of an election. What shows a secret
// once takes no key, as its answer must not be kept; who sends one there believes
// in a protection that he does not have, and is told.
func (s *Server) once() echo.MiddlewareFunc {
	known := s.operations()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			sent := c.Request().Header.Values(idempotencyKey)
			o, described := known[operationKey(c)]
			if len(sent) == 0 || !described || c.Request().Method != http.MethodPost {
				return next(c)
			}
			if !takes(o, idempotencyKey) {
				return unreadable(fault.New(fault.Invalid, "idempotency-key-not-taken",
					"Địa chỉ này không nhận Idempotency-Key; gửi lại không có tiêu đề ấy, và xem hiện trạng trước khi gửi lần nữa",
					"This address takes no Idempotency-Key; send it without, and look at how things stand before sending it again").At(":" + idempotencyKey))
			}
			if len(sent) > 1 || !keyForm.MatchString(sent[0]) {
				return unreadable(fault.New(fault.Invalid, "idempotency-key-unreadable",
					"Idempotency-Key gồm 1–255 ký tự ASCII nhìn thấy được, gửi một lần",
					"Idempotency-Key is 1 to 255 visible ASCII characters, sent once").At(":" + idempotencyKey))
			}
			if c.QueryParam("dry_run") == "true" {
				return next(c) // nothing is carried out
			}
			return s.carryOut(c, sent[0], next)
		}
	}
}

func (s *Server) carryOut(c echo.Context, key string, next echo.HandlerFunc) error {
	r := c.Request()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return unreceived(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	who := callerOf(r.Context())
	ctx, cancel := settled(r.Context())
	claim, first, err := s.store.Claim(ctx,
		tracker.IdempotencyKey{Account: string(who.Account.User), Key: key}, fingerprint(r, who.Scope, body))
	cancel()
	switch {
	case err != nil:
		return err
	case first != nil:
		return replay(c, first)
	}
	who.claim = claim
	answer := &withheld{ResponseWriter: c.Response().Writer}
	c.Response().Writer = answer
	defer func() { // also when it panics
		c.Response().Writer = answer.ResponseWriter
		s.settle(r.Context(), claim, answer)
	}()
	if err := next(c); err != nil {
		s.fail(err, c)
	}
	return nil
}

// settle remembers what was answered, or gives the key back, and then lets the
// answer out: who has it finds it remembered.
func (s *Server) settle(ctx context.Context, claim tracker.Claim, answer *withheld) {
	ctx, cancel := settled(ctx)
	defer cancel()
	var err error
	if isRemembered(answer.status) {
		err = s.store.Remember(ctx, claim, answer.answered())
	} else {
		err = s.store.Release(ctx, claim)
	}
	if err != nil { // the key is given back when its time is over
		slog.WarnContext(ctx, "what came of a request is not remembered", "err", err)
	}
	answer.letOut()
}

// settling is how long the database is waited for where a key is taken or given
// back.
const settling = 5 * time.Second

// settled is for what has to come to its end whether or not the caller still waits:
// else nobody would know who holds a key.
func settled(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), settling)
}

// isRemembered: what was done, and what was refused by how things stood. What was
// refused before the act, or is our own failure, may be tried again with the same key.
func isRemembered(status int) bool {
	switch status {
	case http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
		return true
	}
	return status >= 200 && status < 300
}

// fingerprint tells requests apart: another method, address or body, and another
// scope of a token, as not all that an account may do is for all its tokens.
func fingerprint(r *http.Request, scope *access.Scope, body []byte) [sha256.Size]byte {
	head, err := json.Marshal([]any{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Get("If-Match"), scope})
	if err != nil {
		panic(err) // texts only
	}
	return sha256.Sum256(append(append(head, '\n'), body...))
}

func replay(c echo.Context, a *tracker.Answered) error {
	h := c.Response().Header()
	for name, value := range a.Headers {
		h.Set(name, value)
	}
	if h.Get("Content-Language") != "" {
		h.Add("Vary", "Accept-Language")
	}
	h.Set(replayed, "true")
	c.Response().WriteHeader(a.Status)
	_, err := c.Response().Write(a.Body)
	return err
}

// withheld is an answer that waits until it is remembered.
type withheld struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *withheld) WriteHeader(status int) { w.status = status }

func (w *withheld) Write(b []byte) (int, error) { return w.body.Write(b) }

// Unwrap leads to the connection.
func (w *withheld) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *withheld) answered() tracker.Answered {
	a := tracker.Answered{Status: w.status, Headers: map[string]string{}, Body: w.body.Bytes()}
	for _, name := range answeredHeaders {
		if value := w.Header().Get(name); value != "" {
			a.Headers[name] = value
		}
	}
	return a
}

func (w *withheld) letOut() {
	if w.status == 0 {
		return // it panicked: somebody else answers
	}
	w.ResponseWriter.WriteHeader(w.status)
	if _, err := w.ResponseWriter.Write(w.body.Bytes()); err != nil {
		slog.Debug("answer not sent", "err", err)
	}
}
