package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
)

func TestAnOperatorSeesWhatWebhooksWereSentAndHasItSentAgain(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	require.NoError(t, a.c.readNetworks())
	create := userCreateCommand{User: "lan", Name: "Lan", Language: "vi", Role: "lead", Area: "058", Election: "2021"}
	_, err := a.run(create)
	require.NoError(t, err)
	a.c.WebhookNetworks = []string{"127.0.0.0/8"}
	require.NoError(t, a.c.readNetworks())
	var hook webhook.Webhook
	var test webhook.Delivery
	require.NoError(t, a.c.with(t.Context(), func(d *database) error {
		store := postgres.New(d.pool)
		frame, err := store.Frame(t.Context(), "2021")
		require.NoError(t, err)
		s := a.c.webhooks(store)
		hook, _, err = s.Make(t.Context(), frame, access.Actor{User: "lan", Name: "Lan"}, webhook.New{
			Place: webhook.Place{Election: "2021", Area: area.Code("058")}, URL: "http://127.0.0.1:9/hook",
		})
		require.NoError(t, err)
		test, err = s.Test(t.Context(), hook.Place, hook.ID)
		return err
	}))

	list := webhookListCommand{}
	said, err := a.run(list)
	require.NoError(t, err)
	require.Regexp(t, string(hook.ID)+` +2021 +058 +http://127.0.0.1:9/hook +bật / on +1 `, said)
	require.NotContains(t, said, "whsec_")
	list.JSON = true
	said, err = a.run(list)
	require.Equal(t, string(hook.ID), made[[]webhookPrinted](t, said, err)[0].ID)

	deliveries := webhookDeliveriesCommand{Webhook: string(hook.ID), Limit: 20}
	said, err = a.run(deliveries)
	require.NoError(t, err)
	require.Regexp(t, string(test.ID)+` +thử / test +waiting +0 `, said)
	deliveries.JSON = true
	said, err = a.run(deliveries)
	before := made[[]deliveryPrinted](t, said, err)
	require.Len(t, before, 1)

	said, err = a.run(webhookAgainCommand{Webhook: string(hook.ID), Delivery: string(test.ID)})
	require.NoError(t, err)
	require.Contains(t, said, test.ID)
	said, err = a.run(deliveries)
	require.True(t, made[[]deliveryPrinted](t, said, err)[0].Next.After(before[0].Next.Add(-time.Second)))
	require.NoError(t, a.c.with(t.Context(), func(d *database) error {
		require.Equal(t, 2, pgtest.Value[int](t, d.pool, "", "SELECT count(*)::int FROM river.river_job WHERE kind = 'webhook_sending'"))
		return nil
	}))

	_, err = a.run(webhookAgainCommand{Webhook: string(hook.ID), Delivery: "msg_none"})
	require.True(t, fault.Is(err, "delivery-not-found"), "%v", err)
	_, err = a.run(webhookDeliveriesCommand{Webhook: "wh_none"})
	require.True(t, fault.Is(err, "webhook-not-found"), "%v", err)
}

func TestAListOfTokensSaysWhoseTheyAre(t *testing.T) {
	t.Parallel()
	a := &acts{anOperator(t), t}
	for _, user := range []string{"lan", "mai"} {
		_, err := a.run(userCreateCommand{User: user, Name: user, Language: "vi"})
		require.NoError(t, err)
		_, err = a.run(tokenMakeCommand{User: user, Name: "portal of " + user, Access: "read", Area: "VN", Days: 9})
		require.NoError(t, err)
	}
	said, err := a.run(tokenListCommand{User: "lan"})
	require.NoError(t, err)
	require.Contains(t, said, "tokens of lan (1):")
	require.NotContains(t, said, "portal of mai")
	said, err = a.run(tokenListCommand{})
	require.NoError(t, err)
	require.Contains(t, said, "tokens of all accounts (2):")
	require.Regexp(t, `(?m)^mai +\S+ +portal of mai `, said)
	_, err = a.run(tokenListCommand{User: "nobody"})
	require.True(t, fault.Is(err, "user-not-found"), "%v", err)
}
