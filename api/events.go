package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/tmaxmax/go-sse"

	"tiendo/pkg/access"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/tracker"
)

const (
	// eventItems is how many entries an event has at most; more are fetched.
	eventItems = 100
	// comesBack is after how long a client comes back whose stream has ended, and
	// up to twice that: not all at once.
	comesBack = 2 * time.Second
	// slowReader is how long what is written may take to be taken.
	slowReader = 10 * time.Second
	// lookedAgain is how often it is looked whether a caller is still who he was.
	lookedAgain = 30 * time.Second
	// usualComment is how often a comment comes where nothing else is said.
	usualComment = 15 * time.Second
)

// lingering is what a request that may stay open has to know.
type lingering struct {
	from   feed.Caller // whose place it takes among those who wait
	head   bool        // only headers are asked for
	client *client
	*ending
}

// reached notes from which change a client goes on.
func (l lingering) reached(r tracker.Revision) {
	if l.client == nil {
		return
	}
	if t := l.client.token.Load(); t != nil {
		t.Reached(int64(r))
	}
}

type lingeringKey struct{}

func requestOf(ctx context.Context) lingering {
	l, _ := ctx.Value(lingeringKey{}).(lingering)
	return l
}

// ending is how a server ends: those who wait are told to go, and then waited for.
type ending struct {
	stopping chan struct{}
	streams  sync.WaitGroup // that the server of net/http does not know of
}

type endingKey struct{}

// never is the end of a server that nobody ends.
var never = &ending{}

// lingers gives time to requests that wait.
func (s *Server) lingers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		waits := strings.HasSuffix(c.Path(), "/changes")
		if !waits && !isStream(c) {
			return next(c)
		}
		r := c.Request()
		l := lingering{from: feed.Caller{Name: subscriber(c.RealIP())}, head: r.Method == http.MethodHead, client: s.who(r, s.real())}
		// Of changes, which are the same for everybody, nobody asks who the caller is.
		if t := l.client.token.Load(); t != nil {
			l.from = feed.Caller{Name: string(t.User), Known: true}
		} else if user := callerOf(r.Context()).Account.User; user != "" {
			l.from = feed.Caller{Name: string(user), Known: true}
		}
		if l.ending, _ = r.Context().Value(endingKey{}).(*ending); l.ending == nil {
			l.ending = never
		}
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), lingeringKey{}, l)))
		// What cannot set them has none either. A deadline for reading would end the
		// request when it passes, though nothing more is to be read.
		control := http.NewResponseController(c.Response())
		_ = control.SetReadDeadline(time.Time{})
		_ = control.SetWriteDeadline(time.Now().Add(longestWait + slowReader))
		return next(c)
	}
}

const longestWait = time.Minute

// isStream says that an answer goes on for as long as somebody reads it.
func isStream(c echo.Context) bool { return strings.HasSuffix(c.Path(), "/events") }

// ListEvents implements GET …/areas/{area}/events.
func (s *Server) ListEvents(ctx context.Context, r ListEventsRequestObject) (ListEventsResponseObject, error) {
	p := &r.Params
	x, err := s.following(r.Election, r.Area, p.Family, p.State, p.Reach)
	if err != nil {
		return nil, err
	}
	out := &stream{server: s, ctx: ctx, following: x, request: requestOf(ctx)}
	text := p.After
	if p.LastEventID != nil && *p.LastEventID != "" {
		text = p.LastEventID
	}
	if text != nil {
		from, err := x.open(*text, s.now())
		if err != nil && !fault.Is(err, "token-expired") {
			return nil, err
		}
		out.request.reached(from.Revision)
		out.token = *text
	}
	if out.request.head {
		return out, nil
	}
	if out.listener, err = s.feed.Listen(x.election, &x.filter, out.request.from); err != nil {
		return nil, err
	}
	return out, nil
}

// stream is one open stream of events.
type stream struct {
	*following
	server   *Server
	ctx      context.Context //nolint:containedctx // a response is written when the request is over for the handler
	request  lingering
	listener *feed.Listener
	shared   *broadcast
	token    string // behind what has been sent; "": nothing yet
	write    func([]byte) error
}

// VisitListEventsResponse sends events until somebody has enough: from a goroutine
// that holds the connection and nothing else, where that can be had. What net/http
// and the chain of middlewares keep of a request would be most of what thousands of
// streams take.
func (x *stream) VisitListEventsResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	h.Set("Connection", "close") // it is of no use behind the stream
	if x.request.head {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	x.server.streams.Add(1)
	x.shared = x.server.broadcasts.join(x.key())
	control := http.NewResponseController(w)
	h.Set("Transfer-Encoding", "identity") // not in chunks: to net/http only
	w.WriteHeader(http.StatusOK)
	if err := control.Flush(); err != nil {
		x.over()
		return nil //nolint:nilerr // whoever has gone has gone
	}
	conn, _, err := control.Hijack()
	if err != nil {
		x.through(w, control)
		return nil //nolint:nilerr // such a connection cannot be taken
	}
	x.write = func(b []byte) error {
		_ = conn.SetWriteDeadline(time.Now().Add(slowReader))
		_, err := conn.Write(b)
		return err
	}
	// The request is over for net/http; of what came with it only the caller is needed.
	ctx, gone := context.WithCancel(context.WithValue(context.Background(), callerKey{}, callerOf(x.ctx)))
	x.ctx = ctx
	x.request.streams.Go(func() {
		defer gone()
		x.run()
		_ = conn.Close()
	})
	x.request.streams.Go(func() {
		defer gone()
		goes(conn)
	})
	return nil
}

// goes returns when whoever reads a stream has gone: as long as nothing is written
// nobody else would notice, and the place would stay taken until the second comment.
// net/http took the same for an end, a closed sending side among it. Whoever goes on
// talking where nothing is left to be said is not heard out.
func goes(conn net.Conn) {
	var said [16]byte
	for range 256 {
		if _, err := conn.Read(said[:]); err != nil {
			return
		}
	}
}

// through sends events by way of the writer of the response.
func (x *stream) through(w http.ResponseWriter, control *http.ResponseController) {
	x.write = func(b []byte) error {
		_ = control.SetWriteDeadline(time.Now().Add(slowReader))
		if _, err := w.Write(b); err != nil {
			return err
		}
		return control.Flush()
	}
	x.run()
}

// run sends events to the end, and gives back what the stream took. Whoever does not
// take what is sent, or has gone, has had enough: that is no failure, and there is
// nobody left to tell.
func (x *stream) run() {
	defer x.over()
	defer func() {
		if thrown := recover(); thrown != nil { // nobody above would
			slog.Error("panic in a stream of events", "err", fmt.Sprint(thrown), "stack", string(debug.Stack()))
		}
	}()
	if err := x.follow(); err != nil {
		slog.Debug("a stream of events ended", "err", err)
	}
}

func (x *stream) over() {
	x.listener.Close()
	x.server.broadcasts.leave(x.key())
	x.server.streams.Add(-1)
}

// follow sends what comes, as it comes.
func (x *stream) follow() error {
	if err := x.write(hello()); err != nil {
		return err
	}
	comment := time.NewTicker(x.server.comment)
	defer comment.Stop()
	looked := time.Now()
	for {
		changed := x.listener.Changed()
		if err := x.tell(); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-comment.C:
			if err := x.write([]byte(": \n\n")); err != nil {
				return err
			}
		case <-x.request.stopping:
			return x.write(hello())
		case <-x.listener.Over():
			return x.write(hello())
		case <-x.ctx.Done():
			return x.ctx.Err()
		}
		if time.Since(looked) >= min(lookedAgain, x.server.comment) {
			looked = time.Now()
			if err := x.server.still(x.ctx); err != nil {
				return err
			}
		}
	}
}

// tell sends all that there is behind the token.
func (x *stream) tell() error {
	for {
		event, next, err := x.shared.after(x.ctx, x, x.token)
		if err != nil || next == x.token {
			return err
		}
		if len(event) > 0 {
			if err := x.write(event); err != nil {
				return err
			}
		}
		x.token = next
	}
}

// hello says when to come back if the stream ends.
func hello() []byte {
	m := sse.Message{Retry: comesBack + rand.N(comesBack)} //nolint:gosec // no secret
	m.AppendComment("tiendo")
	return written(&m)
}

func written(m *sse.Message) []byte {
	var b bytes.Buffer
	_, _ = m.WriteTo(&b) // a buffer takes everything
	return b.Bytes()
}

func event(kind, token string, data []byte) []byte {
	m := sse.Message{ID: sse.ID(token), Type: sse.Type(kind)}
	m.AppendData(string(data))
	return written(&m)
}

// broadcasts are the latest events of what streams are open for: those who have
// come equally far are sent the same bytes, which are made once.
type broadcasts struct {
	mu  sync.Mutex
	all map[string]*broadcast // by what tokens belong to
}

type broadcast struct {
	streams int // guarded by all

	mu         sync.Mutex
	from, next string
	event      []byte
	// idle is the token behind which a view had nothing at a moment.
	idle string
	view uint64
	now  civil.Cutoff
}

// join is the broadcast that one more stream takes part in; leave ends that.
func (b *broadcasts) join(key string) *broadcast {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		b.all = map[string]*broadcast{}
	}
	x := b.all[key]
	if x == nil {
		x = &broadcast{}
		b.all[key] = x
	}
	x.streams++
	return x
}

func (b *broadcasts) leave(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if x := b.all[key]; x != nil {
		if x.streams--; x.streams == 0 {
			delete(b.all, key)
		}
	}
}

// after is the event behind a token and the token behind that; the same token where
// there is nothing. An empty token is that of somebody who begins.
func (shared *broadcast) after(ctx context.Context, x *stream, token string) ([]byte, string, error) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if token != "" && shared.from == token && shared.event != nil {
		return shared.event, shared.next, nil
	}
	now := x.server.now()
	v, err := x.server.feed.View(x.election)
	if err != nil {
		return nil, "", err
	}
	if token != "" && shared.idle == token && shared.view == v.Number() && v.Number() != 0 && shared.now == now {
		return nil, token, nil
	}
	made, next, err := x.event(ctx, token, now)
	if err == nil && len(made) == 0 && next == token {
		shared.idle, shared.view, shared.now = token, v.Number(), now
	}
	if err == nil && token != "" && len(made) > 0 {
		shared.from, shared.next, shared.event = token, next, made
	}
	return made, next, err
}

// eventBody is what an event of changes holds, but for its items.
type eventBody struct {
	Count        *int    `json:"count"`
	ChangesToken string  `json:"changes_token"`
	Fetch        *string `json:"fetch"`
}

// event makes the event behind a token.
func (x *stream) event(ctx context.Context, token string, now civil.Cutoff) (made []byte, next string, err error) {
	s := x.server
	if token == "" {
		return x.begin("ready", now, map[string]any{})
	}
	from, err := x.open(token, now)
	var page *feed.Page
	if err == nil {
		page, err = s.feed.Page(ctx, x.election, &x.filter, from, now, eventItems)
	}
	if fault.Is(err, "token-expired") {
		return x.begin("resync", now, map[string]any{"snapshot": x.base + "/deadlines"})
	}
	if err != nil {
		return nil, "", err
	}
	position := page.Next
	if page.More {
		position = page.Position()
	}
	if next, err = x.following.token(position); err != nil {
		return nil, "", err
	}
	if len(page.Entries) == 0 && !page.More {
		return nil, next, nil
	}
	body := eventBody{ChangesToken: next}
	if page.More {
		address := x.address(token, nil)
		body.Fetch, page.Entries = &address, nil
	} else {
		count := len(page.Entries)
		body.Count = &count
	}
	begun, err := marshal(body)
	if err != nil {
		return nil, "", err
	}
	data, err := s.appendEntries(append(begun[:len(begun)-1], `,"items":[`...), page)
	return event("changes", next, append(data, "]}"...)), next, err
}

// begin is an event from which one goes on as of now.
func (x *stream) begin(kind string, now civil.Cutoff, says map[string]any) ([]byte, string, error) {
	seen, err := x.server.feed.Look(x.election, &x.filter, now)
	if err != nil {
		return nil, "", err
	}
	token, err := x.following.token(seen.Position())
	if err != nil {
		return nil, "", err
	}
	says["changes_token"] = token
	data, err := marshal(says)
	return event(kind, token, data), token, err
}

var errNoLonger = errors.New("the session or token that the stream was opened with has ended")

// still says whether the caller may go on: as the same person by the same session or
// token. Looking does not count as using them. Who came as nobody goes on.
func (s *Server) still(ctx context.Context) error {
	who := callerOf(ctx)
	if !who.signedIn() {
		return nil
	}
	switch who.via {
	case viaToken:
		found, err := s.access.TokenCaller(ctx, who.secret)
		if err == nil && found.Account.User != who.Account.User {
			err = errNoLonger
		}
		return err
	case viaCookie:
		loaded, err := s.sessions.Load(ctx, who.cookie)
		if err == nil && s.sessions.GetString(loaded, access.SessionUser) != string(who.Account.User) {
			err = errNoLonger
		}
		if err == nil {
			_, err = s.access.Caller(ctx, who.Account.User)
		}
		return err
	}
	return nil
}
