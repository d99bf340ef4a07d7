package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// caller is who sends a request, and what was granted to him.
type caller struct {
	actor  tracker.Actor
	grants []access.Grant
}

// localAdministrator is everybody, until people can sign in.
func localAdministrator(a tracker.Actor) *caller {
	return &caller{actor: a, grants: []access.Grant{{User: access.UserID(a.ID), Area: area.Nation, Role: access.Administrator}}}
}

// nobody has signed in: he reads what everybody may.
var nobody = &caller{}

type callerKey struct{}

// callerOf is who sends the request that is being answered.
func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	return nobody
}

// actorOf is under whose name a change is recorded.
func actorOf(ctx context.Context) tracker.Actor { return callerOf(ctx).actor }

func (c *caller) signedIn() bool { return c.actor.ID != "" }

// rights are what the caller holds in an edition of the list.
func (c *caller) rights(list *area.List) access.Rights { return access.NewRights(list, c.grants) }

// somewhere says that the caller holds the role for a verb in some place.
func (c *caller) somewhere(v access.Verb) bool {
	for _, g := range c.grants {
		if g.Role >= v.Least() {
			return true
		}
	}
	return false
}

// callers finds out who sends a request.
func (s *Server) callers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), callerKey{}, s.everyone)))
		return next(c)
	}
}

// may says whether the caller may do something to the area at index i: nil;
// fault.Unauthenticated "sign-in-needed" where signing in could help;
// fault.NotFound "nothing-here" for what he may not even know of, which is all
// that is internal to an area he may not read; else why not and which unit may.
func (s *Server) may(ctx context.Context, verb access.Verb, v *mirror.View, i int) error {
	c := callerOf(ctx)
	if !c.signedIn() {
		return signInNeeded()
	}
	rights := c.rights(v.Frame().List)
	err := rights.May(verb, i, s.led(ctx, v))
	if err != nil && (verb == access.Read || verb == access.Admit) && rights.May(access.Read, i, nil) != nil {
		return nothingHere()
	}
	return err
}

// reads says whether what is internal to the area at index i is for the caller.
func (s *Server) reads(ctx context.Context, v *mirror.View, i int) bool {
	return callerOf(ctx).rights(v.Frame().List).May(access.Read, i, nil) == nil
}

// led tells in which areas somebody leads.
func (s *Server) led(context.Context, *mirror.View) access.Led {
	return func(int) bool { return false }
}

// right is what an operation asks of its caller, as the contract says in x-right.
type right struct {
	name string
	verb access.Verb // 0 where no role is needed
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

// rights holds a request against what the contract asks of its caller, before
// anything else of it is looked at. Where the path names an area, that decides;
// else the caller has to hold such a right somewhere, and the handler asks for
// each place. An operation of which the contract says nothing is for nobody.
func (s *Server) rights() echo.MiddlewareFunc {
	asked := map[string]right{}
	for path, item := range s.spec.Paths.Map() {
		for method, operation := range item.Operations() {
			name, _ := operation.Extensions["x-right"].(string)
			asked[method+path] = right{name: name, verb: verbs[name]}
		}
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			method := strings.Replace(c.Request().Method, http.MethodHead, http.MethodGet, 1)
			if needed, described := asked[method+specPath(c.Path())]; described {
				if err := s.allow(c, needed); err != nil {
					return err
				}
			}
			return next(c)
		}
	}
}

func (s *Server) allow(c echo.Context, needed right) error {
	ctx := c.Request().Context()
	who := callerOf(ctx)
	switch {
	case needed.name == forAnyone, needed.name == forPublic:
		return nil
	case !who.signedIn():
		return signInNeeded()
	case needed.name == forSelf:
		return nil
	case needed.verb == 0:
		return refused(http.StatusNotFound)
	case c.Param("area") == "":
		if who.somewhere(needed.verb) {
			return nil
		}
		return access.Rights{}.May(needed.verb, 0, nil)
	}
	v, i, err := s.place(c.Param("election"), c.Param("area"))
	if err != nil {
		return err
	}
	return s.may(ctx, needed.verb, v, i)
}

func signInNeeded() error {
	return fault.New(fault.Unauthenticated, "sign-in-needed",
		"Cần đăng nhập để làm việc này; đăng nhập rồi gửi lại", "Sign in to do this, then send it again")
}

func nothingHere() error {
	return fault.New(fault.NotFound, "nothing-here",
		"Không có nội dung này, hoặc tài khoản này không được xem", "There is no such thing, or it is not for this account")
}
