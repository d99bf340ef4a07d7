package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
)

// Sessions keeps sessions for whoever manages them, by the SHA-256 of their
// tokens (scs.CtxStore, with HashTokenInStore) and as [access.SessionCodec]
// writes them. A session is somebody's: one without [access.SessionUser] is not
// kept. One that was ended is never written again, also not by a request that
// was under way.
type Sessions struct {
	store *Store
	now   func() time.Time
}

// NewSessions makes the keeper of sessions; now is the clock of whoever manages
// them.
func NewSessions(store *Store, now func() time.Time) *Sessions {
	return &Sessions{store: store, now: now}
}

// FindCtx reads a session that has not ended, of an account that may be used.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	digest, ok := digestOf(token)
	if !ok {
		return nil, false, nil
	}
	r, err := s.store.as(readsAccounts).Session(ctx, digest, s.now())
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, false, nil
	case err != nil:
		return nil, false, mapped(err)
	}
	b, err := marked(&r)
	return b, err == nil, err
}

// CommitCtx keeps a session: a new one, or one that was found, if something
// changed or its use was written down a minute ago.
func (s *Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	digest, ok := digestOf(token)
	if !ok {
		return fmt.Errorf("postgres: a session's token is %d characters and no SHA-256", len(token))
	}
	var data access.SessionData
	if err := json.Unmarshal(b, &data); err != nil {
		return fmt.Errorf("postgres: session: %w", err)
	}
	user, kept := data.Values[access.SessionUser], data.Values[access.SessionKept]
	delete(data.Values, access.SessionKept)
	if user == "" {
		return nil
	}
	plain, err := json.Marshal(data)
	if err != nil {
		return err
	}
	now := s.now()
	if id, seen, sum, found := readMark(kept); found && id == token {
		if sum == sumOf(plain) && now.Before(seen.Add(access.Touch)) {
			return nil
		}
		return mapped(s.store.as(readsAccounts).TouchSession(ctx, rows.TouchSessionParams{Digest: digest, SeenAt: now, ExpiresAt: expiry, Data: string(plain)}))
	}
	return s.store.in(ctx, changingPeople, func(q *rows.Queries, _ pgx.Tx) error {
		if err := q.DeleteOldSessions(ctx, now); err != nil {
			return err
		}
		return q.InsertSession(ctx, rows.InsertSessionParams{
			Digest: digest, UserID: user, Device: data.Values[access.SessionDevice], BegunAt: now, ExpiresAt: expiry, Data: string(plain),
		})
	})
}

// DeleteCtx ends a session; one that is not there is none.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	digest, ok := digestOf(token)
	if !ok {
		return nil
	}
	return mapped(s.store.as(readsAccounts).DeleteSession(ctx, digest))
}

// Find is [Sessions.FindCtx] for who has no context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is [Sessions.CommitCtx] for who has no context.
func (s *Sessions) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is [Sessions.DeleteCtx] for who has no context.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// digestOf reads a token that was hashed before it came here.
func digestOf(token string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return b, err == nil && len(b) == sha256.Size
}

func idOf(digest []byte) string { return base64.RawURLEncoding.EncodeToString(digest) }

// marked is a session's data with a mark that says how it was found: which
// session it is, when it was last seen, and what its data were.
func marked(r *rows.Session) ([]byte, error) {
	var data access.SessionData
	if err := json.Unmarshal([]byte(r.Data), &data); err != nil {
		return nil, fmt.Errorf("postgres: session of %s: %w", r.UserID, err)
	}
	plain, err := json.Marshal(data) // as it is written again
	if err != nil {
		return nil, err
	}
	data.Values[access.SessionKept] = fmt.Sprintf("%s %d %s", idOf(r.Digest), r.SeenAt.UnixMicro(), sumOf(plain))
	return json.Marshal(data)
}

func readMark(mark string) (id string, seen time.Time, sum string, ok bool) {
	parts := strings.Fields(mark)
	if len(parts) != 3 {
		return "", seen, "", false
	}
	at, err := strconv.ParseInt(parts[1], 10, 64)
	return parts[0], time.UnixMicro(at), parts[2], err == nil
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Sessions reads a user's sessions that have not ended, the last used first.
func (s *Store) Sessions(ctx context.Context, user access.UserID, now time.Time) ([]access.Session, error) {
	found, err := s.as(readsAccounts).Sessions(ctx, string(user), now)
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]access.Session, len(found))
	for i, r := range found {
		all[i] = access.Session{
			ID: access.SessionID(idOf(r.Digest)), User: user, Device: r.Device,
			Begun: r.BegunAt.UTC(), Seen: r.SeenAt.UTC(),
		}
	}
	return all, nil
}

// EndSession ends one of a user's sessions; fault.NotFound "session-not-found".
func (s *Store) EndSession(ctx context.Context, user access.UserID, id access.SessionID) error {
	digest, _ := digestOf(string(id))
	n, err := s.as(readsAccounts).DeleteSessionOf(ctx, digest, string(user))
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "session-not-found",
			"Không có phiên đăng nhập này; có thể đã kết thúc", "There is no such session; it may have ended")
	}
	return mapped(err)
}

// EndSessions ends a user's sessions but one.
func (s *Store) EndSessions(ctx context.Context, user access.UserID, keep access.SessionID) error {
	return mapped(endSessions(ctx, s.as(readsAccounts), user, keep))
}

func (d *desk) EndSessions(ctx context.Context, user access.UserID, keep access.SessionID) error {
	return endSessions(ctx, d.q, user, keep)
}

func endSessions(ctx context.Context, q *rows.Queries, user access.UserID, keep access.SessionID) error {
	digest, _ := digestOf(string(keep))
	return q.DeleteSessionsOf(ctx, string(user), append([]byte{}, digest...))
}
