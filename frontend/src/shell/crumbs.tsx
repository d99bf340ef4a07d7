import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Area, Matrix } from '../api/names'
import { nothingChosen } from '../matrix/choice'
import { address } from '../state/address'
import { matrixCell } from '../state/election'
import { areaName } from '../state/selection'
import { count, words } from '../text/words'
import { Icon, ToneIcon } from './icon'
import { Link } from './link'
import { Skeleton } from './state'

/** The way from the nation down to a place; each step opens to the places beside it. */
export function Crumbs({ area, election, name }: { area: Area; election: string; name: string }) {
  const t = words()
  const { lang } = address.value
  const path = [...area.ancestors].reverse()
  if (path.length === 0) return null
  return (
    <nav aria-label={t.crumbs} class="crumbs">
      <ol>
        {path.map((ancestor, at) => {
          const parent = path[at - 1]
          const word = ancestor.level === 'national' ? t.nation : areaName(area, ancestor.code, lang)
          return (
            <li key={ancestor.code}>
              <Link to={{ area: ancestor.code }}>{word}</Link>
              {parent && (
                <Siblings election={election} parent={parent.code} here={ancestor.code} name={word} />
              )}
            </li>
          )
        })}
        <li aria-current="page">
          <span class="only-read">{name}</span>
        </li>
      </ol>
    </nav>
  )
}

/** The places beside one: a step back, a step on, and all of them. */
export function Beside({ area, election, name }: { area: Area; election: string; name: string }) {
  const t = words().beside
  const matrix = useSiblings(election, area.parent)
  if (area.parent === null) return null
  const at = matrix?.rows.code.indexOf(area.code) ?? -1
  const step = (to: number, label: (name: string) => string, icon: 'left' | 'right') => {
    const code = at >= 0 ? matrix?.rows.code[to] : undefined
    if (!matrix || code === undefined) return null
    const word = label(nameAt(matrix, to))
    return (
      <Link
        class="button square"
        to={{ area: code, view: address.value.view }}
        aria-label={word}
        title={word}
      >
        <Icon name={icon} />
      </Link>
    )
  }
  return (
    <div class="beside">
      <Siblings election={election} parent={area.parent} here={area.code} name={name} />
      {step(at - 1, t.previous, 'left')}
      {step(at + 1, t.next, 'right')}
    </div>
  )
}

/** The places below one, with what is late there: their matrix without anything opened. */
function useSiblings(election: string, parent: string | null): Matrix | null {
  const { asOf } = address.value
  return parent === null ? null : matrixCell(election, parent, asOf, nothingChosen).known.value.data
}

function nameAt({ rows }: Matrix, at: number): string {
  const en = address.value.lang === 'en'
  return (en ? rows.name_en[at] || rows.short_name[at] : rows.short_name[at]) ?? ''
}

interface SiblingsProps {
  election: string
  parent: string
  here: string
  name: string
}

/** A button that opens the list of the places beside one. */
function Siblings(props: SiblingsProps) {
  const t = words().beside
  const id = useId()
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!open) return
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [open])
  return (
    <div
      class="siblings"
      ref={box}
      onKeyDown={event => {
        if (event.key === 'Escape' && open) {
          event.preventDefault()
          setOpen(false)
          button.current?.focus()
        }
        walk(event)
      }}
      onFocusOut={event => {
        const to = event.relatedTarget as Node | null
        if (to && !event.currentTarget.contains(to)) setOpen(false)
      }}
    >
      <button
        ref={button}
        type="button"
        class="button square quiet"
        aria-expanded={open}
        aria-controls={id}
        aria-label={t.others(props.name)}
        title={t.others(props.name)}
        onClick={() => setOpen(!open)}
      >
        <Icon name="down" />
      </button>
      <div id={id} class="siblings-box" hidden={!open}>
        {open && <SiblingList {...props} close={() => setOpen(false)} />}
      </div>
    </div>
  )
}

function SiblingList({ election, parent, here, close }: SiblingsProps & { close: () => void }) {
  const t = words()
  const matrix = useSiblings(election, parent)
  const list = useRef<HTMLUListElement>(null)
  const there = matrix !== null
  useEffect(() => {
    // What was fetched for another screen may be of an hour ago.
    void matrixCell(election, parent, address.peek().asOf, nothingChosen).refresh()
  }, [election, parent])
  useEffect(() => {
    if (there) list.current?.querySelector<HTMLElement>('[aria-current]')?.focus()
  }, [there])
  if (!matrix) return <Skeleton lines={4} />
  const { rows } = matrix
  return (
    <ul ref={list} onClick={close}>
      {rows.code.map((code, at) => (
        <li key={code}>
          <Link to={{ area: code, view: address.value.view }} current={code === here}>
            {nameAt(matrix, at)}
            {(rows.overdue[at] ?? 0) > 0 && (
              <small class="tone-overdue">
                <ToneIcon tone="overdue" />
                {t.matrix.late(count(rows.overdue[at] ?? 0))}
              </small>
            )}
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** Arrows, Home and End walk through the list. */
function walk(event: KeyboardEvent): void {
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('a')]
  const at = links.indexOf(event.target as HTMLElement)
  const to = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: links.length - 1 }[event.key]
  if (to === undefined || links.length === 0) return
  event.preventDefault()
  links[Math.min(to, links.length - 1)]?.focus()
}
