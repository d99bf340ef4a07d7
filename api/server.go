// Package api is the product's mouth: HTTP in front of the tracker and the
// mirror. The contract is openapi.yaml; what is generated from it reads
// requests, what is written here answers them. It decides nothing about
// elections and counts no days.
package api

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/prometheus/client_golang/prometheus"

	"tiendo/pkg/access"
	"tiendo/pkg/catalogue"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify/mail"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/tracker"
)

// Config is what a server needs.
type Config struct {
	Tracker *tracker.Service
	Store   tracker.Store // single things with their texts
	Mirror  *mirror.Mirror
	Clock   func() time.Time
	Zone    *time.Location
	// Trial: the clock is set by the operator.
	Trial bool
	// Feed tells what changed; the mirror tells it (required for changes and events).
	Feed *feed.Feed
	// EventComment is how often a comment comes in streams of events (15 s).
	EventComment time.Duration
	// Access says who calls and what he may; Sessions keeps sign-ins.
	Access   *access.Service
	Sessions scs.CtxStore
	// PublicReading: what is public is read without signing in.
	PublicReading bool
	// Everywhere: answer requests to any IP address, not to this machine's own
	// alone. Names are answered only when they are localhost or one of Hosts.
	Everywhere bool
	Hosts      []string
	// Prepared keeps answers ready; nil: some of this server's own, as many as fit in
	// PreparedAnswers.
	Prepared *feed.Prepared
	// Proxies are the networks whose word on where a request comes from is taken.
	Proxies []netip.Prefix
	// Limits are how much one client may ask for, by Now: the real clock, time.Now
	// where none is given.
	Limits Limits
	// Pace is what readers of files are held to; [DefaultPace] where none is given.
	Pace Pace
	Now  func() time.Time
	// Webhooks are the endpoints that are told what happens.
	Webhooks *webhook.Service
	// Mail is what can be done about reminders.
	Mail       *mail.Service
	Checks     []Check
	Page, Docs fs.FS
}

// PreparedAnswers is how many bytes of answers are kept ready where nothing else is
// said: the whole country's, and what else is asked for beside.
const PreparedAnswers = 144 << 20

// Server answers requests.
type Server struct {
	tracker  *tracker.Service
	store    tracker.Store
	mirror   *mirror.Mirror
	clock    func() time.Time
	zone     *time.Location
	trial    bool
	access   *access.Service
	sessions *scs.SessionManager
	mail     *mail.Service
	open     bool // public reading
	proxies  proxies
	webhooks *webhook.Service
	checks   []Check
	files    fs.FS
	docs     fs.FS
	docNames []string
	spec     *openapi3.T
	sources  sync.Map // of each election: key to address
	titles   sync.Map // of each family: its title, encoded
	shelf    catalogue.Shelf
	prepared *feed.Prepared
	metrics  *prometheus.Registry
	writing  *queue // of files
	dear     *queue
	pace     Pace
	counted  *clients
	real     func() time.Time
	from     echo.IPExtractor
	pausing  atomic.Int64
	pause    func(context.Context, time.Duration)

	feed       *feed.Feed
	comment    time.Duration // between two comments in a stream
	broadcasts broadcasts
	streams    atomic.Int64
}

var _ StrictServerInterface = (*Server)(nil)

// New makes the handler of all addresses.
func New(c Config) (*echo.Echo, error) {
	spec, err := GetSpec()
	if err != nil {
		return nil, err
	}
	prepared := cmp.Or(c.Prepared, feed.NewPrepared(PreparedAnswers))
	s := &Server{
		tracker: c.Tracker, store: c.Store, mirror: c.Mirror, clock: c.Clock, zone: c.Zone, trial: c.Trial,
		access: c.Access, sessions: sessionsIn(c.Sessions), mail: c.Mail, open: c.PublicReading, proxies: c.Proxies,
		webhooks: c.Webhooks, checks: c.Checks, files: c.Page, docs: c.Docs, docNames: docNames(c.Docs), spec: spec,
		feed: c.Feed, comment: cmp.Or(c.EventComment, usualComment),
		prepared: prepared, metrics: newMetrics(c.Mirror, prepared, c.Access), dear: newDear(), pace: cmp.Or(c.Pace, DefaultPace),
		counted: newClients(c.Limits), real: c.Now, pause: pause,
	}
	s.writing = newQueue(atOnce, exportsEach, exportsQueue, s.pace.Turn)
	if s.real == nil {
		s.real = time.Now
	}
	s.metrics.MustRegister(fed{s})
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.fail
	e.Binder = binder{spec: spec}
	s.from = s.proxies.extractor()
	e.IPExtractor = s.from
	s.use(e, c.Everywhere, c.Hosts)
	s.route(e)
	return e, nil
}

// use sets up what every request passes through.
func (s *Server) use(e *echo.Echo, everywhere bool, names []string) {
	e.Use(namedRequest, middleware.RequestID())
	// Around logged, which has failures answered: what is counted is the status
	// that the caller got.
	counting, counted := s.countRequests()
	hosts := newHostGuard(everywhere, names)
	e.Pre(s.newHot(hosts, counted).pass)
	e.Use(counting)
	e.Use(logged, middleware.RecoverWithConfig(middleware.RecoverConfig{DisableStackAll: true, LogErrorFunc: panicked}))
	e.Use(s.secure, s.limit, s.sameOrigin(), knownHosts(hosts), s.signInLimit())
	e.Use(s.bodyLimits(), s.packing(middleware.GzipWithConfig(middleware.GzipConfig{Level: 5, MinLength: 1024, Skipper: isPacked})), oneLine, s.callers(), s.queries(), s.dearWork(), s.tags(), s.fileBodies(), patient, s.lingers, s.once())
}

func (s *Server) route(e *echo.Echo) {
	RegisterHandlers(e, NewStrictHandler(s, []StrictMiddlewareFunc{s.withOrigin}))
	e.GET(mailOff+":secret", s.askMailOff)
	e.POST(mailOff+":secret", s.switchMailOff)
	e.GET("/docs", s.doc)
	e.GET("/docs/*", s.doc)
	e.GET("/*", s.page)
	for _, r := range e.Routes() { // HEAD is GET without the body
		if r.Method == http.MethodGet {
			e.HEAD(r.Path, asGet(e))
		}
	}
}

// asGet does what GET does at the same address.
func asGet(e *echo.Echo) echo.HandlerFunc {
	return func(c echo.Context) error {
		inner := e.NewContext(c.Request(), c.Response())
		e.Router().Find(http.MethodGet, c.Request().URL.EscapedPath(), inner)
		return inner.Handler()(inner)
	}
}

// logged writes one line per request.
func logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err) // now, so that the status is known
		}
		logRequest(c.Request().Context(), c.Request(), c.Path(), c.Response().Status, c.Response().Size, time.Since(begun), requestID(c))
		return nil
	}
}

func logRequest(ctx context.Context, r *http.Request, route string, status int, size int64, took time.Duration, id string) {
	slog.LogAttrs(ctx, slog.LevelInfo, "request",
		slog.String("method", r.Method), slog.String("route", route), slog.String("uri", withoutSecret(r.URL.Path)),
		slog.Int("status", status), slog.Int64("bytes", size), slog.Duration("took", took), slog.String("id", id))
}

// panicked writes down where, and makes whatever was thrown our fault.
func panicked(c echo.Context, err error, stack []byte) error {
	slog.ErrorContext(c.Request().Context(), "panic", "path", c.Path(), "id", requestID(c), "err", err, "stack", string(stack))
	return fmt.Errorf("panic: %v", err) //nolint:errorlint // a fault that was thrown is no answer
}

// namedRequest drops a name that is none, so that the request is given one.
func namedRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !isRequestName(c.Request().Header.Get(echo.HeaderXRequestID)) {
			c.Request().Header.Del(echo.HeaderXRequestID)
		}
		return next(c)
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// farewell is how long streams of events may take to be told that the server ends.
const farewell = time.Second

// Serve answers on the listener until ctx ends, then finishes what is under way.
func Serve(ctx context.Context, l net.Listener, e *echo.Echo) error {
	end := &ending{stopping: make(chan struct{})}
	server := &http.Server{
		// Those who wait are told to go before they are waited for.
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.WithoutCancel(ctx), endingKey{}, end)
		},
		ConnContext: withConnection,
		Handler:     e, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	close(end.stopping)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := server.Shutdown(grace)
	gone := make(chan struct{})
	go func() { end.streams.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-time.After(farewell): // whoever does not read hears no farewell
	}
	return err
}
