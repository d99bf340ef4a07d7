package postgres

import (
	"context"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/postgres/rows"
)

func (d *desk) Grants(ctx context.Context, user access.UserID) ([]access.Granted, error) {
	return grants(ctx, d.q, user)
}

// Grants reads what was granted to a user, in every edition.
func (s *Store) Grants(ctx context.Context, user access.UserID) ([]access.Granted, error) {
	return grants(ctx, s.as(readsAccounts), user)
}

func grants(ctx context.Context, q *rows.Queries, user access.UserID) ([]access.Granted, error) {
	found, err := q.Grants(ctx, string(user))
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]access.Granted, len(found))
	for i := range found {
		if all[i], err = grantOf(&found[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func grantOf(r *rows.AccessGrant) (g access.Granted, err error) {
	g = access.Granted{
		Grant: access.Grant{User: access.UserID(r.UserID), Edition: r.Edition.String, Area: area.Code(r.AreaCode)},
		By:    r.GrantedBy, At: r.GrantedAt.UTC(), Revision: access.Revision(r.Revision),
	}
	g.Role, err = access.ParseRole(r.Role)
	return g, err
}

func (d *desk) Administrators(ctx context.Context) (map[access.UserID]bool, error) {
	found, err := d.q.Administrators(ctx)
	all := make(map[access.UserID]bool, len(found))
	for _, a := range found {
		all[access.UserID(a.ID)] = a.SetUp
	}
	return all, err
}

// CountAdministrators says how many can administer the country: those who have a
// password and are not disabled.
func (s *Store) CountAdministrators(ctx context.Context) (n int, err error) {
	found, err := s.as(readsAccounts).Administrators(ctx)
	for _, a := range found {
		if a.SetUp {
			n++
		}
	}
	return n, mapped(err)
}

func (d *desk) PutGrant(ctx context.Context, g *access.Granted) error {
	return d.q.PutGrant(ctx, rows.PutGrantParams{
		UserID: string(g.User), Edition: text(g.Edition), AreaCode: string(g.Area), Role: g.Role.String(),
		GrantedBy: g.By, GrantedAt: g.At, Revision: int64(g.Revision),
	})
}

func (d *desk) TakeGrant(ctx context.Context, g access.Grant) error {
	return written(d.q.DeleteGrant(ctx, string(g.User), text(g.Edition), string(g.Area)))
}

// People reads who holds something within a stretch of an edition's list, by
// place and name.
func (s *Store) People(ctx context.Context, stretch access.Stretch) ([]access.Person, error) {
	found, err := s.as(readsAccounts).GrantsBelow(ctx, rows.GrantsBelowParams{
		Edition: stretch.Edition, FirstPosition: int32(stretch.First), LastPosition: int32(stretch.Last),
		AfterPosition: int32(stretch.After.Position), AfterUser: string(stretch.After.User), Most: int32(stretch.Limit),
	})
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]access.Person, len(found))
	for i, r := range found {
		all[i] = access.Person{Name: r.Name, Unit: r.Unit, SetUp: r.SetUp, Disabled: r.Disabled, Position: int(r.Position)}
		if all[i].Granted, err = grantOf(&r.AccessGrant); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// PeopleAt reads who was granted at least a role in just these areas.
func (s *Store) PeopleAt(ctx context.Context, edition string, areas []area.Code, least access.Role) ([]access.Person, error) {
	var roles []string
	for r := least; r <= access.Administrator; r++ {
		roles = append(roles, r.String())
	}
	found, err := s.as(readsAccounts).GrantsAt(ctx, edition, codes(areas), roles)
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]access.Person, len(found))
	for i, r := range found {
		all[i] = access.Person{Name: r.Name, Unit: r.Unit, SetUp: r.SetUp, Disabled: r.Disabled}
		if all[i].Granted, err = grantOf(&r.AccessGrant); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Leads reads the areas of an edition in which somebody leads.
func (s *Store) Leads(ctx context.Context, edition string) ([]area.Code, error) {
	found, err := s.as(readsAccounts).Leads(ctx, edition)
	all := make([]area.Code, len(found))
	for i, code := range found {
		all[i] = area.Code(code)
	}
	return all, mapped(err)
}
