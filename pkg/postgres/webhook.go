package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

var _ webhook.Store = (*Store)(nil)

// webhooks is the consumer of the log that makes messages of it.
const webhooks = "webhooks"

func webhookOf(r *rows.Webhook) webhook.Webhook {
	return webhook.Webhook{
		ID: webhook.ID(r.ID), Place: webhook.Place{Election: tracker.ElectionID(r.Election), Area: area.Code(r.AreaCode)},
		URL: r.Url, Description: r.Description, Families: some(r.Families), Kinds: kindsOf(r.Kinds),
		Off: webhook.Off(r.Off), OffSince: moment(r.OffSince), After: tracker.Revision(r.AfterRevision),
		MadeBy: access.UserID(r.MadeBy), Made: r.MadeAt.UTC(), Revision: tracker.Revision(r.Revision),
	}
}

func kindsOf(texts []string) []tracker.Kind {
	var all []tracker.Kind
	for _, t := range texts {
		all = append(all, tracker.Kind(t))
	}
	return all
}

func kindTexts(all []tracker.Kind) []string {
	texts := []string{}
	for _, k := range all {
		texts = append(texts, string(k))
	}
	return texts
}

// Webhooks reads those of one branch, the oldest first.
func (s *Store) Webhooks(ctx context.Context, p webhook.Place) ([]webhook.Row, error) {
	found, err := s.as(readsWebhooks).WebhooksOf(ctx, string(p.Election), string(p.Area))
	all := make([]webhook.Row, len(found))
	for i := range found {
		all[i] = webhookRow(&found[i])
	}
	return all, mapped(err)
}

// WebhooksIn reads those of a whole election, by place.
func (s *Store) WebhooksIn(ctx context.Context, e tracker.ElectionID) ([]webhook.Row, error) {
	found, err := s.as(readsWebhooks).WebhooksIn(ctx, string(e))
	all := make([]webhook.Row, len(found))
	for i := range found {
		r := rows.WebhooksOfRow(found[i])
		all[i] = webhookRow(&r)
	}
	return all, mapped(err)
}

func webhookRow(r *rows.WebhooksOfRow) webhook.Row {
	return webhook.Row{
		Webhook: webhookOf(&r.Webhook), Waiting: int(r.Waiting), LastTaken: moment(r.Webhook.TakenAt), LastRefused: moment(r.Webhook.RefusedAt),
	}
}

// Webhook reads one; fault.NotFound "webhook-not-found".
func (s *Store) Webhook(ctx context.Context, p webhook.Place, id webhook.ID) (webhook.Webhook, error) {
	r, err := s.as(readsWebhooks).Webhook(ctx, string(id), string(p.Election), string(p.Area))
	if err != nil {
		return webhook.Webhook{}, one(err, webhook.NotFound(id))
	}
	return webhookOf(&r), nil
}

// edit does something to webhooks and records an event in the log of accounts, as
// one act on accounts.
func (s *Store) edit(ctx context.Context, do func(*rows.Queries, pgx.Tx) (*access.Event, error)) error {
	return s.in(ctx, changingPeople, func(q *rows.Queries, tx pgx.Tx) error {
		h, err := q.LockAccessHead(ctx)
		if err != nil {
			return err
		}
		if err := sees(ctx, tx, readsWebhooks); err != nil {
			return err
		}
		e, err := do(q, tx)
		if err != nil {
			return err
		}
		if err := sees(ctx, tx, readsAccounts); err != nil {
			return err
		}
		d := &desk{s: s, q: q, head: access.Head{Revision: access.Revision(h.Revision), Recorded: h.RecordedAt.UTC(), Hash: [32]byte(h.Hash)}}
		if err := d.Record(ctx, e); err != nil {
			return err
		}
		return q.MoveAccessHead(ctx, int64(d.head.Revision), d.head.Recorded, d.head.Hash[:])
	})
}

// AddWebhook keeps a webhook. The cursor is held meanwhile: what comes after the
// revision that the webhook is given has not been passed on.
func (s *Store) AddWebhook(ctx context.Context, w *webhook.Webhook, secret webhook.Secret, by *access.Event, check func(int) error) error {
	return s.edit(ctx, func(q *rows.Queries, tx pgx.Tx) (*access.Event, error) {
		if err := q.MakeCursor(ctx, webhooks, string(w.Election)); err != nil {
			return nil, err
		}
		if _, err := q.LockCursor(ctx, webhooks, string(w.Election)); err != nil {
			return nil, one(err, tracker.ElectionNotFound(w.Election))
		}
		head, err := q.Head(ctx, string(w.Election))
		if err != nil {
			return nil, err
		}
		w.After = tracker.Revision(head.Revision)
		there, err := q.CountWebhooks(ctx, string(w.Election), string(w.Area))
		if err != nil {
			return nil, err
		}
		if err := check(int(there)); err != nil {
			return nil, err
		}
		if err := q.InsertWebhook(ctx, rows.InsertWebhookParams{
			ID: string(w.ID), Election: string(w.Election), AreaCode: string(w.Area), Url: w.URL, Description: w.Description,
			Families: list(w.Families), Kinds: kindTexts(w.Kinds), Off: string(w.Off), OffSince: maybe(w.OffSince),
			AfterRevision: int64(w.After), MadeBy: string(w.MadeBy), MadeAt: w.Made, Revision: int64(w.Revision),
		}); err != nil {
			return nil, err
		}
		if err := sees(ctx, tx, readsSecrets); err != nil {
			return nil, err
		}
		return by, q.InsertWebhookSecret(ctx, string(w.ID), secret.Reveal(), w.Made)
	})
}

// heldWebhook is a webhook that nobody else changes until the transaction ends.
func heldWebhook(ctx context.Context, q *rows.Queries, p webhook.Place, id webhook.ID) (webhook.Webhook, error) {
	r, err := q.LockWebhook(ctx, string(id), string(p.Election), string(p.Area))
	if err != nil {
		return webhook.Webhook{}, one(err, webhook.NotFound(id))
	}
	return webhookOf(&r), nil
}

// ChangeWebhook writes what change makes of a webhook. What waited for one that is
// switched off is given up.
func (s *Store) ChangeWebhook(ctx context.Context, p webhook.Place, id webhook.ID, change func(*webhook.Webhook) (*access.Event, error)) (w webhook.Webhook, err error) {
	err = s.edit(ctx, func(q *rows.Queries, _ pgx.Tx) (*access.Event, error) {
		if w, err = heldWebhook(ctx, q, p, id); err != nil {
			return nil, err
		}
		e, err := change(&w)
		if err != nil {
			return nil, err
		}
		if w.Off != webhook.On {
			if err := q.GiveUpDeliveries(ctx, string(id)); err != nil {
				return nil, err
			}
		}
		return e, written(q.UpdateWebhook(ctx, rows.UpdateWebhookParams{
			ID: string(id), Url: w.URL, Description: w.Description, Families: list(w.Families), Kinds: kindTexts(w.Kinds),
			Off: string(w.Off), OffSince: maybe(w.OffSince), Revision: int64(w.Revision),
		}))
	})
	return w, err
}

// RemoveWebhook removes a webhook with its secrets and its log.
func (s *Store) RemoveWebhook(ctx context.Context, p webhook.Place, id webhook.ID, agree func(*webhook.Webhook) (*access.Event, error)) error {
	return s.edit(ctx, func(q *rows.Queries, _ pgx.Tx) (*access.Event, error) {
		w, err := heldWebhook(ctx, q, p, id)
		if err != nil {
			return nil, err
		}
		e, err := agree(&w)
		if err != nil {
			return nil, err
		}
		return e, written(q.DeleteWebhook(ctx, string(id)))
	})
}

// Rotate adds a secret and has the others end.
func (s *Store) Rotate(ctx context.Context, p webhook.Place, id webhook.ID, secret webhook.Secret, now, until time.Time, agree func(*webhook.Webhook) (*access.Event, error)) (w webhook.Webhook, err error) {
	err = s.edit(ctx, func(q *rows.Queries, tx pgx.Tx) (*access.Event, error) {
		if w, err = heldWebhook(ctx, q, p, id); err != nil {
			return nil, err
		}
		e, err := agree(&w)
		if err != nil {
			return nil, err
		}
		if err := sees(ctx, tx, readsSecrets); err != nil {
			return nil, err
		}
		return e, errors.Join(
			q.DropWebhookSecrets(ctx, string(id), maybe(now)),
			q.EndWebhookSecrets(ctx, maybe(until), string(id)),
			q.InsertWebhookSecret(ctx, string(id), secret.Reveal(), now),
		)
	})
	return w, err
}

// Turn is a turn in the log in which messages can be kept.
func (s *Store) Turn(ctx context.Context, e tracker.ElectionID, upTo tracker.Revision, take func(webhook.Turn) error) (more bool, err error) {
	return s.turn(ctx, webhooks, e, upTo, func(p *pumped) error { return take(&hooked{p, s}) })
}

// hooked is a turn in which messages can be kept. The log is what it sees; when it
// has read, it sees webhooks.
type hooked struct {
	*pumped
	s *Store
}

// Webhooks reads those of the election that are on.
func (h *hooked) Webhooks(ctx context.Context) ([]webhook.Webhook, error) {
	if err := sees(ctx, h.tx, readsWebhooks); err != nil {
		return nil, err
	}
	found, err := h.q.WebhooksOn(ctx, string(h.election))
	all := make([]webhook.Webhook, len(found))
	for i := range found {
		all[i] = webhookOf(&found[i])
	}
	return all, errors.Join(err, sees(ctx, h.tx, readsLog))
}

// Deliver keeps messages, and the jobs that send them.
func (h *hooked) Deliver(ctx context.Context, all []webhook.Delivery) error {
	if len(all) == 0 {
		return nil
	}
	return errors.Join(sees(ctx, h.tx, readsWebhooks), h.s.deliver(ctx, h.q, h.tx, all), sees(ctx, h.tx, readsLog))
}

// deliver keeps messages, and the jobs that send them.
func (s *Store) deliver(ctx context.Context, q *rows.Queries, tx pgx.Tx, all []webhook.Delivery) error {
	var p rows.InsertDeliveriesParams
	for i := range all {
		d := &all[i]
		p.Ids, p.Webhooks, p.Bodies = append(p.Ids, string(d.ID)), append(p.Webhooks, string(d.Webhook)), append(p.Bodies, string(d.Body))
		p.Causes, p.Revisions = append(p.Causes, int64(d.Cause)), append(p.Revisions, int64(d.Revision))
		p.Mades = append(p.Mades, d.Made)
	}
	if err := q.InsertDeliveries(ctx, p); err != nil {
		return err
	}
	return s.enqueue(ctx, tx, all)
}

// AddDelivery keeps one message.
func (s *Store) AddDelivery(ctx context.Context, d *webhook.Delivery) error {
	return s.in(ctx, changingWebhooks, func(q *rows.Queries, tx pgx.Tx) error {
		return s.deliver(ctx, q, tx, []webhook.Delivery{*d})
	})
}

func deliveryOf(r *rows.WebhookDelivery) webhook.Delivery {
	return webhook.Delivery{
		ID: webhook.DeliveryID(r.ID), Webhook: webhook.ID(r.Webhook), Cause: tracker.Revision(r.Cause.Int64), Revision: tracker.Revision(r.Revision.Int64),
		Body: []byte(r.Body), State: webhook.State(r.State), Tried: int(r.Tried), Begun: moment(r.BegunAt), Made: r.MadeAt.UTC(), Next: moment(r.NextAt), Round: int(r.Round),
	}
}

// Deliveries reads the latest messages to a webhook.
func (s *Store) Deliveries(ctx context.Context, id webhook.ID, before time.Time, limit int) ([]webhook.Delivery, error) {
	found, err := s.as(readsWebhooks).Deliveries(ctx, string(id), maybe(before), int32(limit)) //nolint:gosec // a page
	all := make([]webhook.Delivery, len(found))
	for i := range found {
		all[i] = deliveryOf(&found[i])
	}
	return all, mapped(err)
}

// Delivery reads one message with its attempts.
func (s *Store) Delivery(ctx context.Context, id webhook.ID, d webhook.DeliveryID) (out webhook.Delivery, attempts []webhook.Attempt, err error) {
	err = s.in(ctx, readingWebhooks, func(q *rows.Queries, _ pgx.Tx) error {
		r, err := q.Delivery(ctx, string(d))
		if err == nil && r.Webhook != string(id) {
			err = pgx.ErrNoRows
		}
		if err != nil {
			return one(err, webhook.DeliveryNotFound(d))
		}
		out = deliveryOf(&r)
		found, err := q.WebhookAttempts(ctx, string(d))
		for i := range found {
			a := &found[i]
			attempts = append(attempts, webhook.Attempt{
				Number: int(a.Number), At: a.At.UTC(), Took: time.Duration(a.TookMs) * time.Millisecond,
				Outcome: webhook.Outcome(a.Outcome), Status: int(a.Status.Int16), Answer: a.Answer,
			})
		}
		return err
	})
	return out, attempts, err
}

// Again has a message sent once more, by a job of its own: one that waits for its
// time finds it done, or that it has another.
func (s *Store) Again(ctx context.Context, id webhook.ID, d webhook.DeliveryID, now time.Time) (out webhook.Delivery, err error) {
	err = s.in(ctx, changingWebhooks, func(q *rows.Queries, tx pgx.Tx) error {
		r, err := q.LockDelivery(ctx, string(d))
		if err == nil && r.Webhook != string(id) {
			err = pgx.ErrNoRows
		}
		if err != nil {
			return one(err, webhook.DeliveryNotFound(d))
		}
		out = deliveryOf(&r)
		out.State, out.Tried, out.Begun, out.Next, out.Round = webhook.Waiting, 0, time.Time{}, now, out.Round+1
		if err := updateDelivery(ctx, q, &out); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, []webhook.Delivery{out})
	})
	return out, err
}

func updateDelivery(ctx context.Context, q *rows.Queries, d *webhook.Delivery) error {
	return written(q.UpdateDelivery(ctx, rows.UpdateDeliveryParams{
		ID: string(d.ID), State: string(d.State), Tried: int16(d.Tried), BegunAt: maybe(d.Begun), NextAt: maybe(d.Next), //nolint:gosec // a schedule is short
		Round: int32(d.Round), //nolint:gosec // somebody asks for each
	}))
}

// ClaimDelivery reads what sending a message takes, and has others leave it alone until
// then where it is to be sent now.
func (s *Store) ClaimDelivery(ctx context.Context, d webhook.DeliveryID, now, until time.Time) (e webhook.Errand, err error) {
	err = s.in(ctx, changingWebhooks, func(q *rows.Queries, tx pgx.Tx) error {
		r, err := q.LockDelivery(ctx, string(d))
		if err != nil {
			return one(err, webhook.DeliveryNotFound(d))
		}
		w, err := q.DeliveryWebhook(ctx, r.Webhook)
		if err != nil {
			return err
		}
		e.Delivery, e.To = deliveryOf(&r), webhookOf(&w)
		if claimed := e.Delivery; claimed.State == webhook.Waiting && !claimed.Next.After(now) {
			claimed.Next = until
			if err := updateDelivery(ctx, q, &claimed); err != nil {
				return err
			}
		}
		if err := sees(ctx, tx, readsSecrets); err != nil {
			return err
		}
		texts, err := q.WebhookSecrets(ctx, r.Webhook, maybe(now))
		for _, t := range texts {
			e.Secrets = append(e.Secrets, webhook.Secret(t))
		}
		return err
	})
	return e, err
}

// Attempted keeps an attempt and what follows from it. A message that was taken was,
// whatever happened meanwhile. One that was not, and was given up or sent again
// meanwhile, stays as it is: what becomes of it is for the attempts since then. The
// webhook is locked before its messages, as by whoever changes it: other messages may
// go with this one.
func (s *Store) Attempted(ctx context.Context, d *webhook.Delivery, a *webhook.Attempt, v webhook.Verdict) (off bool, err error) {
	err = s.in(ctx, changingWebhooks, func(q *rows.Queries, _ pgx.Tx) error {
		if err := q.HoldWebhookOf(ctx, string(d.ID)); err != nil {
			return err
		}
		r, err := q.LockDelivery(ctx, string(d.ID))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // removed with its webhook
		}
		if err != nil {
			return err
		}
		if err := q.InsertWebhookAttempt(ctx, rows.InsertWebhookAttemptParams{
			Delivery: string(d.ID), At: a.At, TookMs: int32(a.Took.Milliseconds()), Outcome: string(a.Outcome), //nolint:gosec // seconds
			Status: number(a.Status, a.Status != 0), Answer: a.Answer,
		}); err != nil {
			return err
		}
		now := deliveryOf(&r)
		if a.Outcome != webhook.Taken && now.Round != d.Round {
			v.Off = webhook.On // it was sent again, and may yet be taken
		} else if err := updateDelivery(ctx, q, tried(&now, a, v)); err != nil {
			return err
		}
		off, err = concluded(ctx, q, &now, a, v)
		return err
	})
	return off, err
}

// tried is a message after an attempt.
func tried(d *webhook.Delivery, a *webhook.Attempt, v webhook.Verdict) *webhook.Delivery {
	d.Tried++
	if d.Begun.IsZero() {
		d.Begun = a.At
	}
	if a.Outcome == webhook.Taken || d.State == webhook.Waiting {
		d.State, d.Next = v.State, v.Next
	}
	return d
}

// concluded writes at the webhook what came of an attempt, and says whether it is
// off from now on. What waits for it then is given up.
func concluded(ctx context.Context, q *rows.Queries, d *webhook.Delivery, a *webhook.Attempt, v webhook.Verdict) (off bool, err error) {
	if a.Outcome == webhook.Taken {
		return false, q.NoteTaken(ctx, maybe(a.At), string(d.Webhook))
	}
	if err := q.NoteRefused(ctx, maybe(a.At), string(d.Webhook)); err != nil || v.Off == webhook.On {
		return false, err
	}
	n, err := q.SwitchOff(ctx, rows.SwitchOffParams{ID: string(d.Webhook), Off: string(v.Off), OffSince: maybe(a.At), Since: d.Begun})
	if err != nil || n == 0 {
		return false, err
	}
	return true, q.GiveUpDeliveries(ctx, string(d.Webhook))
}

// Sweep removes messages that are done with.
func (s *Store) Sweep(ctx context.Context, before time.Time) (int, error) {
	n, err := s.as(readsWebhooks).SweepDeliveries(ctx, before)
	return int(n), mapped(err)
}
