package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"tiendo/pkg/fault"
)

// statusOf maps a kind of failure to HTTP. It is the only place that does.
var statusOf = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Forbidden:       http.StatusForbidden,
	fault.Stale:           http.StatusPreconditionFailed,
	fault.Unguarded:       http.StatusPreconditionRequired,
	fault.Conflict:        http.StatusConflict,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Limited:         http.StatusTooManyRequests,
	fault.Expired:         http.StatusGone,
}

// retryAfter is what a client is told to wait, in seconds, when the answer is
// "not now".
const retryAfter = 5

// protocol faults are about the request itself, before any use case.
var protocol = map[int]*fault.Error{
	http.StatusBadRequest: fault.New(fault.Invalid, "request-unreadable",
		"Không đọc được yêu cầu; kiểm tra đường dẫn, tham số và nội dung theo tài liệu /api/v1/openapi.yaml",
		"The request cannot be read; check path, parameters and body against /api/v1/openapi.yaml"),
	http.StatusForbidden: fault.New(fault.Forbidden, "cross-origin",
		"Yêu cầu thay đổi đến từ một trang khác nên bị từ chối; hãy mở trang của chính hệ thống này",
		"A change asked for by another site is refused; use this system's own page"),
	http.StatusNotFound: fault.New(fault.NotFound, "no-such-address",
		"Không có địa chỉ này; danh sách địa chỉ ở /api/v1/openapi.yaml",
		"There is no such address; all addresses are in /api/v1/openapi.yaml"),
	http.StatusMethodNotAllowed: fault.New(fault.Invalid, "method-not-allowed",
		"Địa chỉ này không nhận phương thức đó; xem tiêu đề Allow", "This address does not take that method; see the Allow header"),
	http.StatusRequestTimeout: fault.New(fault.Invalid, "body-too-slow",
		"Nội dung gửi lên không đến đủ trong thời gian cho phép; kiểm tra đường truyền rồi gửi lại",
		"The body did not arrive in the time that is given for it; check the line and send it again"),
	http.StatusMisdirectedRequest: fault.New(fault.Forbidden, "host-unknown",
		"Máy chủ này không nhận yêu cầu gửi đến tên máy ấy; hãy mở bằng localhost hoặc địa chỉ IP, hoặc khởi động máy chủ với --host và tên ấy (TIENDO_HOST)",
		"This server does not answer to that host; open it as localhost or by its IP address, or start it with --host and that name (TIENDO_HOST)"),
	http.StatusUnsupportedMediaType: fault.New(fault.Invalid, "media-type",
		"Content-Type không đúng: PATCH nhận application/merge-patch+json, PUT và POST nhận application/json",
		"The Content-Type is not taken: PATCH takes application/merge-patch+json, PUT and POST take application/json"),
}

// refused is a failure that HTTP itself has a status for.
func refused(status int) *echo.HTTPError { return echo.NewHTTPError(status) }

// fail is the only writer of errors: whatever went wrong, a client gets a
// problem document (RFC 9457) in its language, and nothing of our insides.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	h := c.Response().Header()
	status, f := classify(err)
	if status == http.StatusMethodNotAllowed && c.Path() == "/*" && underAPI(c.Request()) {
		// That route is the page's; the API has no such address for any method.
		status, f = classify(refused(http.StatusNotFound))
		h.Del("Allow")
	}
	if status >= http.StatusInternalServerError {
		level := slog.LevelError
		if c.Request().Context().Err() != nil {
			level = slog.LevelDebug // the caller has gone, and what was under way with him
		}
		slog.Log(c.Request().Context(), level, "request failed", "path", c.Path(), "id", requestID(c), "err", err)
	}
	for _, stale := range []string{"ETag", "Cache-Control", "Content-Encoding", "Content-Length"} {
		h.Del(stale)
	}
	h.Set("Content-Type", "application/problem+json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	if status == http.StatusRequestTimeout {
		h.Set("Connection", "close") // what else may come is not waited for
	}
	switch status {
	case http.StatusConflict:
		if f.Wait > 0 {
			h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.Wait.Seconds()))))
		}
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	case http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(f.Wait.Seconds())))))
	case http.StatusGone:
		if strings.HasSuffix(c.Path(), "/changes") {
			h.Set("Link", snapshotLink(c))
		}
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="tiendo"`) // RFC 9110, section 15.5.2
	}
	vi := speaksVietnamese(c.Request())
	h.Set("Content-Language", map[bool]string{true: "vi", false: "en"}[vi])
	c.Response().WriteHeader(status)
	if c.Request().Method == http.MethodHead {
		return
	}
	if err := json.NewEncoder(c.Response()).Encode(s.problem(c, status, f, vi)); err != nil {
		slog.Debug("problem not sent", "err", err)
	}
}

// classify finds the status and the words of a failure. A failure nobody
// foresaw is ours, and says no more than that.
func classify(err error) (int, *fault.Error) {
	var h *echo.HTTPError
	ofHTTP := errors.As(err, &h)
	switch f, ok := fault.As(err); {
	case ok && ofHTTP:
		return h.Code, f
	case ok:
		return statusOf[f.Kind], f
	case ofHTTP && h.Code == http.StatusBadRequest:
		return h.Code, parameterFault(h)
	}
	if ofHTTP && protocol[h.Code] != nil {
		return h.Code, protocol[h.Code]
	}
	return http.StatusInternalServerError, fault.New(fault.Internal, "internal",
		"Hệ thống gặp lỗi; lỗi đã được ghi lại, hãy thử lại sau", "Something went wrong on our side; it is in our log, try again later")
}

var parameterName = regexp.MustCompile(`parameter '?([A-Za-z_-]+)'?`)

// parameterFault names the parameter that the generated reader refused: one of
// the path, as queries are looked at before.
func parameterFault(h *echo.HTTPError) *fault.Error {
	text, _ := h.Message.(string)
	if m := parameterName.FindStringSubmatch(text); m != nil {
		f, _ := fault.As(unreadableParameter(m[1], ""))
		return f
	}
	return protocol[http.StatusBadRequest]
}

func (s *Server) problem(c echo.Context, status int, f *fault.Error, vi bool) Problem {
	in := func(t fault.Text) string {
		if vi {
			return t.Vi
		}
		return t.En
	}
	p := Problem{
		Type: "/docs/problems#" + f.Code, Code: f.Code, Status: status, Title: http.StatusText(status),
		Detail: in(f.Text), Instance: withoutSecret(c.Request().URL.EscapedPath()),
	}
	if len(f.Fields) > 0 {
		places := each(f.Fields, func(field fault.Field) ProblemPlace {
			return ProblemPlace{Pointer: field.Pointer, Detail: in(field.Text)}
		})
		p.Errors = &places
	}
	if f.Current != nil {
		p.Current = s.current(c, f.Current)
	}
	return p
}

var spoken = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// speaksVietnamese: Vietnamese unless the client asks for English first.
func speaksVietnamese(r *http.Request) bool {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return true
	}
	_, index, _ := spoken.Match(tags...)
	return index == 0
}
