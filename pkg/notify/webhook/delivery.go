package webhook

import (
	"math/rand/v2"
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// DeliveryID is the webhook-id of a message: the same whenever it is sent.
type DeliveryID string

// NewDeliveryID makes one.
func NewDeliveryID() DeliveryID { return DeliveryID(newID("msg_")) }

// State is what became of a message.
type State string

// The states.
const (
	Waiting   State = "waiting"
	Delivered State = "delivered"
	GivenUp   State = "failed"
)

// Delivery is one message to one endpoint.
type Delivery struct {
	ID      DeliveryID
	Webhook ID
	// Cause is the act that it is about; zero: a test.
	Cause, Revision tracker.Revision
	Body            []byte
	State           State
	// Round counts how often it was asked for: 1, and one more each time it is sent again.
	Round int
	// Tried is how often it was tried since it was made or sent again; Begun when
	// for the first time, zero: not yet.
	Tried int
	Begun time.Time
	Made  time.Time
	Next  time.Time // when it is tried next; zero: not any more
}

// Test says that somebody asked for it to see whether the endpoint takes messages.
func (d *Delivery) Test() bool { return d.Cause == 0 }

// Outcome is how an attempt ended.
type Outcome string

// The outcomes.
const (
	Taken          Outcome = "delivered"
	Refused        Outcome = "status"          // an answer that is no 2xx
	Redirected     Outcome = "redirect"        // 3xx: not followed
	TimedOut       Outcome = "timeout"         // no whole answer in time
	AddressRefused Outcome = "address_refused" // it leads to an address that may not be asked
	TLSFailed      Outcome = "tls"
	Unreachable    Outcome = "connection"
)

// Attempt is one time that a message was sent.
type Attempt struct {
	Number  int
	At      time.Time
	Took    time.Duration
	Outcome Outcome
	Status  int    // zero: there was no answer
	Answer  string // the first characters of the answer, or why there was none
}

// Schedule is how long to wait after each attempt that failed; behind the last the
// message is given up. Each wait is drawn out by up to a tenth.
type Schedule []time.Duration

// StandardSchedule is what Standard Webhooks recommends: about a day and a third.
var StandardSchedule = Schedule{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour}

// after is the wait behind the n-th attempt, from 1.
func (s Schedule) after(n int) (time.Duration, bool) {
	if n > len(s) {
		return 0, false
	}
	wait := s[n-1]
	return wait + time.Duration(rand.Float64()*float64(wait)/10), true //nolint:gosec // jitter is no secret
}

// Verdict is what follows from an attempt.
type Verdict struct {
	State State
	Next  time.Time // with Waiting
	// Off switches the webhook off: with Failed only when nothing else was taken
	// since the message was tried for the first time.
	Off Off
}

// judge says what follows from the attempt, which was the message's n-th in a row.
func judge(d *Delivery, a *Attempt, n int, s Schedule, now time.Time) Verdict {
	switch {
	case a.Outcome == Taken:
		return Verdict{State: Delivered}
	case d.Test():
		return Verdict{State: GivenUp}
	case a.Status == 410:
		return Verdict{State: GivenUp, Off: Gone}
	}
	if wait, more := s.after(n); more {
		return Verdict{State: Waiting, Next: now.Add(wait)}
	}
	return Verdict{State: GivenUp, Off: Failed}
}

// DeliveryNotFound says that the webhook was sent no such message, or long ago.
func DeliveryNotFound(id DeliveryID) error {
	return fault.New(fault.NotFound, "delivery-not-found",
		"Không có lần gửi %q; nhật ký gửi được giữ 30 ngày", "There is no delivery %q; the log is kept for 30 days", shortly(string(id)))
}
