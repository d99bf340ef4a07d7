package postgres

import (
	"context"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/postgres/rows"
)

func (d *desk) Tokens(ctx context.Context, user access.UserID) ([]access.Token, error) {
	return tokens(ctx, d.q, user)
}

// Tokens reads a user's tokens, the newest first.
func (s *Store) Tokens(ctx context.Context, user access.UserID) ([]access.Token, error) {
	return tokens(ctx, s.as(readsAccounts), user)
}

func tokens(ctx context.Context, q *rows.Queries, user access.UserID) ([]access.Token, error) {
	found, err := q.Tokens(ctx, string(user))
	all := make([]access.Token, len(found))
	for i := range found {
		all[i] = tokenOf(&found[i])
	}
	return all, mapped(err)
}

func tokenOf(r *rows.ApiToken) access.Token {
	return access.Token{
		ID: r.ID, Digest: access.Digest(r.Digest), User: access.UserID(r.UserID), Name: r.Name,
		Scope:   access.Scope{Access: access.Access(r.Access), Edition: r.Edition.String, Area: area.Code(r.AreaCode)},
		Expires: r.ExpiresOn, Made: r.MadeAt.UTC(), Used: moment(r.LastUsedAt), Revoked: moment(r.RevokedAt),
	}
}

// TokenOf finds a token that was not revoked, of an account that may be used;
// fault.NotFound "token-not-found".
func (s *Store) TokenOf(ctx context.Context, digest access.Digest) (access.Token, error) {
	r, err := s.as(readsAccounts).TokenByDigest(ctx, digest[:])
	if err != nil {
		return access.Token{}, one(err, access.TokenNotFound(""))
	}
	return tokenOf(&r), nil
}

// GoodTokens are the digests of all that [Store.TokenOf] finds.
func (s *Store) GoodTokens(ctx context.Context) ([]access.Digest, error) {
	found, err := s.as(readsAccounts).GoodTokens(ctx)
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]access.Digest, len(found))
	for k := range found {
		all[k] = access.Digest(found[k])
	}
	return all, nil
}

func (d *desk) AddToken(ctx context.Context, t *access.Token) error {
	return d.q.InsertToken(ctx, rows.InsertTokenParams{
		ID: t.ID, Digest: t.Digest[:], UserID: string(t.User), Name: t.Name, Access: string(t.Scope.Access),
		Edition: text(t.Scope.Edition), AreaCode: string(t.Scope.Area), ExpiresOn: t.Expires, MadeAt: t.Made,
	})
}

func (d *desk) RevokeToken(ctx context.Context, user access.UserID, id string, now time.Time) error {
	return written(d.q.RevokeToken(ctx, maybe(now), id, string(user)))
}
