package api

import (
	"context"
	"net/http"

	"tiendo/pkg/access"
	"tiendo/pkg/tracker"
)

// Accounts of others, for those who lead where they hold something.

// userOf shows of what somebody holds what is held where the caller leads.
func (s *Server) userOf(who *caller, a *access.Account, grants []access.Granted) User {
	var seen []access.Grant
	for _, g := range grants {
		list, ok := s.listOf(g.Edition)
		if !ok {
			continue
		}
		if i, ok := list.Index(g.Area); ok && who.Rights(list).Role(i) >= access.Lead {
			seen = append(seen, g.Grant)
		}
	}
	return User{
		User: string(a.User), Name: a.Name, Unit: a.Unit, Language: Language(a.Language),
		Disabled: !a.Disabled.IsZero(), SetUp: a.SetUp(), Rights: s.held(seen), Revision: int64(a.Revision),
	}
}

// GetUser implements GET /users/{user}.
func (s *Server) GetUser(ctx context.Context, r GetUserRequestObject) (GetUserResponseObject, error) {
	who := callerOf(ctx)
	a, grants, err := s.access.Managed(ctx, who.Actor(), access.UserID(r.User))
	if err != nil {
		return nil, err
	}
	return answer{
		tag: strong(tracker.Revision(a.Revision)), keep: revalidated, known: r.Params.IfNoneMatch, contents: s.userOf(who, &a, grants),
	}, nil
}

// ChangeUser implements PATCH /users/{user}.
func (s *Server) ChangeUser(ctx context.Context, r ChangeUserRequestObject) (ChangeUserResponseObject, error) {
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	who, user, at := callerOf(ctx), access.UserID(r.User), access.Revision(known)
	_, err = s.access.ChangeAccount(ctx, who.Actor(), access.AccountChange{
		User: user, Name: r.Body.Name, Unit: r.Body.Unit, Language: (*string)(r.Body.Language), Disabled: r.Body.Disabled, If: at,
	})
	if err != nil {
		return nil, err
	}
	a, grants, err := s.access.Managed(ctx, who.Actor(), user)
	return outcome{keep: revalidated, tag: strong(tracker.Revision(a.Revision)), contents: s.userOf(who, &a, grants)}, err
}

// DisableUser implements DELETE /users/{user}.
func (s *Server) DisableUser(ctx context.Context, r DisableUserRequestObject) (DisableUserResponseObject, error) {
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	_, err = s.access.Disable(ctx, callerOf(ctx).Actor(), access.UserID(r.User), access.Revision(known))
	return outcome{status: http.StatusNoContent}, err
}

// RenewSetUp implements POST /users/{user}/setup-link.
func (s *Server) RenewSetUp(ctx context.Context, r RenewSetUpRequestObject) (RenewSetUpResponseObject, error) {
	made, err := s.access.SetupLink(ctx, callerOf(ctx).Actor(), access.UserID(r.User))
	if err != nil {
		return nil, err
	}
	return outcome{status: http.StatusCreated, keep: privately, contents: s.setUpLink(&made)}, nil
}
