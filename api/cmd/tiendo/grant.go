package main

import (
	"context"
	"strings"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/postgres"
)

type grantCommand struct {
	Give grantGiveCommand `cmd:"" help:"Give an account a role in a place and all below it; none ends there what it holds from above."`
	Take grantTakeCommand `cmd:"" help:"Take away a role that was given in a place."`
	List grantListCommand `cmd:"" help:"List who holds what in a place and below it."`
}

// grantPrinted is a grant as --json prints it.
type grantPrinted struct {
	User     string          `json:"user"`
	Name     string          `json:"name,omitempty"`
	Edition  string          `json:"edition"` // empty for the nation: in every edition
	Area     string          `json:"area"`
	Role     access.Role     `json:"role"`
	By       string          `json:"granted_by"`
	At       time.Time       `json:"granted_at"`
	Revision access.Revision `json:"revision"`
}

func printedGrant(g access.Granted) grantPrinted {
	return grantPrinted{
		User: string(g.User), Edition: g.Edition, Area: string(g.Area), Role: g.Role, By: g.By, At: g.At, Revision: g.Revision,
	}
}

// inShort is what is granted, in a few words.
func inShort(grants []access.Granted) string {
	words := make([]string, len(grants))
	for i, g := range grants {
		words[i] = g.Role.String() + " " + string(g.Area)
		if g.Edition != "" {
			words[i] += "@" + g.Edition
		}
	}
	return strings.Join(words, ", ")
}

func (o output) grants(c *Config, all []access.Granted) error {
	rows := [][]string{{"vai trò / role", "nơi / place", "danh mục / edition", "do / by", "lúc / at"}}
	for _, g := range all {
		rows = append(rows, []string{g.Role.Title().Vi + " / " + g.Role.String(), string(g.Area), g.Edition, g.By, c.at(g.At)})
	}
	return o.table(rows...)
}

// granting names a role's account and place.
type granting struct {
	User     string `arg:"" help:"Name at sign-in."`
	Area     string `arg:"" help:"Code of the place; VN for the nation."`
	Election string `placeholder:"ID" help:"Id of an election held over the list that the place stands in; not for VN."`
}

type grantGiveCommand struct {
	granting
	Role string `arg:"" help:"Role: viewer, reporter, lead, administrator (of VN), or none."`
	printed
}

// Run gives the role.
func (g grantGiveCommand) Run(ctx context.Context, c *Config, out output) error {
	role, err := access.ParseRole(g.Role)
	if err != nil {
		return err
	}
	return c.staff(ctx, func(store *postgres.Store, s *access.Service) error {
		edition, err := editionOf(ctx, store, g.Election, area.Code(g.Area))
		if err != nil {
			return err
		}
		given, err := s.Grant(ctx, c.operator(), access.Grant{
			User: access.UserID(g.User), Edition: edition, Area: area.Code(g.Area), Role: role,
		}, access.AnyRevision)
		if err != nil {
			return err
		}
		if g.JSON {
			return out.json(printedGrant(given))
		}
		out.say("%s: %s", given.User, inShort([]access.Granted{given}))
		return nil
	})
}

type grantTakeCommand struct {
	granting
	printed
}

// Run takes the role away.
func (g grantTakeCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.staff(ctx, func(store *postgres.Store, s *access.Service) error {
		edition, err := editionOf(ctx, store, g.Election, area.Code(g.Area))
		if err != nil {
			return err
		}
		user := access.UserID(g.User)
		if err := s.Take(ctx, c.operator(), user, edition, area.Code(g.Area), access.AnyRevision); err != nil {
			return err
		}
		left, err := s.Grants(ctx, user)
		if err != nil {
			return err
		}
		if g.JSON {
			all := []grantPrinted{}
			for _, x := range left {
				all = append(all, printedGrant(x))
			}
			return out.json(all)
		}
		out.say("%s: %s", user, inShort(left))
		return nil
	})
}

type grantListCommand struct {
	Area     string `arg:"" optional:"" default:"VN" help:"Code of the place; the nation without it."`
	Election string `placeholder:"ID" help:"Id of an election held over the list that the place stands in."`
	printed
}

// Run lists who holds what in the place and below it.
func (g grantListCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.lookingAtStaff(ctx, func(store *postgres.Store, s *access.Service) error {
		code := area.Code(g.Area)
		edition, err := editionOf(ctx, store, g.Election, code)
		if err == nil && g.Election != "" && code == area.Nation {
			edition, err = editionOfElection(ctx, store, g.Election)
		}
		if err != nil {
			return err
		}
		found, err := everybody(ctx, s, access.PeopleQuery{Edition: edition, Area: code, Branch: edition != ""})
		if err != nil {
			return err
		}
		if g.JSON {
			all := []grantPrinted{}
			for _, p := range found {
				x := printedGrant(p.Granted)
				x.Name = p.Name
				all = append(all, x)
			}
			return out.json(all)
		}
		rows := [][]string{{"nơi / place", "vai trò / role", "tên / user", "họ tên / name", "đơn vị / unit"}}
		for _, p := range found {
			rows = append(rows, []string{string(p.Area), p.Role.String(), string(p.User), p.Name, p.Unit})
		}
		return out.table(rows...)
	})
}

// everybody is all pages of people.
func everybody(ctx context.Context, s *access.Service, q access.PeopleQuery) ([]access.Person, error) {
	q.Limit = 1000
	var all []access.Person
	for {
		page, err := s.People(ctx, q)
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		q.After = page[len(page)-1].Mark()
	}
}
