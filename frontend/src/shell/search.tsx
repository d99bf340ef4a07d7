import { useEffect, useId, useRef, useState } from 'preact/hooks'
import * as api from '../api/client'
import type { Area } from '../api/names'
import { go } from '../state/address'
import { arriving } from '../state/arrival'
import { words } from '../text/words'
import { Icon } from './icon'

const wait = 160
const most = 12

type Found = { q: string; items: Area[]; more: boolean } | { q: string; failed: true } | null

/** Asks for a name after a short rest; only the latest question's answer is shown. */
function useFound(election: string, q: string): Found {
  const [found, setFound] = useState<Found>(null)
  useEffect(() => {
    if (q === '') {
      setFound(null)
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      const answer = await api.search(election, q, most, stop.signal)
      if (stop.signal.aborted) return
      const { data } = answer.kind === 'data' ? answer : { data: null }
      setFound(data ? { q, items: data.items, more: data.has_more } : { q, failed: true })
    }, wait)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [election, q])
  return found
}

/** Finds a place: a combobox with a list, by the ARIA Authoring Practices. */
export function Search({ election, big = false }: { election: string; big?: boolean }) {
  const t = words().search
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(false)
  const [pointed, setPointed] = useState<{ found: Found; at: number }>({ found: null, at: -1 })
  const q = typed.trim()
  const found = useFound(election, q)
  const items = found && 'items' in found ? found.items : []
  const shown = open && q !== '' && found !== null
  const more = shown && 'items' in found && found.more
  // A new answer starts from its best.
  const at = pointed.found === found ? pointed.at : items.length > 0 ? 0 : -1
  const setAt = (index: number) => setPointed({ found, at: index })

  useEffect(() => {
    if (big) input.current?.focus()
  }, [big])

  // Enter within the rest: what it asked for is chosen when the answer comes.
  const awaited = useRef<string | null>(null)

  const choose = (area: Area | undefined) => {
    awaited.current = null
    if (!area) return
    setTyped('')
    setOpen(false)
    go({ election, area: area.code })
    scrollTo({ top: 0 })
    arriving.value = area.code
  }
  useEffect(() => {
    if (found && awaited.current === found.q) choose(items[0])
  }, [found])
  const key = (event: KeyboardEvent) => {
    const last = items.length - 1
    if (event.key === 'Escape') {
      awaited.current = null
      if (shown) event.preventDefault()
      if (shown) setOpen(false)
      else setTyped('')
      return
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      // Enter before the answer has come must not open what an older question found.
      if (found?.q !== q) awaited.current = q || null
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
      class={`search ${big ? 'search-big' : ''}`}
      onFocusOut={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false)
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
          placeholder={t.placeholder}
          aria-autocomplete="list"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-activedescendant={shown && at >= 0 && items[at] ? `${id}-${at}` : undefined}
          aria-describedby={big ? `${id}-hint` : undefined}
          value={typed}
          onInput={event => {
            awaited.current = null
            setTyped(event.currentTarget.value)
            setOpen(true)
          }}
          onFocus={() => setOpen(true)}
          onKeyDown={key}
        />
      </div>
      {big && (
        <p class="hint" id={`${id}-hint`}>
          {t.hint}
        </p>
      )}
      <div class="search-found" hidden={!shown}>
        <ul id={`${id}-list`} role="listbox" aria-label={t.results}>
          {items.map((area, index) => (
            <Option
              key={area.code}
              id={`${id}-${index}`}
              area={area}
              chosen={index === at}
              onChoose={() => choose(area)}
              onPoint={() => setAt(index)}
            />
          ))}
        </ul>
        {more && (
          <p class="search-more" aria-hidden="true">
            {t.foundFirst(items.length)}
          </p>
        )}
        {shown && found && 'failed' in found && <p class="search-none">{t.failed}</p>}
        {shown && found && 'items' in found && items.length === 0 && (
          <p class="search-none">{t.none(found.q)}</p>
        )}
      </div>
      <span class="only-read" role="status">
        {shown && found && 'items' in found ? (more ? t.foundFirst : t.found)(items.length) : ''}
      </span>
    </div>
  )
}

interface OptionProps {
  id: string
  area: Area
  chosen: boolean
  onChoose: () => void
  onPoint: () => void
}

function Option({ id, area, chosen, onChoose, onPoint }: OptionProps) {
  const t = words()
  const en = t.otherLanguage !== 'English'
  const name = en ? area.name_en || area.name : area.name
  const above = area.ancestors
    .filter(ancestor => ancestor.level !== 'national')
    .map(ancestor => (en ? ancestor.name_en || ancestor.name : ancestor.name))
  const below = above.length > 0 ? above.join(', ') : t.levels[area.level]
  return (
    <li
      id={id}
      role="option"
      aria-selected={chosen}
      class={chosen ? 'chosen' : ''}
      onMouseDown={event => event.preventDefault()}
      onMouseMove={onPoint}
      onClick={onChoose}
    >
      <strong>{name}</strong>
      {below !== name && <span>{below}</span>}
    </li>
  )
}
