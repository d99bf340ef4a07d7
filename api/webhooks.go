package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"

	"tiendo/pkg/area"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/tracker"
)

// Endpoints of other programs, for those who organise a place. Who may not is
// refused before, as x-right says.

// webhookPlace is whose webhooks are asked for, and what the election stands on.
func (s *Server) webhookPlace(e ElectionID, code AreaCode) (webhook.Place, *tracker.Frame, error) {
	v, _, err := s.place(e, code)
	if err != nil {
		return webhook.Place{}, nil, err
	}
	return webhook.Place{Election: v.Frame().Election.ID, Area: area.Code(code)}, v.Frame(), nil
}

func (s *Server) webhook(w *webhook.Webhook) Webhook {
	return Webhook{
		Webhook: string(w.ID), Url: w.URL, Description: w.Description, Families: orEmpty(w.Families),
		Kinds: each(w.Kinds, func(k tracker.Kind) string { return string(k) }), Enabled: w.Off == webhook.On, Off: WebhookOff(w.Off),
		OffSince: moment(w.OffSince.In(s.zone)), ToldAfter: int64(w.After), MadeAt: w.Made.In(s.zone), Revision: int64(w.Revision),
	}
}

func orEmpty(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

// sumOfAll is a tag of what an answer says: what changes by itself has no revision.
func sumOfAll(contents any) (tag string, body encoded, err error) {
	body, err = marshal(contents)
	sum := sha256.Sum256(body)
	return `W/"` + hex.EncodeToString(sum[:12]) + `"`, body, err
}

// ListWebhooks implements GET …/webhooks.
func (s *Server) ListWebhooks(ctx context.Context, r ListWebhooksRequestObject) (ListWebhooksResponseObject, error) {
	p, _, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	all, err := s.webhooks.Webhooks(ctx, p)
	if err != nil {
		return nil, err
	}
	tag, body, err := sumOfAll(WebhookList{
		Items: each(all, func(x webhook.Row) WebhookRow {
			return WebhookRow{
				Webhook: s.webhook(&x.Webhook), Waiting: x.Waiting, LastTakenAt: moment(x.LastTaken.In(s.zone)), LastRefusedAt: moment(x.LastRefused.In(s.zone)),
			}
		}),
		Kinds: each(tracker.PublishedKinds(), func(k tracker.Kind) string { return string(k) }),
	})
	return answer{tag: tag, keep: revalidated, known: r.Params.IfNoneMatch, contents: body}, err
}

// MakeWebhook implements POST …/webhooks.
func (s *Server) MakeWebhook(ctx context.Context, r MakeWebhookRequestObject) (MakeWebhookResponseObject, error) {
	p, frame, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	b := r.Body
	made, secret, err := s.webhooks.Make(ctx, frame, callerOf(ctx).Actor(), webhook.New{
		Place: p, URL: b.Url, Description: optional(b.Description), Families: optional(b.Families), Kinds: optional(b.Kinds),
	})
	if err != nil {
		return nil, err
	}
	return outcome{
		status: http.StatusCreated, location: webhookAddress(r.Election, r.Area, string(made.ID)), tag: strong(made.Revision), keep: privately,
		contents: WebhookMade{Webhook: s.webhook(&made), Secret: secret.Reveal()},
	}, nil
}

func webhookAddress(e ElectionID, code AreaCode, id string, more ...string) string {
	address := "/api/v1/elections/" + url.PathEscape(e) + "/areas/" + url.PathEscape(code) + "/webhooks/" + url.PathEscape(id)
	for _, part := range more {
		address += "/" + url.PathEscape(part)
	}
	return address
}

// GetWebhook implements GET …/webhooks/{webhook}.
func (s *Server) GetWebhook(ctx context.Context, r GetWebhookRequestObject) (GetWebhookResponseObject, error) {
	p, _, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	w, err := s.webhooks.Webhook(ctx, p, webhook.ID(r.Webhook))
	if err != nil {
		return nil, err
	}
	return answer{tag: strong(w.Revision), keep: revalidated, known: r.Params.IfNoneMatch, contents: s.webhook(&w)}, nil
}

// ChangeWebhook implements PATCH …/webhooks/{webhook}.
func (s *Server) ChangeWebhook(ctx context.Context, r ChangeWebhookRequestObject) (ChangeWebhookResponseObject, error) {
	p, frame, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	w, err := s.webhooks.Change(ctx, frame, callerOf(ctx).Actor(), webhook.Change{
		Place: p, ID: webhook.ID(r.Webhook), If: known, URL: r.Body.Url, Description: r.Body.Description,
		Families: r.Body.Families, Kinds: r.Body.Kinds, Enabled: r.Body.Enabled,
	})
	if err != nil {
		return nil, err
	}
	return answer{tag: strong(w.Revision), keep: revalidated, contents: s.webhook(&w)}, nil
}

// RemoveWebhook implements DELETE …/webhooks/{webhook}.
func (s *Server) RemoveWebhook(ctx context.Context, r RemoveWebhookRequestObject) (RemoveWebhookResponseObject, error) {
	p, frame, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	return RemoveWebhook204Response{}, s.webhooks.Remove(ctx, frame, callerOf(ctx).Actor(), p, webhook.ID(r.Webhook), known)
}

// RotateWebhookSecret implements POST …/webhooks/{webhook}/secret.
func (s *Server) RotateWebhookSecret(ctx context.Context, r RotateWebhookSecretRequestObject) (RotateWebhookSecretResponseObject, error) {
	p, frame, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	w, secret, err := s.webhooks.Rotate(ctx, frame, callerOf(ctx).Actor(), p, webhook.ID(r.Webhook))
	if err != nil {
		return nil, err
	}
	return outcome{
		status: http.StatusCreated, tag: strong(w.Revision), keep: privately,
		contents: WebhookMade{Webhook: s.webhook(&w), Secret: secret.Reveal()},
	}, nil
}

// TestWebhook implements POST …/webhooks/{webhook}/test.
func (s *Server) TestWebhook(ctx context.Context, r TestWebhookRequestObject) (TestWebhookResponseObject, error) {
	p, _, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	d, err := s.webhooks.Test(ctx, p, webhook.ID(r.Webhook))
	if err != nil {
		return nil, err
	}
	return s.onItsWay(r.Election, r.Area, &d), nil
}

// onItsWay says that a message will be sent, and where to see what became of it.
func (s *Server) onItsWay(e ElectionID, code AreaCode, d *webhook.Delivery) outcome {
	return outcome{
		status: http.StatusAccepted, keep: privately, contents: s.delivery(d),
		location: webhookAddress(e, code, string(d.Webhook), "deliveries", string(d.ID)),
	}
}

// VisitListWebhooksResponse and those below make an answer or an outcome the
// response of what is about webhooks.
func (a answer) VisitListWebhooksResponse(w http.ResponseWriter) error { return a.write(w) }

func (a answer) VisitGetWebhookResponse(w http.ResponseWriter) error           { return a.write(w) }
func (a answer) VisitChangeWebhookResponse(w http.ResponseWriter) error        { return a.write(w) }
func (o outcome) VisitMakeWebhookResponse(w http.ResponseWriter) error         { return o.write(w) }
func (o outcome) VisitRotateWebhookSecretResponse(w http.ResponseWriter) error { return o.write(w) }
func (o outcome) VisitTestWebhookResponse(w http.ResponseWriter) error         { return o.write(w) }
