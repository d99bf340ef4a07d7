package postgres

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// constraints are the names in the schema: of constraints, and those that
// triggers give when they refuse.
func constraints(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	found, err := pool.Query(t.Context(), `
		SELECT conname::text FROM pg_constraint
		WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c', 'x') AND conrelid::regclass::text !~ '^goose'
		UNION ALL
		SELECT m[1] FROM pg_proc, regexp_matches(prosrc, 'CONSTRAINT = ''([^'']+)''', 'g') AS m WHERE pronamespace = 'public'::regnamespace
		ORDER BY 1`)
	require.NoError(t, err)
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}

func TestEveryConstraintHasASentenceAndEverySentenceAConstraint(t *testing.T) {
	t.Parallel()
	names := constraints(t, pgtest.New(t))
	require.Equal(t, slices.Sorted(maps.Keys(constraintFaults)), names)
	for name, f := range constraintFaults {
		require.NotEmpty(t, f.Text.Vi, name)
		require.NotEmpty(t, f.Text.En, name)
		require.NotEqual(t, f.Text.Vi, f.Text.En, name)
		require.NotEqual(t, fault.Internal, f.Kind, name)
		require.Regexp(t, `^[a-z][a-z-]+$`, f.Code, name)
	}
}

func TestEveryConstraintHasANameGivenByHand(t *testing.T) {
	t.Parallel()
	made := regexp.MustCompile(`_(pkey|fkey\d*|check\d*|key\d*|excl\d*)$`)
	for _, name := range constraints(t, pgtest.New(t)) {
		require.NotRegexp(t, made, name)
	}
}

// breaches are statements that break a constraint, on an opened election with a
// body b, a document d, a plan p with a line l, a statement s, a voting day of
// 058 and two changes. #m stands for the keys of a milestone that is there.
var breaches = map[string]string{
	"edition_pk":                     "INSERT INTO edition SELECT * FROM edition",
	"edition_id_form":                "UPDATE edition SET id = 'Ấn bản'",
	"edition_sum_is_sha256":          "UPDATE edition SET sum = 'short'",
	"area_pk":                        "INSERT INTO area SELECT edition, code, 99999, parent_code, level, type, name, name_en FROM area WHERE code = '058'",
	"area_position_once":             "INSERT INTO area SELECT edition, 'new', position, parent_code, level, type, name, name_en FROM area WHERE code = '058'",
	"area_edition_exists":            "INSERT INTO area VALUES ('none', 'VN', 0, NULL, 'national', '', '', '')",
	"area_parent_exists":             "INSERT INTO area VALUES ('small', 'new', 99999, 'none', 'commune', '', '', '')",
	"area_only_nation_has_no_parent": "INSERT INTO area VALUES ('small', 'new', 99999, NULL, 'commune', '', '', '')",
	"area_level_known":               "INSERT INTO area VALUES ('small', 'new', 99999, 'VN', 'county', '', '', '')",
	"election_pk":                    "INSERT INTO election SELECT * FROM election",
	"election_id_form":               "UPDATE election SET id = 'Năm 2021'",
	"election_edition_exists":        "UPDATE election SET edition = 'none'",
	"rulebook_pk":                    "INSERT INTO rulebook SELECT * FROM rulebook",
	"rulebook_version_form":          "UPDATE rulebook SET version = '2025.1'",
	"rulebook_digest_form":           "UPDATE rulebook SET digest = 'none'",
	"election_state_known":           "UPDATE election SET state = 'over'",
	"log_head_pk":                    "INSERT INTO log_head SELECT * FROM log_head",
	"log_head_election_exists":       "INSERT INTO log_head SELECT 'none', revision, recorded_at, hash FROM log_head",
	"area_exception_pk":              "INSERT INTO area_exception SELECT * FROM area_exception",
	"area_exception_election_exists": "UPDATE area_exception SET election = 'none'",
	"source_pk":                      "INSERT INTO source SELECT * FROM source",
	"source_election_exists":         "UPDATE source SET election = 'none'",
	"body_pk":                        "INSERT INTO body SELECT * FROM body",
	"body_election_exists":           "INSERT INTO body VALUES ('none', 'x', '', '', '', '', 'VN', NULL, NULL, NULL, NULL, 1)",
	"body_set_up_by_exists":          "UPDATE body SET set_up_by = 'none'; SET CONSTRAINTS ALL IMMEDIATE",
	"document_pk":                    "INSERT INTO document SELECT * FROM document",
	"document_election_exists":       "INSERT INTO document SELECT 'none', key, number, kind, title_vi, title_en, NULL, issued_on, known_by, area_code, public, implements, source, note, revision FROM document",
	"document_issuer_exists":         "UPDATE document SET issuer = 'none'",
	"document_known_once_issued":     "UPDATE document SET known_by = issued_on - 1",
	"plan_pk":                        "INSERT INTO plan SELECT * FROM plan",
	"plan_election_exists":           "INSERT INTO plan SELECT 'none', key, area_code, title_vi, title_en, documents, contents, source, revision, entered FROM plan",
	"plan_line_pk":                   "INSERT INTO plan_line SELECT * FROM plan_line",
	"plan_line_plan_exists":          "UPDATE plan_line SET plan = 'none'",
	"plan_line_days_in_order":        "UPDATE plan_line SET not_before_on = '2021-02-02', latest_on = '2021-02-01'",
	"plan_line_nature_known":         "UPDATE plan_line SET nature = 'on_occurrence'",
	"statement_pk":                   "INSERT INTO statement SELECT * FROM statement",
	"statement_election_exists":      "UPDATE statement SET election = 'none'",
	"voting_day_pk":                  "INSERT INTO voting_day SELECT * FROM voting_day",
	"voting_day_election_exists":     "UPDATE voting_day SET election = 'none'",
	"voting_day_opens_lawfully":      "UPDATE voting_day SET opens_at = 1261",
	"voting_day_confidence_known":    "UPDATE voting_day SET confidence = 'hope'",
	"milestone_pk":                   "INSERT INTO milestone SELECT * FROM milestone",
	"milestone_election_exists":      "INSERT INTO milestone (election, area_code, key, occurrence, work, standing, silent, revision) VALUES ('none', 'VN', 'x', 0, 'done', 'reported', false, 1)",
	"milestone_work_known":           "UPDATE milestone SET work = 'half'",
	"milestone_standing_known":       "UPDATE milestone SET standing = 'loved'",
	"milestone_day_only_when_done":   "UPDATE milestone SET done_on = '2021-01-25' WHERE work = 'not_started'",
	"milestone_one_done_day":         "UPDATE milestone SET work = 'done', done_on = '2021-01-25', done_by = '2021-01-25'",
	"task_pk":                        "INSERT INTO task SELECT * FROM task",
	"task_milestone_exists":          "UPDATE task SET milestone_key = 'none' WHERE area_code = 'VN' AND milestone_key = 'announce_election_day'",
	"task_status_known":              "UPDATE task SET status = 'half'",
	"task_done_has_a_day":            "UPDATE task SET status = 'done'",
	"task_one_done_day":              "UPDATE task SET status = 'done', done_on = '2021-01-25', done_by = '2021-01-25'",
	"task_evidence_only_when_begun":  "UPDATE task SET evidence_number = '1' WHERE status = 'not_started'",
	"task_reason_given":              "UPDATE task SET status = 'blocked', reason = NULL WHERE status = 'not_started'",
	"note_pk":                        addNote + addNote + "SELECT",
	"note_milestone_exists":          addNote + "UPDATE note SET milestone_key = 'none'",
	"note_says_something":            addNote + "UPDATE note SET text = ''",
	"note_revision_not_earlier":      addNote + "UPDATE note SET revision = number - 1",
	"change_pk":                      "INSERT INTO change SELECT * FROM change",
	"change_election_exists":         "INSERT INTO change SELECT 'none', revision, kind, area_code, milestone_key, occurrence, task_key, subject, actor_id, actor_name, recorded_at, happened_on, cause, reason, before, after, hash FROM change",
	"change_revision_positive":       "INSERT INTO change SELECT election, 0, kind, area_code, milestone_key, occurrence, task_key, subject, actor_id, actor_name, recorded_at, happened_on, 0, reason, before, after, hash FROM change WHERE revision = 1",
	"change_cause_not_later":         "INSERT INTO change SELECT election, 99, kind, area_code, milestone_key, occurrence, task_key, subject, actor_id, actor_name, recorded_at, happened_on, 100, reason, before, after, hash FROM change WHERE revision = 1",
	"change_tag_form":                "INSERT INTO change SELECT election, 99, kind, area_code, milestone_key, occurrence, task_key, subject, actor_id, actor_name, recorded_at, happened_on, 1, reason, before, after, hash, 'a b' FROM change WHERE revision = 1",
	"change_append_only":             "UPDATE change SET reason = 'better'",

	"plan_withdrawal_says_why":         "UPDATE plan SET withdrawn_on = '2021-02-02'",
	"reminder_pk":                      addReminder + addReminder + "SELECT",
	"reminder_account_exists":          addReminder + "UPDATE reminder SET user_id = 'none'",
	"reminder_address_form":            addReminder + "UPDATE reminder SET address = 'a b@example.vn'",
	"reminder_confirmed_is_an_address": addReminder + "UPDATE reminder SET confirmed_at = now()",
	"reminder_secret_once":             addReminder + "INSERT INTO reminder SELECT 'binh', address, confirmed_at, wanted, days, secret, NULL, NULL, 0, 0, NULL, NULL, NULL, 1 FROM reminder",
	"reminder_code_whole":              addReminder + "UPDATE reminder SET code_until = now()",
	"reminder_look_whole":              addReminder + "UPDATE reminder SET told_at = now()",
	"notice_pk":                        addNotice + "INSERT INTO notice OVERRIDING SYSTEM VALUE SELECT id, user_id, kind, 'other', address, subject, lines, state, made_at, sent_at, tried, failure FROM notice",
	"notice_account_exists":            addNotice + "UPDATE notice SET user_id = 'none'",
	"notice_once":                      addNotice + addNotice + "SELECT",
	"notice_kind_form":                 addNotice + "UPDATE notice SET kind = 'Digest'",
	"notice_state_known":               addNotice + "UPDATE notice SET state = 'lost'",
	"notice_sent_has_a_time":           addNotice + "UPDATE notice SET state = 'sent'",
	"notice_clock_pk":                  "INSERT INTO notice_clock SELECT * FROM notice_clock",
	"notice_clock_is_one":              "UPDATE notice_clock SET one = false",

	"idempotency_key_pk":                    addKey + addKey + "SELECT",
	"idempotency_key_account_exists":        addKey + "UPDATE idempotency_key SET account_id = 'none'",
	"idempotency_key_form":                  addKey + "UPDATE idempotency_key SET key = 'a b'",
	"idempotency_key_fingerprint_is_sha256": addKey + "UPDATE idempotency_key SET fingerprint = 'x'",
	"idempotency_key_answer_is_whole":       addKey + "UPDATE idempotency_key SET status = 201",
	"access_head_pk":                        "INSERT INTO access_head SELECT * FROM access_head",
	"access_head_is_one":                    "UPDATE access_head SET one = false",
	"account_pk":                            "INSERT INTO account SELECT * FROM account",
	"account_id_form":                       "INSERT INTO account SELECT 'Lân', name, unit, language, password_hash, disabled_at, created_at, revision FROM account",
	"account_name_given":                    "UPDATE account SET name = ''",
	"account_language_known":                "UPDATE account SET language = 'fr'",
	"account_password_is_hashed":            "UPDATE account SET password_hash = 'correct horse'",
	"access_grant_once":                     "INSERT INTO access_grant SELECT * FROM access_grant WHERE area_code = 'VN'",
	"access_grant_account_exists":           "UPDATE access_grant SET user_id = 'nobody'",
	"access_grant_area_exists":              "UPDATE access_grant SET area_code = '31' WHERE area_code = '058'; SET CONSTRAINTS ALL IMMEDIATE",
	"access_grant_role_known":               "UPDATE access_grant SET role = 'owner'",
	"session_pk":                            "INSERT INTO session SELECT * FROM session",
	"session_digest_is_sha256":              "UPDATE session SET digest = 'short'",
	"session_account_exists":                "UPDATE session SET user_id = 'nobody'",
	"api_token_pk":                          "INSERT INTO api_token SELECT * FROM api_token",
	"api_token_digest_once":                 "INSERT INTO api_token SELECT 'other', digest, user_id, name, access, edition, area_code, expires_on, made_at FROM api_token",
	"api_token_digest_is_sha256":            "UPDATE api_token SET digest = 'short'",
	"api_token_account_exists":              "UPDATE api_token SET user_id = 'nobody'",
	"api_token_area_exists":                 "UPDATE api_token SET area_code = '31', edition = 'small'; SET CONSTRAINTS ALL IMMEDIATE",
	"api_token_access_known":                "UPDATE api_token SET access = 'everything'",
	"api_token_name_given":                  "UPDATE api_token SET name = ''",
	"calendar_address_pk":                   "INSERT INTO calendar_address SELECT * FROM calendar_address",
	"calendar_address_digest_once":          "INSERT INTO calendar_address SELECT 'other', digest, user_id, name, election, edition, area_code, levels, body, alarms, language, made_at FROM calendar_address",
	"calendar_address_digest_is_sha256":     "UPDATE calendar_address SET digest = 'short'",
	"calendar_address_account_exists":       "UPDATE calendar_address SET user_id = 'nobody'",
	"calendar_address_election_exists":      "UPDATE calendar_address SET election = 'none'",
	"calendar_address_area_exists":          "UPDATE calendar_address SET area_code = '31', edition = 'small'; SET CONSTRAINTS ALL IMMEDIATE",
	"calendar_address_language_known":       "UPDATE calendar_address SET language = 'fr'",
	"calendar_address_name_given":           "UPDATE calendar_address SET name = ''",
	"setup_link_pk":                         "INSERT INTO setup_link SELECT * FROM setup_link",
	"setup_link_digest_once":                "INSERT INTO setup_link SELECT 'binh', digest, made_by, until FROM setup_link",
	"setup_link_digest_is_sha256":           "UPDATE setup_link SET digest = 'short'",
	"setup_link_account_exists":             "UPDATE setup_link SET user_id = 'nobody'",
	"sign_in_attempt_pk":                    "INSERT INTO sign_in_attempt SELECT * FROM sign_in_attempt",
	"sign_in_attempt_counts":                "UPDATE sign_in_attempt SET wrong = -1",
	"access_event_pk":                       "INSERT INTO access_event SELECT * FROM access_event",
	"access_event_revision_positive":        "INSERT INTO access_event SELECT 0, kind, user_id, edition, area_code, actor_id, actor_name, recorded_at, before, after, hash FROM access_event WHERE revision = 1",
	"access_event_append_only":              "UPDATE access_event SET actor_name = 'somebody else'",

	"access_grant_nation_in_every_edition":     "UPDATE access_grant SET edition = NULL WHERE area_code = '058'",
	"access_grant_administrator_of_the_nation": "UPDATE access_grant SET role = 'administrator'",
	"calendar_address_nation_in_every_edition": "UPDATE calendar_address SET edition = 'small'",
	"api_token_nation_in_every_edition":        "UPDATE api_token SET edition = 'small'",

	"pump_cursor_pk":                    addCursor + addCursor + "SELECT",
	"pump_cursor_election_exists":       addCursor + "UPDATE pump_cursor SET election = 'none'",
	"pump_cursor_revision_not_negative": addCursor + "UPDATE pump_cursor SET revision = -1",
	"webhook_pk":                        addHook + "INSERT INTO webhook SELECT * FROM webhook",
	"webhook_election_exists":           addHook + "UPDATE webhook SET election = 'none'",
	"webhook_maker_exists":              addHook + "UPDATE webhook SET made_by = 'nobody'",
	"webhook_url_form":                  addHook + "UPDATE webhook SET url = 'ftp://a'",
	"webhook_off_known":                 addHook + "UPDATE webhook SET off = 'asleep', off_since = now()",
	"webhook_off_has_a_time":            addHook + "UPDATE webhook SET off = 'gone'",
	"webhook_secret_pk":                 addHook + addSecret + "INSERT INTO webhook_secret SELECT * FROM webhook_secret",
	"webhook_secret_webhook_exists":     addHook + addSecret + "UPDATE webhook_secret SET webhook = 'none'",
	"webhook_secret_form":               addHook + addSecret + "UPDATE webhook_secret SET secret = 'password'",
	"webhook_delivery_pk":               addHook + addDelivery + "INSERT INTO webhook_delivery SELECT * FROM webhook_delivery",
	"webhook_delivery_once":             addHook + addDelivery + "INSERT INTO webhook_delivery SELECT 'other', webhook, cause, revision, body, state, tried, begun_at, made_at, next_at FROM webhook_delivery",
	"webhook_delivery_webhook_exists":   addHook + addDelivery + "UPDATE webhook_delivery SET webhook = 'none'",
	"webhook_delivery_state_known":      addHook + addDelivery + "UPDATE webhook_delivery SET state = 'lost'",
	"webhook_delivery_waits_for_a_time": addHook + addDelivery + "UPDATE webhook_delivery SET state = 'waiting'",
	"webhook_delivery_body_short":       addHook + addDelivery + "UPDATE webhook_delivery SET body = repeat('x', 20000)",
	"webhook_attempt_pk":                addHook + addDelivery + addAttempt + addAttempt + "SELECT",
	"webhook_attempt_delivery_exists":   addHook + addDelivery + addAttempt + "UPDATE webhook_attempt SET delivery = 'none'",
	"webhook_attempt_outcome_known":     addHook + addDelivery + addAttempt + "UPDATE webhook_attempt SET outcome = 'lost'",

	"client_health_pk":               addHealth + addHealth + "SELECT",
	"client_health_token_exists":     addHealth + "UPDATE client_health SET token_id = 'none'",
	"client_health_failure_is_whole": addHealth + "UPDATE client_health SET failed_at = now()",
	"client_hour_pk":                 addHour + addHour + "SELECT",
	"client_hour_token_exists":       addHour + "UPDATE client_hour SET token_id = 'none'",
	"client_hour_counts":             addHour + "UPDATE client_hour SET broken = -1",

	"plan_withdrawal_document_exists":      "UPDATE plan SET withdrawn_on = '2021-02-02', withdrawn_why = 'x', withdrawn_by = 'none'",
	"plan_line_withdrawal_says_why":        "UPDATE plan_line SET withdrawn_on = '2021-02-02'",
	"plan_line_withdrawal_document_exists": "UPDATE plan_line SET withdrawn_on = '2021-02-02', withdrawn_why = 'x', withdrawn_by = 'none'",
}

// addNote writes a note, for those that break something about one.
const addNote = "INSERT INTO note SELECT election, area_code, key, occurrence, 2, 'x', '', '', now(), NULL, 2 FROM milestone WHERE area_code = 'VN' AND key = 'announce_election_day'; "

// addHook and those below write a webhook and what belongs to it.
const (
	addCursor   = "INSERT INTO pump_cursor VALUES ('c', '2021', 1); "
	addHook     = "SET LOCAL tiendo.reads = 'webhooks'; INSERT INTO webhook VALUES ('w', '2021', '058', 'https://a', '', '{}', '{}', '', NULL, 1, NULL, NULL, 'lan', now(), 1); "
	addSecret   = "SET LOCAL tiendo.reads = 'webhook secrets'; INSERT INTO webhook_secret VALUES ('w', 'whsec_x', now(), NULL); "
	addDelivery = "INSERT INTO webhook_delivery VALUES ('d', 'w', 1, 1, '{}', 'failed', 1, '2021-01-25', '2021-01-26', NULL); "
	addAttempt  = "INSERT INTO webhook_attempt VALUES ('d', 1, now(), 1, 'status', 500, ''); "
)

// addReminder and addNotice write what is about mail, as addNote.
const (
	addReminder = "INSERT INTO reminder (user_id, address, wanted, days, secret, code_wrong, codes_sent, revision) VALUES ('lan', '', true, '{7}', 's', 0, 0, 1); "
	addNotice   = "INSERT INTO notice (user_id, kind, about, address, subject, lines, state, made_at, tried, failure) VALUES ('lan', 'digest', 'x', '', '', '{}', 'waiting', now(), 0, ''); "
)

// addHealth and addHour say what the token is used for, as addNote.
const (
	addHealth = "INSERT INTO client_health (token_id) SELECT id FROM api_token; "
	addHour   = "INSERT INTO client_hour SELECT id, '2021-01-25', 0, 0, 0, 0, 0 FROM api_token; "
)

// addKey remembers a request of lan's, as addNote.
const addKey = "INSERT INTO idempotency_key VALUES ('lan', 'k', sha256('r'), 'c', now(), NULL, NULL, NULL, NULL); "

func TestWhoBreaksAConstraintIsToldItsSentence(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	for name := range constraintFaults {
		require.Contains(t, breaches, name)
	}
	for name, statement := range breaches {
		sees := changing
		if regexp.MustCompile(`\b(account|access_grant|access_event|session|api_token|calendar_address|setup_link|sign_in_attempt|reminder|notice)\b`).MatchString(statement) {
			sees = changingPeople
		}
		err := s.in(t.Context(), sees, func(_ *rows.Queries, tx pgx.Tx) error {
			for one := range strings.SplitSeq(statement, "; ") {
				if _, err := tx.Exec(t.Context(), one); err != nil {
					return err
				}
			}
			return errors.New("nothing refused it")
		})
		f, ok := fault.As(err)
		require.True(t, ok, "%s: %v", name, err)
		want := constraintFaults[name]
		require.Equal(t, []any{want.Kind, want.Code, want.Text}, []any{f.Kind, f.Code, f.Text}, name)
		require.Error(t, f.Cause, "what the server said is for the log")
	}
}

func TestAFaultOfTheTableIsNotChangedByWhoeverGetsIt(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	for range 2 {
		err := pgtest.Exec(s.pool, "log", "UPDATE change SET reason = 'better'")
		f, ok := fault.As(mapped(err))
		require.True(t, ok)
		require.Empty(t, f.Fields)
		f.At("/somewhere")
	}
	for name, f := range constraintFaults {
		require.NoError(t, f.Cause, name)
		require.Empty(t, f.Fields, name)
	}
}

func TestTheLogCanOnlyBeAddedTo(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	for _, statement := range []string{
		"UPDATE change SET actor_name = 'somebody else' WHERE revision = 1", "DELETE FROM change WHERE revision = 2",
		"DELETE FROM change", "TRUNCATE change", "TRUNCATE election CASCADE",
		"INSERT INTO change SELECT * FROM change ON CONFLICT ON CONSTRAINT change_pk DO UPDATE SET reason = 'x'",
	} {
		err := pgtest.Exec(s.pool, "log", statement)
		f, ok := fault.As(mapped(err))
		require.True(t, ok, statement)
		require.Equal(t, "log-append-only", f.Code, statement)
		require.Equal(t, fault.Forbidden, f.Kind)
	}
}

// furnished is a store with one of each kind.
func furnished(t *testing.T) *Store {
	t.Helper()
	s := New(pgtest.New(t))
	service := opened(t, s)
	_, _, err := service.Do(t.Context(), "2021", tracker.Actor{ID: "test"},
		func(*tracker.Frame) tracker.Needs { return tracker.Needs{Areas: []area.Code{"058"}} },
		func(a *tracker.Act) error {
			day := civil.Must("2021-01-20")
			title := fault.Text{Vi: "tên", En: "name"}
			return errors.Join(
				a.AddBody(tracker.Body{Key: "b", Kind: "front", Name: title, Area: "058"}),
				a.AddDocument(tracker.Document{Key: "d", Title: title, Issuer: "b", IssuedOn: day, Area: "058"}),
				a.AddPlan(tracker.Plan{Key: "p", Area: "058", Title: title, Lines: []tracker.PlanLine{
					{Key: "l", Title: title, Phase: "direction", Nature: "duty", Areas: []area.Code{"058"}},
				}}, day),
				a.AddStatement(tracker.Statement{Key: "s", Area: "058"}),
				a.SetVotingDay(tracker.VotingDay{Area: "058", Day: civil.Must("2021-05-22"), Confidence: "low"}, day),
			)
		})
	require.NoError(t, err)
	staffed(t, s)
	return s
}

// staffed has an administrator with a session, a token and an attempt to sign in,
// and somebody in 058 with a set-up link.
func staffed(t *testing.T, s *Store) {
	t.Helper()
	now := time.Date(2021, 1, 25, 8, 0, 0, 0, time.UTC)
	accounts := newAccounts(t, s, &now)
	operator := access.Operator("test")
	_, err := accounts.CreateAccount(t.Context(), operator, access.NewAccount{
		User: "binh", Name: "Bình", Password: goodPassword, Grants: []access.Grant{{Area: area.Nation, Role: access.Administrator}},
	})
	require.NoError(t, err)
	_, err = accounts.CreateAccount(t.Context(), operator, access.NewAccount{
		User: "lan", Name: "Lan", Grants: []access.Grant{{Edition: "small", Area: "058", Role: access.Lead}},
	})
	require.NoError(t, err)
	_, _, err = accounts.MakeCalendar(t.Context(), operator, access.NewCalendar{
		User: "binh", Name: "điện thoại", CalendarScope: access.CalendarScope{Election: "2021", Area: area.Nation, Language: "vi"},
	})
	require.NoError(t, err)
	_, _, err = accounts.MakeToken(t.Context(), operator, access.NewToken{
		User: "binh", Name: "máy", Access: "read", Area: area.Nation, Expires: civil.Must("2021-02-25"),
	})
	require.NoError(t, err)
	_, err = accounts.SignIn(t.Context(), "binh", goodPassword, netip.MustParseAddr("192.0.2.1"))
	require.NoError(t, err)
	begin(t, NewSessions(s, func() time.Time { return now }), "binh")
}

func opened(t *testing.T, s *Store) *tracker.Service {
	t.Helper()
	d, err := dossier.Load("2021")
	require.NoError(t, err)
	o, err := d.Opening(area.Edition2021().Only("small", "058", "498"))
	require.NoError(t, err)
	now := civil.Must("2021-01-25").At(civil.NewClock(8, 0), time.UTC)
	service := tracker.NewService(s, func() time.Time { return now }, time.UTC, nil)
	_, err = service.Open(t.Context(), o, tracker.Actor{ID: "test"})
	require.NoError(t, err)
	return service
}

// wire is the way to the server, which can be cut.
type wire struct {
	mu    sync.Mutex
	conns []net.Conn
	cut   bool
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
	}
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err == nil {
		w.conns = append(w.conns, c)
	}
	return c, err
}

// sever ends all connections as a server that was killed would.
func (w *wire) sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, c := range w.conns {
		_ = c.Close()
	}
}

func wired(t *testing.T) (*Store, *wire) {
	t.Helper()
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	w := &wire{}
	config.ConnConfig.DialFunc = w.dial
	config.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return New(pool), w
}

// everything asks all that the store answers.
func everything(ctx context.Context, s *Store, f *tracker.Frame, o *tracker.Opening) map[string]error {
	id := tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}
	got := map[string]error{}
	_, got["heads"] = s.Heads(ctx)
	_, got["head"] = s.Head(ctx, "2021")
	_, got["snapshot"] = s.Snapshot(ctx, "2021", func(*tracker.Milestone) error { return nil }, func(*tracker.Change) error { return nil })
	_, got["changes"] = s.Changes(ctx, "2021", 0, 10)
	_, got["history"] = s.History(ctx, "2021", id, 0, 10, tracker.Itself)
	_, got["record"] = s.Record(ctx, "2021", id)
	_, got["frame"] = s.Frame(ctx, "2021")
	_, got["bodies"] = s.Bodies(ctx, "2021")
	_, got["documents"] = s.Documents(ctx, "2021")
	_, got["plans"] = s.Plans(ctx, "2021")
	_, got["statements"] = s.Statements(ctx, "2021")
	_, got["sources"] = s.Sources(ctx, "2021")
	_, got["entered"] = s.Entered(ctx, "2021", "x")
	got["listen"] = s.Listen(ctx, func() {}, func(tracker.ElectionID, tracker.Revision) {})
	_, got["caller"] = s.Caller(ctx, "lan")
	_, got["account"] = s.Account(ctx, "lan")
	_, got["accounts"] = s.Accounts(ctx, "", 10)
	_, _, got["count"] = s.CountAccounts(ctx)
	_, got["grants"] = s.Grants(ctx, "lan")
	_, got["people"] = s.People(ctx, access.Stretch{Edition: "small", Limit: 10})
	_, got["people at"] = s.PeopleAt(ctx, "small", []area.Code{"058"}, access.Lead)
	_, got["leads"] = s.Leads(ctx, "small")
	_, got["sessions"] = s.Sessions(ctx, "lan", time.Unix(0, 0))
	got["end session"] = s.EndSession(ctx, "lan", "")
	got["end sessions"] = s.EndSessions(ctx, "lan", "")
	_, got["tokens"] = s.Tokens(ctx, "lan")
	_, got["token"] = s.TokenOf(ctx, access.Digest{})
	got["usage"] = s.AddUsage(ctx, []access.Usage{{Token: "x"}})
	_, got["clients"] = s.Clients(ctx, access.ClientQuery{Edition: "small"})
	_, got["health"] = s.Health(ctx, []string{"x"}, time.Unix(0, 0))
	_, got["stale clients"] = s.CountStale(ctx, time.Unix(0, 0), civil.Date{})
	_, got["access revision"] = s.AccessRevision(ctx)
	_, got["calendars"] = s.Calendars(ctx, "lan")
	_, got["calendar"] = s.CalendarOf(ctx, access.Digest{})
	got["touch calendar"] = s.TouchCalendar(ctx, "x", time.Unix(0, 0), time.Unix(0, 0))
	_, got["link"] = s.Link(ctx, access.Digest{}, time.Unix(0, 0))
	got["attempt"] = s.Attempt(ctx, access.Attempt{}, func(access.Attempts) error { return nil })
	got["forgive"] = s.Forgive(ctx, access.Attempt{})
	_, got["events"] = s.Events(ctx, 0, 10)
	got["act on accounts"] = s.Act(ctx, func(access.Desk) error { return nil })
	_, _, got["find session"] = NewSessions(s, time.Now).FindCtx(ctx, idOf(make([]byte, 32)))
	_, got["open"] = s.Open(ctx, o, tracker.Change{Election: "2021", Recorded: time.Unix(0, 0)})
	_, got["change"] = s.Change(ctx, f, tracker.Needs{Milestones: []tracker.MilestoneID{id}, Election: true}, func(found tracker.Found) (*tracker.Act, error) {
		a := tracker.Begin(f, tracker.Actor{}, time.Unix(0, 0), time.UTC, found)
		err := a.Move(tracker.Closed, civil.Date{})
		return a, err
	})
	return got
}

func TestADatabaseThatIsGoneIsSaidToBeUnavailable(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(*testing.T, *Store, *wire){
		"the pool is closed":                  func(_ *testing.T, s *Store, _ *wire) { s.pool.Close() },
		"the server was killed":               func(_ *testing.T, _ *Store, w *wire) { w.sever() },
		"the server ends sessions on its way": ended,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, w := wired(t)
			opened(t, s)
			f, err := s.Frame(t.Context(), "2021")
			require.NoError(t, err)
			o := &tracker.Opening{Frame: f}
			away(t, s, w)
			for call, err := range everything(t.Context(), s, f, o) {
				require.Equal(t, fault.Unavailable, fault.KindOf(err), "%s: %v", call, err)
				told, _ := fault.As(err)
				require.NotContains(t, told.Text.Vi+told.Text.En, "refused", call)
				require.Error(t, told.Cause, call)
			}
		})
	}
}

// ended ends the sessions and lets nobody in any more.
func ended(t *testing.T, s *Store, w *wire) {
	t.Helper()
	_, err := s.pool.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	require.NoError(t, err)
	w.mu.Lock()
	w.cut = true
	w.mu.Unlock()
	_, err = s.pool.Exec(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
	require.Equal(t, fault.Unavailable, fault.KindOf(mapped(err)))
}

func TestAConnectionThatBreaksMidwayIsUnavailable(t *testing.T) {
	t.Parallel()
	s, w := wired(t)
	opened(t, s)
	f, err := s.Frame(t.Context(), "2021")
	require.NoError(t, err)
	n := 0
	_, err = s.Snapshot(t.Context(), "2021", func(*tracker.Milestone) error {
		if n++; n == 1 {
			w.sever()
		}
		return nil
	}, func(*tracker.Change) error { return nil })
	if err != nil { // what had arrived already may have been all
		require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
	}
	_, err = s.Change(t.Context(), f, tracker.Needs{}, func(tracker.Found) (*tracker.Act, error) { return nil, io.EOF })
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
}

func TestWhatBreaksOffMidwayLeavesNothing(t *testing.T) {
	t.Parallel()
	s, w := wired(t)
	opened(t, s)
	f, err := s.Frame(t.Context(), "2021")
	require.NoError(t, err)
	id := tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}
	before, err := s.Record(t.Context(), "2021", id)
	require.NoError(t, err)
	report := func(found tracker.Found) (*tracker.Act, error) {
		a := tracker.Begin(f, tracker.Actor{ID: "test"}, time.Unix(1_611_536_400, 0), time.UTC, found)
		_, err := a.UpdateTask(tracker.TaskCommand{ID: id, Task: "duty", If: 1, Status: tracker.To(tracker.InProgress)})
		return a, err
	}
	unchanged := func(s *Store) {
		after, err := s.Record(context.WithoutCancel(t.Context()), "2021", id)
		require.NoError(t, err)
		require.Equal(t, before, after)
		head, err := s.Head(context.WithoutCancel(t.Context()), "2021")
		require.NoError(t, err)
		require.Equal(t, tracker.Revision(1), head.Revision)
	}

	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Change(ctx, f, tracker.Needs{Milestones: []tracker.MilestoneID{id}}, func(found tracker.Found) (*tracker.Act, error) {
		cancel()
		return report(found)
	})
	require.ErrorIs(t, err, context.Canceled, "the caller went away: nobody's fault")
	unchanged(s)

	soon, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	_, err = s.Change(soon, f, tracker.Needs{Milestones: []tracker.MilestoneID{id}}, func(found tracker.Found) (*tracker.Act, error) {
		<-soon.Done()
		return report(found)
	})
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
	unchanged(s)

	_, err = s.Change(t.Context(), f, tracker.Needs{Milestones: []tracker.MilestoneID{id}}, func(found tracker.Found) (*tracker.Act, error) {
		w.sever()
		return report(found)
	})
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
	w.mu.Lock()
	w.cut = false
	w.mu.Unlock()
	unchanged(s)
	changes, err := s.Change(t.Context(), f, tracker.Needs{Milestones: []tracker.MilestoneID{id}}, report)
	require.NoError(t, err, "no lock is left behind")
	require.Len(t, changes, 1)
}
