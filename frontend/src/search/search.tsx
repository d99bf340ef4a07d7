import { useEffect, useId, useRef, useState } from 'preact/hooks'
import * as api from '../api/client'
import type { Found, FoundGroup } from '../api/names'
import { Icon } from '../shell/icon'
import { address, go } from '../state/address'
import { arriving } from '../state/arrival'
import { timelineCell } from '../state/election'
import { recentPlaces } from '../state/recent'
import { chosen } from '../state/selection'
import { words } from '../text/words'
import { leadsNowhere, Option } from './option'

const wait = 160
const most = 8

type Answer = { q: string; groups: FoundGroup[] } | { q: string; failed: true } | null

/** Asks after a short rest in typing; only the latest question's answer is shown. */
function useAnswer(election: string, q: string): Answer {
  const [answer, setAnswer] = useState<Answer>(null)
  const { area } = address.value
  useEffect(() => {
    if (!/[\p{L}\p{N}]/u.test(q)) {
      setAnswer(q === '' ? null : { q, groups: [] })
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      const got = await api.search(election, q, area, most, stop.signal)
      if (stop.signal.aborted) return
      setAnswer(got.kind === 'data' ? { q, groups: got.data.groups } : { q, failed: true })
    }, wait)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [election, q, area])
  return answer
}

/** Goes to what was found. */
function follow(election: string, found: Found): void {
  const { area, asOf, knownAt } = address.value
  const place = found.places[0]?.code ?? 'VN'
  if (found.kind === 'document') {
    go({ election, milestone: null, sheet: `document:${found.key}` })
    return
  }
  scrollTo({ top: 0 })
  if (found.kind === 'body') {
    go({ election, area: place, milestone: null, sheet: `body:${found.key}` })
    return
  }
  if (found.kind === 'milestone' && found.at) {
    const { area: at, milestone } = found.at
    // What the place one is at shows of those above is opened there.
    const here = area ? timelineCell(election, area, asOf, knownAt).known.value.data : null
    if (at.code === area) go({ milestone })
    else if (chosen(here, `${at.code}:${milestone}`)) go({ milestone: `${at.code}:${milestone}` })
    else go({ election, area: at.code, milestone })
    return
  }
  go({ election, area: found.key })
  arriving.value = found.key
}

interface Props {
  election: string
  /** On a screen of its own, with its label and hint; else in a dialog. */
  big?: boolean
  onLeave?: () => void
}

/** Finds places, milestones, documents and bodies: a combobox with a grouped list, by the ARIA Authoring Practices. */
export function Search({ election, big = false, onLeave }: Props) {
  const t = words().search
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(!big)
  const [pointed, setPointed] = useState<{ answer: Answer; at: number }>({ answer: null, at: -1 })
  const q = typed.trim()
  const answer = useAnswer(election, q)
  const groups =
    q === '' ? (big ? [] : lastPlaces(election)) : answer && 'groups' in answer ? answer.groups : []
  const items = groups.flatMap(group => group.items)
  const shown = open && (q === '' ? items.length > 0 : answer !== null)
  // A new answer starts from its best; the last places wait to be chosen from.
  const at = pointed.answer === answer ? pointed.at : q !== '' && items.length > 0 ? 0 : -1
  const setAt = (index: number) => setPointed({ answer, at: index })

  useEffect(() => input.current?.focus(), [])
  useEffect(() => {
    if (at >= 0) document.getElementById(`${id}-${at}`)?.scrollIntoView?.({ block: 'nearest' })
  }, [id, at])

  // Enter within the rest: what it asked for is chosen when the answer comes.
  const awaited = useRef<string | null>(null)
  const choose = (found: Found | undefined) => {
    awaited.current = null
    if (!found || leadsNowhere(found)) return
    setTyped('')
    setOpen(!big)
    onLeave?.()
    follow(election, found)
  }
  useEffect(() => {
    if (answer && awaited.current === answer.q) choose(items[0])
  }, [answer])

  const leave = (event: KeyboardEvent) => {
    awaited.current = null
    event.preventDefault()
    if (onLeave) onLeave()
    else if (shown) setOpen(false)
    else setTyped('')
  }
  const key = (event: KeyboardEvent) => {
    const last = items.length - 1
    if (event.key === 'Escape') {
      leave(event)
      return
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      // Enter before the answer has come must not open what an older question found.
      if (q !== '' && answer?.q !== q) awaited.current = q
      else if (shown) choose(items[at])
      return
    }
    const next = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key]
    if (next === undefined || last < 0) return
    event.preventDefault()
    setOpen(true)
    setAt(next)
  }
  return (
    <div
      class={`search ${big ? 'search-big' : 'search-in'}`}
      onFocusOut={event => {
        if (big && !event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false)
      }}
    >
      <label class={big ? '' : 'only-read'} for={`${id}-input`}>
        {t.label}
      </label>
      <div class="search-box">
        <Icon name="search" />
        <input
          ref={input}
          id={`${id}-input`}
          type="text"
          role="combobox"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={200}
          placeholder={t.placeholder}
          aria-autocomplete="list"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-activedescendant={shown && at >= 0 && items[at] ? `${id}-${at}` : undefined}
          aria-describedby={`${id}-hint`}
          value={typed}
          onInput={event => {
            awaited.current = null
            setTyped(event.currentTarget.value)
            setOpen(true)
          }}
          onClick={() => setOpen(true)}
          onKeyDown={key}
        />
      </div>
      <p class={big ? 'hint' : 'only-read'} id={`${id}-hint`}>
        {t.hint}
      </p>
      <div class="search-found" hidden={!shown}>
        <Similar groups={groups} q={q} />
        <div class="search-list" id={`${id}-list`} role="listbox" aria-label={t.results}>
          {groups.map((group, n) => {
            const first = groups.slice(0, n).reduce((sum, one) => sum + one.items.length, 0)
            return (
              <div key={group.kind} role="group" aria-labelledby={`${id}-${group.kind}`}>
                <p class="search-kind" id={`${id}-${group.kind}`} role="presentation">
                  {q === '' ? t.recent : t.kinds[group.kind]}
                  {group.has_more && <span> {t.foundFirst(group.items.length)}</span>}
                </p>
                {group.items.map((found, index) => (
                  <Option
                    key={found.key}
                    id={`${id}-${first + index}`}
                    found={found}
                    q={q}
                    chosen={first + index === at}
                    onChoose={() => choose(found)}
                    onPoint={() => setAt(first + index)}
                  />
                ))}
              </div>
            )
          })}
        </div>
        {answer && 'failed' in answer && <p class="search-none">{t.failed}</p>}
        {answer && 'groups' in answer && q !== '' && items.length === 0 && (
          <p class="search-none">{t.none(answer.q)}</p>
        )}
      </div>
      <span class="only-read" role="status">
        {shown && q !== '' && answer && 'groups' in answer ? told(answer.groups) : ''}
      </span>
    </div>
  )
}

/** Says that what follows is not as it was typed. */
function Similar({ groups, q }: { groups: FoundGroup[]; q: string }) {
  const similar = q !== '' && groups[0]?.items[0]?.similar
  return similar ? <p class="search-similar">{words().search.similar(q)}</p> : null
}

const nothingMore = {
  similar: false,
  level: null,
  places: [],
  citation: null,
  plan: null,
  at: null,
  number: null,
  issued_on: null,
  issuer: null,
  body_kind: null,
}

/** The places looked at last, as a group of what can be chosen. */
function lastPlaces(election: string): FoundGroup[] {
  const { area } = address.value
  const items: Found[] = recentPlaces(election)
    .filter(place => place.code !== area)
    .map(({ code, name }) => ({ ...nothingMore, kind: 'area', key: code, title: name }))
  return items.length > 0 ? [{ kind: 'area', items, has_more: false }] : []
}

/** How much of what was found. */
function told(groups: FoundGroup[]): string {
  const t = words()
  if (groups.length === 0) return t.search.nothing
  return t.list(groups.map(group => t.search.found[group.kind](group.items.length, group.has_more)))
}
