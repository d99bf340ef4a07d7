package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"unicode/utf8"

	"github.com/alexedwards/scs/v2"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// sessionsIn manages sessions in a store: it is shown their tokens' hashes only.
// The cookie is written here, as its name depends on how the request came.
func sessionsIn(store scs.CtxStore) *scs.SessionManager {
	m := scs.New()
	m.Store, m.Codec, m.HashTokenInStore = store, access.SessionCodec{}, true
	m.Lifetime, m.IdleTimeout = access.Longest, access.Idle
	return m
}

// cookieName binds the session to this very host where that can be had: browsers
// take a __Host- cookie over TLS only, and from nobody else.
func cookieName(tls bool) string {
	if tls {
		return "__Host-tiendo"
	}
	return "tiendo"
}

// cookieOf is the session's cookie, which ends with the browser; "" removes it.
func (c *caller) cookieOf(token string) *http.Cookie {
	cookie := &http.Cookie{
		Name: cookieName(c.tls), Value: token, Path: "/", HttpOnly: true, Secure: c.tls, SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// maxDevice is how much is kept of what a browser calls itself, in bytes.
const maxDevice = 200

func deviceOf(r *http.Request) string {
	name := r.UserAgent()
	if len(name) > maxDevice || !utf8.ValidString(name) {
		name = string([]rune(name[:min(len(name), maxDevice)]))
	}
	return name
}

// idOfSession is what the store knows a session by, from the token of its cookie.
func idOfSession(token string) access.SessionID {
	sum := sha256.Sum256([]byte(token))
	return access.SessionID(base64.RawURLEncoding.EncodeToString(sum[:]))
}

// resume finds the session of a caller's cookie, and notes at most once a minute
// that it was used.
func (s *Server) resume(ctx context.Context, who *caller) (context.Context, error) {
	loaded, err := s.sessions.Load(ctx, who.cookie)
	if err != nil {
		return ctx, err
	}
	user := s.sessions.GetString(loaded, access.SessionUser)
	if user == "" {
		return loaded, nil
	}
	found, err := s.access.Caller(ctx, access.UserID(user))
	if fault.KindOf(err) == fault.Unauthenticated {
		return loaded, nil
	}
	if err == nil {
		_, _, err = s.sessions.Commit(loaded)
	}
	if err == nil {
		who.Caller, who.via, who.session = found, viaCookie, idOfSession(who.cookie)
		s.counted.signed(who.cookie, found.Account.User)
	}
	return loaded, err
}

// begin begins a session of an account, under a token that nobody has seen: the
// one that the request came with ends, whosever it was.
func (s *Server) begin(ctx context.Context, found access.Caller) (outcome, error) {
	who := callerOf(ctx)
	ctx, err := s.sessions.Load(ctx, who.cookie)
	if err != nil {
		return outcome{}, err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return outcome{}, err
	}
	s.sessions.Put(ctx, access.SessionUser, string(found.Account.User))
	s.sessions.Put(ctx, access.SessionDevice, who.device)
	token, _, err := s.sessions.Commit(ctx)
	if err != nil {
		return outcome{}, err
	}
	now := *who
	now.Caller, now.via = found, viaCookie
	body, err := s.session(ctx, &now)
	return outcome{keep: privately, cookie: who.cookieOf(token), contents: body}, err
}

// privately: kept by nobody.
const privately = "private, no-store"

// session says who is signed in, as the page asks at its start.
func (s *Server) session(ctx context.Context, who *caller) (Session, error) {
	out := Session{
		SignedIn: who.signedIn(), Via: words(who.via), PublicReading: s.open, Trial: s.trial,
		User: orNone(accountOf(&who.Account), who.signedIn()), Rights: s.held(who.Grants),
	}
	var err error
	if !who.signedIn() {
		out.NeedsSetup, err = s.access.NeedsSetup(ctx)
	}
	return out, err
}

// held are grants with the names of their places.
func (s *Server) held(grants []access.Grant) []HeldRole {
	return each(grants, func(g access.Grant) HeldRole {
		name, known := s.areaName(g.Edition, g.Area)
		return HeldRole{Edition: g.Edition, Area: string(g.Area), AreaName: orNone(name, known), Role: Role(g.Role.String())}
	})
}

// areaName is what a place is called in an edition; false where no open election
// has the edition.
func (s *Server) areaName(edition string, code area.Code) (Text, bool) {
	list, ok := s.listOf(edition)
	if !ok {
		return Text{}, false
	}
	a, err := list.Get(code)
	return Text{Vi: a.Name, En: a.NameEn}, err == nil
}

// listOf is an edition that an open election has; the nation, which belongs to
// none (""), is in each.
func (s *Server) listOf(edition string) (*area.List, bool) {
	for _, v := range s.mirror.Views() {
		if list := v.Frame().List; edition == "" || list.Edition() == edition {
			return list, true
		}
	}
	return nil, false
}

// GetSession implements GET /session.
func (s *Server) GetSession(ctx context.Context, _ GetSessionRequestObject) (GetSessionResponseObject, error) {
	body, err := s.session(ctx, callerOf(ctx))
	return outcome{keep: privately, contents: body}, err
}

// SignIn implements POST /session.
func (s *Server) SignIn(ctx context.Context, r SignInRequestObject) (SignInResponseObject, error) {
	found, err := s.access.SignIn(ctx, r.Body.User, r.Body.Password, callerOf(ctx).from)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, found)
}

// SignOut implements DELETE /session.
func (s *Server) SignOut(ctx context.Context, _ SignOutRequestObject) (SignOutResponseObject, error) {
	who := callerOf(ctx)
	ctx, err := s.sessions.Load(ctx, who.cookie)
	if err == nil && who.cookie != "" {
		err = s.sessions.Destroy(ctx)
	}
	return outcome{status: http.StatusNoContent, cookie: who.cookieOf("")}, err
}

// SetUp implements POST /setup.
func (s *Server) SetUp(ctx context.Context, r SetUpRequestObject) (SetUpResponseObject, error) {
	found, err := s.access.SetUp(ctx, access.Secret(r.Body.Secret), r.Body.Password)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, found)
}

// LookAtSetUp implements POST /setup/look.
func (s *Server) LookAtSetUp(ctx context.Context, r LookAtSetUpRequestObject) (LookAtSetUpResponseObject, error) {
	found, err := s.access.LookAtLink(ctx, access.Secret(r.Body.Secret))
	if err != nil {
		return nil, err
	}
	body := SetUpOwner{User: string(found.Account.User), Name: found.Account.Name, Until: found.Until.In(s.zone)}
	return outcome{keep: privately, contents: body}, nil
}
