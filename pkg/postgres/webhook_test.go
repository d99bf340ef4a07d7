package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/jobs"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// here is this machine, which messages of these tests go to.
var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// got is a message that a receiver got.
type got struct {
	header http.Header
	body   []byte
	said   struct {
		Type string
		Data struct {
			Area            string
			Cause, Revision int64
			Count           int
			Tag             string `json:"change_tag"`
			Kinds           map[string]int
			Places          struct {
				Count int
				First []string
			}
			Items   []struct{ Kind, Area, Milestone string }
			Changes string
		}
	}
}

func (g *got) id() string { return g.header.Get("webhook-id") }

// receiver is an endpoint that keeps what it gets and answers as it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []got
	answer func(n int, w http.ResponseWriter)
}

func receive(t *testing.T, answer func(n int, w http.ResponseWriter)) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, asked *http.Request) {
		body, _ := io.ReadAll(asked.Body)
		m := got{header: asked.Header.Clone(), body: body}
		_ = json.Unmarshal(body, &m.said)
		r.mu.Lock()
		r.got = append(r.got, m)
		n := len(r.got)
		r.mu.Unlock()
		if r.answer != nil {
			r.answer(n, w)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []got {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]got(nil), r.got...)
}

// endpoints is a world with a server that tells endpoints.
type endpoints struct {
	*world
	server   *server
	service  *webhook.Service
	consumer *webhook.Consumer
	by       access.Actor
}

func tells(t *testing.T) *endpoints {
	t.Helper()
	w := open(t, places())
	accounts, err := access.NewService(w.store, w.clock.now, zone, unhashed{})
	require.NoError(t, err)
	_, err = accounts.CreateAccount(t.Context(), access.Operator("Người vận hành"), access.NewAccount{
		User: "lan", Name: "Lan", Grants: []access.Grant{{Edition: "small", Area: bacKan, Role: access.Lead}},
	})
	require.NoError(t, err)
	s := serve(w.pool, w.clock.now)
	t.Cleanup(s.stop)
	e := &endpoints{world: w, server: s, by: access.Actor{User: "lan", Name: "Lan"}}
	e.service = webhook.NewService(w.store, webhook.NewGuard(here, nil), time.Now)
	e.consumer = &webhook.Consumer{Store: w.store, View: s.mirror.View, Now: time.Now}
	s.view(t)
	return e
}

// make makes a webhook of a branch.
func (e *endpoints) make(t *testing.T, url string, n webhook.New) (webhook.Webhook, webhook.Secret) {
	t.Helper()
	n.Election, n.URL = id, url
	if n.Area == "" {
		n.Area = bacKan
	}
	w, secret, err := e.service.Make(t.Context(), e.opening.Frame, e.by, n)
	require.NoError(t, err)
	return w, secret
}

// pump passes on all that has happened.
func (e *endpoints) pump(t require.TestingT) {
	e.server.caughtUp(t, e.head().Revision)
	for {
		more, err := e.consumer.Take(context.Background(), id)
		require.NoError(t, err)
		if !more {
			return
		}
	}
}

func (e *endpoints) deliveries(t *testing.T, w webhook.Webhook) []webhook.Delivery {
	t.Helper()
	all, err := e.service.Deliveries(t.Context(), w.Place, w.ID, time.Time{}, 1000)
	require.NoError(t, err)
	return all
}

func (e *endpoints) delivery(t *testing.T, w webhook.Webhook, d webhook.DeliveryID) (webhook.Delivery, []webhook.Attempt) {
	t.Helper()
	out, attempts, err := e.service.Delivery(t.Context(), w.Place, w.ID, d)
	require.NoError(t, err)
	return out, attempts
}

// work runs a server's jobs until the test is over, or stop is called.
func (e *endpoints) work(t *testing.T, s webhook.Schedule) (stop func()) {
	t.Helper()
	sender := webhook.NewSender(webhook.NewGuard(here, nil), "tiendo", nil, time.Now)
	courier := &webhook.Courier{Store: e.store, Sender: sender, Schedule: s, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	workers := river.NewWorkers()
	work := jobs.Join(workers, jobs.Work{Queues: map[string]int{webhook.Queue: webhook.Workers}, Periodic: courier.Register(workers)})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx, e.pool, work, slog.New(slog.DiscardHandler)) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
		sender.Close()
	})
	t.Cleanup(stop)
	return stop
}

// soon is how long something that happens at once may take on a busy machine.
const soon = 30 * time.Second

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, soon, 5*time.Millisecond)
}

// quick retries three times without waiting long.
var quick = webhook.Schedule{time.Millisecond, time.Millisecond, time.Millisecond}

func TestA24_AMassChangeMakesOneMessage(t *testing.T) {
	t.Parallel()
	e := tells(t)
	e.clock.set("2021-04-10")
	w, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{Place: webhook.Place{Area: area.Nation}})
	did := e.batch(e.communes("voter_list_posted"), false)
	e.pump(t)
	all := e.deliveries(t, w)
	require.Len(t, all, 1)
	require.Equal(t, did.Changes[0].Revision, all[0].Cause)
	require.Equal(t, did.Revision, all[0].Revision)
	var m got
	require.NoError(t, json.Unmarshal(all[0].Body, &m.said))
	require.Equal(t, len(did.Changes), m.said.Data.Count)
	require.Positive(t, m.said.Data.Kinds["milestone_moved"])
	require.Equal(t, m.said.Data.Count, m.said.Data.Kinds["task_updated"]+m.said.Data.Kinds["milestone_moved"])
	require.NotEmpty(t, m.said.Data.Places.First)
	require.Len(t, m.said.Data.Items, 20)
	require.Equal(t, "/api/v1/elections/2021/areas/VN/changes", m.said.Data.Changes)

	// An amendment of all of it is one message, too.
	_, err := e.Amend(t.Context(), id, actor, day("2021-06-20"), nil)
	require.NoError(t, err)
	e.pump(t)
	require.Len(t, e.deliveries(t, w), 2)
}

// pages are a log that breaks off after a few entries, so that a mirror has views
// within acts: none that it should have.
type pages struct{ *postgres.Store }

func (p pages) Changes(ctx context.Context, e tracker.ElectionID, after tracker.Revision, _ int) ([]tracker.Change, error) {
	return p.Store.Changes(ctx, e, after, 3)
}

func TestA24_AMassChangeMakesOneMessageHoweverItIsRead(t *testing.T) {
	t.Parallel()
	e := tells(t)
	e.clock.set("2021-04-10")
	w, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{Place: webhook.Place{Area: area.Nation}})
	reads := mirror.New(pages{e.store}, mirror.Options{Now: time.Now, Told: []func(mirror.Step){func(s mirror.Step) {
		c := &webhook.Consumer{Store: e.store, View: func(tracker.ElectionID) (*mirror.View, error) { return s.After, nil }, Now: time.Now}
		if _, err := c.Take(context.Background(), id); err != nil {
			t.Error(err)
		}
	}}})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = reads.Run(ctx) })
	defer running.Wait()
	defer cancel()
	require.NoError(t, reads.Wait(ctx))
	e.plan(t, "2021-02-10")
	did := e.batch(e.communes("voter_list_posted"), false)
	eventually(t, func() bool {
		v, err := reads.View(id)
		return err == nil && v.Revision() == did.Revision
	})
	eventually(t, func() bool { return len(e.deliveries(t, w)) >= 2 })
	all := e.deliveries(t, w)
	require.Len(t, all, 2)
	require.Equal(t, []tracker.Revision{did.Changes[0].Revision, did.Revision}, []tracker.Revision{all[0].Cause, all[0].Revision})
	require.Contains(t, string(all[1].Body), `"change_tag":"sync-7"`, "the writer knows its own")
}

func TestAWebhookIsToldOfItsBranchAndWhatItAskedFor(t *testing.T) {
	t.Parallel()
	e := tells(t)
	e.plan(t, "2021-02-10")
	everything, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{Place: webhook.Place{Area: area.Nation}})
	branch, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{})
	elsewhere, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{Place: webhook.Place{Area: haiPhong}})
	planned, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{Kinds: []string{string(tracker.MilestonePlanned)}})
	family := func(key tracker.MilestoneKey) webhook.Webhook {
		o, known := e.server.view(t).OriginOf(key)
		require.True(t, known)
		w, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{Families: []string{o.Family}})
		return w
	}
	asked, other := family("consult1_pc_commune"), family("polling_team")

	_, err := e.AddNote(t.Context(), id, actor, tracker.NoteEntry{ID: tracker.MilestoneID{Area: commune, Key: "polling_team"}, Text: "nội bộ"})
	require.NoError(t, err)
	e.done(commune, "consult1_pc_commune", trialDay)
	e.pump(t)
	told := func(w webhook.Webhook) (causes []tracker.Revision) {
		for _, d := range e.deliveries(t, w) {
			require.Greater(t, d.Cause, w.After, "only what happened after it was made")
			require.NotContains(t, string(d.Body), "note")
			require.NotContains(t, string(d.Body), actor.Name)
			causes = append(causes, d.Cause)
		}
		return causes
	}
	require.NotEmpty(t, told(everything))
	require.ElementsMatch(t, told(everything), told(branch))
	require.Empty(t, told(elsewhere))
	require.Empty(t, told(planned))
	require.ElementsMatch(t, told(everything), told(asked))
	require.Empty(t, told(other), "it was planned before, and the note is internal")
}

func TestWhatIsNotPublishedIsNotTold(t *testing.T) {
	t.Parallel()
	e := tells(t)
	w, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{})
	e.exec(`INSERT INTO change SELECT election, (SELECT max(revision) + 1 FROM change), 'document_added', '058', NULL, NULL, NULL, 'secret', actor_id, actor_name,
		recorded_at, happened_on, (SELECT max(revision) + 1 FROM change), NULL, NULL, '{"document": {"key": "secret", "public": false}}', hash FROM change WHERE revision = 1`)
	n := e.count("SELECT max(revision)::int FROM change")
	more, err := e.store.Turn(t.Context(), id, tracker.Revision(n), func(turn webhook.Turn) error {
		return turn.Entries(t.Context(), func(x *notify.Entry) (bool, error) {
			require.Empty(t, x.Kind)
			return false, nil
		})
	})
	require.NoError(t, err)
	require.False(t, more)
	require.Empty(t, e.deliveries(t, w))
}

// broken fails after the messages were kept, before the cursor has moved.
type broken struct{ webhook.Turn }

var errBroken = errors.New("the server ended")

func (b broken) Deliver(ctx context.Context, all []webhook.Delivery) error {
	return errors.Join(b.Turn.Deliver(ctx, all), errBroken)
}

// breaking is a store whose turns break off.
type breaking struct{ webhook.Store }

func (b breaking) Turn(ctx context.Context, e tracker.ElectionID, upTo tracker.Revision, take func(webhook.Turn) error) (bool, error) {
	return b.Store.Turn(ctx, e, upTo, func(t webhook.Turn) error { return take(broken{t}) })
}

func TestEachActIsPassedOnOnceWhateverBreaksOff(t *testing.T) {
	t.Parallel()
	e := tells(t)
	w, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{})
	e.done(commune, "consult1_pc_commune", trialDay)
	e.server.caughtUp(t, e.head().Revision)
	for range 3 {
		half := &webhook.Consumer{Store: breaking{e.store}, View: e.server.mirror.View, Now: time.Now}
		_, err := half.Take(t.Context(), id)
		require.ErrorIs(t, err, errBroken)
	}
	require.Empty(t, e.deliveries(t, w))
	require.Zero(t, e.count("SELECT count(*) FROM river.river_job WHERE kind = 'webhook_sending'"))
	e.pump(t)
	acts := e.count("SELECT count(*) FROM change WHERE revision > $1 AND cause = revision", int64(w.After))
	require.Len(t, e.deliveries(t, w), acts)
	require.Equal(t, acts, e.count("SELECT count(*) FROM river.river_job WHERE kind = 'webhook_sending'"))
	e.pump(t)
	require.Len(t, e.deliveries(t, w), acts)
}

func TestTwoServersPassEachActOnOnce(t *testing.T) {
	t.Parallel()
	e := tells(t)
	w, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{Place: webhook.Place{Area: area.Nation}})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	elections := func() []tracker.ElectionID { return []tracker.ElectionID{id} }
	for range 3 {
		pump := notify.NewPump(slog.New(slog.DiscardHandler))
		m := mirror.New(e.store, mirror.Options{Now: time.Now, Told: []func(mirror.Step){pump.Told}})
		running.Go(func() { _ = m.Run(ctx) })
		running.Go(func() { _ = pump.Run(ctx, elections, &webhook.Consumer{Store: e.store, View: m.View, Now: time.Now}) })
	}
	defer running.Wait()
	defer cancel()
	e.done(commune, "consult1_pc_commune", trialDay)
	for _, day := range []string{"2021-02-10", "2021-02-11", "2021-02-12"} {
		e.plan(t, day)
	}
	acts := func() int {
		return e.count("SELECT count(*) FROM change WHERE revision > $1 AND cause = revision", int64(w.After))
	}
	eventually(t, func() bool { return len(e.deliveries(t, w)) == acts() })
	seen := map[tracker.Revision]bool{}
	for _, d := range e.deliveries(t, w) {
		require.False(t, seen[d.Cause])
		seen[d.Cause] = true
	}
}

func TestA19_DeliveriesVerifyWithThePublicLibrary(t *testing.T) {
	t.Parallel()
	e := tells(t)
	to := receive(t, nil)
	w, secret := e.make(t, to.URL, webhook.New{})
	require.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, secret.Reveal())
	require.NotContains(t, pgtest.Value[string](t, e.pool, "accounts", "SELECT string_agg(coalesce(before::text, '') || coalesce(after::text, ''), ' ') FROM access_event"), "whsec_")
	e.done(commune, "consult1_pc_commune", trialDay)
	e.pump(t)
	e.work(t, quick)
	n := len(e.deliveries(t, w))
	eventually(t, func() bool { return len(to.all()) == n })
	verifies, err := standardwebhooks.NewWebhook(secret.Reveal())
	require.NoError(t, err)
	wrong, err := standardwebhooks.NewWebhook("whsec_" + strings.Repeat("A", 44))
	require.NoError(t, err)
	for _, m := range to.all() {
		require.NoError(t, verifies.Verify(m.body, m.header))
		require.Error(t, wrong.Verify(m.body, m.header))
		require.Error(t, verifies.Verify(append(m.body, ' '), m.header))
		require.Equal(t, "application/json", m.header.Get("Content-Type"))
		require.Equal(t, "area.changed", m.said.Type)
		require.Equal(t, string(bacKan), m.said.Data.Area)
	}
	eventually(t, func() bool {
		for _, d := range e.deliveries(t, w) {
			if d.State != webhook.Delivered {
				return false
			}
		}
		return true
	})
}

func TestA19_TheIdStaysOverRetriesAndSendingAgainWhileTheSignatureIsFresh(t *testing.T) {
	t.Parallel()
	e := tells(t)
	to := receive(t, func(n int, w http.ResponseWriter) {
		if n <= 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	w, secret := e.make(t, to.URL, webhook.New{Kinds: []string{string(tracker.MilestonePlanned)}})
	e.plan(t, "2021-02-10")
	e.pump(t)
	e.work(t, webhook.Schedule{time.Second, time.Second, time.Second})
	eventually(t, func() bool { return len(to.all()) == 3 })
	d := e.deliveries(t, w)[0]
	eventually(t, func() bool { now, _ := e.delivery(t, w, d.ID); return now.State == webhook.Delivered })
	_, err := e.service.Again(t.Context(), w.Place, w.ID, d.ID)
	require.NoError(t, err)
	eventually(t, func() bool { return len(to.all()) == 4 })
	eventually(t, func() bool { _, tries := e.delivery(t, w, d.ID); return len(tries) == 4 })

	verifies, err := standardwebhooks.NewWebhook(secret.Reveal())
	require.NoError(t, err)
	signatures := map[string]bool{}
	for _, m := range to.all() {
		require.Equal(t, string(d.ID), m.id())
		require.Equal(t, to.all()[0].body, m.body)
		require.NoError(t, verifies.Verify(m.body, m.header))
		signatures[m.header.Get("webhook-timestamp")+m.header.Get("webhook-signature")] = true
	}
	require.Greater(t, len(signatures), 2, "each retry is at least a second later and signed anew")
	_, tries := e.delivery(t, w, d.ID)
	for k, a := range tries {
		require.Equal(t, k+1, a.Number)
		require.Equal(t, []int{503, 503, 200, 200}[k], a.Status)
	}
}

// plan sets a planned day, which is one act, with a tag of the writer's own.
func (e *endpoints) plan(t *testing.T, day string) {
	t.Helper()
	r := e.record(commune, "polling_team")
	_, err := e.Plan(t.Context(), id, tracker.Actor{ID: actor.ID, Name: actor.Name, Tag: "sync-7"}, tracker.PlanCommand{ID: r.Milestone.ID, If: r.Milestone.Revision, Planned: civil.Must(day)})
	require.NoError(t, err)
}

func TestA19_BothSecretsSignWhileOneIsBeingRotated(t *testing.T) {
	t.Parallel()
	e := tells(t)
	to := receive(t, nil)
	w, old := e.make(t, to.URL, webhook.New{})
	rotated, fresh, err := e.service.Rotate(t.Context(), e.opening.Frame, e.by, w.Place, w.ID)
	require.NoError(t, err)
	require.Equal(t, w.ID, rotated.ID)
	require.NotEqual(t, old, fresh)
	d, err := e.service.Test(t.Context(), w.Place, w.ID)
	require.NoError(t, err)
	e.work(t, quick)
	eventually(t, func() bool { return len(to.all()) == 1 })
	m := to.all()[0]
	require.Equal(t, string(d.ID), m.id())
	require.Equal(t, "webhook.test", m.said.Type)
	require.Len(t, strings.Fields(m.header.Get("webhook-signature")), 2)
	for _, s := range []webhook.Secret{old, fresh} {
		verifies, err := standardwebhooks.NewWebhook(s.Reveal())
		require.NoError(t, err)
		require.NoError(t, verifies.Verify(m.body, m.header))
	}
	// A day later only the new one is left.
	errand, err := e.store.ClaimDelivery(t.Context(), d.ID, time.Now().Add(25*time.Hour), time.Now().Add(26*time.Hour))
	require.NoError(t, err)
	require.Equal(t, []webhook.Secret{fresh}, errand.Secrets)
}

func TestA20_WhatIsNever2xxIsTriedByTheScheduleThenTheWebhookIsOff(t *testing.T) {
	t.Parallel()
	for what, answer := range map[string]func(n int, w http.ResponseWriter){
		"500": func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		"404": func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) },
		"302": func(_ int, w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(http.StatusFound)
		},
		"closed": func(_ int, w http.ResponseWriter) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = conn.Close()
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			e := tells(t)
			to := receive(t, answer)
			w, _ := e.make(t, to.URL, webhook.New{Kinds: []string{string(tracker.MilestonePlanned)}})
			e.plan(t, "2021-02-10")
			e.pump(t)
			e.work(t, quick)
			d := e.deliveries(t, w)[0]
			eventually(t, func() bool { now, _ := e.delivery(t, w, d.ID); return now.State == webhook.GivenUp })
			_, tries := e.delivery(t, w, d.ID)
			require.Len(t, tries, len(quick)+1)
			now, err := e.service.Webhook(t.Context(), w.Place, w.ID)
			require.NoError(t, err)
			require.Equal(t, webhook.Failed, now.Off)
			require.False(t, now.OffSince.IsZero())
			require.Greater(t, now.Revision, w.Revision)

			// Nothing more is made for it, and nothing is sent again before it is on.
			e.plan(t, "2021-02-11")
			e.pump(t)
			require.Len(t, e.deliveries(t, w), 1)
			_, err = e.service.Again(t.Context(), w.Place, w.ID, d.ID)
			require.True(t, fault.Is(err, "webhook-off"), "%v", err)
			on := true
			now, err = e.service.Change(t.Context(), e.opening.Frame, e.by, webhook.Change{Place: w.Place, ID: w.ID, If: now.Revision, Enabled: &on})
			require.NoError(t, err)
			require.Equal(t, webhook.On, now.Off)
			e.plan(t, "2021-02-12")
			e.pump(t)
			require.Len(t, e.deliveries(t, w), 2)
		})
	}
}

func TestA20_410SwitchesOffAtOnce(t *testing.T) {
	t.Parallel()
	e := tells(t)
	to := receive(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusGone) })
	w, _ := e.make(t, to.URL, webhook.New{Kinds: []string{string(tracker.MilestonePlanned)}})
	e.plan(t, "2021-02-10")
	e.pump(t)
	e.work(t, webhook.StandardSchedule)
	eventually(t, func() bool {
		now, err := e.service.Webhook(t.Context(), w.Place, w.ID)
		return err == nil && now.Off == webhook.Gone
	})
	require.Len(t, to.all(), 1)
}

// Somebody sends a message again while the last attempt of it is under way.
func TestAMessageThatIsSentAgainMeanwhileIsWhatTheLatestAttemptsSay(t *testing.T) {
	t.Parallel()
	e := tells(t)
	w, _ := e.make(t, "http://127.0.0.1:9/", webhook.New{Kinds: []string{string(tracker.MilestonePlanned)}})
	gone := webhook.Verdict{State: webhook.GivenUp, Off: webhook.Gone}
	begin := func(d webhook.DeliveryID) webhook.Errand {
		errand, err := e.store.ClaimDelivery(t.Context(), d, time.Now().Add(time.Second), time.Now().Add(time.Minute))
		require.NoError(t, err)
		return errand
	}
	ends := func(errand webhook.Errand, a webhook.Attempt, v webhook.Verdict) {
		a.At = time.Now().UTC()
		off, err := e.store.Attempted(t.Context(), &errand.Delivery, &a, v)
		require.NoError(t, err)
		require.False(t, off, "the endpoint may take it yet")
	}
	fails := func(errand webhook.Errand) {
		ends(errand, webhook.Attempt{Outcome: webhook.Refused, Status: 410}, gone)
	}
	taken := func(errand webhook.Errand) {
		ends(errand, webhook.Attempt{Outcome: webhook.Taken, Status: 200}, webhook.Verdict{State: webhook.Delivered})
	}
	for what, after := range map[string]func(last webhook.Errand){
		"the last attempt fails, the next one is taken": func(last webhook.Errand) {
			fails(last)
			now, _ := e.delivery(t, w, last.ID)
			require.Equal(t, webhook.Waiting, now.State)
			require.Zero(t, now.Tried)
			taken(begin(last.ID))
		},
		"both at once, the last attempt fails first": func(last webhook.Errand) {
			next := begin(last.ID)
			fails(last)
			taken(next)
		},
		"both at once, the last attempt fails later": func(last webhook.Errand) {
			next := begin(last.ID)
			taken(next)
			fails(last)
		},
		"the last attempt is taken after all": func(last webhook.Errand) {
			taken(last)
			require.Equal(t, webhook.Delivered, begin(last.ID).State, "nothing is left to do")
		},
		"the last attempt is taken, what follows is too late": func(last webhook.Errand) {
			next := begin(last.ID)
			taken(last)
			ends(next, webhook.Attempt{Outcome: webhook.Refused, Status: 503}, webhook.Verdict{State: webhook.Waiting, Next: time.Now()})
		},
	} {
		e.plan(t, map[bool]string{true: "2021-02-10", false: "2021-02-11"}[e.count("SELECT max(revision)::int FROM change")%2 == 0])
		e.pump(t)
		d := e.deliveries(t, w)[0]
		last := begin(d.ID)
		_, err := e.service.Again(t.Context(), w.Place, w.ID, d.ID)
		require.NoError(t, err)
		after(last)
		now, _ := e.delivery(t, w, d.ID)
		require.Equal(t, webhook.Delivered, now.State, what)
	}
}

func TestMessagesThatSwitchOffAtOnceDoNotHoldEachOtherForGood(t *testing.T) {
	t.Parallel()
	e := tells(t)
	w, _ := e.make(t, "http://127.0.0.1:9/", webhook.New{Kinds: []string{string(tracker.MilestonePlanned)}})
	for _, on := range []string{"2021-02-10", "2021-02-11", "2021-02-12"} {
		e.plan(t, on)
	}
	e.pump(t)
	release := e.gate("SET LOCAL tiendo.reads = 'webhooks'; SELECT FROM webhook FOR UPDATE")
	gone := webhook.Verdict{State: webhook.GivenUp, Off: webhook.Gone}
	offs := make(chan bool, 2)
	var both sync.WaitGroup
	for _, d := range e.deliveries(t, w)[:2] {
		both.Go(func() {
			off, err := e.store.Attempted(context.Background(), &d, &webhook.Attempt{At: time.Now(), Outcome: webhook.Refused, Status: http.StatusGone}, gone)
			if err != nil {
				t.Error(err)
			}
			offs <- off
		})
	}
	e.blocked(2)
	release()
	both.Wait()
	one, other := <-offs, <-offs
	require.NotEqual(t, one, other, "it is switched off once")
	for _, d := range e.deliveries(t, w) {
		require.Equal(t, webhook.GivenUp, d.State)
	}
}

func TestA20_OneMessageThatIsRefusedDoesNotSwitchOffAnEndpointThatTakesOthers(t *testing.T) {
	t.Parallel()
	e := tells(t)
	var first atomic.Value
	to := receive(t, nil)
	to.answer = func(n int, w http.ResponseWriter) {
		m := to.all()[n-1]
		first.CompareAndSwap(nil, m.id())
		if m.id() == first.Load() {
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
	}
	w, _ := e.make(t, to.URL, webhook.New{Kinds: []string{string(tracker.MilestonePlanned)}})
	e.plan(t, "2021-02-10")
	e.pump(t)
	e.work(t, webhook.Schedule{time.Second, 2 * time.Second})
	eventually(t, func() bool { return len(to.all()) > 0 })
	e.plan(t, "2021-02-11")
	e.pump(t)
	refused, _ := first.Load().(string)
	eventually(t, func() bool {
		now, _ := e.delivery(t, w, webhook.DeliveryID(refused))
		return now.State == webhook.GivenUp
	})
	now, err := e.service.Webhook(t.Context(), w.Place, w.ID)
	require.NoError(t, err)
	require.Equal(t, webhook.On, now.Off)
}

func TestA20_AHugeAnswerAndOneWithControlCharactersAreCutAndKept(t *testing.T) {
	t.Parallel()
	e := tells(t)
	to := receive(t, func(_ int, w http.ResponseWriter) {
		_, _ = io.WriteString(w, "nhận \x1b[31mrồi\x00 ")
		for range 1 << 10 {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	w, _ := e.make(t, to.URL, webhook.New{})
	d, err := e.service.Test(t.Context(), w.Place, w.ID)
	require.NoError(t, err)
	e.work(t, quick)
	eventually(t, func() bool { now, _ := e.delivery(t, w, d.ID); return now.State == webhook.Delivered })
	_, tries := e.delivery(t, w, d.ID)
	require.Equal(t, "nhận [31mrồi", tries[0].Answer)
	require.Less(t, tries[0].Took, 10*time.Second)
}

func TestOneSlowReceiverDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	e := tells(t)
	release := make(chan struct{})
	slow := receive(t, func(int, http.ResponseWriter) { <-release })
	fast := receive(t, nil)
	held, _ := e.make(t, slow.URL, webhook.New{})
	other, _ := e.make(t, fast.URL, webhook.New{})
	for range 2 * webhook.Workers {
		_, err := e.service.Test(t.Context(), held.Place, held.ID)
		require.NoError(t, err)
	}
	e.work(t, quick)
	eventually(t, func() bool { return len(slow.all()) > 0 })
	for range 5 {
		_, err := e.service.Test(t.Context(), other.Place, other.ID)
		require.NoError(t, err)
	}
	eventually(t, func() bool { return len(fast.all()) == 5 })
	require.LessOrEqual(t, len(slow.all()), 2, "so many at once go to one endpoint")
	close(release)
}

func TestA20_AServerThatEndsBetweenAttemptsIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	e := tells(t)
	var up atomic.Bool
	to := receive(t, func(_ int, w http.ResponseWriter) {
		if !up.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	w, _ := e.make(t, to.URL, webhook.New{Kinds: []string{string(tracker.MilestonePlanned)}})
	e.plan(t, "2021-02-10")
	e.pump(t)
	stop := e.work(t, webhook.Schedule{2 * time.Second, time.Second})
	d := e.deliveries(t, w)[0]
	eventually(t, func() bool { _, tries := e.delivery(t, w, d.ID); return len(tries) == 1 })
	stop()
	up.Store(true)
	for range 2 { // two servers take its place
		e.work(t, webhook.Schedule{2 * time.Second, time.Second})
	}
	eventually(t, func() bool { now, _ := e.delivery(t, w, d.ID); return now.State == webhook.Delivered })
	require.Len(t, to.all(), 2)
}

func TestA21_WhatLeadsInsideIsRefusedWhenItIsSent(t *testing.T) {
	t.Parallel()
	e := tells(t)
	to := receive(t, nil)
	w, _ := e.make(t, to.URL, webhook.New{})
	// The operator allows this network no more.
	strict := webhook.NewSender(webhook.NewGuard(nil, nil), "tiendo", nil, time.Now)
	t.Cleanup(strict.Close)
	_, err := webhook.NewService(e.store, webhook.NewGuard(nil, nil), time.Now).Webhook(t.Context(), w.Place, w.ID)
	require.NoError(t, err)
	d, err := e.service.Test(t.Context(), w.Place, w.ID)
	require.NoError(t, err)
	courier := &webhook.Courier{Store: e.store, Sender: strict, Schedule: quick, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	workers := river.NewWorkers()
	work := jobs.Work{Workers: workers, Queues: map[string]int{webhook.Queue: 1}, Periodic: courier.Register(workers)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx, e.pool, work, slog.New(slog.DiscardHandler)) }()
	eventually(t, func() bool { now, _ := e.delivery(t, w, d.ID); return now.State == webhook.GivenUp })
	cancel()
	require.NoError(t, <-ended)
	_, tries := e.delivery(t, w, d.ID)
	require.Equal(t, webhook.AddressRefused, tries[0].Outcome)
	require.Empty(t, to.all())
}

func TestOldDeliveriesAreRemovedAndThoseThatWaitStay(t *testing.T) {
	t.Parallel()
	e := tells(t)
	w, _ := e.make(t, "http://127.0.0.1:1/", webhook.New{})
	for range 3 {
		_, err := e.service.Test(t.Context(), w.Place, w.ID)
		require.NoError(t, err)
	}
	require.NoError(t, pgtest.Exec(e.pool, "webhooks", "UPDATE webhook_delivery SET made_at = now() - interval '31 days'"))
	require.NoError(t, pgtest.Exec(e.pool, "webhooks", "UPDATE webhook_delivery SET state = 'failed', next_at = NULL WHERE id = (SELECT min(id) FROM webhook_delivery)"))
	n, err := e.store.Sweep(t.Context(), time.Now().AddDate(0, 0, -30))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Len(t, e.deliveries(t, w), 2)
}

func TestWhoDidWhatToAWebhookStandsInTheLogOfAccounts(t *testing.T) {
	t.Parallel()
	e := tells(t)
	w, _ := e.make(t, "https://93.184.216.34/geheim?key=1", webhook.New{})
	off := false
	changed, err := e.service.Change(t.Context(), e.opening.Frame, e.by, webhook.Change{Place: w.Place, ID: w.ID, If: w.Revision, Enabled: &off})
	require.NoError(t, err)
	require.Equal(t, webhook.Paused, changed.Off)
	_, err = e.service.Change(t.Context(), e.opening.Frame, e.by, webhook.Change{Place: w.Place, ID: w.ID, If: w.Revision, Enabled: &off})
	require.Equal(t, fault.Stale, fault.KindOf(err))
	_, _, err = e.service.Rotate(t.Context(), e.opening.Frame, e.by, w.Place, w.ID)
	require.NoError(t, err)
	require.True(t, fault.Is(e.service.Remove(t.Context(), e.opening.Frame, e.by, w.Place, w.ID, w.Revision), "stale-revision"))
	require.NoError(t, e.service.Remove(t.Context(), e.opening.Frame, e.by, w.Place, w.ID, changed.Revision))
	_, err = e.service.Webhook(t.Context(), w.Place, w.ID)
	require.True(t, fault.Is(err, "webhook-not-found"))

	events, err := e.store.Events(t.Context(), 0, 100)
	require.NoError(t, err)
	var kinds []access.Kind
	for i := range events {
		if x := &events[i]; strings.HasPrefix(string(x.Kind), "webhook") {
			kinds = append(kinds, x.Kind)
			require.Equal(t, []any{access.UserID("lan"), bacKan, "small"}, []any{x.User, x.Area, x.Edition})
			said := pgtest.Value[string](t, e.pool, "accounts", "SELECT coalesce(before::text, '') || coalesce(after::text, '') FROM access_event WHERE revision = $1", int64(x.Revision))
			require.NotContains(t, said, "geheim")
		}
	}
	require.Equal(t, []access.Kind{access.WebhookMade, access.WebhookChanged, access.WebhookSecretMade, access.WebhookRemoved}, kinds)
}
