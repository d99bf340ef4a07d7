import { type Answer, answerOf } from './answer'
import { client, ifNone, mergePatch, strongTag, type Tag } from './client'
import type {
  Delivery,
  DeliveryDetail,
  DeliveryList,
  Webhook,
  WebhookList,
  WebhookMade,
  WebhookPatch,
  WebhookPost,
} from './names'

// Endpoints that are told what happens in a place.

const base = '/api/v1/elections/{election}/areas/{area}/webhooks'

/** Whose webhooks they are. */
export interface Place {
  election: string
  area: string
}

/** Which of them. */
export interface Hook extends Place {
  webhook: string
}

export function webhooks(path: Place, tag: Tag): Promise<Answer<WebhookList>> {
  return answerOf(() => client.GET(base, { params: { path, header: ifNone(tag) } }))
}

export function makeWebhook(path: Place, body: WebhookPost): Promise<Answer<WebhookMade>> {
  return answerOf(() => client.POST(base, { params: { path }, body }))
}

export function changeWebhook(path: Hook, revision: number, body: WebhookPatch): Promise<Answer<Webhook>> {
  return answerOf(() =>
    client.PATCH(`${base}/{webhook}`, {
      params: { path, header: { 'If-Match': strongTag(revision) } },
      headers: mergePatch,
      body,
    }),
  )
}

export function removeWebhook(path: Hook, revision: number): Promise<Answer<true>> {
  return answerOf(async () => {
    const { error, response } = await client.DELETE(`${base}/{webhook}`, {
      params: { path, header: { 'If-Match': strongTag(revision) } },
    })
    return response.ok ? { data: true as const, response } : { error, response }
  })
}

/** Another secret, shown once. */
export function rotateSecret(path: Hook): Promise<Answer<WebhookMade>> {
  return answerOf(() => client.POST(`${base}/{webhook}/secret`, { params: { path } }))
}

export function testWebhook(path: Hook): Promise<Answer<Delivery>> {
  return answerOf(() => client.POST(`${base}/{webhook}/test`, { params: { path } }))
}

/** What was sent, the latest first; what was made before a moment. */
export function deliveries(path: Hook, before: string | null, tag: Tag): Promise<Answer<DeliveryList>> {
  return answerOf(() =>
    client.GET(`${base}/{webhook}/deliveries`, {
      params: { path, query: before ? { before } : {}, header: ifNone(tag) },
    }),
  )
}

export function delivery(path: Hook, id: string, tag: Tag): Promise<Answer<DeliveryDetail>> {
  return answerOf(() =>
    client.GET(`${base}/{webhook}/deliveries/{delivery}`, {
      params: { path: { ...path, delivery: id }, header: ifNone(tag) },
    }),
  )
}

export function sendAgain(path: Hook, id: string): Promise<Answer<Delivery>> {
  return answerOf(() =>
    client.POST(`${base}/{webhook}/deliveries/{delivery}/again`, {
      params: { path: { ...path, delivery: id } },
    }),
  )
}
