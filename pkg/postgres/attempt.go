package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres/rows"
)

// What is locked by a name, and what by an address.
const (
	attemptsOfUser    = 1_414_004_101
	attemptsOfAddress = 1_414_004_102
)

// Attempt shows what was tried before and counts another attempt as wrong when
// judge agrees. Those under the same name and from the same address wait.
func (s *Store) Attempt(ctx context.Context, a access.Attempt, judge func(access.Attempts) error) error {
	return s.in(ctx, changingPeople, func(q *rows.Queries, _ pgx.Tx) error {
		// Names before addresses, so that nobody waits in a circle.
		if err := q.LockAttempt(ctx, attemptsOfUser, string(a.User)); err != nil {
			return err
		}
		if err := q.LockAttempt(ctx, attemptsOfAddress, a.Address); err != nil {
			return err
		}
		r, err := q.Attempts(ctx, rows.AttemptsParams{UserID: string(a.User), Address: a.Address, Since: a.Since, KnownSince: maybe(a.Known)})
		if err != nil {
			return err
		}
		if err := judge(access.Attempts{
			Pair:    access.Count{Wrong: int(r.PairWrong), Last: r.PairLast},
			User:    access.Count{Wrong: int(r.UserWrong), Last: r.UserLast},
			Address: access.Count{Wrong: int(r.AddressWrong), Last: r.AddressLast},
			Known:   r.Known,
		}); err != nil {
			return err
		}
		if err := q.DeleteOldAttempts(ctx, a.Since, maybe(a.Known)); err != nil {
			return err
		}
		return q.CountAttempt(ctx, rows.CountAttemptParams{UserID: string(a.User), Address: a.Address, Now: a.Now, Since: a.Since})
	})
}

// Forgive takes back what was counted: it was right.
func (s *Store) Forgive(ctx context.Context, a access.Attempt) error {
	return mapped(s.as(readsAccounts).ForgiveAttempts(ctx, maybe(a.Now), string(a.User), a.Address))
}
