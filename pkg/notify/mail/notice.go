package mail

import (
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/notify"
)

// Kind is what a message is.
type Kind string

// The kinds of messages of this package. Others tell of other things by [Service.Tell].
const (
	// Digest is what is due, once a day.
	Digest Kind = "digest"
	// Confirmation brings the code for an address.
	Confirmation Kind = "confirmation"
)

// State is what became of a message.
type State string

// The states.
const (
	Waiting State = "waiting"
	Sent    State = "sent"
	// Failed: the mail server did not take it, for good or for days.
	Failed State = "failed"
	// Dropped: it was not sent, because it had no sense any more: mail was switched
	// off, the address changed, or it waited too long.
	Dropped State = "dropped"
)

// Reason is why a message was not sent.
type Reason string

// The reasons; none where it waits or was sent.
const (
	// NothingLeft: what it told of was done, begun or moved before it could go.
	NothingLeft Reason = "nothing_left"
	// InNext: it still waited when the next digest was made, which says what it said.
	InNext Reason = "in_next"
	// TooOld: it waited for longer than it was of use.
	TooOld Reason = "too_old"
	// NotWanted: mail was switched off, or the address changed or not confirmed.
	NotWanted Reason = "not_wanted"
	// AddressRefused: the mail server said for good that it does not deliver to the address.
	AddressRefused Reason = "address_refused"
	// Refused: it did not take this message, for good.
	Refused Reason = "refused"
	// NotTaken: it did not take it in two days.
	NotTaken Reason = "not_taken"
)

// Notice is one message to one person.
type Notice struct {
	ID   int64
	User access.UserID
	Kind Kind
	// About is what it tells of: of each thing once.
	About string
	// Address only of a code, which goes to an address that is not confirmed yet.
	Address string
	Subject string
	Lines   []string
	// Contents of a digest as long as it waits: it is made anew when it is sent.
	Contents notify.Contents
	State    State
	Reason   Reason
	Made     time.Time
	Sent     time.Time
}

// Errand is a message with all that sending it takes, as of now.
type Errand struct {
	Notice
	// To is where it goes; empty: nowhere any more.
	To       string
	Name     string
	Language string
	Secret   string
	Grants   []access.Granted // of whom a digest goes to
}

// Settled is what became of a message that was tried once more.
type Settled struct {
	State  State
	Reason Reason
	At     time.Time // with Sent
	// Failure is what the mail server said.
	Failure string
	// Refused is the address that it will not deliver to: nothing goes there until it
	// is confirmed again.
	Refused string
}

// Outbox says what waits.
type Outbox struct {
	Waiting, Failed int
	Oldest          time.Time // of those that wait; zero: none does
	// Refused counts addresses that a mail server refused for good.
	Refused int
}

const (
	// useful is how long a message is still sent that could not be sent before.
	useful = 7 * 24 * time.Hour
	// kept is how long messages are kept.
	kept = 180 * 24 * time.Hour
)

// noticeOf is a digest as it is kept.
func noticeOf(d *notify.Digest, base string, now time.Time) Notice {
	return Notice{
		User: d.User, Kind: Digest, About: d.At.Day.String(), Subject: d.Subject(), Lines: d.Lines(base), Contents: d.Contents(), Made: now,
	}
}
