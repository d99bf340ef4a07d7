import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Calendars } from '../calendar/mine'
import { Reminders } from '../reminders/reminders'
import { Link } from '../shell/link'
import { Skeleton } from '../shell/state'
import { address } from '../state/address'
import { electionsCell } from '../state/election'
import { words } from '../text/words'
import { ChangePassword } from './changepassword'
import { electionFor, placeName } from './home'
import { Profile } from './profile'
import { enter, session, sessionCell } from './session'
import { Sessions } from './sessions'
import { goBack, SignInForm, useTitle } from './signin'
import { Tokens } from './tokens'
import { signOut } from './usermenu'

/** One's own account: who one is, what one holds, what one is told by mail, password, sessions, tokens, calendars. */
export function AccountPage() {
  const t = words()
  const known = sessionCell().known.value
  const { back } = address.value
  const heading = useRef<HTMLHeadingElement>(null)
  useTitle(t.account.title)
  useEffect(() => heading.current?.focus(), [])
  const user = known.data?.user ?? null
  return (
    <main id="main" class="own-screen account" tabIndex={-1}>
      {back && (
        <p>
          <button type="button" class="link" onClick={() => goBack(back)}>
            {t.account.back}
          </button>
        </p>
      )}
      <h1 ref={heading} tabIndex={-1}>
        {t.account.title}
      </h1>
      {!known.data && <Skeleton lines={8} />}
      {known.data && !user && (
        <section class="own-card">
          <p>{t.account.signInFirst}</p>
          <SignInForm onDone={enter} />
        </section>
      )}
      {user && (
        <>
          <Profile user={user} />
          <Rights />
          <Reminders />
          <ChangePassword user={user} />
          <Sessions />
          <Tokens />
          <Calendars />
          <p>
            <button type="button" class="button" onClick={() => void signOut()}>
              {t.signIn.out}
            </button>
          </p>
        </>
      )}
    </main>
  )
}

/** A part of the account under its heading. */
export function Part({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section class="own-part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}

/** What one holds, and where. */
function Rights() {
  const t = words()
  const rights = session()?.rights ?? []
  const all = electionsCell().known.value.data?.items ?? []
  return (
    <Part id="account-rights" title={t.account.rights}>
      {rights.length === 0 && <p class="remark">{t.account.noRights}</p>}
      <ul class="plain-list">
        {rights.map(right => {
          const election = electionFor(right, all, address.value.election)
          const name = placeName(right)
          return (
            <li key={`${right.edition} ${right.area}`}>
              {election ? (
                <Link to={{ election: election.id, area: right.area }}>{name}</Link>
              ) : (
                <strong>{name}</strong>
              )}
              <span>
                <strong>{t.roles.names[right.role]}</strong>: {t.roles.about[right.role]}
              </span>
            </li>
          )
        })}
      </ul>
    </Part>
  )
}
