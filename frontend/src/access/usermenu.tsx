import { useRef } from 'preact/hooks'
import * as api from '../api/access'
import type { HeldRole } from '../api/names'
import { Icon } from '../shell/icon'
import { Menu } from '../shell/menu'
import { address, formatAddress, go, moved } from '../state/address'
import { electionsCell } from '../state/election'
import { words } from '../text/words'
import { askToSignIn } from './asking'
import { electionFor, placeName } from './home'
import { leave, session, sessionCell, somewhere } from './session'

const most = 3

/** Who is signed in, with the way to what is his; or the way in. */
export function UserMenu() {
  const t = words().signIn
  const button = useRef<HTMLButtonElement>(null)
  const known = sessionCell().known.value
  const { own, back } = address.value
  const at = own ? back : formatAddress(address.value)
  if (known.data === null) return <span class="button room user-room" aria-hidden="true" />
  const { user } = known.data
  if (!user) return own === 'sign-in' || own === 'setup' ? null : <SignInLink back={at} />
  const ofUnits = known.data.rights
    .filter(one => one.role !== 'none')
    .slice(0, most)
    .map(one => peopleOf(one))
  return (
    <Menu
      label={words().account.menu(user.name)}
      class="user"
      button={button}
      head={
        <p class="user-head">
          <strong>{user.name}</strong>
          {user.unit && <span>{user.unit}</span>}
        </p>
      }
      items={[
        ...(somewhere('report')
          ? [
              {
                key: 'work',
                word: words().mine.title,
                onChoose: () => go({ own: 'work', election: address.value.election }),
              },
            ]
          : []),
        { key: 'account', word: words().account.title, onChoose: () => go({ own: 'account', back: at }) },
        ...ofUnits.flatMap(one => (one ? [one] : [])),
        { key: 'out', word: t.out, onChoose: () => void signOut() },
      ]}
    >
      <Icon name="person" />
      <span class="user-name">{user.name}</span>
    </Menu>
  )
}

/** The way to the people of a place that one holds something in. */
function peopleOf(right: HeldRole) {
  const all = electionsCell().known.value.data?.items ?? []
  const election = electionFor(right, all, address.value.election)
  if (!election) return null
  const name = session()?.rights.length === 1 ? null : placeName(right)
  return {
    key: `${right.edition} ${right.area}`,
    word: name ? words().people.of(name) : words().people.title,
    onChoose: () => go({ election: election.id, area: right.area, people: 'list' }),
  }
}

/** A link for a new window; here the sign-in opens over what one looks at. */
function SignInLink({ back }: { back: string | null }) {
  const target = moved(address.value, { own: 'sign-in', back: back === '/' ? null : back })
  return (
    <a
      class="button sign-in-link"
      href={formatAddress(target)}
      onClick={event => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        askToSignIn()
      }}
    >
      {words().signIn.open}
    </a>
  )
}

/** Ends the session; the screens of one's own are left, the others stay as everybody sees them. */
export async function signOut(): Promise<void> {
  const answer = await api.signOut()
  if (answer.kind === 'unreachable') return
  leave()
  if (address.peek().own) go({ election: null, area: null }, { replace: true })
}
