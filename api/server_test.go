package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/api/docs"
	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify/mail"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // one line per request is for operators
	os.Exit(m.Run())
}

// How long something may take to come, and how often it is looked for.
const (
	eventually = 20 * time.Second
	tick       = 20 * time.Millisecond
)

// trialMorning is when tests begin: the trial day, at ten.
const trialMorning = "2021-01-25T10:00:00+07:00"

// a few places of every kind: Bắc Kạn city and one of its wards, Hải Phòng with
// an island that votes early, an island without voters, a town called Phú Thọ.
func small() *area.List {
	return area.Edition2021().Only("small", "058", "306", "318", "498", "228")
}

// clock is a trial clock that a test sets.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(0, c.at.Load()) }

func (c *clock) set(t *testing.T, instant string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, instant)
	require.NoError(t, err)
	c.at.Store(at.UnixNano())
}

// database is one database with the 2021 election in a small list, as known on
// the trial day; any number of servers may be started on it.
type database struct {
	t     *testing.T
	pool  *pgxpool.Pool
	clock *clock
	// accounts has the administrator Lan, as whom clients come unless they say else.
	accounts *access.Service
	token    access.Secret
	feed     feed.Options // of its servers
	// hears makes of a store what mirrors follow; nil: itself.
	hears func(mirror.Source) mirror.Source
}

func (d *database) heard(s mirror.Source) mirror.Source {
	if d.hears == nil {
		return s
	}
	return d.hears(s)
}

func newDatabase(t *testing.T) *database {
	t.Helper()
	d := &database{t: t, pool: pgtest.New(t), clock: &clock{}}
	d.clock.set(t, trialMorning)
	known, err := dossier.Load("2021")
	require.NoError(t, err)
	opening, err := known.Opening(small())
	require.NoError(t, err)
	service := tracker.NewService(postgres.New(d.pool), d.clock.now, zone(t), nil)
	_, err = service.Open(t.Context(), opening, tracker.Actor{ID: "local", Name: "opener"})
	require.NoError(t, err)
	_, err = known.Enter(t.Context(), service, tracker.Actor{ID: "local", Name: "opener"}, civil.Of(d.clock.now(), zone(t)))
	require.NoError(t, err)
	d.accounts, err = access.NewService(postgres.New(d.pool), time.Now, zone(t), quick{})
	require.NoError(t, err)
	d.token = d.user("lan", "Lan", grant(area.Nation, access.Administrator))
	return d
}

// quick hashes passwords without taking its time.
type quick struct{}

func (quick) Hash(password string) (string, error)        { return "$argon2id$" + password, nil }
func (quick) Matches(password, hash string) (bool, error) { return hash == "$argon2id$"+password, nil }

// grant is a role in a place of the small list.
func grant(code area.Code, role access.Role) access.Grant {
	edition := "small"
	if code == area.Nation {
		edition = ""
	}
	return access.Grant{Edition: edition, Area: code, Role: role}
}

const password = "bốn con gà trống"

// user makes an account and a token that may do all that it may.
func (d *database) user(name access.UserID, full string, grants ...access.Grant) access.Secret {
	d.t.Helper()
	operator := access.Operator("test")
	_, err := d.accounts.CreateAccount(d.t.Context(), operator, access.NewAccount{User: string(name), Name: full, Password: password, Grants: grants})
	require.NoError(d.t, err)
	_, secret, err := d.accounts.MakeToken(d.t.Context(), operator, access.NewToken{
		User: name, Name: "test", Access: string(access.ReadWrite), Area: area.Nation, Expires: civil.Of(time.Now(), zone(d.t)).Add(1),
	})
	require.NoError(d.t, err)
	return secret
}

func zone(t *testing.T) *time.Location {
	t.Helper()
	z, err := api.Zone()
	require.NoError(t, err)
	return z
}

// server is one running server and a client that talks to it.
type server struct {
	t      *testing.T
	clock  *clock
	echo   *echo.Echo
	mirror *mirror.Mirror
	base   string
	// token is what requests come with that bring none of their own; "": nothing.
	token access.Secret
	// held are kinds of answers that were held against the contract once and need
	// not be again: whoever asks for the same things all day fills it. nil: hold all.
	held map[string]bool
}

// as is a client that comes with a token; with none ("") as anybody.
func (s *server) as(token access.Secret) *server {
	other := *s
	other.token = token
	return &other
}

// setting changes how a server is put together.
type setting func(*api.Config)

// serve starts a server on a small election of its own.
func serve(t *testing.T, settings ...setting) *server {
	t.Helper()
	return newDatabase(t).serve(settings...)
}

func (d *database) serve(settings ...setting) *server {
	d.t.Helper()
	return d.serveOn(d.pool, settings...)
}

func (d *database) serveOn(pool *pgxpool.Pool, settings ...setting) *server {
	d.t.Helper()
	s, _ := d.serveUntil(pool, settings...)
	return s
}

// serveUntil starts a server that can be stopped before the test ends.
func (d *database) serveUntil(pool *pgxpool.Pool, settings ...setting) (*server, func()) {
	t := d.t
	t.Helper()
	store := postgres.New(pool)
	options := d.feed
	options.Zone = zone(t)
	prepared, changes := feed.NewPrepared(api.PreparedAnswers), feed.New(store, options)
	country := mirror.New(d.heard(store), mirror.Options{
		Now: time.Now, Ask: 200 * time.Millisecond, Bound: time.Second, Told: []func(mirror.Step){prepared.Told, changes.Told},
	})
	c := api.Config{
		Tracker: tracker.NewService(store, d.clock.now, zone(t), country.Apply), Store: store, Mirror: country,
		Clock: d.clock.now, Zone: zone(t), Trial: true, Feed: changes, EventComment: 50 * time.Millisecond,
		Access: d.accounts, Sessions: postgres.NewSessions(store, time.Now), PublicReading: true, Limits: api.DefaultLimits,
		Prepared: prepared, Webhooks: webhook.NewService(store, webhook.NewGuard(nil, nil), time.Now), Page: page(), Docs: docs.FS,
		Mail: &mail.Service{
			Store: store, Clock: d.clock.now, Now: time.Now, Zone: zone(t), Base: "https://tiendo.example.vn", Sending: mail.NotSet,
			Views: func() ([]*mirror.View, error) { return country.Views(), country.Ready() }, Log: slog.New(slog.DiscardHandler),
		},
		Checks: []api.Check{api.MirrorCheck(country)},
	}
	for _, set := range settings {
		set(&c)
	}
	e, err := api.New(c)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &server{t: t, clock: d.clock, echo: e, mirror: country, base: "http://" + listener.Addr().String(), token: d.token}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 4)
	go func() { ended <- country.Run(ctx) }()
	go func() { ended <- prepared.Run(ctx, func() civil.Cutoff { return civil.Now(d.clock.now(), zone(t)) }) }()
	go func() { ended <- changes.Run(ctx) }()
	go func() { ended <- api.Serve(ctx, api.Bound(listener), e) }()
	t.Cleanup(func() {
		stop()
		for range 4 {
			if err := <-ended; err != nil {
				require.ErrorIs(t, err, http.ErrServerClosed)
			}
		}
	})
	require.NoError(t, country.Wait(t.Context()))
	return s, stop
}

func page() fstest.MapFS {
	return fstest.MapFS{
		"index.html":          {Data: []byte("<!doctype html><title>Tiến độ</title>")},
		"reference.html":      {Data: []byte("<!doctype html><title>API</title>")},
		"assets/index-a1.js":  {Data: []byte("console.log(1)")},
		"assets/index-a1.css": {Data: []byte("body{}")},
	}
}

// reply is an answer, read to its end.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// client neither follows redirects nor asks for compression by itself.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 4},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// header is a name and its value, in turns.
func (s *server) do(method, path, body string, header ...string) *reply {
	s.t.Helper()
	return s.send(s.request(method, path, body, header...))
}

func (s *server) request(method, path, body string, header ...string) *http.Request {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, bytes.NewBufferString(body))
	require.NoError(s.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	if s.token != "" && r.Header.Get("Authorization") == "" && r.Header.Get("Cookie") == "" {
		r.Header.Set("Authorization", "Bearer "+s.token.Reveal())
	}
	return r
}

func (s *server) send(r *http.Request) *reply {
	s.t.Helper()
	response, err := client.Do(r)
	require.NoError(s.t, err)
	defer response.Body.Close()
	all := io.Reader(response.Body)
	if response.Header.Get("Content-Type") == "text/event-stream" {
		all = &firstEvent{Reader: response.Body} // which goes on as long as somebody reads
	}
	body, err := io.ReadAll(all)
	require.NoError(s.t, err)
	answer := &reply{t: s.t, status: response.StatusCode, header: response.Header, body: body}
	kind := fmt.Sprint(r.Method, r.URL.Path, response.StatusCode)
	if response.Header.Get("Content-Encoding") == "" && !s.held[kind] {
		answer.hold(r)
		if s.held != nil {
			s.held[kind] = true
		}
	}
	return answer
}

func (s *server) get(path string, header ...string) *reply {
	s.t.Helper()
	return s.do(http.MethodGet, path, "", header...)
}

// patch changes what the tag names.
func (s *server) patch(path, tag, body string, header ...string) *reply {
	s.t.Helper()
	return s.do(http.MethodPatch, path, body,
		append([]string{"Content-Type", "application/merge-patch+json", "If-Match", tag}, header...)...)
}

// put replaces a thing.
func (s *server) put(path, body string, header ...string) *reply {
	s.t.Helper()
	return s.do(http.MethodPut, path, body, append([]string{"Content-Type", "application/json"}, header...)...)
}

// post makes a thing, or does something to one.
func (s *server) post(path, body string, header ...string) *reply {
	s.t.Helper()
	return s.do(http.MethodPost, path, body, append([]string{"Content-Type", "application/json"}, header...)...)
}

// change patches a thing on top of what it is now; it must be accepted.
func (s *server) change(path, body string) *reply {
	s.t.Helper()
	r := s.patch(path, s.get(path).ok().tag(), body)
	return r.ok()
}

func (r *reply) ok() *reply {
	r.t.Helper()
	require.Equal(r.t, http.StatusOK, r.status, "%s", r.body)
	return r
}

// refused is a problem with this status and code.
func (r *reply) refused(status int, code string) *reply {
	r.t.Helper()
	require.Equal(r.t, status, r.status, "%s", r.body)
	require.Equal(r.t, code, r.problem()["code"])
	return r
}

func (r *reply) tag() string {
	r.t.Helper()
	require.NotEmpty(r.t, r.header.Get("ETag"))
	return r.header.Get("ETag")
}

// unpacked is the answer as it was before it was compressed.
func (r *reply) unpacked() *reply {
	r.t.Helper()
	require.Equal(r.t, "gzip", r.header.Get("Content-Encoding"))
	packed, err := gzip.NewReader(bytes.NewReader(r.body))
	require.NoError(r.t, err)
	body, err := io.ReadAll(packed)
	require.NoError(r.t, err)
	return &reply{t: r.t, status: r.status, header: r.header, body: body}
}

func (r *reply) text() string { return string(r.body) }

// as reads the body as what the contract says it is.
func as[T any](r *reply) T {
	r.t.Helper()
	var v T
	require.NoError(r.t, json.Unmarshal(r.body, &v), "%s", r.body)
	return v
}

const (
	v1 = "/api/v1/elections/2021"
	// consult is the first consultation in Bắc Kạn city, with its one task.
	consult = v1 + "/areas/058/milestones/consult1_pc_district"
	duty    = consult + "/tasks/duty"
)

func timelineOf(code string) string { return v1 + "/areas/" + code + "/timeline" }

// find is a milestone of a timeline, its own or from above.
func find(t *testing.T, tl api.Timeline, key string) api.Milestone {
	t.Helper()
	for _, items := range [][]api.Milestone{tl.Items, tl.Above} {
		for _, m := range items {
			if m.Id == key {
				return m
			}
		}
	}
	require.Failf(t, "not on the timeline", "%s on %s", key, tl.Area.Code)
	return api.Milestone{}
}

// firstEvent ends a stream of events behind its first.
type firstEvent struct {
	io.Reader
	read []byte
}

func (f *firstEvent) Read(b []byte) (int, error) {
	if bytes.Contains(f.read, []byte("\ndata: ")) && bytes.HasSuffix(f.read, []byte("\n\n")) {
		return 0, io.EOF
	}
	n, err := f.Reader.Read(b)
	f.read = append(f.read, b[:n]...)
	return n, err
}
