package postgres

import (
	"context"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres/rows"
)

// Link finds the set-up link that is good at now; fault.NotFound
// "setup-link-unknown".
func (s *Store) Link(ctx context.Context, digest access.Digest, now time.Time) (access.Link, error) {
	return link(ctx, s.as(readsAccounts), digest, now)
}

func (d *desk) Link(ctx context.Context, digest access.Digest, now time.Time) (access.Link, error) {
	return link(ctx, d.q, digest, now)
}

func link(ctx context.Context, q *rows.Queries, digest access.Digest, now time.Time) (access.Link, error) {
	r, err := q.SetupLink(ctx, digest[:], now)
	if err != nil {
		return access.Link{}, one(err, access.LinkUnknown())
	}
	return access.Link{Digest: digest, User: access.UserID(r.UserID), MadeBy: r.MadeBy, Until: r.Until.UTC()}, nil
}

func (d *desk) PutLink(ctx context.Context, l access.Link) error {
	return d.q.PutSetupLink(ctx, rows.PutSetupLinkParams{UserID: string(l.User), Digest: l.Digest[:], MadeBy: l.MadeBy, Until: l.Until})
}

func (d *desk) EndLinks(ctx context.Context, user access.UserID) error {
	return d.q.DeleteSetupLink(ctx, string(user))
}
