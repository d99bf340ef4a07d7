package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// defended are the tables with internal content, and what a transaction has to
// say to see them.
var defended = map[string]string{
	"change": "log", "note": "log", "idempotency_key": "log",
	"account": "accounts", "access_grant": "accounts", "access_event": "accounts", "session": "accounts",
	"api_token": "accounts", "setup_link": "accounts", "sign_in_attempt": "accounts",
	"client_health": "accounts", "client_hour": "accounts", "calendar_address": "accounts",
	"webhook": "webhooks", "webhook_delivery": "webhooks", "webhook_attempt": "webhooks", "webhook_secret": "webhook secrets",
	"reminder": "accounts", "notice": "accounts",
}

// public are the other tables, and why everybody may read them. A new table stands
// in one of the two.
var public = map[string]string{
	"access_head":      "a revision, a time and a hash",
	"area":             "the list of places is published",
	"area_exception":   "what law and decisions say of a place",
	"body":             "who conducts the election is published",
	"document":         "those that were not published the API leaves out: a row is public in part, by a field of its own",
	"edition":          "where a list of places is from",
	"election":         "what is held, and when",
	"goose_db_version": "which migrations were run",
	"log_head":         "a revision, a time and a hash",
	"milestone":        "dates and states are the public view",
	"notice_clock":     "a moment and revisions",
	"plan":             "local plans are the public view",
	"plan_line":        "as the plan",
	"pump_cursor":      "revisions",
	"rulebook":         "the law",
	"source":           "addresses of published sources",
	"statement":        "what published sources say",
	"task":             "states are the public view; reasons, notes and own tasks the API leaves out: a row is public in part",
	"voting_day":       "when polls open",
}

// furnish puts a row into each defended table.
func furnish(t *testing.T) *world {
	t.Helper()
	w := open(t, places())
	_, err := w.AddNote(t.Context(), id, actor, tracker.NoteEntry{ID: tracker.MilestoneID{Area: commune, Key: "polling_team"}, Text: "nội bộ"})
	require.NoError(t, err)
	accounts, err := access.NewService(w.store, w.clock.now, zone, unhashed{})
	require.NoError(t, err)
	operator := access.Operator("Người vận hành")
	_, err = accounts.CreateAccount(t.Context(), operator, access.NewAccount{
		User: "lan", Name: "Lan", Grants: []access.Grant{{Edition: "small", Area: bacKan, Role: access.Viewer}},
	})
	require.NoError(t, err)
	for _, statement := range []string{
		`INSERT INTO session VALUES (sha256('s'), 'lan', 'Firefox', '2021-01-25', '2021-01-26', '2021-02-01', '{}')`,
		`INSERT INTO api_token (id, digest, user_id, name, access, edition, area_code, expires_on, made_at)
			VALUES ('t', sha256('t'), 'lan', 'x', 'read', NULL, 'VN', '2021-12-31', now())`,
		`INSERT INTO client_health VALUES ('t', now(), 60000, 1, NULL, NULL)`,
		`INSERT INTO client_hour VALUES ('t', '2021-01-25 10:00Z', 1, 2, 0, 0, 0)`,
		`INSERT INTO calendar_address (id, digest, user_id, name, election, edition, area_code, levels, body, alarms, language, made_at)
			VALUES ('c', sha256('c'), 'lan', 'x', '2021', NULL, 'VN', '', '', '', 'vi', now())`,
		`INSERT INTO sign_in_attempt VALUES ('lan', '192.0.2.1', 1, now())`,
		`INSERT INTO reminder (user_id, address, wanted, days, secret, code_wrong, codes_sent, revision) VALUES ('lan', 'lan@example.vn', true, '{7}', 's', 0, 0, 1)`,
		`INSERT INTO notice (user_id, kind, about, address, subject, lines, state, made_at, tried, failure) VALUES ('lan', 'digest', '2021-01-25', '', 'nội bộ', '{}', 'waiting', now(), 0, '')`,
	} {
		require.NoError(t, pgtest.Exec(w.pool, "accounts", statement))
	}
	require.NoError(t, pgtest.Exec(w.pool, "log",
		`INSERT INTO idempotency_key VALUES ('lan', 'k', sha256('r'), 'c', now(), 2, 201, '{}', 'nội bộ')`))
	for _, statement := range []string{
		`INSERT INTO webhook VALUES ('w', '2021', '058', 'https://a', '', '{}', '{}', '', NULL, 1, NULL, NULL, 'lan', now(), 1)`,
		`INSERT INTO webhook_delivery VALUES ('d', 'w', 1, 1, '{}', 'failed', 1, '2021-01-25', '2021-01-26', NULL)`,
		`INSERT INTO webhook_attempt VALUES ('d', 1, now(), 1, 'status', 500, '')`,
	} {
		require.NoError(t, pgtest.Exec(w.pool, "webhooks", statement))
	}
	require.NoError(t, pgtest.Exec(w.pool, "webhook secrets", `INSERT INTO webhook_secret VALUES ('w', 'whsec_x', now(), NULL)`))
	return w
}

// unhashed hashes no password: none is set here.
type unhashed struct{}

func (unhashed) Hash(string) (string, error)          { return "$argon2id$", nil }
func (unhashed) Matches(string, string) (bool, error) { return false, nil }

func TestAQueryThatSaysNothingSeesNothing(t *testing.T) {
	t.Parallel()
	w := furnish(t)
	for name := range w.tables() {
		require.NotEqual(t, defended[name] == "", public[name] == "", "table %s is either defended or public, and says why", name)
	}
	require.NotEmpty(t, public["goose_db_version"])
	for name, sees := range defended {
		table := pgx.Identifier{name}.Sanitize()
		count := "SELECT count(*) FROM " + table
		require.NotZero(t, pgtest.Value[int](t, w.pool, sees, count), "%s has rows", name)
		for _, other := range []string{"", "log", "accounts", "webhooks", "webhook secrets", "2021", "2021 ", "2021 {}", "none {[0,99999)}", "log {[0,99999)}"} {
			if other != sees {
				require.Zero(t, pgtest.Value[int](t, w.pool, other, count), "%s by %q", name, other)
			}
		}
		var n int
		require.NoError(t, w.pool.QueryRow(t.Context(), count).Scan(&n))
		require.Zero(t, n, name)

		// Nor does it write, or see by what is given back.
		tag, err := w.pool.Exec(t.Context(), "DELETE FROM "+table)
		require.NoError(t, err)
		require.Zero(t, tag.RowsAffected(), name)
		require.NotZero(t, pgtest.Value[int](t, w.pool, sees, count), name)
		_, err = w.pool.Exec(t.Context(), "SET row_security = off; SELECT * FROM "+table)
		refusedRows(t, err, "query would be affected by row-level security policy")
		_, err = w.pool.Exec(t.Context(), "COPY "+table+" FROM STDIN")
		refusedRows(t, err, "COPY FROM not supported with row-level security")
	}
	_, err := w.pool.Exec(t.Context(), "INSERT INTO sign_in_attempt VALUES ('mai', '192.0.2.1', 1, now())")
	refusedRows(t, err, "new row violates row-level security policy")
}

func refusedRows(t *testing.T, err error, why string) {
	t.Helper()
	refused := new(pgconn.PgError)
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Message, why)
}

func TestWhatAQuerySeesEndsWithIt(t *testing.T) {
	t.Parallel()
	w := furnish(t)
	left := func() {
		// Each connection that is there, whichever was used.
		conns := w.pool.AcquireAllIdle(t.Context())
		require.NotEmpty(t, conns)
		for _, conn := range conns {
			var said string
			require.NoError(t, conn.QueryRow(t.Context(), "SELECT coalesce(current_setting('tiendo.reads', true), '')").Scan(&said))
			require.Empty(t, said)
			conn.Release()
		}
	}
	all, err := w.store.Accounts(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, all, 1)
	left()
	_, err = w.store.Account(t.Context(), "nobody")
	require.Error(t, err)
	require.NoError(t, w.store.EndSessions(t.Context(), "nobody", ""))
	_, err = w.store.Notes(t.Context(), id, tracker.MilestoneID{Area: commune, Key: "polling_team"}, tracker.Itself)
	require.NoError(t, err)
	w.done(commune, "polling_team", trialDay)
	left()
}

func TestAReaderSeesWhatHeHoldsAndNothingOfTheNeighbour(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	list := w.opening.Frame.List
	at := func(code area.Code) tracker.MilestoneID {
		for key := range keysOf(t, w, code) {
			return tracker.MilestoneID{Area: code, Key: key}
		}
		return tracker.MilestoneID{}
	}
	var noted []int
	for i := range list.Len() {
		m := at(list.At(i).Code)
		if m.Key == "" {
			continue
		}
		noted = append(noted, i)
		_, err := w.AddNote(t.Context(), id, actor, tracker.NoteEntry{ID: m, Text: "nội bộ"})
		require.NoError(t, err)
	}
	require.Greater(t, len(noted), 8)
	seen := func(t require.TestingT, r access.Rights, i int) (notes, changes int) {
		by, m := tracker.ReaderIn(r.Territory(access.Viewer)), at(list.At(i).Code)
		found, err := w.store.Notes(context.Background(), id, m, by)
		require.NoError(t, err)
		said := what(r.Territory(access.Viewer))
		changes = pgtest.Value[int](t, w.pool, said, "SELECT count(*) FROM change WHERE area_code = $1 AND milestone_key = $2", string(m.Area), string(m.Key))
		return len(found), changes
	}

	district := access.NewRights(list, []access.Grant{{Edition: "small", Area: bacKan, Role: access.Viewer}, {Edition: "small", Area: commune, Role: access.None}})
	for code, sees := range map[area.Code]int{bacKan: 1, "01837": 1, commune: 0, catHai: 0, haiPhong: 0, "06": 0, area.Nation: 0} {
		notes, changes := seen(t, district, index(t, w, code))
		require.Equal(t, []int{sees, sees}, []int{notes, changes}, code)
	}

	rapid.Check(t, func(rt *rapid.T) {
		var grants []access.Grant
		for range rapid.IntRange(0, 5).Draw(rt, "grants") {
			i := rapid.IntRange(0, list.Len()-1).Draw(rt, "place")
			g := access.Grant{Area: list.At(i).Code, Role: access.Role(rapid.IntRange(int(access.None), int(access.Lead)).Draw(rt, "role"))}
			if i > 0 {
				g.Edition = "small"
			}
			grants = append(grants, g)
		}
		r := access.NewRights(list, grants)
		if rapid.Bool().Draw(rt, "token") {
			r = r.Limited(access.Viewer, list.At(rapid.IntRange(0, list.Len()-1).Draw(rt, "branch")).Code)
		}
		for _, i := range noted {
			want := 0
			if r.Role(i) >= access.Viewer {
				want = 1
			}
			notes, changes := seen(rt, r, i)
			require.Equal(rt, []int{want, want}, []int{notes, changes}, "%s: %v", list.At(i).Code, grants)
		}
	})
}

// what is said for a territory of the election.
func what(t area.Territory) string {
	var ranges []string
	for _, s := range t.Stretches() {
		ranges = append(ranges, fmt.Sprintf("[%d,%d)", s.First, s.End))
	}
	return string(id) + " {" + strings.Join(ranges, ",") + "}"
}

// keysOf are the milestones of an area.
func keysOf(t *testing.T, w *world, code area.Code) map[tracker.MilestoneKey]bool {
	t.Helper()
	found, err := w.pool.Query(t.Context(), "SELECT key FROM milestone WHERE area_code = $1 AND occurrence = 0 ORDER BY key LIMIT 1", string(code))
	require.NoError(t, err)
	keys, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	all := map[tracker.MilestoneKey]bool{}
	for _, k := range keys {
		all[tracker.MilestoneKey(k)] = true
	}
	return all
}
