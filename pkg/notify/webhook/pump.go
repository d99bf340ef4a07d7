package webhook

import (
	"context"
	"time"

	"tiendo/pkg/mirror"
	"tiendo/pkg/notify"
	"tiendo/pkg/tracker"
)

// enoughMessages end a turn at the end of the act at hand, so that a transaction
// stays short; the next turn goes on.
const enoughMessages = 500

// Consumer turns what happens into messages.
type Consumer struct {
	Store Store
	// View is an election as the mirror has it.
	View func(tracker.ElectionID) (*mirror.View, error)
	Now  func() time.Time
	// Base is the address of the server as others reach it, without a slash at its
	// end; empty: not known.
	Base string
}

var _ notify.Consumer = (*Consumer)(nil)

// Take turns the next acts into messages.
func (c *Consumer) Take(ctx context.Context, e tracker.ElectionID) (more bool, err error) {
	v, err := c.View(e)
	if err != nil {
		return false, err
	}
	return c.Store.Turn(ctx, e, v.Revision(), func(t Turn) error {
		all, err := t.Webhooks(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			t.Skip()
			return nil
		}
		g := gathering{now: c.Now(), view: v, base: c.Base}
		for k := range all {
			g.listen(&all[k])
		}
		if err := t.Entries(ctx, g.take); err != nil {
			return err
		}
		if err := g.end(); err != nil {
			return err
		}
		return t.Deliver(ctx, g.made)
	})
}

// gathering makes one message of each act for each webhook.
type gathering struct {
	now   time.Time
	view  *mirror.View
	base  string
	hooks []listener
	begun notify.Entry // with which the act at hand began
	made  []Delivery
}

// listener is a webhook with its branch in the list, and what it is told of the act
// at hand.
type listener struct {
	*Webhook
	first, end int
	act        *act
}

func (g *gathering) listen(w *Webhook) {
	i, known := g.view.Frame().List.Index(w.Area)
	if !known {
		return
	}
	_, end := g.view.Frame().List.Descendants(i)
	g.hooks = append(g.hooks, listener{Webhook: w, first: i, end: end})
}

func (g *gathering) take(e *notify.Entry) (enough bool, err error) {
	if e.Begins() {
		if err := g.end(); err != nil || len(g.made) >= enoughMessages {
			return true, err
		}
		g.begun = *e
	}
	if !e.Kind.IsPublished() {
		return false, nil
	}
	for k := range g.hooks {
		h := &g.hooks[k]
		if !h.wants(g.view, h.first, h.end, e) {
			continue
		}
		if h.act == nil {
			h.act = newAct(h.Webhook, &g.begun, g.base)
		}
		h.act.add(e)
	}
	return false, nil
}

// end makes messages of the act at hand.
func (g *gathering) end() error {
	for k := range g.hooks {
		h := &g.hooks[k]
		if h.act == nil {
			continue
		}
		body, err := h.act.body()
		if err != nil {
			return err
		}
		g.made = append(g.made, Delivery{
			ID: NewDeliveryID(), Webhook: h.ID, Cause: h.act.Cause, Revision: h.act.Revision, Body: body,
			State: Waiting, Made: g.now, Next: g.now,
		})
		g.now = g.now.Add(time.Microsecond) // each has a place of its own in the log
		h.act = nil
	}
	return nil
}
