package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// keyed posts with a key.
func (s *server) keyed(key, path, body string, header ...string) *reply {
	s.t.Helper()
	return s.post(path, body, append([]string{"Idempotency-Key", key}, header...)...)
}

// entries is how long the log is.
func (d *database) entries() int {
	d.t.Helper()
	return pgtest.Value[int](d.t, d.pool, "log", "SELECT count(*) FROM change")
}

// again says that an answer is the first one over again.
func again(t *testing.T, first, r *reply) {
	t.Helper()
	require.Equal(t, first.status, r.status, "%s", r.body)
	require.Equal(t, first.text(), r.text(), "byte for byte")
	for _, name := range []string{"Etag", "Location", "Content-Type", "Content-Language", "Cache-Control"} {
		require.Equal(t, first.header.Get(name), r.header.Get(name), name)
	}
	require.Empty(t, first.header.Get("Idempotency-Replayed"))
	require.Equal(t, "true", r.header.Get("Idempotency-Replayed"))
}

func TestA23_TheSameAgainGetsTheFirstAnswerAndIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s, other := d.serve(), d.serve()
	reported := s.change(duty, `{"status": "done", "done_on": "2021-01-22", "evidence": {"number": "12/BB-MTTQ"}}`)
	require.NotEmpty(t, reported.tag())
	covered := map[string]bool{}
	for n, x := range []struct{ path, body, match string }{
		{consult + "/return", `{"reason": "thiếu dấu"}`, consult},
		{v1 + "/documents", `{"area": "058", "number": "7/UBBC", "issued_on": "2021-01-22", "title": "Thử", "kind": "decision"}`, ""},
		{plans, `{"area": "058", "title": {"vi": "Kế hoạch thử"}, "lines": [
			{"title": {"vi": "Họp"}, "phase": "direction", "nature": "duty", "areas": {"codes": ["058"]}, "latest_on": "2021-03-01"}]}`, ""},
		{plans + "/ke_hoach_thu/withdrawal", `{"reason": "thử"}`, plans + "/ke_hoach_thu"},
		{v1 + "/areas/058/occurrences", `{"rule": "candidate_leaves_board_pc", "occurred_on": "2021-01-20"}`, ""},
		{consult + "/tasks", `{"title": "Gọi điện"}`, ""},
		{consult + "/notes", `{"text": "nhắc lại"}`, ""},
		{batchesOf058, `{"rows": [{"area": "01834", "milestone": "polling_team"}], "plan": {"planned_on": "2021-02-10"}}`, ""},
		{v1 + "/amendments", `{"election_day": "2021-06-06", "reason": "thử"}`, v1 + "/amendments"},
	} {
		var match []string
		if x.match != "" {
			match = []string{"If-Match", s.get(x.match).ok().tag()}
		}
		before := d.entries()
		first := s.keyed(fmt.Sprint("key-", n), x.path, x.body, match...)
		require.Less(t, first.status, 300, "%s: %s", x.path, first.body)
		after := d.entries()
		require.Greater(t, after, before, x.path)
		again(t, first, s.keyed(fmt.Sprint("key-", n), x.path, x.body, match...))
		again(t, first, other.keyed(fmt.Sprint("key-", n), x.path, x.body, match...))
		require.Equal(t, after, d.entries(), x.path)
		path, _ := template(theContract(t), x.path)
		covered[path] = true
	}
	// Every POST that writes to the log of an election takes a key; the rest, which
	// have secrets in their answers, refuse one.
	alike := map[string]bool{"confirmMilestone": true, "importStatuses": true}
	for path, item := range theContract(t).Paths.Map() {
		if item.Post == nil {
			continue
		}
		takes := item.Post.Parameters.GetByInAndName(openapi3.ParameterInHeader, "Idempotency-Key") != nil
		require.Equal(t, strings.HasPrefix(path, "/api/v1/elections/") && !notOfTheLog.MatchString(path), takes, path)
		require.Equal(t, takes, covered[path] || alike[item.Post.OperationID], path)
	}
	s.keyed("k", v1+"/areas/058/people", `{"user": "mai", "name": "Mai", "role": "viewer"}`).refused(http.StatusBadRequest, "idempotency-key-not-taken")
}

const aNote = `{"text": "nhắc lại"}`

func TestA23_AKeyIsForOneRequestOfOneCaller(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	first := s.keyed("k", consult+"/notes", aNote)
	require.Equal(t, http.StatusCreated, first.status)
	for _, r := range []*reply{
		s.keyed("k", consult+"/notes", `{"text": "khác"}`), s.keyed("k", consult+"/tasks", `{"title": "nhắc lại"}`),
		s.keyed("k", v1+"/areas/058/milestones/consult2_pc_district/notes", aNote),
	} {
		r.refused(http.StatusUnprocessableEntity, "idempotency-key-reused")
		require.Equal(t, ":Idempotency-Key", place(r, 0))
	}
	mai := s.as(d.user("mai", "Mai", grant("058", access.Lead)))
	his := mai.keyed("k", consult+"/notes", aNote)
	require.Equal(t, http.StatusCreated, his.status)
	require.Empty(t, his.header.Get("Idempotency-Replayed"))
	again(t, first, s.keyed("k", consult+"/notes", aNote))
	again(t, his, mai.keyed("k", consult+"/notes", aNote))
	s.as("").keyed("k", consult+"/notes", aNote).refused(http.StatusUnauthorized, "sign-in-needed")

	for _, key := range []string{"", "a b", "khóa", strings.Repeat("x", 256)} {
		s.keyed(key, consult+"/notes", aNote).refused(http.StatusBadRequest, "idempotency-key-unreadable")
	}
	before := d.entries()
	require.Equal(t, http.StatusCreated, s.keyed(`"`+strings.Repeat("x", 253)+`"`, consult+"/notes", aNote).status)
	s.keyed("tried", consult+"/notes", aNote, "Idempotency-Key", "twice").refused(http.StatusBadRequest, "idempotency-key-unreadable")
	require.Equal(t, before+1, d.entries())
}

func TestA23_ARefusalByHowThingsStandIsRememberedOneOfTheRequestItselfIsNot(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	future := `{"rule": "candidate_leaves_board_pc", "occurred_on": "2021-01-28"}`
	first := s.keyed("k", v1+"/areas/058/occurrences", future, "Accept-Language", "en")
	require.Equal(t, http.StatusUnprocessableEntity, first.status)
	d.clock.set(t, "2021-01-29T10:00:00+07:00")
	again(t, first, s.keyed("k", v1+"/areas/058/occurrences", future))
	require.Equal(t, http.StatusCreated, s.keyed("k2", v1+"/areas/058/occurrences", future).status, "a new key tries again")

	// Tried, and nothing to remember.
	s.keyed("k3", v1+"/areas/058/occurrences?dry_run=true", future).ok()
	s.keyed("k3", consult+"/notes", "{").refused(http.StatusBadRequest, "body-not-json")
	mai := s.as(d.user("mai", "Mai", grant("058", access.Viewer)))
	mai.keyed("k", consult+"/tasks", `{"title": "x"}`).refused(http.StatusForbidden, "not-allowed")
	require.Equal(t, http.StatusCreated, s.keyed("k3", consult+"/notes", aNote).status)
}

// halting is a store that fails in its own way around a commit.
type halting struct {
	tracker.Store
	how atomic.Pointer[func(commit func() error) error]
}

func (h *halting) Change(ctx context.Context, f *tracker.Frame, n tracker.Needs, decide func(tracker.Found) (*tracker.Act, error)) (changes []tracker.Change, err error) {
	how := h.how.Swap(nil)
	if how == nil {
		return h.Store.Change(ctx, f, n, decide)
	}
	err = (*how)(func() (err error) {
		changes, err = h.Store.Change(ctx, f, n, decide)
		return err
	})
	return changes, err
}

func TestA23_WhateverBreaksItIsDoneOnceAtMost(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	store := &halting{Store: postgres.New(d.pool)}
	s := d.serve(func(c *api.Config) {
		c.Tracker = tracker.NewService(store, d.clock.now, zone(t), c.Mirror.Apply)
	})
	broken := errors.New("broken")
	for n, x := range []struct {
		name string
		done int
		how  func(commit func() error) error
	}{
		{"before the act", 0, func(func() error) error { return broken }},
		{"a panic before the act", 0, func(func() error) error { panic(broken) }},
		{"between commit and answer", 1, func(commit func() error) error { return errors.Join(commit(), broken) }},
		{"a panic between commit and answer", 1, func(commit func() error) error {
			if err := commit(); err != nil {
				return err
			}
			panic(broken)
		}},
	} {
		key, before := fmt.Sprint("k", n), d.entries()
		store.how.Store(&x.how)
		s.keyed(key, consult+"/notes", aNote).refused(http.StatusInternalServerError, "internal")
		require.Equal(t, before+x.done, d.entries(), x.name)
		r := s.keyed(key, consult+"/notes", aNote)
		if x.done == 0 {
			require.Equal(t, http.StatusCreated, r.status, "a failure of ours is not remembered: %s", r.body)
		} else {
			r.refused(http.StatusConflict, "idempotency-answer-lost")
		}
		require.Equal(t, before+1, d.entries(), x.name)
	}
}

func TestA23_WhileItRunsTheSameIsToldToWait(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s, other := d.serve(), d.serve()
	tx, err := d.pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "SELECT FROM milestone WHERE area_code = '058' AND key = 'consult1_pc_district' FOR UPDATE")
	require.NoError(t, err)
	before := d.entries()
	var running sync.WaitGroup
	var first *reply
	running.Go(func() { first = s.keyed("k", consult+"/notes", aNote) })
	require.Eventually(t, func() bool {
		return pgtest.Value[int](t, d.pool, "log", "SELECT count(*) FROM idempotency_key") == 1
	}, eventually, tick)
	r := other.keyed("k", consult+"/notes", aNote).refused(http.StatusConflict, "idempotency-key-in-use")
	require.Equal(t, "2", r.header.Get("Retry-After"))
	require.NoError(t, tx.Rollback(t.Context()))
	running.Wait()
	require.Equal(t, http.StatusCreated, first.status)
	again(t, first, other.keyed("k", consult+"/notes", aNote))
	require.Equal(t, before+1, d.entries())
}

// A caller who hangs up while it runs: it is done or not, and the same again does
// it or says so, but never does it twice.
func TestA23_ACallerWhoHangsUpAndComesAgainHasItDoneOnce(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	for n := range 20 {
		before := d.entries()
		ctx, hangUp := context.WithCancel(t.Context())
		r := s.request(http.MethodPost, consult+"/notes", aNote, "Content-Type", "application/json", "Idempotency-Key", fmt.Sprint("k", n)).WithContext(ctx)
		var cut sync.WaitGroup
		cut.Go(func() {
			for range n {
				_ = d.pool.Ping(t.Context()) // some time, each round a little longer
			}
			hangUp()
		})
		if answer, err := client.Do(r); err == nil {
			require.NoError(t, answer.Body.Close())
		}
		cut.Wait()
		var last *reply
		require.Eventually(t, func() bool {
			last = s.keyed(fmt.Sprint("k", n), consult+"/notes", aNote)
			return !strings.Contains(last.text(), "idempotency-key-in-use")
		}, eventually, tick)
		if last.status != http.StatusCreated {
			last.refused(http.StatusConflict, "idempotency-answer-lost")
		}
		require.Equal(t, before+1, d.entries())
	}
}
