package access

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
)

// Revision is a position in the log of accounts, from 1.
type Revision int64

// AnyRevision stands for "whatever is there now" where an act asks what it is
// based on.
const AnyRevision Revision = -1

// Kind is what an event of the log of accounts is.
type Kind string

// The kinds of events.
const (
	AccountMade     Kind = "account_made"
	AccountChanged  Kind = "account_changed" // name, unit, language
	AccountDisabled Kind = "account_disabled"
	AccountEnabled  Kind = "account_enabled"
	SetupLinkMade   Kind = "setup_link_made" // the password went
	PasswordSet     Kind = "password_set"    // by a set-up link, or by the operator
	PasswordChanged Kind = "password_changed"
	GrantGiven      Kind = "grant_given"
	GrantTaken      Kind = "grant_taken"
	TokenMade       Kind = "token_made"
	TokenRevoked    Kind = "token_revoked"
	CalendarMade    Kind = "calendar_made"
	CalendarRevoked Kind = "calendar_revoked"
	// Endpoints of a place, of which the log of accounts says who made them; the
	// account is his who did it.
	WebhookMade       Kind = "webhook_made"
	WebhookChanged    Kind = "webhook_changed"
	WebhookRemoved    Kind = "webhook_removed"
	WebhookSecretMade Kind = "webhook_secret_made" //nolint:gosec // a name
)

// Event is one entry of the log of accounts: who did what, when, to whose
// account, and where.
type Event struct {
	Revision Revision
	Kind     Kind
	User     UserID    // whose account it is
	Edition  string    // of Area; empty for the nation
	Area     area.Code // empty where none is concerned
	Actor    Actor
	Recorded time.Time // never earlier than the entry before
	Before   Detail
	After    Detail
	Hash     [sha256.Size]byte

	stored [2][]byte // Before and After as the log keeps them, to the byte
}

// Detail is what an event says of a thing before and after. This is the log's
// own format: fields are only ever added.
type Detail struct {
	Name     string     `json:"name,omitempty"`
	Unit     string     `json:"unit,omitempty"`
	Language string     `json:"language,omitempty"`
	Role     *Role      `json:"role,omitempty"`
	Token    string     `json:"token,omitempty"` // its id
	Access   Access     `json:"access,omitempty"`
	Until    civil.Date `json:"until,omitzero"`     // a token's last day
	Calendar string     `json:"calendar,omitempty"` // the id of its address
	Election string     `json:"election,omitempty"` // that the calendar is of
	Webhook  string     `json:"webhook,omitempty"`  // its id; Name is its host
	Off      string     `json:"off,omitempty"`      // why nothing is sent to it
}

// json is the detail as the log keeps it; nil for nothing.
func (d Detail) json() ([]byte, error) {
	if d == (Detail{}) {
		return nil, nil
	}
	return json.Marshal(d)
}

// Head is where the log of accounts stands.
type Head struct {
	Revision Revision
	Recorded time.Time
	Hash     [sha256.Size]byte
}

// Head is where the log stands after this event.
func (e *Event) Head() Head { return Head{Revision: e.Revision, Recorded: e.Recorded, Hash: e.Hash} }

// Seal gives the event its place in the log: its revision, a recorded time that
// never goes back, and the hash that chains it to the entry before.
func (e *Event) Seal(head Head) (err error) {
	e.Revision = head.Revision + 1
	e.Recorded = e.Recorded.UTC().Truncate(time.Microsecond)
	if e.Recorded.Before(head.Recorded) {
		e.Recorded = head.Recorded
	}
	for i, d := range []Detail{e.Before, e.After} {
		if e.stored[i], err = d.json(); err != nil {
			return fmt.Errorf("access: event %d: %w", e.Revision, err)
		}
	}
	e.Hash, err = e.Digest(head.Hash)
	return err
}

// Stored is what the log keeps of Before and After, nil for nothing; only of an
// event that was sealed or read.
func (e *Event) Stored() (before, after []byte) { return e.stored[0], e.stored[1] }

// Read takes Before and After from what the log keeps, and remembers the bytes,
// so that the digest is of all that stands there.
func (e *Event) Read(before, after []byte) error {
	e.stored = [2][]byte{before, after}
	for i, d := range []*Detail{&e.Before, &e.After} {
		if e.stored[i] == nil {
			continue
		}
		if err := json.Unmarshal(e.stored[i], d); err != nil {
			return fmt.Errorf("access: event %d in the log: %w", e.Revision, err)
		}
	}
	return nil
}

// Digest is the SHA-256 of the hash before and of every field of the event,
// written as one JSON array; Before and After stand in it as the very bytes that
// the log keeps. Only of an event that was sealed or read.
func (e *Event) Digest(before [sha256.Size]byte) ([sha256.Size]byte, error) {
	fields, err := json.Marshal([]any{
		e.Revision, e.Kind, e.User, e.Edition, e.Area, e.Actor.ID(), e.Actor.Name, e.Recorded.UTC().Format(time.RFC3339Nano),
	})
	if err != nil {
		return before, fmt.Errorf("access: digest of event %d: %w", e.Revision, err)
	}
	h := sha256.New()
	h.Write(before[:])
	h.Write(bytes.TrimSuffix(fields, []byte("]")))
	for _, detail := range e.stored {
		h.Write([]byte(","))
		if detail == nil {
			detail = []byte("null")
		}
		h.Write(detail)
	}
	h.Write([]byte("]"))
	return [sha256.Size]byte(h.Sum(nil)), nil
}
