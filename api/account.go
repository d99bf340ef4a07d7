package api

import (
	"context"
	"net/http"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
)

// One's own account, sessions and tokens.

func accountOf(a *access.Account) Account {
	return Account{User: string(a.User), Name: a.Name, Unit: a.Unit, Language: Language(a.Language)}
}

// GetMe implements GET /me.
func (s *Server) GetMe(ctx context.Context, _ GetMeRequestObject) (GetMeResponseObject, error) {
	return outcome{keep: privately, contents: accountOf(&callerOf(ctx).Account)}, nil
}

// ChangeMe implements PATCH /me.
func (s *Server) ChangeMe(ctx context.Context, r ChangeMeRequestObject) (ChangeMeResponseObject, error) {
	who := callerOf(ctx)
	changed, err := s.access.ChangeAccount(ctx, who.Actor(), access.AccountChange{
		User: who.Account.User, Name: r.Body.Name, Unit: r.Body.Unit, Language: (*string)(r.Body.Language), If: access.AnyRevision,
	})
	return outcome{keep: privately, contents: accountOf(&changed)}, err
}

// ChangePassword implements PUT /me/password. The session goes on under another
// token, the others end.
func (s *Server) ChangePassword(ctx context.Context, r ChangePasswordRequestObject) (ChangePasswordResponseObject, error) {
	who := callerOf(ctx)
	err := s.access.ChangePassword(ctx, access.PasswordChange{
		User: who.Account.User, Current: r.Body.Current, New: r.Body.Password, From: who.from, Keep: who.session,
	})
	if err != nil {
		return nil, err
	}
	out, err := s.begin(ctx, who.Caller)
	return outcome{status: http.StatusNoContent, cookie: out.cookie}, err
}

// ListSessions implements GET /me/sessions.
func (s *Server) ListSessions(ctx context.Context, _ ListSessionsRequestObject) (ListSessionsResponseObject, error) {
	who := callerOf(ctx)
	all, err := s.access.Sessions(ctx, who.Account.User)
	list := SessionList{Items: each(all, func(x access.Session) OwnSession {
		return OwnSession{
			Session: string(x.ID), BegunAt: x.Begun.In(s.zone), SeenAt: x.Seen.In(s.zone), Device: x.Device, Current: x.ID == who.session,
		}
	})}
	return outcome{keep: privately, contents: list}, err
}

// EndSession implements DELETE /me/sessions/{session}.
func (s *Server) EndSession(ctx context.Context, r EndSessionRequestObject) (EndSessionResponseObject, error) {
	err := s.access.EndSession(ctx, callerOf(ctx).Account.User, access.SessionID(r.Session))
	return outcome{status: http.StatusNoContent}, err
}

// EndSessions implements DELETE /me/sessions.
func (s *Server) EndSessions(ctx context.Context, _ EndSessionsRequestObject) (EndSessionsResponseObject, error) {
	who := callerOf(ctx)
	err := s.access.EndSessions(ctx, who.Account.User, "")
	return outcome{status: http.StatusNoContent, cookie: who.cookieOf("")}, err
}

// ListTokens implements GET /me/tokens.
func (s *Server) ListTokens(ctx context.Context, _ ListTokensRequestObject) (ListTokensResponseObject, error) {
	all, health, err := s.access.TokensWithHealth(ctx, callerOf(ctx).Account.User)
	list := TokenList{Items: []Token{}}
	for i := range all {
		if all[i].Revoked.IsZero() {
			list.Items = append(list.Items, s.token(&all[i], health[all[i].ID]))
		}
	}
	return outcome{keep: privately, contents: list}, err
}

// MakeToken implements POST /me/tokens.
func (s *Server) MakeToken(ctx context.Context, r MakeTokenRequestObject) (MakeTokenResponseObject, error) {
	who, b := callerOf(ctx), r.Body
	made, secret, err := s.access.MakeToken(ctx, who.Actor(), access.NewToken{
		User: who.Account.User, Name: b.Name, Access: string(b.Access), Edition: b.Edition, Area: area.Code(b.Area),
		Expires: civil.Of(b.ExpiresOn.Time, b.ExpiresOn.Location()),
	})
	if err != nil {
		return nil, err
	}
	return outcome{
		status: http.StatusCreated, keep: privately, location: "/api/v1/me/tokens/" + made.ID,
		contents: TokenMade{Token: s.token(&made, access.Health{}), Secret: secret.Reveal()},
	}, nil
}

// RevokeToken implements DELETE /me/tokens/{token}.
func (s *Server) RevokeToken(ctx context.Context, r RevokeTokenRequestObject) (RevokeTokenResponseObject, error) {
	who := callerOf(ctx)
	err := s.access.RevokeToken(ctx, who.Actor(), who.Account.User, r.Token)
	return outcome{status: http.StatusNoContent}, err
}

func (s *Server) token(t *access.Token, h access.Health) Token {
	name, known := s.areaName(t.Scope.Edition, t.Scope.Area)
	return Token{
		Token: t.ID, Name: t.Name, Access: TokenAccess(t.Scope.Access), Edition: t.Scope.Edition, Area: string(t.Scope.Area),
		AreaName: orNone(name, known), MadeAt: t.Made.In(s.zone), ExpiresOn: t.Expires, LastUsedAt: s.at(t.Used),
		Health: s.health(&h),
	}
}
