import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/access'
import type { Answer } from '../api/answer'
import type { Person, Problem, Role, SetUpLink, Timeline, User } from '../api/names'
import { Link } from '../shell/link'
import { type Cell, cellOf } from '../state/cell'
import { electionsCell } from '../state/election'
import { words } from '../text/words'
import { placeName } from './home'
import { Loaded } from './loaded'
import { LinkOnce } from './newperson'
import { peopleChanged } from './peopleturn'
import { Outcome } from './profile'
import { grantable, RoleChoice } from './roles'
import { roleAt, roleOf, session } from './session'

function userCell(user: string): Cell<User> {
  return cellOf(`user ${user}`, () => api.user(user))
}

function personCell(election: string, area: string, user: string): Cell<Person> {
  return cellOf(`person ${election} ${area} ${user}`, () => api.person(election, area, user))
}

interface Props {
  timeline: Timeline
  place: string
  user: string
}

/** One of the people of a place: what he holds, and what can be changed about it. */
export function PersonView({ timeline, place, user }: Props) {
  return (
    <Loaded cell={userCell(user)}>
      {found => <Inside timeline={timeline} place={place} found={found} />}
    </Loaded>
  )
}

/** Does one thing after another; says what came of it. */
function useActs(user: string) {
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const run = async <T,>(act: () => Promise<Answer<T>>): Promise<T | null> => {
    if (busy) return null
    setBusy(true)
    const answer = await act()
    setBusy(false)
    setSaved(answer.kind === 'data')
    setProblem(answer.kind === 'problem' ? answer.problem : null)
    setNetwork(answer.kind === 'unreachable')
    // Refused for being late: what is shown is old.
    if (answer.kind !== 'unreachable') {
      void userCell(user).refresh()
      peopleChanged()
    }
    return answer.kind === 'data' ? answer.data : null
  }
  return { busy, saved, problem, network, run }
}

function Inside({ timeline, place, found }: { timeline: Timeline; place: string; found: User }) {
  const t = words()
  const { election, area } = timeline
  const acts = useActs(found.user)
  const [link, setLink] = useState<SetUpLink | null>(null)
  const self = session()?.user?.user === found.user
  return (
    <div class="person">
      <dl class="pair">
        <dt>{t.people.name}</dt>
        <dd>
          <strong>{found.name}</strong>
          {found.disabled && <span class="tag">{t.people.disabled}</span>}
          {!found.set_up && !found.disabled && <span class="tag">{t.people.notSetUp}</span>}
        </dd>
        <dt>{t.signIn.user}</dt>
        <dd>
          <code>{found.user}</code>
        </dd>
        <dt>{t.people.unit}</dt>
        <dd>{found.unit || '–'}</dd>
        <dt>{t.people.holds}</dt>
        <dd>
          {found.rights.length === 0 && t.people.holdsNothing}
          <ul>
            {found.rights.map(one => (
              <li key={`${one.edition} ${one.area}`}>
                {one.role === 'none'
                  ? t.people.endedAt(placeName(one))
                  : t.people.holdsAt(t.roles.names[one.role], placeName(one))}
              </li>
            ))}
          </ul>
        </dd>
      </dl>
      <Outcome problem={acts.problem} pointers={[]} network={acts.network} saved={acts.saved} />
      {self ? (
        <p class="remark">
          {t.people.self} <Link to={{ own: 'account' }}>{t.account.title}</Link>
        </p>
      ) : (
        <>
          <RoleHere
            key={found.revision}
            found={found}
            place={place}
            election={election.id}
            area={area}
            acts={acts}
          />
          <section>
            <h3>{t.people.linkTitle}</h3>
            {link && <LinkOnce link={link} />}
            {!found.disabled && (
              <Sure
                word={t.people.newLink}
                about={found.set_up ? t.people.newLinkAbout : t.people.newLinkFirst}
                onSure={async () => setLink(await acts.run(() => api.renewSetUp(found.user)))}
              />
            )}
            {found.disabled ? (
              <Sure
                word={t.people.enable}
                about={t.people.enableAbout}
                onSure={() => acts.run(() => api.patchUser(found.user, found.revision, { disabled: false }))}
              />
            ) : (
              <Sure
                word={t.people.disable}
                about={t.people.disableAbout}
                onSure={() => acts.run(() => api.disableUser(found.user, found.revision))}
              />
            )}
          </section>
        </>
      )}
    </div>
  )
}

interface RoleHereProps {
  found: User
  place: string
  election: string
  area: Timeline['area']
  acts: ReturnType<typeof useActs>
}

/** The role in this place: granted here, held from above, ended here. */
function RoleHere({ found, place, election, area, acts }: RoleHereProps) {
  const t = words().people
  const edition = electionsCell().known.value.data?.items.find(one => one.id === election)?.edition ?? ''
  const isHere = (one: User['rights'][number]) =>
    one.area === area.code && (one.area === 'VN' || one.edition === edition)
  const granted = found.rights.find(isHere)?.role ?? null
  const cell = granted === null ? null : personCell(election, area.code, found.user)
  const revision = cell?.known.value.data?.revision ?? null
  const fromAbove = roleOf(
    found.rights.filter(one => !isHere(one)),
    edition,
    area,
  )
  const [role, setRole] = useState<Role | null>(granted === 'none' ? null : granted)
  const put = async (next: Role) => {
    await acts.run(() => api.grant(election, area.code, found.user, next, revision))
    void cell?.refresh()
  }
  const take = async () => {
    if (revision === null) return
    await acts.run(() => api.endGrant(election, area.code, found.user, revision))
  }
  return (
    <section>
      <h3>{t.roleAt(place)}</h3>
      {granted === 'none' && <p class="remark">{t.endedAbout}</p>}
      {granted === null && fromAbove !== 'none' && (
        <p class="remark">{t.fromAbove(words().roles.names[fromAbove])}</p>
      )}
      <form
        class="form"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          if (role && role !== granted) void put(role)
        }}
      >
        <RoleChoice
          headed
          offered={grantable(roleAt(election, area), area.level === 'national')}
          chosen={role}
          wrong={null}
          onChoose={setRole}
        />
        {role !== null && role !== granted && (
          <p>
            <button type="submit" class="button primary" aria-disabled={acts.busy}>
              {acts.busy ? words().task.saving : t.grantRole(words().roles.names[role])}
            </button>
          </p>
        )}
      </form>
      {granted !== null && revision !== null && (
        <Sure
          word={granted === 'none' ? t.restore : t.take}
          about={
            granted === 'none'
              ? t.restoreAbout
              : fromAbove === 'none'
                ? t.takeAbout
                : t.takeKeeps(words().roles.names[fromAbove])
          }
          onSure={take}
        />
      )}
      {granted !== 'none' && fromAbove !== 'none' && (
        <Sure word={t.endHere} about={t.endHereAbout} onSure={() => put('none')} />
      )}
    </section>
  )
}

interface SureProps {
  word: string
  /** What comes of it. */
  about: ComponentChildren
  onSure: () => Promise<unknown>
}

/** Something that is not done by one press: what comes of it is said first. */
export function Sure({ word, about, onSure }: SureProps) {
  const t = words()
  const [asked, setAsked] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const was = useRef(asked)
  useLayoutEffect(() => {
    if (was.current !== asked) frame.current?.querySelector('button')?.focus()
    was.current = asked
  }, [asked])
  return (
    <div ref={frame} class={asked ? 'sure' : ''} role="group" aria-label={word}>
      {asked && <p>{about}</p>}
      <p class="buttons">
        {asked ? (
          <>
            <button
              type="button"
              class="button primary"
              onClick={() => {
                setAsked(false)
                void onSure()
              }}
            >
              {word}
            </button>
            <button type="button" class="button" onClick={() => setAsked(false)}>
              {t.task.cancel}
            </button>
          </>
        ) : (
          <button type="button" class="button" onClick={() => setAsked(true)}>
            {word}…
          </button>
        )}
      </p>
    </div>
  )
}
