package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tiendo/pkg/notify/webhook"
)

// deliveryPage is how many messages there are on a page.
const deliveryPage = 20

func (s *Server) delivery(d *webhook.Delivery) Delivery {
	return Delivery{
		Delivery: string(d.ID), Test: d.Test(), State: DeliveryState(d.State), MadeAt: d.Made.In(s.zone), NextAttemptAt: moment(d.Next.In(s.zone)),
		Cause: orNone(int64(d.Cause), !d.Test()), Revision: orNone(int64(d.Revision), !d.Test()),
	}
}

// ListDeliveries implements GET …/webhooks/{webhook}/deliveries.
func (s *Server) ListDeliveries(ctx context.Context, r ListDeliveriesRequestObject) (ListDeliveriesResponseObject, error) {
	p, _, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	limit, asked := deliveryPage, url.Values{}
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
		asked.Set("limit", strconv.Itoa(limit))
	}
	var before time.Time
	if r.Params.Before != nil {
		before = *r.Params.Before
	}
	all, err := s.webhooks.Deliveries(ctx, p, webhook.ID(r.Webhook), before, limit+1)
	if err != nil {
		return nil, err
	}
	list, next := DeliveryList{Items: []Delivery{}}, ""
	for i := range all[:min(limit, len(all))] {
		list.Items = append(list.Items, s.delivery(&all[i]))
	}
	if len(all) > limit {
		asked.Set("before", all[limit-1].Made.UTC().Format(time.RFC3339Nano))
		next = webhookAddress(r.Election, r.Area, r.Webhook, "deliveries") + "?" + asked.Encode()
	}
	list.Next = words(next)
	tag, body, err := sumOfAll(list)
	return answer{tag: tag, keep: revalidated, known: r.Params.IfNoneMatch, next: next, contents: body}, err
}

// GetDelivery implements GET …/deliveries/{delivery}.
func (s *Server) GetDelivery(ctx context.Context, r GetDeliveryRequestObject) (GetDeliveryResponseObject, error) {
	p, _, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	d, attempts, err := s.webhooks.Delivery(ctx, p, webhook.ID(r.Webhook), webhook.DeliveryID(r.Delivery))
	if err != nil {
		return nil, err
	}
	tag, body, err := sumOfAll(DeliveryDetail{
		Delivery: s.delivery(&d), Body: string(d.Body),
		Attempts: each(attempts, func(a webhook.Attempt) DeliveryAttempt {
			return DeliveryAttempt{
				Number: a.Number, At: a.At.In(s.zone), TookMs: a.Took.Milliseconds(), Outcome: DeliveryOutcome(a.Outcome),
				Status: orNone(a.Status, a.Status != 0), Answer: a.Answer,
			}
		}),
	})
	return answer{tag: tag, keep: revalidated, known: r.Params.IfNoneMatch, contents: body}, err
}

// SendAgain implements POST …/deliveries/{delivery}/again.
func (s *Server) SendAgain(ctx context.Context, r SendAgainRequestObject) (SendAgainResponseObject, error) {
	p, _, err := s.webhookPlace(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	d, err := s.webhooks.Again(ctx, p, webhook.ID(r.Webhook), webhook.DeliveryID(r.Delivery))
	if err != nil {
		return nil, err
	}
	return s.onItsWay(r.Election, r.Area, &d), nil
}

// VisitListDeliveriesResponse and those below make an answer or an outcome the
// response of what is about messages to webhooks.
func (a answer) VisitListDeliveriesResponse(w http.ResponseWriter) error { return a.write(w) }

func (a answer) VisitGetDeliveryResponse(w http.ResponseWriter) error { return a.write(w) }
func (o outcome) VisitSendAgainResponse(w http.ResponseWriter) error  { return o.write(w) }
