import { type Answer, answerOf } from './answer'
import { client, mergePatch, strongTag } from './client'
import type { Reminders, RemindersPatch } from './names'

// What oneself is told by mail. Its tag is of the settings alone: it does not say whether anything was sent since, and so
// nothing is asked by it.

const base = '/api/v1/me/reminders'

export function reminders(): Promise<Answer<Reminders>> {
  return answerOf(() => client.GET(base))
}

export function changeReminders(revision: number, body: RemindersPatch): Promise<Answer<Reminders>> {
  return answerOf(() =>
    client.PATCH(base, {
      params: { header: { 'If-Match': strongTag(revision) } },
      headers: mergePatch,
      body,
    }),
  )
}

/** Another code to the address that waits to be confirmed; those from before are good for nothing any more. */
export function sendCode(): Promise<Answer<true>> {
  return answerOf(async () => {
    const { error, response } = await client.POST(`${base}/code`)
    return response.ok ? { data: true as const, response } : { error, response }
  })
}

export function confirmAddress(code: string): Promise<Answer<Reminders>> {
  return answerOf(() => client.POST(`${base}/confirmation`, { body: { code } }))
}
