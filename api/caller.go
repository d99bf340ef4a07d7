package api

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// caller is who sends a request, and what it comes with.
type caller struct {
	access.Caller // the zero Caller: nobody
	// via is how he proved himself: viaCookie, viaToken, or not ("").
	via     string
	cookie  string        // the session's token, whether there is such a session or not
	secret  access.Secret // the token that he proved himself by, for what looks again
	session access.SessionID
	from    netip.Addr
	device  string
	tag     string        // of what he writes, see Server.tags
	claim   tracker.Claim // of what he writes, see Server.once
	tls     bool
	// led is where somebody leads, by edition, once the request has asked for it.
	led map[string]access.Led
}

const (
	viaCookie = "cookie"
	viaToken  = "token"
)

// nobody has signed in: he reads what everybody may.
var nobody = &caller{}

type callerKey struct{}

// callerOf is who sends the request that is being answered. Of what is the same
// for everybody nobody asks, so there it is nobody.
func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	return nobody
}

// actorOf is under whose name a change is recorded, what he calls it, and the
// request that it is for.
func actorOf(ctx context.Context) tracker.Actor {
	c := callerOf(ctx)
	return tracker.Actor{ID: string(c.Account.User), Name: c.Account.Name, Tag: c.tag, Claim: c.claim}
}

func (c *caller) signedIn() bool { return c.Account.User != "" }

// somewhere says that the caller holds the role for a verb in some place.
func (c *caller) somewhere(v access.Verb) bool {
	if v.Least() > access.Viewer && !c.Scope.Writes() {
		return false
	}
	for _, g := range c.Grants {
		if g.Role >= v.Least() {
			return true
		}
	}
	return false
}

// right is what an operation asks of its caller, as the contract says.
type right struct {
	name    string      // x-right
	verb    access.Verb // 0 where no role is needed
	itself  bool        // x-session-only: no token may do it
	inside  bool        // x-internal: those who read the place are shown more
	watched bool        // x-watched: it goes on, and its caller is looked at again
	writes  bool
	outside bool // no part of the API, but of the service
}

// The rights that need no role.
const (
	forAnyone = "anyone" // health, signing in
	forPublic = "public" // reading what everybody may
	forSelf   = "self"   // one's own things
)

var verbs = map[string]access.Verb{
	"read": access.Read, "report": access.Report, "confirm": access.Confirm, "organise": access.Organise,
	"admit": access.Admit, "administer": access.Administer,
}

func (s *Server) rights() map[string]right {
	all := map[string]right{}
	for key, o := range s.operations() {
		name, _ := o.Extensions["x-right"].(string)
		all[key] = right{
			name: name, verb: verbs[name], itself: o.Extensions["x-session-only"] == true, inside: o.Extensions["x-internal"] == true,
			watched: o.Extensions["x-watched"] == true,
			writes:  !strings.HasPrefix(key, http.MethodGet), outside: !strings.Contains(key, "/api/"),
		}
	}
	return all
}

// callers finds out who sends a request, and holds it against what the contract
// asks of its caller before anything else of it is looked at. Nobody is looked
// for where the answer is the same bytes for everybody.
func (s *Server) callers() echo.MiddlewareFunc {
	asked := s.rights()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			needed, described := asked[operationKey(c)]
			if !described {
				return next(c)
			}
			who := nobody
			if same := needed.name == forPublic && !needed.inside && !needed.watched && s.open || needed.name == forAnyone && needed.outside; !same {
				var err error
				who, err = s.identify(c)
				if needed.watched && s.open && fault.KindOf(err) == fault.Unauthenticated {
					who, err = nobody, nil // who reads what everybody may
				}
				if err != nil {
					return err
				}
				c.Response().Header().Add("Vary", "Authorization, Cookie")
			}
			if err := s.allow(c, who, needed); err != nil {
				return err
			}
			if !s.open {
				c.Response().Before(func() { keepPrivate(c.Response().Header()) })
			}
			return next(c)
		}
	}
}

// keepPrivate keeps answers out of caches that several people share.
func keepPrivate(h http.Header) {
	if said := h.Get("Cache-Control"); said != "" {
		h.Set("Cache-Control", kept(said))
	}
}

// kept is a Cache-Control for what not everybody may read.
func kept(said string) string {
	if rest, shared := strings.CutPrefix(said, "public,"); shared {
		return "private," + rest
	}
	return said
}

// allow says whether the caller may do what an operation is for: where the path
// names an area, there; else somewhere, and the handler asks for each place. An
// operation of which the contract says nothing is for nobody.
func (s *Server) allow(c echo.Context, who *caller, needed right) error {
	switch {
	case needed.name == forAnyone, needed.name == forPublic && (s.open || who.signedIn()):
		return nil
	case !who.signedIn():
		return access.SignInNeeded()
	case needed.itself && who.Scope != nil:
		return fault.New(fault.Forbidden, "token-not-for-this",
			"Mã truy cập không được dùng cho việc này; hãy đăng nhập", "A token is not for this; sign in instead")
	case needed.writes && !who.Scope.Writes():
		return fault.New(fault.Forbidden, "token-reads-only",
			"Mã truy cập này chỉ được đọc; tạo mã được ghi ở trang tài khoản", "This token only reads; make one that writes on the account's page")
	case needed.name == forSelf, needed.name == forPublic:
		return nil
	case needed.verb == 0:
		return refused(http.StatusNotFound)
	case c.Param("area") != "":
		v, i, err := s.place(c.Param("election"), c.Param("area"))
		if err != nil {
			return err
		}
		return s.may(c.Request().Context(), needed.verb, v, i)
	case who.somewhere(needed.verb):
		return nil
	case needed.verb == access.Read, needed.verb == access.Admit:
		return nothingHere()
	}
	return access.Rights{}.May(needed.verb, 0, nil)
}

// identify finds out who sends a request: by its token where it has one, else by
// its session. A token that is none is refused; a session that has ended is
// nobody's.
func (s *Server) identify(c echo.Context) (*caller, error) {
	r := c.Request()
	who := &caller{device: deviceOf(r), tls: s.proxies.overTLS(r), led: map[string]access.Led{}}
	who.from, _ = netip.ParseAddr(c.RealIP())
	if cookie, err := r.Cookie(cookieName(who.tls)); err == nil {
		who.cookie = cookie.Value
	}
	ctx, err := r.Context(), error(nil)
	if secret, sent := bearer(r); sent {
		who.via, who.secret = viaToken, secret
		who.Caller, err = s.tokenCaller(r, secret)
	} else if who.cookie != "" {
		ctx, err = s.resume(ctx, who)
	}
	c.SetRequest(r.WithContext(context.WithValue(ctx, callerKey{}, who)))
	return who, err
}

// bearer is the token that a request brings (RFC 6750).
func bearer(r *http.Request) (access.Secret, bool) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return access.Secret(strings.TrimSpace(secret)), strings.EqualFold(scheme, "Bearer")
}

// may says whether the caller may do something to the area at index i: nil;
// fault.Unauthenticated "sign-in-needed" where signing in could help;
// fault.NotFound "nothing-here" for what he may not even know of, which is all
// that is internal to an area he may not read; else why not and which unit may.
func (s *Server) may(ctx context.Context, verb access.Verb, v *mirror.View, i int) error {
	c := callerOf(ctx)
	if !c.signedIn() {
		return access.SignInNeeded()
	}
	var led access.Led
	if verb == access.Confirm {
		var err error
		if led, err = s.led(ctx, v); err != nil {
			return err
		}
	}
	rights := c.Rights(v.Frame().List)
	err := rights.May(verb, i, led)
	if err != nil && (verb == access.Read || verb == access.Admit) && rights.May(access.Read, i, nil) != nil {
		return nothingHere()
	}
	return err
}

// led tells in which areas somebody leads.
func (s *Server) led(ctx context.Context, v *mirror.View) (access.Led, error) {
	c, list := callerOf(ctx), v.Frame().List
	if led, known := c.led[list.Edition()]; known {
		return led, nil
	}
	led, err := s.access.Leads(ctx, list)
	if err == nil && c.led != nil {
		c.led[list.Edition()] = led
	}
	return led, err
}

// mayIn is [Server.may] for an area that a body names. Of one that is not there
// the act itself says where it was named.
func (s *Server) mayIn(ctx context.Context, verb access.Verb, v *mirror.View, code area.Code) error {
	i, ok := v.Frame().List.Index(code)
	if !ok {
		return nil
	}
	return s.may(ctx, verb, v, i)
}

// reads says whether what is internal to the area at index i is for the caller.
// Only operations that are x-internal, or ask for more than public reading, know
// their caller.
func (s *Server) reads(ctx context.Context, v *mirror.View, i int) bool {
	c := callerOf(ctx)
	return c.signedIn() && c.Rights(v.Frame().List).May(access.Read, i, nil) == nil
}

// readsIn is [Server.reads] for an area by its code.
func (s *Server) readsIn(ctx context.Context, v *mirror.View, code area.Code) bool {
	i, ok := v.Frame().List.Index(code)
	return ok && s.reads(ctx, v, i)
}

func nothingHere() error {
	return fault.New(fault.NotFound, "nothing-here",
		"Không có nội dung này, hoặc tài khoản này không được xem", "There is no such thing, or it is not for this account")
}
