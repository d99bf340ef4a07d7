package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

const peoplePage = 100

// peopleToken is where a page of people ended.
type peopleToken struct {
	Position int           `json:"p"`
	User     access.UserID `json:"u"`
}

// ListPeople implements GET …/areas/{area}/people.
func (s *Server) ListPeople(ctx context.Context, r ListPeopleRequestObject) (ListPeopleResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	edition, branch, limit := v.Frame().List.Edition(), isTrue(r.Params.Branch), peoplePage
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	filter := "people " + r.Election + " " + r.Area + " " + strconv.FormatBool(branch)
	var mark peopleToken
	if r.Params.After != nil {
		if err := openToken(*r.Params.After, filter, &mark); err != nil {
			return nil, err
		}
	}
	found, err := s.access.People(ctx, access.PeopleQuery{
		Edition: edition, Area: area.Code(r.Area), Branch: branch, After: access.PersonMark(mark), Limit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	list := PersonList{Items: []Person{}, Next: words("")}
	if r.Params.After == nil {
		above, err := s.access.LeadsAbove(ctx, edition, area.Code(r.Area))
		if err != nil {
			return nil, err
		}
		list.Items = each(above, func(p access.Person) Person { return personOf(v, i, &p) })
	}
	rights := callerOf(ctx).Rights(v.Frame().List)
	for n := range found[:min(limit, len(found))] {
		// A branch below may have been taken out: who works there is not told.
		if at, ok := v.Frame().List.Index(found[n].Area); ok && rights.May(access.Read, at, nil) == nil {
			list.Items = append(list.Items, personOf(v, i, &found[n]))
		}
	}
	if len(found) > limit {
		next, err := sealToken(filter, peopleToken(found[limit-1].Mark()))
		if err != nil {
			return nil, err
		}
		asked := url.Values{"after": {next}, "branch": {strconv.FormatBool(branch)}, "limit": {strconv.Itoa(limit)}}
		list.Next = words(peopleAddress(r.Election, r.Area) + "?" + asked.Encode())
	}
	return outcome{keep: privately, contents: list}, nil
}

func peopleAddress(e ElectionID, code AreaCode) string {
	return "/api/v1/elections/" + url.PathEscape(e) + "/areas/" + url.PathEscape(code) + "/people"
}

// personOf is somebody as seen from the area at index i.
func personOf(v *mirror.View, i int, p *access.Person) Person {
	list := v.Frame().List
	out := Person{
		User: string(p.User), Name: p.Name, Unit: p.Unit, Disabled: p.Disabled, Area: string(p.Area),
		AreaName: Names{List: list}.area(p.Area), Where: Below, Role: Role(p.Role.String()), GrantedBy: words(p.By), Revision: int64(p.Revision),
	}
	switch at, ok := list.Index(p.Area); {
	case ok && at == i:
		out.Where = Here
	case ok && list.Under(i, at):
		out.Where = Above
	}
	return out
}

// AdmitPerson implements POST …/areas/{area}/people.
func (s *Server) AdmitPerson(ctx context.Context, r AdmitPersonRequestObject) (AdmitPersonResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	role, err := access.ParseRole(string(r.Body.Role))
	if err != nil {
		return nil, err
	}
	made, err := s.access.CreateAccount(ctx, callerOf(ctx).Actor(), access.NewAccount{
		User: r.Body.User, Name: r.Body.Name, Unit: r.Body.Unit, Language: string(r.Body.Language),
		Grants: []access.Grant{{Edition: v.Frame().List.Edition(), Area: area.Code(r.Area), Role: role}},
	})
	if err != nil {
		return nil, err
	}
	body := PersonMade{Setup: s.setUpLink(&made.Invitation)}
	for _, g := range made.Grants {
		body.Person = personOf(v, i, &access.Person{Granted: g, Name: made.Account.Name, Unit: made.Account.Unit})
	}
	return outcome{
		status: http.StatusCreated, keep: privately, contents: body,
		location: peopleAddress(r.Election, r.Area) + "/" + string(made.Account.User),
	}, nil
}

func (s *Server) setUpLink(x *access.Invitation) SetUpLink {
	return SetUpLink{
		User: string(x.Account.User), Name: x.Account.Name, Secret: x.Secret.Reveal(), Path: "/setup#" + x.Secret.Reveal(), Until: x.Until.In(s.zone),
	}
}

// GetPerson implements GET …/areas/{area}/people/{user}.
func (s *Server) GetPerson(ctx context.Context, r GetPersonRequestObject) (GetPersonResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	p, err := s.person(ctx, v, i, access.UserID(r.User))
	if err != nil {
		return nil, err
	}
	return answer{tag: strong(tracker.Revision(p.Revision)), keep: revalidated, known: r.Params.IfNoneMatch, contents: personOf(v, i, &p)}, nil
}

// person finds what somebody was granted in the area at index i itself.
func (s *Server) person(ctx context.Context, v *mirror.View, i int, user access.UserID) (access.Person, error) {
	q := access.PeopleQuery{Edition: v.Frame().List.Edition(), Area: v.Frame().List.At(i).Code, Limit: peoplePage}
	for {
		found, err := s.access.People(ctx, q)
		if err != nil {
			return access.Person{}, err
		}
		if n := slices.IndexFunc(found, func(p access.Person) bool { return p.User == user }); n >= 0 {
			return found[n], nil
		}
		if len(found) < q.Limit {
			return access.Person{}, fault.New(fault.NotFound, "grant-not-found",
				"%q không được giao vai trò nào ở chính đơn vị này; xem lại danh sách", "Nothing is granted to %q in this very place; look at the list", user)
		}
		q.After = found[len(found)-1].Mark()
	}
}

// GrantRole implements PUT …/areas/{area}/people/{user}.
func (s *Server) GrantRole(ctx context.Context, r GrantRoleRequestObject) (GrantRoleResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	role, err := access.ParseRole(string(r.Body.Role))
	if err != nil {
		return nil, err
	}
	var known tracker.Revision // 0: nothing was granted there
	if r.Params.IfMatch != nil {
		if known, err = ifMatch(r.Params.IfMatch); err != nil {
			return nil, err
		}
	}
	_, err = s.access.Grant(ctx, callerOf(ctx).Actor(), access.Grant{
		User: access.UserID(r.User), Edition: v.Frame().List.Edition(), Area: area.Code(r.Area), Role: role,
	}, access.Revision(known))
	if known == 0 && fault.KindOf(err) == fault.Stale {
		_, err = ifMatch(nil)
	}
	if err != nil {
		return nil, err
	}
	p, err := s.person(ctx, v, i, access.UserID(r.User))
	return outcome{keep: revalidated, tag: strong(tracker.Revision(p.Revision)), contents: personOf(v, i, &p)}, err
}

// EndRole implements DELETE …/areas/{area}/people/{user}.
func (s *Server) EndRole(ctx context.Context, r EndRoleRequestObject) (EndRoleResponseObject, error) {
	v, _, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	err = s.access.Take(ctx, callerOf(ctx).Actor(), access.UserID(r.User), v.Frame().List.Edition(), area.Code(r.Area), access.Revision(known))
	return outcome{status: http.StatusNoContent}, err
}
