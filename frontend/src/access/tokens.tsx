import { useRef, useState } from 'preact/hooks'
import * as api from '../api/access'
import type { Token } from '../api/names'
import { address, go } from '../state/address'
import { type Cell, cellOf } from '../state/cell'
import { moment, shortDay } from '../text/date'
import { words } from '../text/words'
import { Part } from './account'
import { Health } from './health'
import { placeName } from './home'
import { Loaded } from './loaded'
import { Once } from './once'
import { TokenForm } from './tokenform'

export function tokensCell(): Cell<{ items: Token[] }> {
  return cellOf('my tokens', () => api.tokens())
}

/** One's API tokens: what each may do, until when, when it was used; a new one, shown once. */
export function Tokens() {
  const t = words().tokens
  const cell = tokensCell()
  const open = address.value.part === 'token'
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null)
  const [failed, setFailed] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const revoke = async (one: Token) => {
    const answer = await api.revokeToken(one.token)
    setFailed(answer.kind !== 'data')
    void cell.refresh()
    button.current?.focus()
  }
  const close = () => {
    go({ part: null }, { replace: true })
    setTimeout(() => button.current?.focus())
  }
  return (
    <Part id="account-tokens" title={t.title}>
      <p class="hint">{t.about}</p>
      {made && <Once label={t.madeLabel(made.name)} secret={made.secret} hint={t.madeHint} />}
      <Loaded cell={cell}>
        {({ items }) => (
          <>
            {items.length === 0 && <p class="hint">{t.none}</p>}
            <ul class="plain-list rows">
              {items.map(one => (
                <TokenItem key={one.token} token={one} onRevoke={() => void revoke(one)} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {failed && (
        <p class="wrong" role="alert">
          {t.failed}
        </p>
      )}
      {open ? (
        <TokenForm
          onMade={(name, secret) => {
            setMade({ name, secret })
            void cell.refresh()
            go({ part: null }, { replace: true })
          }}
          onCancel={close}
        />
      ) : (
        <p>
          <button
            ref={button}
            type="button"
            class="button"
            onClick={() => {
              setMade(null)
              go({ part: 'token' })
            }}
          >
            {t.make}
          </button>
        </p>
      )}
    </Part>
  )
}

function TokenItem({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const t = words().tokens
  const [sure, setSure] = useState(false)
  return (
    <li>
      <span>
        <strong>{token.name}</strong>
        <span class="tag">{t.access[token.access]}</span>
      </span>
      <span class="hint">
        {words().list([
          placeName(token),
          t.expires(shortDay(token.expires_on)),
          token.last_used_at ? t.used(moment(token.last_used_at)) : t.unused,
        ])}
      </span>
      {token.last_used_at && <Health health={token.health} />}
      <span class="buttons">
        {sure ? (
          <>
            <button type="button" class="button small primary" onClick={onRevoke}>
              {t.revokeSure}
            </button>
            <button type="button" class="button small" onClick={() => setSure(false)}>
              {words().task.cancel}
            </button>
          </>
        ) : (
          <button
            type="button"
            class="button small"
            aria-label={t.revokeLabel(token.name)}
            onClick={() => setSure(true)}
          >
            {t.revoke}…
          </button>
        )}
      </span>
    </li>
  )
}
