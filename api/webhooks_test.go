package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
	"tiendo/pkg/postgres/pgtest"
)

const hooks = v1 + "/areas/058/webhooks"

// hook makes a webhook and returns its address.
func (s *server) hook(body string) (address string, made api.WebhookMade) {
	s.t.Helper()
	r := s.post(hooks, body)
	require.Equal(s.t, http.StatusCreated, r.status, "%s", r.body)
	return r.header.Get("Location"), as[api.WebhookMade](r)
}

func TestWebhooksAreMadeChangedAndRemoved(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	empty := s.get(hooks).ok()
	require.Equal(t, "private, no-cache", empty.header.Get("Cache-Control"))
	require.Empty(t, as[api.WebhookList](empty).Items)
	require.Contains(t, as[api.WebhookList](empty).Kinds, "task_updated")
	require.NotContains(t, as[api.WebhookList](empty).Kinds, "note_added")

	address, made := s.hook(`{"url": "https://93.184.216.34/hook?key=1", "description": "Cổng", "kinds": ["task_updated", "task_updated"]}`)
	require.Regexp(t, `^whsec_`, made.Secret)
	one := s.get(address).ok()
	require.Equal(t, made.Webhook, as[api.Webhook](one))
	require.Equal(t, []string{"task_updated"}, made.Webhook.Kinds)
	require.True(t, made.Webhook.Enabled)
	require.NotContains(t, one.text(), made.Secret, "shown once")
	list := s.get(hooks).ok()
	require.NotContains(t, list.text(), made.Secret)
	require.NotEqual(t, empty.tag(), list.tag())
	for _, r := range []struct {
		address string
		*reply
	}{{address, one}, {hooks, list}} {
		require.Equal(t, http.StatusNotModified, s.get(r.address, "If-None-Match", r.tag()).status)
		s.sameWithoutBody(r.address, r.reply)
	}

	require.Equal(t, http.StatusPreconditionRequired, s.do(http.MethodPatch, address, `{"enabled": false}`, "Content-Type", "application/merge-patch+json").status)
	s.change(address, `{"enabled": false}`)
	off := as[api.Webhook](s.get(address).ok())
	require.Equal(t, api.WebhookOff("paused"), off.Off)
	require.False(t, off.OffSince.IsNull())
	late := s.patch(address, one.tag(), `{"description": "Khác"}`)
	require.Equal(t, http.StatusPreconditionFailed, late.status)
	require.Equal(t, "paused", late.problem()["current"].(map[string]any)["off"])
	s.change(address, `{"enabled": true, "families": []}`)

	rotated := s.post(address+"/secret", "")
	require.Equal(t, http.StatusCreated, rotated.status)
	require.NotEqual(t, made.Secret, as[api.WebhookMade](rotated).Secret)
	require.Equal(t, 2, pgtest.Value[int](t, d.pool, "webhook secrets", "SELECT count(*) FROM webhook_secret"))

	require.Equal(t, http.StatusNoContent, s.remove(address).status)
	require.Equal(t, "webhook-not-found", s.get(address).problem()["code"])
	trail := s.get(v1 + "/areas/058/trail/accounts").ok().text()
	for _, kind := range []string{"webhook_made", "webhook_changed", "webhook_secret_made", "webhook_removed"} {
		require.Contains(t, trail, kind, "who did it is known")
	}
	require.NotContains(t, trail, "key=1")
}

func TestATestIsLoggedAndSentAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	address, _ := s.hook(bodies["makeWebhook"])
	for range 3 {
		r := s.post(address+"/test", "")
		require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	}
	first := s.get(address + "/deliveries?limit=2").ok()
	require.Equal(t, http.StatusNotModified, s.get(address+"/deliveries?limit=2", "If-None-Match", first.tag()).status)
	page := as[api.DeliveryList](first)
	require.Len(t, page.Items, 2)
	next, _ := page.Next.Get()
	require.Equal(t, "<"+next+`>; rel="next"`, first.header.Get("Link"))
	rest := as[api.DeliveryList](s.get(next).ok())
	require.Len(t, rest.Items, 1)
	require.True(t, rest.Next.IsNull())
	require.NotEqual(t, page.Items[1].Delivery, rest.Items[0].Delivery)

	d := page.Items[0]
	require.True(t, d.Test)
	require.Equal(t, api.DeliveryState("waiting"), d.State)
	log := address + "/deliveries/" + d.Delivery
	detail := s.get(log).ok()
	require.Equal(t, http.StatusNotModified, s.get(log, "If-None-Match", detail.tag()).status)
	s.sameWithoutBody(log, detail)
	require.Contains(t, as[api.DeliveryDetail](detail).Body, `"type":"webhook.test"`)
	require.NotNil(t, as[api.DeliveryDetail](detail).Attempts)
	again := s.post(log+"/again", "")
	require.Equal(t, http.StatusAccepted, again.status)
	require.Equal(t, log, again.header.Get("Location"))
	require.Equal(t, d.Delivery, as[api.Delivery](again).Delivery, "the id stays")
	require.Equal(t, "delivery-not-found", s.get(address + "/deliveries/msg_none").problem()["code"])
}

func TestA21_WhatAWebhookMayNotBeIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	s := serve(t)
	address, _ := s.hook(bodies["makeWebhook"])
	for body, code := range map[string]string{
		`{"url": "http://93.184.216.34/"}`:                                  "webhook-url-refused",
		`{"url": "https://127.0.0.1/"}`:                                     "webhook-url-refused",
		`{"url": "https://localhost/"}`:                                     "webhook-url-refused",
		`{"url": "https://[::ffff:10.0.0.1]/"}`:                             "webhook-url-refused",
		`{"url": "https://169.254.169.254/latest/meta-data"}`:               "webhook-url-refused",
		`{"url": "https://a:b@93.184.216.34/"}`:                             "webhook-url-parts",
		`{"url": "javascript:alert(1)"}`:                                    "webhook-url-unreadable",
		`{"url": "https://93.184.216.34/", "kinds": ["note_added"]}`:        "webhook-kind-unknown",
		`{"url": "https://93.184.216.34/", "families": ["none"]}`:           "webhook-family-unknown",
		`{"url": "https://93.184.216.34/", "description": "a\nb"}`:          "webhook-description-refused",
		`{"url": "https://93.184.216.34/", "secret": "whsec_mine"}`:         "body-refused",
		`{"url": "https://93.184.216.34/` + strings.Repeat("a", 500) + `"}`: "body-refused",
	} {
		r := s.post(hooks, body)
		require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s: %s", body, r.body)
		require.Equal(t, code, r.problem()["code"], body)
	}
	r := s.patch(address, s.get(address).tag(), `{"url": "https://192.168.1.1/"}`)
	require.Equal(t, "webhook-url-refused", r.problem()["code"])
	for range 19 {
		s.hook(bodies["makeWebhook"])
	}
	require.Equal(t, "webhooks-too-many", s.post(hooks, bodies["makeWebhook"]).problem()["code"])
}

func TestAWebhookOfAnotherPlaceIsNotThere(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	address, made := s.hook(bodies["makeWebhook"])
	other := v1 + "/areas/VN/webhooks/" + made.Webhook.Webhook
	require.Equal(t, "webhook-not-found", s.get(other).problem()["code"])
	require.Equal(t, "webhook-not-found", s.post(other+"/secret", "").problem()["code"])
	require.Equal(t, "webhook-not-found", s.get(other + "/deliveries").problem()["code"])
	reporter := s.as(d.user("mai", "Mai", grant("058", access.Reporter)))
	require.Equal(t, http.StatusForbidden, reporter.get(address).status)
}
