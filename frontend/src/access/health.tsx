import type { ClientHealth } from '../api/names'
import { ToneIcon } from '../shell/icon'
import { moment } from '../text/date'
import { words } from '../text/words'

/** How a program is doing that asks with a token: whether it still refreshes, how often, and what went wrong. */
export function Health({ health }: { health: ClientHealth }) {
  const t = words().clients
  const parts = [
    health.refreshed_at ? t.refreshed(moment(health.refreshed_at)) : t.never,
    health.interval_seconds === null ? '' : t.every(health.interval_seconds),
    health.unchanged_share === null ? '' : t.unchanged(Math.round(health.unchanged_share * 100)),
    [
      health.refused > 0 && t.refused(health.refused),
      health.failed > 0 && t.failed(health.failed),
      health.refused + health.failed > 0 &&
        health.last_failure_status !== null &&
        t.lastFailure(health.last_failure_status),
    ]
      .filter(Boolean)
      .join(', '),
  ]
  return (
    <span class="health">
      {health.stale && (
        <strong class="health-stale">
          <ToneIcon tone="overdue" />
          {t.stale}
        </strong>
      )}
      {parts.filter(Boolean).map(part => (
        <span key={part}>{part}</span>
      ))}
    </span>
  )
}
