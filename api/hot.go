package api

import (
	"context"
	"fmt"
	"hash/maphash"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/export"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
)

// hot answers what nearly everybody asks nearly always: whether a projection is
// still what they have. It is one pass before the chain of middlewares, without a
// statement to the database, and gives the prepared answer to who does not have it.
// It takes requests that are as nearly all are, and leaves to the chain whatever it
// does not know by heart; what it answers is, field by field and byte by byte, what
// the chain would have answered, but for the id of the request. A test sends the
// same requests both ways.
type hot struct {
	*Server
	hosts  hostGuard
	host   atomic.Pointer[string] // known, and asked for last
	lately atomic.Pointer[hotOrigin]
	routes map[string]*hotRoute // by the last part of the path
	lines  sparing
	passed prometheus.Counter
}

// hotRoute is a projection of an area, asked for without parameters.
type hotRoute struct {
	kind  string
	name  string   // the last part of its path; the kind unless said
	path  string   // as the router writes it
	media []string // its Content-Type; JSON unless said
	// recipe is that of an area whose election and code were written like this.
	recipe func(election, place string) feed.Recipe
	keep   func(*mirror.View) []string
	shelf  atomic.Pointer[hotShelf]
	// counts are by status, 200 and 304, and by method, GET and HEAD.
	counts [2][2]func() *requestCount
}

// Lines of headers that many answers share: nobody may write them.
var (
	gzipLine    = []string{"gzip"}
	icsLine     = []string{export.CalendarMedia}
	jsonLine    = []string{"application/json; charset=utf-8"}
	variesLine  = []string{"Accept-Encoding"}
	privateLine = []string{"Accept-Encoding", "Authorization, Cookie"}
)

func (s *Server) newHot(hosts hostGuard, counted *requestMetrics) *hot {
	line := func(seconds int) []string {
		if s.open {
			return []string{keepFor(seconds)}
		}
		return []string{kept(keepFor(seconds))}
	}
	asked, places, usually, near := line(0), line(keepPlaces), line(timeline.RefreshUsually), line(timeline.RefreshNearDeadline)
	h := &hot{Server: s, hosts: hosts, routes: map[string]*hotRoute{}, passed: prometheus.NewCounter(prometheus.CounterOpts{
		Name: metricPrefix + "_hot_answers_total", Help: "Requests that were answered before the chain of middlewares, without the database.",
	})}
	s.metrics.MustRegister(h.passed)
	always := func(r feed.Recipe) func(string, string) feed.Recipe {
		return func(string, string) feed.Recipe { return r }
	}
	first := func(election, place string) feed.Recipe {
		return listRecipe{Server: s, ListOptions: timeline.ListOptions{Limit: deadlinePage}, place: election + "/" + place, asked: url.Values{}}
	}
	running := func(v *mirror.View) []string {
		if keepTimeline(v) == timeline.RefreshUsually {
			return usually
		}
		return near
	}
	for _, r := range []*hotRoute{
		{kind: kindTimeline, recipe: always(timelineRecipe{Server: s}), keep: running},
		{kind: kindMatrix, recipe: always(matrixRecipe{Server: s}), keep: running},
		{kind: kindDeadlines, recipe: first, keep: running},
		{kind: kindChanges, keep: func(*mirror.View) []string { return asked }},
		{kind: kindCalendar, name: "calendar.ics", media: icsLine, keep: running},
		{kind: kindChildren, recipe: always(s.childrenRecipe()), keep: func(*mirror.View) []string { return places }},
	} {
		if r.name == "" {
			r.name, r.media = r.kind, jsonLine
		}
		r.path = "/api/v1/elections/:election/areas/:area/" + r.name
		for k, status := range [...]string{"200", "304"} {
			for n, method := range [...]string{http.MethodGet, http.MethodHead} {
				r.counts[k][n] = counted.of(status, method, r.path)
			}
		}
		h.routes[r.name] = r
	}
	return h
}

// pass answers what it can, and hands on the rest.
func (h *hot) pass(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if h.answer(c.Response().Writer, c.Request()) {
			return nil
		}
		return next(c)
	}
}

// hotRequest is what a request that is answered here asks for.
type hotRequest struct {
	*http.Request
	route           *hotRoute
	election, place string
	head, packed    bool
	known           string // If-None-Match
	name            string // X-Request-Id
}

// answer answers a request, or says that the chain has to.
func (h *hot) answer(w http.ResponseWriter, from *http.Request) (answered bool) {
	begun := time.Now()
	r := hotRequest{Request: from}
	if !h.read(&r) {
		return false
	}
	defer func() {
		// What went wrong here goes wrong in the chain as well, and is answered
		// there; or else it does not, and nobody is the worse for it.
		if thrown := recover(); thrown != nil {
			if answered || thrown == http.ErrAbortHandler { //nolint:errorlint // that very value
				panic(thrown)
			}
			slog.ErrorContext(from.Context(), "panic in the hot pass", "path", from.URL.Path, "err", fmt.Sprint(thrown), "stack", string(debug.Stack()))
		}
	}()
	at := h.real()
	one := h.asks(from, at)
	if one == nil {
		return false
	}
	v, err := h.view(r.election)
	if err != nil {
		return false
	}
	i, there := v.Frame().List.Index(area.Code(r.place))
	if !there {
		return false
	}
	now := h.now()
	entry, v := h.find(&r, one, v, i, now)
	if entry == nil {
		return false
	}
	tag := entry.TagLine(v, i, now)
	if r.known != "" && (r.known == tag[0] || matches(r.known, tag[0])) {
		if !h.counted.answered(w.Header(), one, from.URL.Path, http.StatusNotModified, at) {
			return false
		}
		answered = true
		h.head(w, &r, nil, v, tag)
		w.WriteHeader(http.StatusNotModified)
		h.note(&r, http.StatusNotModified, 0, begun)
		return true
	}
	a, body, err := h.body(from.Context(), &r, entry, v, i, now)
	if err != nil || !h.counted.answered(w.Header(), one, from.URL.Path, http.StatusOK, at) {
		return false
	}
	answered = true
	h.give(w, &r, v, tag, entry, a, body)
	h.note(&r, http.StatusOK, len(body), begun)
	return true
}

// find is the entry of what is asked for, and the view that it is told of; none where
// the chain has something to refuse.
func (h *hot) find(r *hotRequest, one *client, v *mirror.View, i int, now civil.Cutoff) (*feed.Entry, *mirror.View) {
	key := feed.Key{Election: v.Frame().Election.ID, Area: v.Frame().List.At(i).Code, Kind: r.route.kind}
	switch r.route.kind {
	case kindChanges:
		key.View = r.URL.RawQuery
		return h.changes(r, one, h.prepared.Lookup(key), key, now)
	case kindCalendar:
		return h.calendarEntry(r, v, i, key), v
	default:
		return h.entry(r, v, i), v
	}
}

// hotOrigin is where calendars were asked for last, and the view of those there.
type hotOrigin struct {
	host         string
	tls          bool
	origin, view string
}

// calendarEntry finds a calendar as it is without parameters. It holds whole
// addresses, so that there is one of each origin; which are as many as fit among what
// is prepared.
func (h *hot) calendarEntry(r *hotRequest, v *mirror.View, i int, key feed.Key) *feed.Entry {
	tls := h.proxies.overTLS(r.Request)
	choice := func() *export.CalendarChoice {
		c, _ := calendarChoice(v, i, "", "", "", "", "?") // what is usual is never refused
		return &c
	}
	at := h.lately.Load()
	if at == nil || at.host != r.Host || at.tls != tls {
		at = &hotOrigin{host: strings.Clone(r.Host), tls: tls, origin: h.origin(r.Request)}
		at.view = h.publicCalendar(at.origin, r.election, r.place, choice()).view().Encode()
		h.lately.Store(at)
	}
	key.View = at.view
	if e := h.prepared.Lookup(key); e != nil {
		return e
	}
	recipe := h.publicCalendar(at.origin, r.election, r.place, choice())
	recipe.file = []string{calendarFile(v, i)}
	return h.prepared.Entry(key, recipe)
}

// entry finds what is asked for, in one step where it was asked for before.
func (h *hot) entry(r *hotRequest, v *mirror.View, i int) *feed.Entry {
	list := v.Frame().List
	shelf := r.route.shelf.Load()
	if shelf == nil || shelf.list != list {
		shelf = &hotShelf{list, make([]atomic.Pointer[feed.Entry], list.Len())}
		r.route.shelf.Store(shelf)
	}
	e := shelf.entries[i].Load()
	if e == nil || !e.Wanted() || e.Key().Election != v.Frame().Election.ID {
		e = h.prepared.Entry(feed.Key{Election: v.Frame().Election.ID, Area: list.At(i).Code, Kind: r.route.kind}, r.route.recipe(r.election, r.place))
		shelf.entries[i].Store(e)
	}
	return e
}

// hotShelf has the entries of a list of places in its order. The table they are from
// forgets those that it lets go; here nobody is missed until he is asked for again.
type hotShelf struct {
	list    *area.List
	entries []atomic.Pointer[feed.Entry]
}

// read takes a request apart; false where anything of it is out of the ordinary.
func (h *hot) read(r *hotRequest) bool {
	if r.head = r.Method == http.MethodHead; !r.head && r.Method != http.MethodGet {
		return false
	}
	u := r.URL
	if u.RawQuery != "" && !isAfter(u) || u.ForceQuery || u.RawPath != "" || r.ContentLength != 0 {
		return false
	}
	rest, ok := strings.CutPrefix(u.Path, "/api/v1/elections/")
	if !ok {
		return false
	}
	if r.election, rest, ok = strings.Cut(rest, "/"); !ok {
		return false
	}
	if rest, ok = strings.CutPrefix(rest, "areas/"); !ok {
		return false
	}
	if r.place, rest, ok = strings.Cut(rest, "/"); !ok {
		return false
	}
	if r.route = h.routes[rest]; r.route == nil || !h.knows(r.Host) {
		return false
	}
	return r.fields()
}

// isAfter says that an address is that of the changes behind a token, and of
// nothing more.
func isAfter(u *url.URL) bool {
	token, ok := strings.CutPrefix(u.RawQuery, "after=")
	if !ok || token == "" || len(token) > maxToken || !strings.HasSuffix(u.Path, "/"+kindChanges) {
		return false
	}
	for k := range len(token) {
		switch c := token[k]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// maxToken is the longest change token that is taken, as the contract says.
const maxToken = 600

// changes is the entry of the changes behind the token of a request, and the view
// that they are told of; none where the chain has something to refuse. Who says that
// he has whatever there is has the token looked at there.
func (h *hot) changes(r *hotRequest, one *client, entry *feed.Entry, key feed.Key, now civil.Cutoff) (*feed.Entry, *mirror.View) {
	v, err := h.feed.View(key.Election)
	if err != nil || strings.Contains(r.known, "*") {
		return nil, nil
	}
	if entry == nil {
		i, _ := v.Frame().List.Index(key.Area)
		recipe := changesRecipe{Server: h.Server, of: follow(v, i)}
		if token := strings.TrimPrefix(key.View, "after="); token != "" {
			from, err := recipe.of.open(token, now)
			if err != nil || from.Revision > v.Revision() {
				return nil, nil
			}
			recipe.from = &from
		}
		entry = h.prepared.Entry(key, recipe)
	}
	if t := one.token.Load(); t != nil {
		if recipe, ok := entry.Recipe().(changesRecipe); ok && recipe.from != nil {
			t.Reached(int64(recipe.from.Revision))
		}
	}
	return entry, v
}

// fields reads the headers that make a difference; false where one comes in
// several lines or cannot be meant.
func (r *hotRequest) fields() bool {
	switch known := r.Header["If-None-Match"]; {
	case len(known) > 1, len(known) == 1 && known[0] == "":
		return false
	case len(known) == 1:
		r.known = known[0]
	}
	switch takes := r.Header["Accept-Encoding"]; len(takes) {
	case 0:
	case 1:
		r.packed = takesGzip(takes[0])
	default:
		return false
	}
	if names := r.Header["X-Request-Id"]; len(names) > 0 && isRequestName(names[0]) {
		r.name = names[0]
		return true
	}
	r.name = newRequestName()
	return true
}

// knows says that this server answers to a host.
func (h *hot) knows(host string) bool {
	if last := h.host.Load(); last != nil && *last == host {
		return true
	}
	if !h.hosts.knows(host) {
		return false
	}
	own := strings.Clone(host)
	h.host.Store(&own)
	return true
}

// asks is the client that sends a request, and may read what is the same for all
// who may; nil where more has to be looked up than there is in memory.
func (h *hot) asks(r *http.Request, now time.Time) *client {
	one, sent := h.sender(r, now)
	if sent && one.token.Load() == nil {
		return nil
	}
	if h.open {
		return one
	}
	if !sent {
		return nil
	}
	secret, _ := bearer(r)
	if who, err := h.tokenCaller(r, secret); err != nil || who.Account.User == "" {
		return nil
	}
	return one
}

// lastAsked is who sent the last request of a connection with a token: mostly the
// next one is his as well.
type lastAsked struct {
	one    *client
	token  uint64 // a hash of the line that it came in, with a seed of this server
	second int64  // Unix; he is looked for again in the next
}

// sender is who sends a request, so that it is counted, and whether he shows a token.
func (h *hot) sender(r *http.Request, now time.Time) (one *client, sent bool) {
	lines := r.Header[echo.HeaderAuthorization]
	c := connectionOf(r.Context())
	if _, sent = bearer(r); !sent || c == nil || len(lines) != 1 {
		return h.who(r, now), sent
	}
	token, second := maphash.String(h.counted.seed, lines[0]), now.Unix()
	if last := &c.last; last.one != nil && last.token == token && last.second == second {
		return last.one, true
	}
	one = h.who(r, now)
	if one.token.Load() != nil {
		c.last = lastAsked{one, token, second}
	}
	return one, true
}

// body is what is sent.
func (h *hot) body(ctx context.Context, r *hotRequest, entry *feed.Entry, v *mirror.View, i int, now civil.Cutoff) (*feed.Answer, []byte, error) {
	a, err := entry.Answer(ctx, v, i, now)
	if err != nil {
		return nil, nil, err
	}
	var body []byte
	if r.packed {
		body = a.Packed()
	} else {
		body, err = a.Plain()
	}
	return a, body, err
}

// head writes the fields that all answers have.
func (h *hot) head(w http.ResponseWriter, r *hotRequest, guards []field, v *mirror.View, tag []string) {
	all := w.Header()
	guard(all, guards, h.proxies.overTLS(r.Request))
	all[echo.HeaderXRequestID] = []string{r.name}
	all["Vary"] = variesLine
	if !h.open {
		all["Vary"] = privateLine
	}
	all["Etag"] = tag
	all["Cache-Control"] = r.route.keep(v)
}

// give writes an answer with its body, at once where it is short.
func (h *hot) give(w http.ResponseWriter, r *hotRequest, v *mirror.View, tag []string, entry *feed.Entry, a *feed.Answer, body []byte) {
	h.head(w, r, dataGuards, v, tag)
	all := w.Header()
	all["Content-Type"] = r.route.media
	if file, is := entry.Recipe().(calendarRecipe); is {
		all["Content-Disposition"] = file.file
	}
	if a.Next != "" {
		all["Link"] = []string{nextLink(a.Next)}
	}
	all["Content-Length"] = a.LenLine()
	if r.packed {
		all["Content-Encoding"] = gzipLine
		all["Content-Length"] = a.PackedLine()
	}
	w.WriteHeader(http.StatusOK)
	_, _ = atOneGo(r.Context(), w, body) // who has gone has gone
}

// note counts an answer and writes its line into the log.
func (h *hot) note(r *hotRequest, status, size int, begun time.Time) {
	took := time.Since(begun)
	k, n := 0, 0
	if status == http.StatusNotModified {
		k = 1
	}
	if r.head {
		n = 1
	}
	h.passed.Inc()
	r.route.counts[k][n]().observe(took, size)
	ctx := r.Context()
	if !slog.Default().Enabled(ctx, slog.LevelInfo) {
		return
	}
	more, left := h.lines.may(begun.Add(took).Unix())
	if left > 0 {
		slog.LogAttrs(ctx, slog.LevelInfo, "requests without a line of their own", slog.Int64("count", left))
	}
	if more {
		logRequest(ctx, r.Request, r.route.path, status, int64(size), took, r.name)
	}
}

// linesPerSecond are the lines that the log takes of answers given here. Who asks
// for a projection 50,000 times in a second is counted; each line would cost as much
// as its answer.
const linesPerSecond = 100

// sparing lets so many lines through in each second, and counts the others.
type sparing struct{ second, lines, left atomic.Int64 }

// may says whether a line may be written, and, once after a second in which too many
// came, how many were left out.
func (s *sparing) may(now int64) (one bool, left int64) {
	if was := s.second.Load(); was != now && s.second.CompareAndSwap(was, now) {
		s.lines.Store(0)
		left = s.left.Swap(0)
	}
	if s.lines.Load() < linesPerSecond && s.lines.Add(1) <= linesPerSecond {
		return true, left
	}
	s.left.Add(1)
	return false, left
}

// isRequestName says what a caller may call a request: it goes into the log.
func isRequestName(name string) bool {
	for k := range len(name) {
		switch c := name[k]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return len(name) > 0 && len(name) <= 64
}

const hexDigits = "0123456789abcdef"

// newRequestName names a request. It must be rare, not secret.
func newRequestName() string {
	var name [32]byte
	for half := range 2 {
		for k, n := 0, rand.Uint64(); k < 16; k, n = k+1, n>>4 { //nolint:gosec // no secret
			name[half*16+k] = hexDigits[n&15]
		}
	}
	return string(name[:])
}
