import { useState } from 'preact/hooks'
import { Once } from '../access/once'
import { Sure } from '../access/person'
import { Outcome } from '../access/profile'
import type { Answer } from '../api/answer'
import type { Problem, WebhookRow } from '../api/names'
import * as api from '../api/webhooks'
import { go } from '../state/address'
import { words } from '../text/words'
import { WebhookForm } from './form'
import { Log } from './log'
import { HookState, toldOf } from './webhooks'

interface Props {
  place: api.Place
  row: WebhookRow
  kinds: string[]
  /** Of one that was just made. */
  secret: string | null
  onChanged: () => void
}

/** One webhook: what it is told, what can be done to it, and what was sent. */
export function WebhookView({ place, row, kinds, secret, onChanged }: Props) {
  const t = words()
  const hook = row.webhook
  const path = { ...place, webhook: hook.webhook }
  const [shown, setShown] = useState(secret)
  const [editing, setEditing] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const [turn, setTurn] = useState(0)
  const run = async <T,>(act: () => Promise<Answer<T>>): Promise<T | null> => {
    const answer = await act()
    setProblem(answer.kind === 'problem' ? answer.problem : null)
    setNetwork(answer.kind === 'unreachable')
    onChanged()
    setTurn(n => n + 1)
    return answer.kind === 'data' ? answer.data : null
  }
  return (
    <div class="person">
      {shown && <Once label={t.webhooks.secretLabel} secret={shown} hint={t.webhooks.secretHint} />}
      <dl class="pair">
        <dt>{t.webhooks.endpoint}</dt>
        <dd>
          <code>{hook.url}</code>
        </dd>
        {hook.description && <dt>{t.webhooks.description}</dt>}
        {hook.description && <dd>{hook.description}</dd>}
        <dt>{t.webhooks.state}</dt>
        <dd class="webhook-state">
          <HookState row={row} />
        </dd>
        <dt>{t.webhooks.told}</dt>
        <dd>{toldOf(hook, kinds.length)}</dd>
      </dl>
      <Outcome problem={problem} pointers={[]} network={network} saved={false} />
      {editing ? (
        <WebhookForm
          election={place.election}
          kinds={kinds}
          known={hook}
          word={t.webhooks.save}
          onSend={body => api.changeWebhook(path, hook.revision, body)}
          onDone={() => {
            setEditing(false)
            onChanged()
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <div class="webhook-acts">
          <p class="buttons">
            <button
              type="button"
              class="button primary"
              onClick={() => void run(() => api.testWebhook(path))}
            >
              {t.webhooks.test}
            </button>
            <button type="button" class="button" onClick={() => setEditing(true)}>
              {t.webhooks.edit}
            </button>
          </p>
          <Sure
            key={`switch ${hook.enabled}`}
            word={hook.enabled ? t.webhooks.pause : t.webhooks.resume}
            about={hook.enabled ? t.webhooks.pauseAbout : t.webhooks.resumeAbout}
            onSure={() => run(() => api.changeWebhook(path, hook.revision, { enabled: !hook.enabled }))}
          />
          <Sure
            word={t.webhooks.rotate}
            about={t.webhooks.rotateAbout}
            onSure={async () => {
              const made = await run(() => api.rotateSecret(path))
              if (made) setShown(made.secret)
            }}
          />
          <Sure
            word={t.webhooks.remove}
            about={t.webhooks.removeAbout}
            onSure={async () => {
              if (await run(() => api.removeWebhook(path, hook.revision))) {
                go({ webhooks: 'list' }, { replace: true })
              }
            }}
          />
        </div>
      )}
      <Log path={path} turn={turn} onSent={onChanged} />
    </div>
  )
}
