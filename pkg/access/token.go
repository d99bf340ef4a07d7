package access

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Access is how much an API token may do of what its owner may.
type Access string

// The kinds of access.
const (
	ReadOnly  Access = "read"
	ReadWrite Access = "write"
)

// Scope is what a token is limited to: a kind of access in one branch. A nil
// Scope limits nothing.
type Scope struct {
	Access  Access
	Edition string // empty: the nation's, which is every edition
	Area    area.Code
}

func (s *Scope) limit(r Rights) Rights {
	if s == nil {
		return r
	}
	if s.Area != area.Nation && (r.list == nil || r.list.Edition() != s.Edition) {
		return Rights{}
	}
	most := Viewer
	if s.Access == ReadWrite {
		most = Administrator
	}
	return r.Limited(most, s.Area)
}

// Writes says that the scope lets its caller change something.
func (s *Scope) Writes() bool { return s == nil || s.Access == ReadWrite }

// Token is an API token as it is kept: named, for some time, worth at most what
// its owner is.
type Token struct {
	ID      string
	Digest  Digest
	User    UserID
	Name    string
	Scope   Scope
	Expires civil.Date // its last day
	Made    time.Time
	Used    time.Time // zero: never
	Revoked time.Time // zero: not
}

// Good says that the token may be used on a day.
func (t *Token) Good(today civil.Date) bool { return t.Revoked.IsZero() && !today.After(t.Expires) }

// idOf is a token's id: the beginning of its digest, which tells nothing.
func idOf(d Digest) string { return hex.EncodeToString(d[:8]) }

// NewToken is a token to be made.
type NewToken struct {
	User    UserID
	Name    string
	Access  string
	Edition string
	Area    area.Code
	Expires civil.Date
}

const (
	maxTokenName = 80  // characters
	maxTokenDays = 366 // from today
	maxTokens    = 50  // of one user, that can still be used
)

// token checks what was entered and makes a token of it.
func (n *NewToken) token(now time.Time, today civil.Date) (Token, Secret, error) {
	t := Token{
		User: n.User, Name: strings.TrimSpace(n.Name), Expires: n.Expires, Made: now,
		Scope: Scope{Access: Access(n.Access), Edition: editionOf(n.Edition, n.Area), Area: n.Area},
	}
	last := today.Add(maxTokenDays)
	switch {
	case t.Name == "" || utf8.RuneCountInString(t.Name) > maxTokenName:
		return t, "", fault.New(fault.Invalid, "token-name-missing",
			"Mã truy cập cần một tên dài tối đa %d ký tự, nói nó dùng cho việc gì", "A token needs a name of at most %d characters that says what it is for", maxTokenName).At("/name")
	case !plain(t.Name):
		return t, "", notPlain("/name")
	case t.Scope.Access != ReadOnly && t.Scope.Access != ReadWrite:
		return t, "", fault.New(fault.Invalid, "token-access-unknown",
			"Mã truy cập chỉ được read (đọc) hoặc write (đọc và ghi), không phải %q", "A token may read or write, not %q", firstOf(n.Access)).At("/access")
	case t.Expires.Before(today) || t.Expires.After(last):
		return t, "", fault.New(fault.Invalid, "token-expiry-refused",
			"Ngày hết hạn của mã truy cập phải từ %s đến %s", "A token's last day lies between %s and %s",
			fault.Text{Vi: today.Vietnamese(), En: today.String()}, fault.Text{Vi: last.Vietnamese(), En: last.String()}).At("/expires_on")
	}
	secret := NewSecret(ForToken)
	t.Digest = secret.Digest()
	t.ID = idOf(t.Digest)
	return t, secret, nil
}

func (t *Token) detail() Detail {
	return Detail{Name: t.Name, Token: t.ID, Access: t.Scope.Access, Until: t.Expires}
}

// TokenNotFound says that there is no such token.
func TokenNotFound(id string) error {
	return fault.New(fault.NotFound, "token-not-found",
		"Không có mã truy cập %q còn dùng được; xem lại danh sách", "There is no token %q that can still be used; look at the list", fmt.Sprintf("%.40s", id))
}

// Tokens are the user's tokens, the newest first, those that have ended as well.
func (s *Service) Tokens(ctx context.Context, user UserID) ([]Token, error) {
	if err := s.Flush(ctx); err != nil {
		return nil, err
	}
	return s.store.Tokens(ctx, user)
}

// TokensWithHealth are the user's tokens and, by their ids, what is known of them as
// clients.
func (s *Service) TokensWithHealth(ctx context.Context, user UserID) ([]Token, map[string]Health, error) {
	all, err := s.Tokens(ctx, user)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	health, err := s.Health(ctx, ids)
	return all, health, err
}

// MakeToken makes a token for its owner, or for anybody where the operator asks.
// The secret is shown this once.
func (s *Service) MakeToken(ctx context.Context, by Actor, n NewToken) (Token, Secret, error) {
	t, secret, err := n.token(s.now(), s.today())
	if err != nil {
		return t, "", err
	}
	err = s.act(ctx, func(d Desk) error {
		if err := by.self(n.User); err != nil {
			return err
		}
		if _, err := usable(ctx, d, n.User); err != nil {
			return err
		}
		if _, _, err := place(ctx, d, t.Scope.Edition, t.Scope.Area); err != nil {
			return err
		}
		if err := s.roomForToken(ctx, d, n.User); err != nil {
			return err
		}
		e := Event{Kind: TokenMade, User: n.User, Actor: by, Edition: t.Scope.Edition, Area: t.Scope.Area, After: t.detail()}
		return errors.Join(s.record(ctx, d, &e), d.AddToken(ctx, &t))
	})
	return t, secret, err
}

func (s *Service) roomForToken(ctx context.Context, d Desk, user UserID) error {
	all, err := d.Tokens(ctx, user)
	good := 0
	for i := range all {
		if all[i].Good(s.today()) {
			good++
		}
	}
	if err == nil && good >= maxTokens {
		err = fault.New(fault.Conflict, "tokens-too-many",
			"Đã có %d mã truy cập còn dùng được; thu hồi mã không cần nữa", "There are %d tokens that can be used; revoke what is not needed", good)
	}
	return err
}

// RevokeToken ends a token of the user's at once; fault.NotFound
// "token-not-found".
func (s *Service) RevokeToken(ctx context.Context, by Actor, user UserID, id string) error {
	return s.act(ctx, func(d Desk) error {
		if err := by.self(user); err != nil {
			return err
		}
		all, err := d.Tokens(ctx, user)
		if err != nil {
			return err
		}
		for i := range all {
			t := &all[i]
			if t.ID != id || !t.Revoked.IsZero() {
				continue
			}
			e := Event{Kind: TokenRevoked, User: user, Actor: by, Edition: t.Scope.Edition, Area: t.Scope.Area, Before: t.detail()}
			return errors.Join(s.record(ctx, d, &e), d.RevokeToken(ctx, user, id, s.now()))
		}
		return TokenNotFound(id)
	})
}

func tokenUnknown() error {
	return fault.New(fault.Unauthenticated, "token-unknown",
		"Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi; tạo mã mới ở trang tài khoản", "The token is wrong, has expired or was revoked; make a new one on the account's page")
}
