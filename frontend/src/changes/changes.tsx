import { useEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/client'
import type { Comparison, Difference, DifferenceCounts, DifferenceKind, Timeline } from '../api/names'
import { DayField } from '../shell/dayfield'
import { ToneIcon } from '../shell/icon'
import { Link } from '../shell/link'
import { Failure, Skeleton } from '../shell/state'
import { address, go, language } from '../state/address'
import { addDays } from '../state/day'
import { comparisonCell, electionsCell } from '../state/election'
import { useRefresh } from '../state/refresh'
import { longDay } from '../text/date'
import { count, said, words } from '../text/words'
import { type Days, daysOf } from './choice'
import { byPlace, differenceText, kindsIn, type PlaceGroup, toneOfKind } from './rows'

/** What changed at a place and below it between two days: counted, by place, and one by one. */
export function ChangesView({ timeline, name }: { timeline: Timeline; name: string }) {
  const t = words()
  const { asOf, changes: choices } = address.value
  const { election, area, today } = timeline
  const whole = electionsCell().known.value.data?.items.find(one => one.id === election.id)
  const span = { first: whole?.first_day ?? today, last: whole?.last_day ?? today }
  const days = daysOf(choices, asOf, span.last, today)
  const cell = comparisonCell(election.id, area.code, days.from, days.to, choices.kind)
  useRefresh(cell)
  const known = cell.known.value
  const last = useRef<Comparison | null>(null)
  if (known.data) last.current = known.data
  const comparison = known.data ?? (known.problem || known.unreachable ? null : last.current)
  return (
    <div class="changes" aria-busy={known.data === null}>
      <Chosen days={days} span={span} today={today} />
      {comparison && <Found comparison={comparison} days={days} today={today} name={name} />}
      {!comparison && !known.problem && !known.unreachable && <Skeleton lines={10} />}
      {!comparison && (known.problem || known.unreachable) && (
        <Failure
          problem={known.problem}
          unreachable={known.unreachable}
          notFound={t.error.placeGone(area.code)}
          onRetry={() => void cell.refresh()}
        />
      )}
    </div>
  )
}

/** The two days, and those that one asks for most. */
function Chosen({ days, span, today }: { days: Days; span: { first: string; last: string }; today: string }) {
  const t = words().changes
  const { changes } = address.value
  const choose = (change: Partial<Days>) => go({ changes: { ...changes, ...days, ...change } })
  const back = (many: number) => choose({ from: addDays(days.to, -many) })
  return (
    <div class="changes-days" role="group" aria-label={t.days}>
      <DayField label={t.from} day={days.from} last={days.to} onChoose={from => choose({ from })} />
      <DayField
        label={t.to}
        day={days.to}
        last={today}
        onChoose={to => choose({ to, from: earlier(days.from, to) })}
      />
      <div class="buttons">
        {[7, 30].map(many => (
          <button
            key={many}
            type="button"
            class="button small"
            aria-pressed={days.from === addDays(days.to, -many)}
            onClick={() => back(many)}
          >
            {t.lastDays(many)}
          </button>
        ))}
        <button
          type="button"
          class="button small"
          aria-pressed={days.from <= addDays(span.first, -1)}
          onClick={() => choose({ from: addDays(span.first, -1) })}
        >
          {t.all}
        </button>
      </div>
    </div>
  )
}

function earlier(a: string, b: string): string {
  return a < b ? a : b
}

interface FoundProps {
  comparison: Comparison
  days: Days
  today: string
  name: string
}

function Found({ comparison, days, today, name }: FoundProps) {
  const t = words().changes
  const { counts } = comparison
  const { kind } = address.value.changes
  const title = t.title(name, longDay(comparison.from), longDay(comparison.to))
  return (
    <>
      <h2 class="changes-title">{title}</h2>
      {counts.total === 0 ? (
        <p class="empty">{t.none}</p>
      ) : (
        <>
          <KindCounts counts={counts} chosen={kind} />
          {comparison.area.children > 0 && <Places comparison={comparison} name={name} kind={kind} />}
          <Items key={`${days.from} ${days.to} ${kind}`} comparison={comparison} days={days} today={today} />
        </>
      )}
    </>
  )
}

/** How many of each kind; each is a button that leaves only its own in the list. */
function KindCounts({ counts, chosen }: { counts: DifferenceCounts; chosen: DifferenceKind | null }) {
  const t = words().changes
  const choose = (kind: DifferenceKind | null) =>
    go({ changes: { ...address.value.changes, kind } }, { replace: true })
  return (
    <ul class="changes-kinds" aria-label={t.byKind}>
      <li>
        <button type="button" class="button" aria-pressed={chosen === null} onClick={() => choose(null)}>
          <strong>{count(counts.total)}</strong> {t.total(counts.total)}
        </button>
      </li>
      {kindsIn(counts, chosen).map(kind => (
        <li key={kind}>
          <button
            type="button"
            class={`button tone-${toneOfKind[kind]}`}
            aria-pressed={chosen === kind}
            onClick={() => choose(chosen === kind ? null : kind)}
          >
            <ToneIcon tone={toneOfKind[kind]} />
            <strong>{count(counts[kind])}</strong> {t.kinds[kind]}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** The places right below, those in which something changed, each with its own counts. */
function Places({
  comparison,
  name,
  kind,
}: {
  comparison: Comparison
  name: string
  kind: DifferenceKind | null
}) {
  const t = words().changes
  const rows = comparison.children.filter(({ counts }) => kind === null || counts[kind] > 0)
  const own = comparison.self
  const ownToo = kind === null ? own.total > 0 : own[kind] > 0
  const lang = language.value
  return (
    <section class="changes-places">
      <h3>{t.byPlace(rows.length)}</h3>
      <ul>
        {ownToo && (
          <li>
            <span class="changes-place">
              {comparison.area.level === 'national' ? t.ownNation : t.own(name)}
            </span>
            <Counted counts={own} kind={kind} />
          </li>
        )}
        {rows.map(({ area, counts }) => (
          <li key={area.code}>
            <Link class="changes-place" to={{ area: area.code, view: 'changes' }}>
              {lang === 'en' ? area.name_en || area.name : area.name}
            </Link>
            <Counted counts={counts} kind={kind} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Counted({ counts, kind }: { counts: DifferenceCounts; kind: DifferenceKind | null }) {
  const t = words().changes
  const shown = kind === null ? kindsIn(counts) : [kind]
  return (
    <span class="changes-counted">
      {shown.map(one => (
        <span key={one} class={`changes-mark tone-${toneOfKind[one]}`}>
          <ToneIcon tone={toneOfKind[one]} /> {count(counts[one])} {t.kinds[one]}
        </span>
      ))}
    </span>
  )
}

/** The differences one by one, page after page. */
function Items({ comparison, days, today }: { comparison: Comparison; days: Days; today: string }) {
  const t = words()
  const [more, setMore] = useState<Comparison[]>([])
  const [state, setState] = useState<'ready' | 'asking' | 'failed'>('ready')
  const first = comparison.items
  // What was added to an older first page does not go on where this one ends.
  useEffect(() => setMore([]), [comparison.revision, comparison.from, comparison.to])
  const last = more.at(-1) ?? comparison
  const items = [...first, ...more.flatMap(page => page.items)]
  const fetchMore = async () => {
    const after = last.next && new URL(last.next, 'http://page').searchParams.get('after')
    if (!after) return
    setState('asking')
    const { kind } = address.value.changes
    const answer = await api.comparison(
      comparison.election.id,
      comparison.area.code,
      days.from,
      days.to,
      kind,
      null,
      after,
    )
    if (answer.kind === 'data') setMore(pages => [...pages, answer.data])
    setState(answer.kind === 'data' ? 'ready' : 'failed')
  }
  return (
    <section class="changes-list">
      <h3>{t.changes.oneByOne}</h3>
      {byPlace(items).map(group => (
        <Group key={group.area.code} group={group} own={comparison.area.code} days={days} today={today} />
      ))}
      {state === 'failed' && <p class="wrong">{t.error.unreachable}</p>}
      {last.has_more && (
        <button
          type="button"
          class="button"
          aria-disabled={state === 'asking'}
          onClick={() => state !== 'asking' && void fetchMore()}
        >
          {t.changes.more(count(items.length))}
        </button>
      )}
    </section>
  )
}

interface GroupProps {
  group: PlaceGroup
  own: string
  days: Days
  today: string
}

function Group({ group, own, days, today }: GroupProps) {
  const t = words()
  const lang = language.value
  const { area, within, items } = group
  const full = (one: PlaceGroup['area']) => (lang === 'en' ? one.name_en || one.name : one.name)
  const path = area.code === own ? [] : within.filter(one => one.code !== own)
  return (
    <div class="changes-group">
      <h4>{[full(area), ...path.map(full)].join(', ')}</h4>
      <ul>
        {items.map(item => (
          <li key={item.milestone}>
            <ItemLink item={item} own={own} asOf={days.to === today ? null : days.to} />
            <span class="changes-counted">
              {item.kinds.map(kind => (
                <span key={kind} class={`changes-mark tone-${toneOfKind[kind]}`}>
                  <ToneIcon tone={toneOfKind[kind]} /> {t.changes.kinds[kind]}
                </span>
              ))}
            </span>
            <span class="changes-what">{differenceText(item)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Opens the milestone in the drawer, as it was on the later day. */
function ItemLink({ item, own, asOf }: { item: Difference; own: string; asOf: string | null }) {
  const { area, milestone } = item
  return (
    <Link
      class="changes-milestone"
      to={{ milestone: area.code === own ? milestone : `${area.code}:${milestone}`, asOf }}
    >
      {said(item.title)}
    </Link>
  )
}
