package main

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

type webhookCommand struct {
	List       webhookListCommand       `cmd:"" help:"List the webhooks of all branches: whether they are on, what waits, when one last took a message."`
	Deliveries webhookDeliveriesCommand `cmd:"" help:"List the latest messages to a webhook with what became of them."`
	Again      webhookAgainCommand      `cmd:"" help:"Have a message sent once more, by a server that runs."`
}

// webhookPrinted is a webhook as --json prints it. Secrets are shown nowhere but
// where they are made.
type webhookPrinted struct {
	ID       string     `json:"webhook"`
	Election string     `json:"election"`
	Area     string     `json:"area"`
	URL      string     `json:"url"`
	Off      string     `json:"off"` // empty: it is on
	Waiting  int        `json:"waiting"`
	Taken    *time.Time `json:"last_taken_at"`
	Refused  *time.Time `json:"last_refused_at"`
	MadeBy   string     `json:"made_by"`
	Made     time.Time  `json:"made_at"`
}

// deliveryPrinted is a message as --json prints it.
type deliveryPrinted struct {
	ID       string           `json:"delivery"`
	Test     bool             `json:"test"`
	Cause    tracker.Revision `json:"cause,omitempty"`
	Revision tracker.Revision `json:"revision,omitempty"`
	State    string           `json:"state"`
	Tried    int              `json:"tried"` // since it was made or sent again
	Made     time.Time        `json:"made_at"`
	Next     *time.Time       `json:"next_attempt_at"`
}

func maybeTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func printedDelivery(d *webhook.Delivery) deliveryPrinted {
	return deliveryPrinted{
		ID: string(d.ID), Test: d.Test(), Cause: d.Cause, Revision: d.Revision, State: string(d.State), Tried: d.Tried, Made: d.Made, Next: maybeTime(d.Next),
	}
}

// allWebhooks are those of every election and branch.
func allWebhooks(ctx context.Context, store *postgres.Store) ([]webhook.Row, error) {
	heads, err := store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	var all []webhook.Row
	for _, e := range slices.Sorted(maps.Keys(heads)) {
		found, err := store.WebhooksIn(ctx, e)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// placeOf is the branch whose webhook it is: its id says none.
func placeOf(ctx context.Context, store *postgres.Store, id webhook.ID) (webhook.Place, error) {
	all, err := allWebhooks(ctx, store)
	if err != nil {
		return webhook.Place{}, err
	}
	for i := range all {
		if all[i].ID == id {
			return all[i].Place, nil
		}
	}
	return webhook.Place{}, fault.New(fault.NotFound, "webhook-not-found",
		"Không có webhook %q; xem tiendo webhook list", "There is no webhook %q; see tiendo webhook list", firstOf(string(id)))
}

type webhookListCommand struct{ printed }

// Run lists the webhooks by election and place.
func (l webhookListCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.looking(ctx, func(store *postgres.Store) error {
		found, err := allWebhooks(ctx, store)
		if err != nil {
			return err
		}
		all := []webhookPrinted{}
		rows := [][]string{{"webhook", "bầu cử / election", "nơi / place", "địa chỉ / url", "trạng thái / state", "chờ / waiting", "nhận / taken", "từ chối / refused"}}
		for i := range found {
			w := &found[i]
			all = append(all, webhookPrinted{
				ID: string(w.ID), Election: string(w.Election), Area: string(w.Area), URL: w.URL, Off: string(w.Off), Waiting: w.Waiting,
				Taken: maybeTime(w.LastTaken), Refused: maybeTime(w.LastRefused), MadeBy: string(w.MadeBy), Made: w.Made,
			})
			state := "bật / on"
			if w.Off != webhook.On {
				state = "tắt / off: " + string(w.Off)
			}
			rows = append(rows, []string{
				string(w.ID), string(w.Election), string(w.Area), w.URL, state, strconv.Itoa(w.Waiting), c.at(w.LastTaken), c.at(w.LastRefused),
			})
		}
		if l.JSON {
			return out.json(all)
		}
		return out.table(rows...)
	})
}

type webhookDeliveriesCommand struct {
	Webhook string `arg:"" help:"Id of the webhook, as tiendo webhook list shows it."`
	Limit   int    `default:"20" help:"How many of the latest."`
	printed
}

// Run lists what was sent.
func (l webhookDeliveriesCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.looking(ctx, func(store *postgres.Store) error {
		place, err := placeOf(ctx, store, webhook.ID(l.Webhook))
		if err != nil {
			return err
		}
		found, err := c.webhooks(store).Deliveries(ctx, place, webhook.ID(l.Webhook), time.Time{}, max(l.Limit, 1))
		if err != nil {
			return err
		}
		all := []deliveryPrinted{}
		rows := [][]string{{"lần gửi / delivery", "thay đổi / act", "trạng thái / state", "đã thử / tried", "tạo lúc / made", "thử tiếp / next"}}
		for i := range found {
			d := &found[i]
			act := strconv.FormatInt(int64(d.Cause), 10)
			if d.Test() {
				act = "thử / test"
			}
			all = append(all, printedDelivery(d))
			rows = append(rows, []string{string(d.ID), act, string(d.State), strconv.Itoa(d.Tried), c.at(d.Made), c.at(d.Next)})
		}
		if l.JSON {
			return out.json(all)
		}
		return out.table(rows...)
	})
}

type webhookAgainCommand struct {
	Webhook  string `arg:"" help:"Id of the webhook, as tiendo webhook list shows it."`
	Delivery string `arg:"" help:"Id of the message, as tiendo webhook deliveries shows it."`
	printed
}

// Run has the message sent.
func (a webhookAgainCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.with(ctx, func(d *database) error {
		store := postgres.New(d.pool)
		place, err := placeOf(ctx, store, webhook.ID(a.Webhook))
		if err != nil {
			return err
		}
		sent, err := c.webhooks(store).Again(ctx, place, webhook.ID(a.Webhook), webhook.DeliveryID(a.Delivery))
		if err != nil {
			return err
		}
		if a.JSON {
			return out.json(printedDelivery(&sent))
		}
		out.say("sẽ gửi lại / will be sent again: %s", sent.ID)
		return nil
	})
}

// webhooks is what can be done with webhooks here.
func (c *Config) webhooks(store *postgres.Store) *webhook.Service {
	return webhook.NewService(store, c.guard(), time.Now)
}
