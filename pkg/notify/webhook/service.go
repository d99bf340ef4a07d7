package webhook

import (
	"context"
	"net/url"
	"strings"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// Service is what organisers of a branch do with its webhooks. Whether they may is
// for the caller to ask.
type Service struct {
	store Store
	guard *Guard
	now   func() time.Time
}

// NewService joins a store, what guards addresses, and the real clock: webhooks
// live in real time, in a trial as well.
func NewService(store Store, guard *Guard, now func() time.Time) *Service {
	exact := func() time.Time { return now().UTC().Truncate(time.Microsecond) } // as it is kept
	return &Service{store: store, guard: guard, now: exact}
}

// Webhooks are those of one branch, the oldest first.
func (s *Service) Webhooks(ctx context.Context, p Place) ([]Row, error) {
	return s.store.Webhooks(ctx, p)
}

// Webhook is one of them; fault.NotFound "webhook-not-found".
func (s *Service) Webhook(ctx context.Context, p Place, id ID) (Webhook, error) {
	return s.store.Webhook(ctx, p, id)
}

// Make makes a webhook. The secret is shown this once.
func (s *Service) Make(ctx context.Context, f *tracker.Frame, by access.Actor, n New) (Webhook, Secret, error) {
	w := Webhook{ID: ID(newID("wh_")), Place: n.Place, MadeBy: by.User, Made: s.now(), Revision: 1}
	change := Change{URL: &n.URL, Description: &n.Description, Families: &n.Families, Kinds: &n.Kinds}
	if err := s.apply(ctx, f, &w, &change); err != nil {
		return w, "", err
	}
	secret := newSecret()
	err := s.store.AddWebhook(ctx, &w, secret, s.event(access.WebhookMade, f, by, nil, &w), func(there int) error {
		if there >= most {
			return fault.New(fault.Conflict, "webhooks-too-many",
				"Đơn vị đã có %d webhook; xóa cái không dùng nữa", "The place has %d webhooks; remove what is not needed", there)
		}
		return nil
	})
	return w, secret, err
}

// apply does to a webhook what is asked for. A name server is asked last, when all
// else can be done.
func (s *Service) apply(ctx context.Context, f *tracker.Frame, w *Webhook, c *Change) (err error) {
	if c.Description != nil {
		if w.Description, err = describe(*c.Description); err != nil {
			return err
		}
	}
	if c.Families != nil {
		if len(*c.Families) > maxFilter {
			return tooMany("families")
		}
		if w.Families, err = chosenFamilies(f, *c.Families); err != nil {
			return err
		}
	}
	if c.Kinds != nil {
		if len(*c.Kinds) > maxFilter {
			return tooMany("kinds")
		}
		if w.Kinds, err = chosenKinds(*c.Kinds); err != nil {
			return err
		}
	}
	if c.Enabled != nil && *c.Enabled != (w.Off == On) {
		w.Off, w.OffSince = On, time.Time{}
		if !*c.Enabled {
			w.Off, w.OffSince = Paused, s.now()
		}
	}
	if c.URL != nil && *c.URL != w.URL {
		w.URL, err = s.guard.Check(ctx, *c.URL)
	}
	return err
}

// Change changes a webhook that is as it was seen: fault.Stale
// "stale-revision" otherwise. The address is looked at again also when the webhook
// is switched on.
func (s *Service) Change(ctx context.Context, f *tracker.Frame, by access.Actor, c Change) (Webhook, error) {
	known, err := s.store.Webhook(ctx, c.Place, c.ID)
	if err != nil {
		return known, err
	}
	if known.Revision != c.If {
		err := stale(&known)
		return known, err
	}
	// Names are resolved before the row is locked.
	after := known
	if err := s.apply(ctx, f, &after, &c); err != nil {
		return after, err
	}
	if known.Off != On && after.Off == On {
		if _, err := s.guard.Check(ctx, after.URL); err != nil {
			return after, err
		}
	}
	return s.store.ChangeWebhook(ctx, c.Place, c.ID, func(w *Webhook) (*access.Event, error) {
		if w.Revision != c.If || w.Revision != known.Revision {
			return nil, stale(w)
		}
		before := *w
		after.Revision = w.Revision + 1
		*w = after
		return s.event(access.WebhookChanged, f, by, &before, w), nil
	})
}

func stale(w *Webhook) error {
	f := fault.New(fault.Stale, "stale-revision",
		"Webhook đã được người khác thay đổi; xem lại rồi lưu lần nữa", "Somebody else has changed the webhook; look at it again and save once more")
	f.Current = *w
	return f
}

// Remove removes a webhook with its log.
func (s *Service) Remove(ctx context.Context, f *tracker.Frame, by access.Actor, p Place, id ID, known tracker.Revision) error {
	return s.store.RemoveWebhook(ctx, p, id, func(w *Webhook) (*access.Event, error) {
		if w.Revision != known {
			return nil, stale(w)
		}
		return s.event(access.WebhookRemoved, f, by, w, nil), nil
	})
}

// Rotate makes another secret, shown this once. Messages are signed with the one
// before as well for a day.
func (s *Service) Rotate(ctx context.Context, f *tracker.Frame, by access.Actor, p Place, id ID) (Webhook, Secret, error) {
	secret, now := newSecret(), s.now()
	w, err := s.store.Rotate(ctx, p, id, secret, now, now.Add(overlap), func(w *Webhook) (*access.Event, error) {
		return s.event(access.WebhookSecretMade, f, by, nil, w), nil
	})
	return w, secret, err
}

// Test has a message sent that is about nothing, also where the webhook is off.
func (s *Service) Test(ctx context.Context, p Place, id ID) (Delivery, error) {
	w, err := s.store.Webhook(ctx, p, id)
	if err != nil {
		return Delivery{}, err
	}
	now := s.now()
	d := Delivery{ID: NewDeliveryID(), Webhook: w.ID, State: Waiting, Made: now, Next: now}
	if d.Body, err = testBody(&w, now); err != nil {
		return d, err
	}
	err = s.store.AddDelivery(ctx, &d)
	return d, err
}

// Deliveries are the latest messages to a webhook, those made before a moment where
// one is given.
func (s *Service) Deliveries(ctx context.Context, p Place, id ID, before time.Time, limit int) ([]Delivery, error) {
	if _, err := s.store.Webhook(ctx, p, id); err != nil {
		return nil, err
	}
	return s.store.Deliveries(ctx, id, before, limit)
}

// Delivery is one of them with its attempts; fault.NotFound "delivery-not-found".
func (s *Service) Delivery(ctx context.Context, p Place, id ID, d DeliveryID) (Delivery, []Attempt, error) {
	if _, err := s.store.Webhook(ctx, p, id); err != nil {
		return Delivery{}, nil, err
	}
	return s.store.Delivery(ctx, id, d)
}

// Again has a message sent once more at once, under the same id: fault.Conflict
// "webhook-off" where nothing is sent to the webhook.
func (s *Service) Again(ctx context.Context, p Place, id ID, d DeliveryID) (Delivery, error) {
	w, err := s.store.Webhook(ctx, p, id)
	if err != nil {
		return Delivery{}, err
	}
	found, _, err := s.store.Delivery(ctx, id, d)
	if err == nil && w.Off != On && !found.Test() {
		err = fault.New(fault.Conflict, "webhook-off",
			"Webhook đang tắt; bật lại trước khi gửi lại", "The webhook is off; switch it on before you send again")
	}
	if err != nil {
		return found, err
	}
	return s.store.Again(ctx, id, d, s.now())
}

// event is what the log of accounts keeps: who, where, and the endpoint's host. The
// rest of an address may be a secret of its own.
func (s *Service) event(kind access.Kind, f *tracker.Frame, by access.Actor, before, after *Webhook) *access.Event {
	e := &access.Event{Kind: kind, User: by.User, Actor: by, Recorded: s.now(), Before: detail(before), After: detail(after)}
	for _, w := range []*Webhook{before, after} {
		if w != nil {
			e.Area = w.Area
		}
	}
	if e.Area != area.Nation {
		e.Edition = f.List.Edition()
	}
	return e
}

func detail(w *Webhook) access.Detail {
	if w == nil {
		return access.Detail{}
	}
	host := w.URL
	if u, err := url.Parse(w.URL); err == nil {
		host = u.Host
	}
	return access.Detail{Name: strings.ToValidUTF8(host, ""), Webhook: string(w.ID), Off: string(w.Off)}
}
