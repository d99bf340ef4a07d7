import type { Reminders } from '../api/names'

// The pure part of reminders: what comes of one's settings, and what became of the code for an address.

/** Whether one is told anything: `held`, all is set, but the server sends nothing. */
export type MailStanding = 'none' | 'unconfirmed' | 'off' | 'held' | 'on'

export function standingOf({ address, confirmed, wanted, sending }: Reminders): MailStanding {
  if (!address) return 'none'
  if (!confirmed) return 'unconfirmed'
  if (!wanted) return 'off'
  return sending === 'on' ? 'on' : 'held'
}

/** What became of the latest code: `coming`, it will be sent in a moment; `held`, the server sends nothing. */
export type CodeStanding = 'coming' | 'held' | 'sent' | 'failed' | 'over'

/** How long a code is good, in milliseconds; in real time, whatever day a trial plays. */
export const codeHolds = 24 * 3_600_000

/** The latest code, and until when it is good. An address that is not confirmed was sent one when it was entered. */
export function codeOf({ sending, last }: Reminders, now: number): { standing: CodeStanding; until: string } {
  const code = last.find(one => one.kind === 'confirmation')
  const until = code ? Date.parse(code.made_at) + codeHolds : 0
  return { standing: standing(), until: new Date(until).toISOString() }

  function standing(): CodeStanding {
    if (!code || until <= now || code.state === 'dropped') return 'over'
    if (code.state !== 'waiting') return code.state
    return sending === 'on' ? 'coming' : 'held'
  }
}

/** The eight digits of a code as somebody typed or pasted them; null: it is none, and no attempt is spent on it. */
export function codeTyped(text: string): string | null {
  const digits = text.replace(/[\s.-]/g, '')
  return /^\d{8}$/.test(digits) ? digits : null
}
