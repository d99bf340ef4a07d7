package webhook

import (
	"context"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/notify"
	"tiendo/pkg/tracker"
)

// Store keeps webhooks. What it returns are copies; what is not there is a
// fault.NotFound.
type Store interface {
	// Webhooks are those of one branch, the oldest first.
	Webhooks(ctx context.Context, p Place) ([]Row, error)
	Webhook(ctx context.Context, p Place, id ID) (Webhook, error)
	// AddWebhook keeps a webhook that check agrees to, given how many the branch has,
	// and gives it the revision at which the log stands. The event is recorded with
	// it, as in all that follows.
	AddWebhook(ctx context.Context, w *Webhook, s Secret, by *access.Event, check func(there int) error) error
	// ChangeWebhook writes what change makes of a webhook.
	ChangeWebhook(ctx context.Context, p Place, id ID, change func(*Webhook) (*access.Event, error)) (Webhook, error)
	RemoveWebhook(ctx context.Context, p Place, id ID, agree func(*Webhook) (*access.Event, error)) error
	// Rotate adds a secret and ends the others until then.
	Rotate(ctx context.Context, p Place, id ID, s Secret, now, until time.Time, agree func(*Webhook) (*access.Event, error)) (Webhook, error)

	// AddDelivery keeps a message and the job that sends it.
	AddDelivery(ctx context.Context, d *Delivery) error
	// Deliveries are the latest messages to a webhook, made before one (zero: all).
	Deliveries(ctx context.Context, id ID, before time.Time, limit int) ([]Delivery, error)
	Delivery(ctx context.Context, id ID, d DeliveryID) (Delivery, []Attempt, error)
	// Again has a message sent once more, from now on.
	Again(ctx context.Context, id ID, d DeliveryID, now time.Time) (Delivery, error)

	// ClaimDelivery is what sending a message takes. One that waits and whose time has come is
	// the caller's until then: others find that it has its time.
	ClaimDelivery(ctx context.Context, d DeliveryID, now, until time.Time) (Errand, error)
	// Attempted keeps an attempt and what follows from it, and says whether the
	// webhook is off from now on.
	Attempted(ctx context.Context, d *Delivery, a *Attempt, v Verdict) (off bool, err error)
	// Sweep removes messages that are done with and older than before.
	Sweep(ctx context.Context, before time.Time) (int, error)

	// Turn lets take work on what the consumer has not seen of an election's log, up
	// to a revision; it says whether there is more.
	Turn(ctx context.Context, e tracker.ElectionID, upTo tracker.Revision, take func(Turn) error) (more bool, err error)
}

// Turn is a turn in the log in which messages can be kept.
type Turn interface {
	notify.Turn
	// Webhooks are those of the election that are on.
	Webhooks(ctx context.Context) ([]Webhook, error)
	// Deliver keeps messages and the jobs that send them.
	Deliver(ctx context.Context, all []Delivery) error
}

// Errand is a message, where it goes, and what it is signed with.
type Errand struct {
	Delivery
	To      Webhook
	Secrets []Secret // the newest first
}
