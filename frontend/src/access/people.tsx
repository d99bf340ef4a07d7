import * as api from '../api/access'
import type { Person, PersonList, Timeline } from '../api/names'
import { tokenIn } from '../list/rows'
import { Choice } from '../shell/choice'
import { Link } from '../shell/link'
import { address, go, peopleBegin } from '../state/address'
import { type Cell, cellOf } from '../state/cell'
import { said, words } from '../text/words'
import { Clients } from './clients'
import { Loaded } from './loaded'
import { NewPerson } from './newperson'
import { peopleTurn } from './peopleturn'
import { PersonView } from './person'
import { Restricted } from './restricted'
import { may, roles } from './session'

function peopleCell(election: string, area: string, below: boolean, after: string | null): Cell<PersonList> {
  return cellOf(`people ${peopleTurn.value} ${election} ${area} ${below} ${after}`, () =>
    api.people(election, area, below, after),
  )
}

/** How one of the people is named in the address. */
const mark = 'user:'

export function personIn(people: string | null): string | null {
  return people?.startsWith(mark) ? people.slice(mark.length) : null
}

export function personAt(user: string): string {
  return `${mark}${user}`
}

/** Who may do what in a place: the list, one of them, or somebody new. */
export function PeopleView({ timeline, name }: { timeline: Timeline; name: string }) {
  const t = words().people
  const { people } = address.value
  const { election, area } = timeline
  const reads = may('read', election.id, area)
  const admits = may('admit', election.id, area)
  const user = personIn(people)
  const screen =
    admits && people === 'new'
      ? 'new'
      : admits && people === 'clients'
        ? 'clients'
        : admits && user
          ? 'person'
          : 'list'
  const title = {
    new: t.newTitle(name),
    clients: words().clients.of(name),
    person: t.personTitle(name),
    list: t.of(name),
  }[screen]
  return (
    <Restricted
      id="people-title"
      class="people"
      title={title}
      back={
        screen === 'list'
          ? { to: { people: null }, word: words().plans.back }
          : { to: { people: 'list' }, word: t.toList }
      }
      turn={people}
      allowed={reads}
      notFor={t.notFor}
      signIn={t.signIn}
    >
      {screen === 'list' && <List timeline={timeline} admits={admits} />}
      {screen === 'clients' && <Clients timeline={timeline} />}
      {screen === 'new' && <NewPerson timeline={timeline} place={name} />}
      {screen === 'person' && user && <PersonView key={user} timeline={timeline} place={name} user={user} />}
    </Restricted>
  )
}

const wheres = ['here', 'above', 'below'] as const
const reaches = ['here', 'below'] as const

function List({ timeline, admits }: { timeline: Timeline; admits: boolean }) {
  const t = words()
  const { election, area } = timeline
  const { among } = address.value
  const first = peopleCell(election.id, area.code, among.below, null)
  const items: Person[] = []
  let end = first
  let more = false
  for (let page = 1; ; page++) {
    const { data } = end.known.value
    if (!data) break
    items.push(...data.items)
    const token = tokenIn(data.next)
    more = token !== null
    if (token === null || page >= among.pages) break
    end = peopleCell(election.id, area.code, among.below, token)
  }
  return (
    <>
      <div class="people-tools">
        {admits && (
          <Link to={{ people: 'new' }} class="button primary">
            {t.people.add}
          </Link>
        )}
        {admits && (
          <Link to={{ people: 'clients', among: peopleBegin }} class="button">
            {t.clients.title}
          </Link>
        )}
        {area.children > 0 && (
          <Choice
            label={t.people.reach}
            values={reaches}
            chosen={among.below ? 'below' : 'here'}
            word={value => t.people.reaches[value]}
            onChoose={value => go({ among: { below: value === 'below', pages: 1 } }, { replace: true })}
          />
        )}
      </div>
      <Loaded cell={first}>
        {() => (
          <>
            {items.length === 0 && <p class="empty">{admits ? t.people.noneAdd : t.people.none}</p>}
            {wheres.map(where => (
              <Group
                key={where}
                where={where}
                people={items.filter(one => one.where === where)}
                admits={admits}
              />
            ))}
          </>
        )}
      </Loaded>
      {end !== first && !end.known.value.data && <Loaded cell={end}>{() => null}</Loaded>}
      {more && (
        <p>
          <button
            type="button"
            class="button"
            onClick={() => go({ among: { ...among, pages: among.pages + 1 } }, { replace: true })}
          >
            {t.people.more}
          </button>
        </p>
      )}
      <RolesExplained />
    </>
  )
}

interface GroupProps {
  where: Person['where']
  people: Person[]
  admits: boolean
}

function Group({ where, people, admits }: GroupProps) {
  const t = words()
  if (people.length === 0) return null
  return (
    <table class="people-table">
      <caption>{t.people.groups[where]}</caption>
      <thead>
        <tr>
          <th scope="col">{t.people.name}</th>
          <th scope="col">{t.roles.title}</th>
          <th scope="col">{t.people.unit}</th>
          {where !== 'here' && <th scope="col">{t.people.at}</th>}
        </tr>
      </thead>
      <tbody>
        {people.map(one => (
          <tr key={`${one.user} ${one.area}`}>
            <th scope="row">
              {admits && where === 'here' ? (
                <Link to={{ people: personAt(one.user) }}>{one.name}</Link>
              ) : admits && where === 'below' ? (
                <Link to={{ area: one.area, people: personAt(one.user) }}>{one.name}</Link>
              ) : (
                <span>{one.name}</span>
              )}
              <small>
                {one.user}
                {one.disabled && <span class="tag">{t.people.disabled}</span>}
              </small>
            </th>
            <td>{one.role === 'none' ? t.people.endedHere : t.roles.names[one.role]}</td>
            <td>{one.unit}</td>
            {where !== 'here' && <td>{one.area === 'VN' ? t.nation : said(one.area_name)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What each role may do, in words. */
function RolesExplained() {
  const t = words()
  return (
    <details class="roles-explained">
      <summary>{t.roles.explained}</summary>
      <dl>
        {roles
          .filter(role => role !== 'none')
          .map(role => (
            <div key={role}>
              <dt>{t.roles.names[role]}</dt>
              <dd>{t.roles.about[role]}</dd>
            </div>
          ))}
      </dl>
      <p>{t.roles.branch}</p>
    </details>
  )
}
