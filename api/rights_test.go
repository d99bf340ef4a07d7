package api_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres/pgtest"
)

// What each operation of the contract answers to each kind of caller follows from
// what the contract says that it asks, by one rule ([visitor.expects]) that knows
// nothing of the server. Operations are taken from the document, so that a new one
// is tried without a hand; one that cannot be called by what the document says of
// it fails the test.

// operation is one of the contract, with all that a request of it takes.
type operation struct {
	*openapi3.Operation
	method, path string
	address      string // with the examples of the contract for what is in braces
	kind, body   string
}

func (o *operation) right() string      { return o.Extensions["x-right"].(string) }
func (o *operation) says(w string) bool { return o.Extensions[w] == true }
func (o *operation) writes() bool       { return o.method != http.MethodGet }
func (o *operation) placed() bool       { return strings.Contains(o.path, "{area}") }

// found are what the places in braces stand for where the contract's example is
// nothing that a fresh election has.
type found map[string]string

// everyOperation is the contract, deletions last.
func everyOperation(t *testing.T, places found) []operation {
	t.Helper()
	var all []operation
	doc := theContract(t)
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		for method, o := range doc.Paths.Find(path).Operations() {
			one := operation{Operation: o, method: method, path: path}
			one.address = one.addressWith(t, places, "", "")
			one.kind, one.body = sampleOf(t, o)
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b operation) int { return a.rank() - b.rank() })
	return all
}

// addressWith is the address with the examples of the contract, and one parameter
// as somebody else would have it.
func (o *operation) addressWith(t *testing.T, places found, name, text string) string {
	t.Helper()
	address, query := o.path, url.Values{}
	for _, p := range o.Parameters {
		p := p.Value
		value := places[p.Name]
		if value == "" {
			value, _ = p.Example.(string)
		}
		if p.Name == name {
			value = text
		}
		switch {
		case p.In == openapi3.ParameterInPath:
			require.NotEmpty(t, value, "%s %s: an example of %s, please", o.method, o.path, p.Name)
			address = strings.ReplaceAll(address, "{"+p.Name+"}", url.PathEscape(value))
		case p.In == openapi3.ParameterInQuery && (p.Required || p.Name == name):
			require.NotEmpty(t, value, "%s %s: an example of %s, please", o.method, o.path, p.Name)
			query.Set(p.Name, value)
		}
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

func (o *operation) rank() int {
	return slices.Index([]string{http.MethodGet, http.MethodPatch, http.MethodPut, http.MethodPost, http.MethodDelete}, o.method)
}

// sampleOf is a body that the contract takes: that of [bodies], or one made of
// its schema.
func sampleOf(t *testing.T, o *openapi3.Operation) (kind, body string) {
	t.Helper()
	if o.RequestBody == nil {
		return "", ""
	}
	for kind, media := range o.RequestBody.Value.Content {
		schema := media.Schema.Value
		if body, there := bodies[o.OperationID]; there {
			return kind, body
		}
		if !strings.HasSuffix(kind, "json") {
			return kind, "x"
		}
		value := sampleOfSchema(t, "", schema)
		require.NoError(t, schema.VisitJSON(value, openapi3.VisitAsRequest()), "%s: a body in bodies, please", o.OperationID)
		return kind, jsonOf(t, value)
	}
	return "", ""
}

// samples are texts that have to name something, by their fields.
var samples = map[string]string{
	"area": "058", "milestone": "consult1_pc_district", "rule": "candidate_leaves_board_pc", "role": "viewer", "password": password, "edition": "small", "election": "2021",
	"expires_on": time.Now().AddDate(0, 0, 1).Format(time.DateOnly), // accounts live in real time
}

func sampleOfSchema(t *testing.T, name string, s *openapi3.Schema) any {
	t.Helper()
	switch {
	case len(s.OneOf) > 0:
		return sampleOfSchema(t, name, s.OneOf[0].Value)
	case samples[name] != "":
		return samples[name]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Includes("object"):
		of := map[string]any{}
		for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
			inside := s.Properties[field].Value
			if slices.Contains(s.Required, field) || len(s.Required) == 0 && uint64(len(of)) < s.MinProps && inside.Type.Includes("string") {
				of[field] = sampleOfSchema(t, field, inside)
			}
		}
		return of
	case s.Type.Includes("array"):
		return []any{sampleOfSchema(t, name, s.Items.Value)}
	case s.Type.Includes("boolean"):
		return true
	case s.Type.Includes("integer"), s.Type.Includes("number"):
		return 1.0
	case s.Format == "date":
		return "2021-01-20"
	}
	return "thu-nghiem"
}

// prepare makes possible what an operation does.
func (s *stage) prepare(o *operation) {
	s.t.Helper()
	if o.right() == "confirm" {
		for _, task := range []string{duty, consult + "/tasks/" + secret} {
			s.lan.change(task, `{"status": "in_progress"}`)
			s.lan.change(task, reportedDone)
		}
	}
}

func between(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// visitor is somebody who sends a request, and what he is.
type visitor struct {
	what   string
	header []string // what he proves himself with
	via    string   // "", cookie, token, or refused: a token that is none
	reads  bool     // it is a token that only reads
	// What he holds in Bắc Kạn city, above it in the province, in the country, and
	// the most that he holds anywhere.
	here, above, nation, somewhere access.Role
}

// What an answer may be to a visitor.
const (
	answered   = "answered"
	unknown    = "401"
	notAllowed = "403"
	nothing    = "404"
	whatever   = "what is for him" // the handler shows of each place what he may see
)

// roleFor is the role that each right takes.
var roleFor = map[string]access.Role{
	"read": access.Viewer, "report": access.Reporter, "confirm": access.Lead, "organise": access.Lead, "admit": access.Lead, "administer": access.Administrator,
}

// expects is the rule of api/docs/access.md: what somebody is answered, by what
// the contract says that an operation asks.
func (w *visitor) expects(o *operation, open bool) string {
	asked := o.right()
	same := asked == "public" && open && !o.says("x-internal") // for everybody, so nobody is looked for
	switch {
	case same, asked == "anyone" && !strings.HasPrefix(o.path, "/api/"):
		return answered
	case w.via == "refused":
		return unknown
	case asked == "anyone", asked == "public" && open:
		return answered
	case w.via == "":
		return unknown
	case o.says("x-session-only") && w.via == "token", o.writes() && w.reads:
		return notAllowed
	case asked == "self", asked == "public":
		return answered
	}
	holds := w.here
	switch asked {
	case "confirm":
		holds = min(w.above, w.here) // and not in what was taken out of his branch
	case "administer":
		holds = w.nation
	}
	switch {
	case holds >= roleFor[asked]:
		return answered
	case !o.writes() && !o.placed() && w.somewhere >= roleFor[asked]:
		return whatever
	case asked == "read", asked == "admit" && (w.here < access.Viewer || !o.placed()):
		return nothing
	}
	return notAllowed
}

// is holds an answer against what was expected.
func (w *visitor) is(t *testing.T, want string, o *operation, r *reply) {
	t.Helper()
	what := fmt.Sprintf("%s: %s %s (%s)\n%.300s", w.what, o.method, o.address, o.right(), r.body)
	require.Less(t, r.status, 500, what)
	switch want {
	case unknown, notAllowed, nothing:
		require.Equal(t, want, fmt.Sprint(r.status), what)
	case whatever:
		require.Contains(t, []int{200, 403, 404}, r.status, what)
	case answered:
		if !o.writes() {
			require.Equal(t, http.StatusOK, r.status, what)
			return
		}
		if r.status >= 400 { // for whatever reason, but that he may not
			require.NotContains(t, []any{"sign-in-needed", "not-allowed", "nothing-here", "token-unknown", "token-not-for-this", "token-reads-only"}, r.problem()["code"], what)
		}
	}
}

// stage is a server on an election with secrets in Bắc Kạn city, and who visits it.
type stage struct {
	*server
	d      *database
	lan    *server // may do everything
	places found
	from   int // the last address that somebody came from
	made   int // the last account that was made
}

func newStage(t *testing.T, open bool) *stage {
	t.Helper()
	d := newDatabase(t)
	lan, _, note := d.withSecrets(behindProxy, func(c *api.Config) { c.PublicReading = open })
	d.user("lan.nguyen", "Lan "+secret, grant("058", access.Viewer))
	lan.held = map[string]bool{} // thousands of answers of which most are the same
	_, address, err := d.accounts.MakeCalendar(t.Context(), access.Operator("test"), access.NewCalendar{
		User: "lan", Name: "lịch", CalendarScope: access.CalendarScope{Election: "2021", Edition: "small", Area: "058", Language: "vi"},
	})
	require.NoError(t, err)
	hook := lan.post(hooks, bodies["makeWebhook"])
	require.Equal(t, http.StatusCreated, hook.status, "%s", hook.body)
	sent := lan.post(hook.header.Get("Location")+"/test", "")
	return &stage{server: lan.stranger(), d: d, lan: lan, places: found{
		"note": note, "address": address.Reveal() + ".ics", "webhook": path.Base(hook.header.Get("Location")), "delivery": path.Base(sent.header.Get("Location")),
	}}
}

// behindProxy believes the test where a request comes from, so that no visitor is
// held up for what another one tried.
func behindProxy(c *api.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// ask sends a request of an operation as its contract says, with the tag of what
// it is about.
func (s *stage) ask(o *operation, header ...string) *reply {
	s.t.Helper()
	s.from++
	header = append(slices.Clone(header), "X-Forwarded-For", netip.AddrFrom4([4]byte{10, byte(s.from >> 16), byte(s.from >> 8), byte(s.from)}).String())
	if o.kind != "" {
		header = append(header, "Content-Type", o.kind)
	}
	if o.Parameters.GetByInAndName(openapi3.ParameterInHeader, "If-Match") != nil {
		if tag := s.tagOf(o); tag != "" {
			header = append(header, "If-Match", tag)
		}
	}
	return s.do(o.method, o.address, o.body, header...)
}

// tagOf is the tag of what an operation changes: of its address, or the next one
// above that can be read.
func (s *stage) tagOf(o *operation) string {
	s.t.Helper()
	address, _, _ := strings.Cut(o.address, "?")
	for address != "" {
		if _, item := template(theContract(s.t), address); item != nil && item.Get != nil {
			if tag := s.lan.get(address).header.Get("ETag"); !strings.HasPrefix(tag, "W/") {
				return tag
			}
		}
		address = address[:strings.LastIndex(address, "/")]
	}
	return ""
}

// holder makes an account with roles, and gives its cookie and its token.
func (s *stage) holder(kind access.Access, branch area.Code, grants ...access.Grant) (user access.UserID, cookie, token []string, id string) {
	s.t.Helper()
	s.made++
	user = access.UserID(fmt.Sprintf("visitor%d", s.made))
	operator := access.Operator("test")
	_, err := s.d.accounts.CreateAccount(s.t.Context(), operator, access.NewAccount{User: string(user), Name: "V", Password: password, Grants: grants})
	require.NoError(s.t, err)
	edition := "small"
	if branch == area.Nation {
		edition = ""
	}
	made, shown, err := s.d.accounts.MakeToken(s.t.Context(), operator, access.NewToken{
		User: user, Name: "test", Access: string(kind), Edition: edition, Area: branch, Expires: civil.Of(time.Now(), zone(s.t)).Add(1),
	})
	require.NoError(s.t, err)
	s.from++
	session := s.signIn(string(user), "X-Forwarded-For", fmt.Sprintf("11.0.%d.%d", s.from>>8, s.from&255))
	return user, []string{"Cookie", session}, []string{"Authorization", "Bearer " + shown.Reveal()}, made.ID
}

// visitors are all kinds of callers, newly made.
func (s *stage) visitors() []visitor {
	s.t.Helper()
	run := func(statement string, args ...any) {
		s.t.Helper()
		require.Equal(s.t, 1, pgtest.Value[int](s.t, s.d.pool, "accounts", "WITH changed AS ("+statement+" RETURNING 1) SELECT count(*) FROM changed", args...))
	}
	all := []visitor{
		{what: "nobody"},
		{what: "a token that is none", via: "refused", header: []string{"Authorization", "Bearer tdt_" + strings.Repeat("A", 43)}},
		{what: "a cookie that is none", header: []string{"Cookie", "tiendo=" + strings.Repeat("A", 43)}},
		{what: "a password instead of a token", header: []string{"Authorization", "Basic bGFuOmLhu5Fu"}},
	}
	add := func(what string, v visitor, grants ...access.Grant) {
		_, cookie, token, _ := s.holder(access.ReadWrite, area.Nation, grants...)
		v.what, v.via, v.header = what+", signed in", "cookie", cookie
		all = append(all, v)
		v.what, v.via, v.header = what+", by token", "token", token
		all = append(all, v)
	}
	const none, viewer, reporter, lead, administrator = access.None, access.Viewer, access.Reporter, access.Lead, access.Administrator
	add("without any role", visitor{})
	add("viewer of another district", visitor{somewhere: viewer}, grant("306", viewer))
	add("reporter of another district", visitor{somewhere: reporter}, grant("306", reporter))
	add("lead of another district", visitor{somewhere: lead}, grant("306", lead))
	add("lead of another province", visitor{somewhere: lead}, grant("31", lead))
	add("lead of a ward of the city", visitor{somewhere: lead}, grant("01840", lead))
	add("lead of the province without the city", visitor{above: lead, somewhere: lead}, grant("06", lead), grant("058", none))
	add("viewer of the city", visitor{here: viewer, somewhere: viewer}, grant("058", viewer))
	add("reporter of the city", visitor{here: reporter, somewhere: reporter}, grant("058", reporter))
	add("lead of the city", visitor{here: lead, somewhere: lead}, grant("058", lead))
	add("lead of the province", visitor{here: lead, above: lead, somewhere: lead}, grant("06", lead))
	add("administrator", visitor{here: administrator, above: administrator, nation: administrator, somewhere: administrator}, grant(area.Nation, administrator))

	leads := grant("06", lead)
	_, _, token, _ := s.holder(access.ReadOnly, area.Nation, leads)
	all = append(all, visitor{what: "a token that only reads", via: "token", reads: true, header: token, here: viewer, above: viewer, somewhere: viewer})
	_, _, token, _ = s.holder(access.ReadWrite, "31", leads)
	all = append(all, visitor{what: "a token of another branch", via: "token", header: token, somewhere: lead})
	user, cookie, token, _ := s.holder(access.ReadWrite, area.Nation, leads)
	_, err := s.d.accounts.Disable(s.t.Context(), access.Operator("test"), user, access.AnyRevision)
	require.NoError(s.t, err)
	all = append(all, visitor{what: "the session of a disabled account", header: cookie}, visitor{what: "the token of a disabled account", via: "refused", header: token})
	user, cookie, token, id := s.holder(access.ReadWrite, area.Nation, leads)
	require.NoError(s.t, s.d.accounts.RevokeToken(s.t.Context(), access.Operator("test"), user, id))
	run(`UPDATE session SET expires_at = now() - interval '1 second', begun_at = now() - interval '13 hours', seen_at = now() - interval '12 hours' WHERE user_id = $1`, user)
	all = append(all, visitor{what: "a session that is over", header: cookie}, visitor{what: "a token that was revoked", via: "refused", header: token})
	_, cookie, token, id = s.holder(access.ReadWrite, area.Nation, leads)
	run(`UPDATE api_token SET made_at = now() - interval '3 days', expires_on = current_date - 2 WHERE id = $1`, id)
	require.Equal(s.t, http.StatusNoContent, s.do(http.MethodDelete, theSession, "", cookie...).status)
	return append(all, visitor{what: "a session that was signed out", header: cookie}, visitor{what: "a token that is over", via: "refused", header: token})
}

// sums are the contents of all tables, but for what every request may note: when
// a session or token was last used, and what was tried at the sign-in. Of rows it
// takes where they are and who wrote them, which another one cannot have.
func (d *database) sums() map[string]string {
	d.t.Helper()
	rows, err := d.pool.Query(d.t.Context(), `SELECT table_name::text FROM information_schema.tables
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT IN ('sign_in_attempt', 'client_health', 'client_hour', 'goose_db_version')`)
	require.NoError(d.t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(d.t, err)
	var each []string
	for _, name := range names {
		row := `t.ctid::text || ' ' || t.xmin::text`
		if name == "session" || name == "api_token" || name == "calendar_address" {
			row = `(to_jsonb(t) - '{seen_at,last_used_at,data,expires_at}'::text[])::text`
		}
		each = append(each, fmt.Sprintf(`SELECT '%s', count(*)::text || ' ' || coalesce(sum(hashtextextended(%s, 0)), 0)::text FROM %q AS t`, name, row, name))
	}
	all := map[string]string{}
	for _, sees := range []string{"log", "accounts", "webhooks", "webhook secrets"} {
		require.NoError(d.t, pgx.BeginTxFunc(d.t.Context(), d.pool, pgtest.Seeing(sees), func(tx pgx.Tx) error {
			rows, err := tx.Query(d.t.Context(), strings.Join(each, " UNION ALL "))
			if err != nil {
				return err
			}
			var name, sum string
			_, err = pgx.ForEachRow(rows, []any{&name, &sum}, func() error { all[name] += sum + ";"; return nil })
			return err
		}))
	}
	return all
}

// unpacked is what an answer says: of a workbook what is written in it.
func unpacked(r *reply) string {
	z, err := zip.NewReader(bytes.NewReader(r.body), int64(len(r.body)))
	if err != nil {
		return r.text()
	}
	var all strings.Builder
	for _, f := range z.File {
		inside, err := f.Open()
		require.NoError(r.t, err)
		_, err = io.Copy(&all, io.LimitReader(inside, 50<<20))
		require.NoError(r.t, err)
	}
	return all.String()
}

func (w *visitor) learnsNothing(r *reply, o *operation) {
	r.t.Helper()
	if w.here >= access.Viewer {
		return
	}
	require.NotContains(r.t, strings.ToLower(unpacked(r)), secret, "%s: %s %s", w.what, o.method, o.address)
	require.NotContains(r.t, strings.ToLower(jsonOf(r.t, r.header)), secret, "%s: %s %s", w.what, o.method, o.address)
}

func TestA36_EveryOperationAnswersEveryKindOfCallerByTheRightThatTheContractSays(t *testing.T) {
	t.Parallel()
	for what, open := range map[string]bool{"everybody reads": true, "only who is signed in reads": false} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, open)
			s.refusesWhoMayNot(open)
			s.takesWhoMay(open)
		})
	}
}

// refusesWhoMayNot tries all that is read, and of what is written all that is to
// be refused; no table may be another afterwards.
func (s *stage) refusesWhoMayNot(open bool) {
	s.t.Helper()
	all := s.visitors()
	before := s.d.sums()
	for _, o := range everyOperation(s.t, s.places) {
		tried := 0
		for i := range all {
			w := &all[i]
			want := w.expects(&o, open)
			if o.writes() && want == answered {
				continue
			}
			r := s.ask(&o, w.header...)
			w.is(s.t, want, &o, r)
			w.learnsNothing(r, &o)
			tried++
		}
		if o.writes() && tried > 0 {
			require.Equal(s.t, before, s.d.sums(), "%s %s was refused to all, and changed something", o.method, o.path)
		}
	}
}

// takesWhoMay tries all that is written by who may, by new people once an
// operation may have ended what they came with. Those who hold nothing in the
// place change nothing in it, even where each row of what they send is asked for.
func (s *stage) takesWhoMay(open bool) {
	s.t.Helper()
	var all []visitor
	for _, o := range everyOperation(s.t, s.places) {
		if !o.writes() {
			continue
		}
		done, may := 0, 0
		if all == nil || o.method == http.MethodDelete && !o.placed() {
			all = s.visitors()
		}
		s.prepare(&o)
		idle := func(w *visitor) bool { return o.placed() && w.here < access.Reporter && w.above < access.Lead }
		slices.SortStableFunc(all, func(a, b visitor) int { return between(idle(&b), idle(&a)) })
		before := s.d.sums()
		for i := range all {
			w := &all[i]
			if before != nil && !idle(w) {
				require.Equal(s.t, before, s.d.sums(), "%s %s by those who may not report there", o.method, o.address)
				before = nil
			}
			if w.expects(&o, open) != answered {
				continue
			}
			r := s.ask(&o, w.header...)
			w.is(s.t, answered, &o, r)
			w.learnsNothing(r, &o)
			may++
			if r.status < 300 {
				done++
			}
		}
		require.Positive(s.t, may, "%s %s is for nobody", o.method, o.path)
		if _, ours := bodies[o.OperationID]; ours {
			require.Positive(s.t, done, "%s %s was done for nobody, so that its refusals say nothing", o.method, o.path)
		}
	}
}
