package access

import (
	"context"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
)

// Store keeps accounts. Everything it returns is a copy; a thing that is not
// there is a fault.NotFound.
type Store interface {
	// Act runs do in one transaction that every other act on accounts waits for,
	// so that what it has looked at stays as it is until it is done; what it does is
	// kept when do agrees. Nothing slow belongs into it, least of all the hashing
	// of a password.
	Act(ctx context.Context, do func(Desk) error) error

	// Caller is an account that may be used, with all its grants, in one query:
	// fault.Unauthenticated "sign-in-needed" when there is none or it is disabled.
	Caller(ctx context.Context, user UserID) (Caller, error)
	Account(ctx context.Context, user UserID) (Account, error)
	// Accounts are those whose names come after one, by name.
	Accounts(ctx context.Context, after UserID, limit int) ([]Account, error)
	// CountAccounts says how many accounts there are, and how many of them have a
	// password.
	CountAccounts(ctx context.Context) (all, setUp int, err error)

	Grants(ctx context.Context, user UserID) ([]Granted, error)
	// People are those who hold something within a stretch of an edition's list,
	// by place and name, after a place and name.
	People(ctx context.Context, q Stretch) ([]Person, error)
	// PeopleAt are those who hold at least a role in just these areas.
	PeopleAt(ctx context.Context, edition string, areas []area.Code, least Role) ([]Person, error)
	// Leads are the areas of an edition in which somebody was made lead whose
	// account is not disabled.
	Leads(ctx context.Context, edition string) ([]area.Code, error)
	// List is an edition of the list of areas.
	List(ctx context.Context, edition string) (*area.List, error)

	Sessions(ctx context.Context, user UserID, now time.Time) ([]Session, error)
	// EndSession fails with fault.NotFound "session-not-found" when the user has no
	// such session.
	EndSession(ctx context.Context, user UserID, id SessionID) error
	// EndSessions ends all of a user's sessions but one ("": all).
	EndSessions(ctx context.Context, user UserID, keep SessionID) error

	Tokens(ctx context.Context, user UserID) ([]Token, error)
	// TokenOf finds a token that was not revoked, of an account that may be used.
	TokenOf(ctx context.Context, d Digest) (Token, error)
	// GoodTokens are the digests of all that [Store.TokenOf] finds.
	GoodTokens(ctx context.Context) ([]Digest, error)
	// AddUsage writes down what tokens were used for since it was last written down.
	AddUsage(ctx context.Context, all []Usage) error
	// Clients are the tokens that belong to some places, by user and token.
	Clients(ctx context.Context, q ClientQuery) ([]OwnedToken, error)
	// Health is what is known of tokens, by their ids, counted since a moment.
	Health(ctx context.Context, tokens []string, since time.Time) (map[string]Health, error)
	// CountStale says how many clients that can still ask have stopped asking.
	CountStale(ctx context.Context, now time.Time, today civil.Date) (int, error)
	// AccessRevision is where the log of accounts stands.
	AccessRevision(ctx context.Context) (Revision, error)

	Calendars(ctx context.Context, user UserID) ([]Calendar, error)
	// CalendarOf finds the calendar of an address that was not revoked, of an account
	// that may be used; fault.NotFound "calendar-not-found".
	CalendarOf(ctx context.Context, d Digest) (Calendar, error)
	// TouchCalendar notes that an address was used, unless that was done after stale.
	TouchCalendar(ctx context.Context, id string, now, stale time.Time) error

	// Link finds the set-up link that is good at now.
	Link(ctx context.Context, d Digest, now time.Time) (Link, error)

	// Attempt shows the attempts that were made under the name and from the address,
	// and counts another one as wrong beforehand when judge agrees; nobody else
	// attempts either meanwhile.
	Attempt(ctx context.Context, a Attempt, judge func(Attempts) error) error
	// Forgive takes back what was counted for the name and the address: it was right.
	Forgive(ctx context.Context, a Attempt) error

	// Events are the log of accounts after a revision, in its order.
	Events(ctx context.Context, after Revision, limit int) ([]Event, error)
	// AccountTrail is the events that a query asks for, the latest first.
	AccountTrail(ctx context.Context, q *TrailQuery) ([]NamedEvent, error)
}

// Desk is where one act on accounts works: it sees what is there, and what it
// writes others see when it is done.
type Desk interface {
	Account(ctx context.Context, user UserID) (Account, error)
	Count(ctx context.Context) (all, setUp int, err error)
	Grants(ctx context.Context, user UserID) ([]Granted, error)
	// Administrators are the accounts that administer the country and are not
	// disabled, and whether they have a password.
	Administrators(ctx context.Context) (map[UserID]bool, error)
	List(ctx context.Context, edition string) (*area.List, error)
	Link(ctx context.Context, d Digest, now time.Time) (Link, error)
	Tokens(ctx context.Context, user UserID) ([]Token, error)
	Calendars(ctx context.Context, user UserID) ([]Calendar, error)

	// Record seals an event and adds it to the log; the account it is about has its
	// revision from then on.
	Record(ctx context.Context, e *Event) error

	AddAccount(ctx context.Context, a *Account) error
	ChangeAccount(ctx context.Context, a *Account) error
	PutGrant(ctx context.Context, g *Granted) error
	TakeGrant(ctx context.Context, g Grant) error
	PutLink(ctx context.Context, l Link) error
	EndLinks(ctx context.Context, user UserID) error
	AddToken(ctx context.Context, t *Token) error
	// RevokeToken fails with fault.NotFound "token-not-found" when the user has no
	// such token that can still be used.
	RevokeToken(ctx context.Context, user UserID, id string, now time.Time) error
	AddCalendar(ctx context.Context, c *Calendar) error
	// RevokeCalendar fails with fault.NotFound "calendar-not-found" when the user has
	// no such address that can still be used.
	RevokeCalendar(ctx context.Context, user UserID, id string, now time.Time) error
	EndSessions(ctx context.Context, user UserID, keep SessionID) error
}
