import { Loaded } from '../access/loaded'
import { Restricted } from '../access/restricted'
import { may } from '../access/session'
import type { AccountTrail, Timeline, Trail as TrailPage } from '../api/names'
import { accountTrail, trail } from '../api/trail'
import { Choice } from '../shell/choice'
import { Icon } from '../shell/icon'
import { address, go } from '../state/address'
import { type Cell, cellOf } from '../state/cell'
import { useRefresh } from '../state/refresh'
import { shortDay } from '../text/date'
import { count, words } from '../text/words'
import { narrowings, type Trail, type TrailChoices, trailBegins, trails } from './choice'
import { TrailFilters } from './filters'
import { LastHead } from './head'
import { AccountRow, ChangeRow } from './row'

interface Props {
  timeline: Timeline
  name: string
  which: Trail
}

/** Who did what in a place and below it, for who leads there. */
export function TrailView({ timeline, name, which }: Props) {
  const t = words()
  const { election, area } = timeline
  return (
    <Restricted
      id="trail-title"
      class="trail"
      title={t.trail.title(name)}
      back={{ to: { trail: null }, word: t.plans.back }}
      allowed={may('admit', election.id, area)}
      notFor={t.trail.notFor}
      signIn={t.trail.signIn}
    >
      <div class="trail-tools">
        <Choice
          label={t.trail.which}
          values={trails}
          chosen={which}
          word={value => t.trail.trails[value]}
          onChoose={value => {
            const { person, from, to, branch } = address.value.traced
            go({ trail: value, traced: { ...trailBegins, person, from, to, branch } }, { replace: true })
          }}
        />
        <button type="button" class="button print-button" onClick={() => print()}>
          <Icon name="print" />
          {t.print}
        </button>
      </div>
      <TrailFilters key={which} timeline={timeline} which={which} />
      <Chosen choices={address.value.traced} />
      {which === 'changes' ? <Changes timeline={timeline} /> : <Accounts timeline={timeline} />}
      <LastHead election={election.id} />
    </Restricted>
  )
}

/** On paper: what was chosen. */
function Chosen({ choices }: { choices: TrailChoices }) {
  const t = words()
  const { person, milestone, kind, from, to, branch } = choices
  const said = [
    person && `${t.trail.person}: ${person}`,
    milestone && `${t.trail.milestone}: ${milestone}`,
    kind && `${t.trail.kind}: ${t.history.kinds[kind] ?? t.trail.kinds[kind] ?? kind}`,
    from && `${t.trail.from} ${shortDay(from)}`,
    to && `${t.trail.to} ${shortDay(to)}`,
    t.trail.reaches[branch ? 'branch' : 'here'],
  ]
  return <p class="print-only print-title">{said.filter(Boolean).join(' · ')}</p>
}

/** The pages that are shown, one after the other, and whether there is more. */
function pagesOf<T extends TrailPage | AccountTrail>(
  cellAt: (before: number | null) => Cell<T>,
  many: number,
) {
  const first = cellAt(null)
  const pages: T[] = []
  let end = first
  for (;;) {
    const { data } = end.known.value
    if (!data) return { first, end, pages, more: false }
    pages.push(data)
    const before = data.items.at(-1)?.revision
    if (!data.has_more || before === undefined) return { first, end, pages, more: false }
    if (pages.length >= many) return { first, end, pages, more: true }
    end = cellAt(before)
  }
}

function Changes({ timeline }: { timeline: Timeline }) {
  const { election, area } = timeline
  const { traced } = address.value
  const asked = `${election.id} ${area.code} ${JSON.stringify({ ...traced, pages: 0 })}`
  const { first, end, pages, more } = pagesOf<TrailPage>(
    before => cellOf(`trail ${asked} ${before}`, tag => trail(election.id, area.code, traced, before, tag)),
    traced.pages,
  )
  useRefresh(first)
  const rows = pages.flatMap(page => page.items)
  return (
    <Found which="changes" first={first} end={end} many={rows.length} more={more}>
      {rows.map(change => (
        <ChangeRow key={change.revision} change={change} own={area.code} />
      ))}
    </Found>
  )
}

function Accounts({ timeline }: { timeline: Timeline }) {
  const { election, area } = timeline
  const { traced } = address.value
  const asked = `${election.id} ${area.code} ${JSON.stringify({ ...traced, pages: 0 })}`
  const { first, end, pages, more } = pagesOf<AccountTrail>(
    before =>
      cellOf(`account trail ${asked} ${before}`, tag =>
        accountTrail(election.id, area.code, traced, before, tag),
      ),
    traced.pages,
  )
  useRefresh(first)
  const rows = pages.flatMap(page => page.items)
  return (
    <Found which="accounts" first={first} end={end} many={rows.length} more={more}>
      {rows.map(event => (
        <AccountRow key={event.revision} event={event} />
      ))}
    </Found>
  )
}

interface FoundProps {
  which: Trail
  first: Cell<TrailPage> | Cell<AccountTrail>
  /** The last page that is asked for. */
  end: Cell<TrailPage> | Cell<AccountTrail>
  many: number
  more: boolean
  children: preact.ComponentChildren
}

/** The rows as a table, and what leads to more. */
function Found({ which, first, end, many, more, children }: FoundProps) {
  const t = words().trail
  const { traced } = address.value
  return (
    <>
      <Loaded cell={first as Cell<TrailPage | AccountTrail>}>
        {() =>
          many === 0 ? (
            <p class="empty" role="status">
              {narrowings(traced) > 0 ? t.noneFits : t.none}
            </p>
          ) : (
            <>
              <p role="status">{more ? t.someMore(count(many)) : t.shown(count(many))}</p>
              <table class={`people-table trail-table trail-${which}`}>
                <caption>{t.caption[which]}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t.clock}</th>
                    <th scope="col">{t.who}</th>
                    <th scope="col">{t.where}</th>
                    <th scope="col">{t.what}</th>
                    {which === 'changes' && <th scope="col">{t.why}</th>}
                  </tr>
                </thead>
                <tbody>{children}</tbody>
              </table>
            </>
          )
        }
      </Loaded>
      {(end as unknown) !== first && !end.known.value.data && (
        <Loaded cell={end as Cell<TrailPage | AccountTrail>}>{() => null}</Loaded>
      )}
      {more && (
        <p class="trail-more">
          <button
            type="button"
            class="button"
            onClick={() => go({ traced: { ...traced, pages: traced.pages + 1 } }, { replace: true })}
          >
            {t.more}
          </button>
        </p>
      )}
    </>
  )
}
