package postgres_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// requesting is an election, and an account that sends requests.
func requesting(t *testing.T) (*world, tracker.IdempotencyKey) {
	t.Helper()
	w := open(t, places())
	accounts, err := access.NewService(w.store, w.clock.now, zone, unhashed{})
	require.NoError(t, err)
	_, err = accounts.CreateAccount(t.Context(), access.Operator("test"), access.NewAccount{
		User: "lan", Name: "Lan", Grants: []access.Grant{{Edition: "small", Area: bacKan, Role: access.Lead}},
	})
	require.NoError(t, err)
	return w, tracker.IdempotencyKey{Account: "lan", Key: "k"}
}

// noted adds a note for a claim.
func (w *world) noted(c tracker.Claim, text string) error {
	_, err := w.AddNote(context.Background(), id, tracker.Actor{ID: "lan", Name: "Lan", Claim: c},
		tracker.NoteEntry{ID: tracker.MilestoneID{Area: commune, Key: "polling_team"}, Text: text})
	return err
}

// older lets time pass for all keys.
func (w *world) older(interval string) {
	w.exec("UPDATE idempotency_key SET claimed_at = claimed_at - $1::interval", interval)
}

var (
	request      = sha256.Sum256([]byte("POST /notes {}"))
	otherRequest = sha256.Sum256([]byte("POST /notes {1}"))
)

func TestA23_ARequestIsClaimedOnceAndItsAnswerKept(t *testing.T) {
	t.Parallel()
	w, key := requesting(t)
	other := postgres.New(w.pool)
	c, first, err := w.store.Claim(t.Context(), key, request)
	require.NoError(t, err)
	require.Nil(t, first)
	for range 2 {
		_, _, err = other.Claim(t.Context(), key, request)
		require.Equal(t, "conflict idempotency-key-in-use", faulty(err))
	}
	_, _, err = other.Claim(t.Context(), key, otherRequest)
	require.Equal(t, "invalid idempotency-key-reused", faulty(err))
	require.NoError(t, w.noted(c, "một"))
	_, _, err = other.Claim(t.Context(), key, request)
	require.Equal(t, "conflict idempotency-key-in-use", faulty(err), "it is done, and about to be answered")
	answered := tracker.Answered{Status: 201, Headers: map[string]string{"Etag": `"r2"`}, Body: []byte("{ \"a\":1}\n")}
	require.NoError(t, w.store.Remember(t.Context(), c, answered))
	w.older("47 hours")
	_, first, err = other.Claim(t.Context(), key, request)
	require.NoError(t, err)
	require.Equal(t, &answered, first)
	_, _, err = other.Claim(t.Context(), key, otherRequest)
	require.Equal(t, "invalid idempotency-key-reused", faulty(err))
	require.Len(t, w.log(), 2)

	w.older("2 hours")
	_, first, err = other.Claim(t.Context(), key, otherRequest)
	require.NoError(t, err)
	require.Nil(t, first, "after 48 hours the key is as new")
}

func TestA23_NoClaimIsForTwoActs(t *testing.T) {
	t.Parallel()
	w, key := requesting(t)
	c, _, err := w.store.Claim(t.Context(), key, request)
	require.NoError(t, err)
	require.NoError(t, w.noted(c, "một"))
	require.Equal(t, "conflict idempotency-key-in-use", faulty(w.noted(c, "hai")))
	require.Len(t, w.log(), 2)
	require.Empty(t, w.log()[1].Actor.Claim, "it is no part of the log")
}

func TestA23_AServerThatStopsBeforeTheCommitHasDoneNothingAndAnotherDoesIt(t *testing.T) {
	t.Parallel()
	w, key := requesting(t)
	slow, _, err := w.store.Claim(t.Context(), key, request)
	require.NoError(t, err)
	w.older("3 minutes")
	taken, first, err := postgres.New(w.pool).Claim(t.Context(), key, request)
	require.NoError(t, err)
	require.Nil(t, first)
	// The first was only slow: it comes too late, and what it gives back is not its own.
	require.Equal(t, "conflict idempotency-key-in-use", faulty(w.noted(slow, "một")))
	require.NoError(t, w.store.Release(t.Context(), slow))
	require.Error(t, w.store.Remember(t.Context(), slow, tracker.Answered{Status: 201}))
	require.NoError(t, w.noted(taken, "một"))
	require.Len(t, w.log(), 2)
}

func TestA23_AServerThatStopsBetweenCommitAndAnswerLeavesWordThatItWasDone(t *testing.T) {
	t.Parallel()
	w, key := requesting(t)
	c, _, err := w.store.Claim(t.Context(), key, request)
	require.NoError(t, err)
	require.NoError(t, w.noted(c, "một"))
	w.older("3 minutes")
	for range 2 {
		_, _, err = postgres.New(w.pool).Claim(t.Context(), key, request)
		require.Equal(t, "conflict idempotency-answer-lost", faulty(err))
		require.ErrorContains(t, err, "2", "the revision")
	}
	require.Len(t, w.log(), 2)
}

func TestA23_WhatWasNotDoneIsGivenBackAndWhatWasDoneIsNot(t *testing.T) {
	t.Parallel()
	w, key := requesting(t)
	c, _, err := w.store.Claim(t.Context(), key, request)
	require.NoError(t, err)
	require.NoError(t, w.store.Release(t.Context(), c))
	c, _, err = w.store.Claim(t.Context(), key, otherRequest)
	require.NoError(t, err, "the key is free for whatever comes")
	require.NoError(t, w.noted(c, "một"))
	require.NoError(t, w.store.Release(t.Context(), c))
	_, _, err = w.store.Claim(t.Context(), key, otherRequest)
	require.Equal(t, "conflict idempotency-answer-lost", faulty(err), "at once")
}

// An act whose connection is lost while it is committed is done or not, and the key
// knows which.
func TestA23_AConnectionCutAtTheCommitNeverDoesItTwice(t *testing.T) {
	t.Parallel()
	w, key := requesting(t)
	pool := another(t, w.pool)
	store := postgres.New(pool)
	service := tracker.NewService(store, w.clock.now, zone, nil)
	done := 0
	for n := range 30 {
		key.Key = fmt.Sprint("k", n)
		for try := 0; ; try++ {
			c, _, err := store.Claim(t.Context(), key, request)
			if faulty(err) == "conflict idempotency-answer-lost" {
				break
			}
			if err != nil {
				continue // the connection was one of those that were cut
			}
			var cut sync.WaitGroup
			if try < 2 {
				cut.Go(func() {
					w.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ~ 'log_head|change|COMMIT|commit'")
				})
			}
			_, err = service.AddNote(t.Context(), id, tracker.Actor{ID: "lan", Name: "Lan", Claim: c},
				tracker.NoteEntry{ID: tracker.MilestoneID{Area: commune, Key: "polling_team"}, Text: key.Key})
			cut.Wait()
			for store.Release(t.Context(), c) != nil { // until a connection holds
			}
			if err == nil {
				break
			}
		}
		done++
		require.Equal(t, done, w.count("SELECT count(*) FROM change WHERE kind = 'note_added'"))
	}
	verify(t, w.log())
}

func TestA23_OfManyTriesAtOnceOverTwoServersOneIsCarriedOut(t *testing.T) {
	t.Parallel()
	w, key := requesting(t)
	stores := []*postgres.Store{w.store, postgres.New(another(t, w.pool))}
	for n := range 20 {
		key.Key = fmt.Sprint("k", n)
		var claimed, all sync.WaitGroup
		claims := make(chan tracker.Claim, 16)
		for k := range 16 {
			claimed.Go(func() {
				c, first, err := stores[k%2].Claim(context.Background(), key, request)
				switch {
				case err == nil && first == nil:
					claims <- c
				case faulty(err) != "conflict idempotency-key-in-use":
					t.Errorf("%v %v", first, err)
				}
			})
		}
		claimed.Wait()
		require.Len(t, claims, 1)
		c := <-claims
		for range 4 { // and the act of one claim is done once
			all.Go(func() { _ = w.noted(c, key.Key) })
		}
		all.Wait()
		require.Equal(t, n+1, w.count("SELECT count(*) FROM change WHERE kind = 'note_added'"))
	}
}

func TestA23_OldKeysGoAFewAtATime(t *testing.T) {
	t.Parallel()
	w, key := requesting(t)
	for n := range 50 {
		w.exec("INSERT INTO idempotency_key VALUES ('lan', $1, $2, 'c', now() - interval '49 hours', NULL, 201, '{}', '')", fmt.Sprint("old", n), request[:])
	}
	for left, n := range []int{30, 10, 0, 0} {
		key.Key = fmt.Sprint("new", left)
		_, _, err := w.store.Claim(t.Context(), key, request)
		require.NoError(t, err)
		require.Equal(t, n, pgtest.Value[int](t, w.pool, "log", "SELECT count(*) FROM idempotency_key WHERE key LIKE 'old%'"))
	}
}
