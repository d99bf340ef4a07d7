package postgres

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/access"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres/rows"
)

// AddUsage adds what tokens were used for on one server, all counted in the same
// hour, to what is known of them, in one transaction.
func (s *Store) AddUsage(ctx context.Context, all []access.Usage) error {
	if len(all) == 0 {
		return nil
	}
	// In one order, so that servers that add at once wait for each other.
	all = slices.SortedFunc(slices.Values(all), func(a, b access.Usage) int { return strings.Compare(a.Token, b.Token) })
	var used []time.Time
	h, n := rows.AddClientHealthParams{}, rows.AddClientHoursParams{Hour: all[0].Hour}
	for i := range all {
		u := &all[i]
		used = append(used, u.Used)
		h.Tokens = append(h.Tokens, u.Token)
		h.RefreshedUs = append(h.RefreshedUs, micros(u.Refreshed))
		h.IntervalMs = append(h.IntervalMs, u.Interval.Milliseconds())
		h.Revisions = append(h.Revisions, u.Revision)
		h.FailedUs = append(h.FailedUs, micros(u.Failed))
		h.Failures = append(h.Failures, int16(u.Failure))
		n.Whole = append(n.Whole, u.Count.Whole)
		n.Unchanged = append(n.Unchanged, u.Count.Unchanged)
		n.Written = append(n.Written, u.Count.Written)
		n.Refused = append(n.Refused, u.Count.Refused)
		n.Broken = append(n.Broken, u.Count.Broken)
	}
	n.Tokens = h.Tokens
	return s.in(ctx, changingPeople, func(q *rows.Queries, _ pgx.Tx) error {
		if err := q.TouchTokens(ctx, h.Tokens, used); err != nil {
			return err
		}
		if err := q.AddClientHealth(ctx, h); err != nil {
			return err
		}
		if err := q.AddClientHours(ctx, n); err != nil {
			return err
		}
		return q.DeleteOldClientHours(ctx, n.Hour.Add(-access.CountedFor))
	})
}

// micros is a time as the queries take it; 0: none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Clients reads the tokens of some places, by user and token.
func (s *Store) Clients(ctx context.Context, q access.ClientQuery) ([]access.OwnedToken, error) {
	found, err := s.as(readsAccounts).Clients(ctx, rows.ClientsParams{
		Today: q.Today, AfterUser: string(q.After.User), AfterToken: q.After.Token, Edition: q.Edition,
		Places: ranges(q.Places), Above: codes(q.Above), Most: int32(q.Limit),
	})
	all := make([]access.OwnedToken, len(found))
	for i := range found {
		all[i] = access.OwnedToken{Token: tokenOf(&found[i].ApiToken), Owner: found[i].Owner, Unit: found[i].Unit}
	}
	return all, mapped(err)
}

// Health reads what is known of tokens, with what was counted since a moment. Of
// those that were never used nothing is.
func (s *Store) Health(ctx context.Context, tokens []string, since time.Time) (map[string]access.Health, error) {
	all := map[string]access.Health{}
	if len(tokens) == 0 {
		return all, nil
	}
	err := s.in(ctx, readingPeople, func(q *rows.Queries, _ pgx.Tx) error {
		known, err := q.ClientHealth(ctx, tokens)
		if err != nil {
			return err
		}
		for i := range known {
			all[known[i].TokenID] = healthOf(&known[i])
		}
		counts, err := q.ClientCounts(ctx, tokens, since)
		for _, c := range counts {
			h := all[c.TokenID]
			h.Count = access.Counts{Whole: c.Whole, Unchanged: c.Unchanged, Written: c.Written, Refused: c.Refused, Broken: c.Broken}
			all[c.TokenID] = h
		}
		return err
	})
	return all, err
}

func healthOf(r *rows.ClientHealth) access.Health {
	return access.Health{
		Refreshed: moment(r.RefreshedAt), Interval: time.Duration(r.IntervalMs.Int64) * time.Millisecond, Revision: r.Revision.Int64,
		Failed: moment(r.FailedAt), Failure: int(r.Failure.Int16),
	}
}

// CountStale says how many clients that can still ask have stopped asking.
func (s *Store) CountStale(ctx context.Context, now time.Time, today civil.Date) (int, error) {
	n, err := s.as(readsAccounts).CountStaleClients(ctx, rows.CountStaleClientsParams{
		Today: today, Now: now, Asks: access.StaleAfter, AtLeastMs: access.StaleAtLeast.Milliseconds(),
	})
	return int(n), mapped(err)
}
