package postgres

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// How long what came of a request is remembered, and when a try of which nothing
// is heard is taken to be over. Time is the database's: clocks of trials do not
// concern requests. Taking over too early costs the first try its commit, nothing
// else.
const (
	keyLife  = 48 * time.Hour
	keyLease = 2 * time.Minute
)

// keysForgotten at most go with each one that comes.
const keysForgotten = 20

// Claim begins a try at a request with a key, or tells what came of it before:
// what was answered; [tracker.KeyReused] where the key belongs to another request;
// [tracker.KeyInUse] while it is carried out; [tracker.AnswerLost] where it was
// carried out and not answered.
func (s *Store) Claim(ctx context.Context, k tracker.IdempotencyKey, fingerprint [32]byte) (tracker.Claim, *tracker.Answered, error) {
	claim := tracker.Claim{IdempotencyKey: k}
	if _, err := rand.Read(claim.Mark[:]); err != nil {
		return tracker.Claim{}, nil, err
	}
	var first *tracker.Answered
	err := s.in(ctx, changing, func(q *rows.Queries, _ pgx.Tx) (err error) {
		if err := q.ForgetKeys(ctx, keyLife.Seconds(), keysForgotten); err != nil {
			return err
		}
		n, err := q.InsertKey(ctx, rows.InsertKeyParams{AccountID: k.Account, Key: k.Key, Fingerprint: fingerprint[:], Claim: claim.Mark[:]})
		if err != nil || n == 1 {
			return err
		}
		first, err = takeOver(ctx, q, claim, fingerprint)
		return err
	})
	if err != nil || first != nil {
		return tracker.Claim{}, first, err
	}
	return claim, nil, nil
}

// takeOver says what came of the try before, or takes its place where that is over
// or nobody has to know of it any more.
func takeOver(ctx context.Context, q *rows.Queries, claim tracker.Claim, fingerprint [32]byte) (*tracker.Answered, error) {
	was, err := q.RememberedKey(ctx, rows.RememberedKeyParams{
		Life: keyLife.Seconds(), Lease: keyLease.Seconds(), AccountID: claim.Account, Key: claim.Key,
	})
	switch same := bytes.Equal(was.Fingerprint, fingerprint[:]); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, tracker.KeyInUse() // until just now: it was given back
	case err != nil:
		return nil, err
	case was.Expired, same && was.Abandoned && !was.Revision.Valid && !was.Status.Valid:
	case !same:
		return nil, tracker.KeyReused()
	case was.Status.Valid:
		a := &tracker.Answered{Status: int(was.Status.Int16), Body: was.Body}
		return a, json.Unmarshal(was.Headers, &a.Headers)
	case was.Abandoned:
		return nil, tracker.AnswerLost(tracker.Revision(was.Revision.Int64))
	default:
		return nil, tracker.KeyInUse()
	}
	n, err := q.TakeKey(ctx, rows.TakeKeyParams{
		Fingerprint: fingerprint[:], Claim: claim.Mark[:], AccountID: claim.Account, Key: claim.Key, Was: was.Claim, Expired: was.Expired,
	})
	if err == nil && n == 0 {
		err = tracker.KeyInUse() // somebody was faster
	}
	return nil, err
}

// hold makes sure that an act's claim is still its own, until the transaction ends.
// One that was committed before is not: no claim is for two acts.
func hold(ctx context.Context, q *rows.Queries, c tracker.Claim) error {
	if c.IsZero() {
		return nil
	}
	n, err := q.HoldClaim(ctx, c.Account, c.Key, c.Mark[:])
	if err == nil && n == 0 {
		err = tracker.KeyInUse()
	}
	return err
}

// commitClaim says that the act of a claim is in the log.
func commitClaim(ctx context.Context, q *rows.Queries, c tracker.Claim, at tracker.Revision) error {
	if c.IsZero() {
		return nil
	}
	return written(q.CommitClaim(ctx, rows.CommitClaimParams{
		Revision: pgtype.Int8{Int64: int64(at), Valid: true}, AccountID: c.Account, Key: c.Key, Claim: c.Mark[:],
	}))
}

// Remember keeps what was answered to the request of a claim.
func (s *Store) Remember(ctx context.Context, c tracker.Claim, a tracker.Answered) error {
	headers, err := json.Marshal(a.Headers)
	if err != nil {
		return err
	}
	body := a.Body
	if body == nil {
		body = []byte{}
	}
	return s.in(ctx, changing, func(q *rows.Queries, _ pgx.Tx) error {
		return written(q.RememberAnswer(ctx, rows.RememberAnswerParams{
			Status:  pgtype.Int2{Int16: int16(a.Status), Valid: true}, //nolint:gosec // three digits
			Headers: headers, Body: body, AccountID: c.Account, Key: c.Key, Claim: c.Mark[:],
		}))
	})
}

// Release gives up a try that is not to be remembered: the same request may come
// again. Where its act was committed nevertheless, that is known from now on.
func (s *Store) Release(ctx context.Context, c tracker.Claim) error {
	return s.in(ctx, changing, func(q *rows.Queries, _ pgx.Tx) error {
		n, err := q.ReleaseKey(ctx, c.Account, c.Key, c.Mark[:])
		if err != nil || n == 1 {
			return err
		}
		return q.AbandonKey(ctx, rows.AbandonKeyParams{Lease: keyLease.Seconds(), AccountID: c.Account, Key: c.Key, Claim: c.Mark[:]})
	})
}
