package access

import (
	"context"
	"errors"
	"slices"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// Granted is a grant as it is kept.
type Granted struct {
	Grant
	By       string // id of the actor
	At       time.Time
	Revision Revision
}

// Person is somebody who holds something in an area.
type Person struct {
	Granted
	Name, Unit string
	SetUp      bool // has a password
	Disabled   bool
	Position   int // of the area in the list
}

// Stretch is a part of an edition's list, and where in it to go on.
type Stretch struct {
	Edition     string
	First, Last int // positions, both counted in
	After       PersonMark
	Limit       int
}

// PersonMark is where a page of people ended; the zero mark is before the first.
type PersonMark struct {
	Position int
	User     UserID
}

// Mark is where a page ends that ends with the person.
func (p *Person) Mark() PersonMark { return PersonMark{Position: p.Position, User: p.User} }

// PeopleQuery asks who holds what in an area and, with Branch, below it.
type PeopleQuery struct {
	Edition string
	Area    area.Code
	Branch  bool
	After   PersonMark
	Limit   int
}

// none stands for a grant that is not there.
func none(g Grant) Granted { return Granted{Grant: g} }

// at finds what is granted in a place itself.
func at(grants []Granted, edition string, code area.Code) (Granted, bool) {
	for _, g := range grants {
		if g.Area == code && g.Edition == edition {
			return g, true
		}
	}
	return none(Grant{Edition: edition, Area: code}), false
}

func bare(grants []Granted) []Grant {
	all := make([]Grant, len(grants))
	for i := range grants {
		all[i] = grants[i].Grant
	}
	return all
}

// editionOf is the edition under which a grant is kept: the nation is the same
// in all.
func editionOf(edition string, code area.Code) string {
	if code == area.Nation {
		return ""
	}
	return edition
}

// Grant gives a role in a place, or changes it; the role None ends there what is
// held from above. known is the revision of the grant as it was looked at, 0 for
// none, or AnyRevision. Fails with fault.Forbidden "grant-above-own",
// "grant-of-superior", fault.Stale "stale-revision", fault.Conflict
// "last-administrator".
func (s *Service) Grant(ctx context.Context, by Actor, g Grant, known Revision) (given Granted, err error) {
	err = s.act(ctx, func(d Desk) error {
		a, err := s.authority(ctx, d, by)
		if err == nil {
			given, _, err = s.give(ctx, a, g, known)
		}
		return err
	})
	return given, err
}

// give gives a role, and says whether it was not held before.
func (s *Service) give(ctx context.Context, a *authority, g Grant, known Revision) (given Granted, changed bool, err error) {
	g.Edition = editionOf(g.Edition, g.Area)
	if _, err := usable(ctx, a.desk, g.User); err != nil {
		return none(g), false, err
	}
	before, was, err := s.regrant(ctx, a, g, known, func(rest []Granted) []Granted { return append(rest, none(g)) })
	switch {
	case err != nil:
		return was, false, err
	case was.Revision != 0 && was.Role == g.Role:
		return was, false, nil
	case was.Revision == 0 && len(before) >= maxGrants:
		return was, false, fault.New(fault.Conflict, "grants-too-many",
			"Tài khoản %q đã có %d vai trò; thu bớt, hoặc giao một vai trò ở đơn vị cấp trên", "The account %q holds %d roles; take some away, or grant one in a unit above", g.User, len(before))
	}
	e := Event{Kind: GrantGiven, User: g.User, Actor: a.actor, Edition: g.Edition, Area: g.Area, After: Detail{Role: &g.Role}}
	if was.Revision != 0 {
		e.Before = Detail{Role: &was.Role}
	}
	if err := s.record(ctx, a.desk, &e); err != nil {
		return was, false, err
	}
	given = Granted{Grant: g, By: a.actor.ID(), At: e.Recorded, Revision: e.Revision}
	err = a.desk.PutGrant(ctx, &given)
	return given, true, err
}

// Take takes a grant away; what is held from above then holds again. Fails as
// [Service.Grant] does, and with fault.NotFound "grant-not-found".
func (s *Service) Take(ctx context.Context, by Actor, user UserID, edition string, code area.Code, known Revision) error {
	return s.act(ctx, func(d Desk) error {
		a, err := s.authority(ctx, d, by)
		if err != nil {
			return err
		}
		g := Grant{User: user, Edition: editionOf(edition, code), Area: code}
		if _, err := d.Account(ctx, user); err != nil {
			return err
		}
		_, was, err := s.regrant(ctx, a, g, known, func(rest []Granted) []Granted { return rest })
		if err != nil {
			return err
		}
		if was.Revision == 0 {
			return fault.New(fault.NotFound, "grant-not-found",
				"%q không được giao vai trò nào ở chính đơn vị này; xem lại danh sách", "Nothing is granted to %q in this very place; look at the list", user)
		}
		e := Event{Kind: GrantTaken, User: user, Actor: by, Edition: g.Edition, Area: code, Before: Detail{Role: &was.Role}}
		return errors.Join(s.record(ctx, d, &e), d.TakeGrant(ctx, g))
	})
}

// regrant checks that the actor may make of a user's grants what with makes of
// all but the one in this place: they come back with that one as it was.
func (s *Service) regrant(ctx context.Context, a *authority, g Grant, known Revision, with func([]Granted) []Granted) (before []Granted, was Granted, err error) {
	list, i, err := place(ctx, a.desk, g.Edition, g.Area)
	if err != nil {
		return nil, was, err
	}
	if before, err = a.desk.Grants(ctx, g.User); err != nil {
		return nil, was, err
	}
	was, _ = at(before, g.Edition, g.Area)
	rest := slices.DeleteFunc(slices.Clone(before), func(x Granted) bool { return x.Area == g.Area && x.Edition == g.Edition })
	if err := a.over(ctx, list, i, g, before, with(rest)); err != nil {
		return nil, was, err
	}
	if known != AnyRevision && known != was.Revision {
		return nil, was, stale(was.Revision, known, was)
	}
	if was.Role == Administrator && g.Role != Administrator {
		err = keepsAnAdministrator(ctx, a.desk, g.User)
	}
	return before, was, err
}

// Grants are all that was granted to a user, in every edition.
func (s *Service) Grants(ctx context.Context, user UserID) ([]Granted, error) {
	return s.store.Grants(ctx, user)
}

// Leads tells in which areas of an edition somebody leads, for [Rights.May].
func (s *Service) Leads(ctx context.Context, list *area.List) (Led, error) {
	codes, err := s.store.Leads(ctx, list.Edition())
	if err != nil {
		return nil, err
	}
	led := make(map[int]bool, len(codes))
	for _, code := range codes {
		if i, ok := list.Index(code); ok {
			led[i] = true
		}
	}
	return func(i int) bool { return led[i] }, nil
}

// People are those who hold something in an area itself or, with Branch, in it
// and below it, by place and name; more than the limit tells that there is more.
func (s *Service) People(ctx context.Context, q PeopleQuery) ([]Person, error) {
	list, i, err := place(ctx, s.store, q.Edition, q.Area)
	if err == nil && q.Area == area.Nation && q.Edition != "" {
		list, err = s.store.List(ctx, q.Edition) // whose places are below it
	}
	if err != nil {
		return nil, err
	}
	stretch := Stretch{Edition: list.Edition(), First: i, Last: i, After: q.After, Limit: q.Limit}
	if q.Branch {
		_, stretch.Last = list.Descendants(i)
		stretch.Last--
	}
	return s.store.People(ctx, stretch)
}

// LeadsAbove are those who lead the areas above one, the nearest first.
func (s *Service) LeadsAbove(ctx context.Context, edition string, code area.Code) ([]Person, error) {
	list, i, err := place(ctx, s.store, edition, code)
	if err != nil {
		return nil, err
	}
	above := list.Ancestors(i)
	codes := make([]area.Code, len(above))
	for n, a := range above {
		codes[n] = list.At(a).Code
	}
	found, err := s.store.PeopleAt(ctx, list.Edition(), codes, Lead)
	for n := range found {
		found[n].Position, _ = list.Index(found[n].Area)
	}
	slices.SortStableFunc(found, func(a, b Person) int { return b.Position - a.Position })
	return found, err
}
