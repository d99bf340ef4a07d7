import { useEffect, useId, useState } from 'preact/hooks'
import * as api from '../api/client'
import { Message } from '../shell/field'
import { language } from '../state/address'
import { areaName } from '../state/selection'
import { words } from '../text/words'

/** A place as it is chosen: in which list it has its code, and what it is called. */
export interface Branch {
  edition: string
  area: string
  name: string
  /** Where it lies. */
  above: string
}

const wait = 160
const most = 8

interface Props {
  label: string
  hint: string
  /** In which places are looked for, and the edition of its list. */
  election: string
  edition: string
  /** What is offered before anything is typed: the branches in which a place may be chosen. */
  usual: Branch[]
  chosen: Branch | null
  wrong: string | null
  onChoose: (branch: Branch | null) => void
}

/** One place, by a few letters of its name: a combobox by the ARIA Authoring Practices. */
export function BranchChoice({ label, hint, election, edition, usual, chosen, wrong, onChoose }: Props) {
  const t = words()
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const [found, setFound] = useState<Branch[]>([])
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const q = typed?.trim() ?? ''
  const [only] = usual
  const under = usual.length === 1 && only && only.area !== 'VN' ? only.area : null
  const lang = language.value
  useEffect(() => {
    if (q === '') return setFound([])
    let late = false
    const timer = setTimeout(async () => {
      const answer = await api.places(election, q, under, most)
      if (late || answer.kind !== 'data') return
      setAt(0)
      setFound(
        answer.data.items.map(one => ({
          edition,
          area: one.code,
          name: areaName(one, one.code, lang),
          above: t.list(
            one.ancestors
              .filter(above => above.level !== 'national')
              .map(above => areaName(one, above.code, lang)),
          ),
        })),
      )
    }, wait)
    return () => {
      late = true
      clearTimeout(timer)
    }
  }, [q, election, edition, under, lang])
  const items = q === '' ? usual : found
  const shown = open && items.length > 0
  useEffect(() => {
    // A list that opens below the window's edge is brought into it.
    if (shown) document.getElementById(`${id}-list`)?.scrollIntoView?.({ block: 'nearest' })
  }, [id, shown])
  const choose = (one: Branch | undefined) => {
    if (!one) return
    onChoose(one)
    setTyped(null)
    setOpen(false)
  }
  const key = (event: KeyboardEvent) => {
    const last = items.length - 1
    if (event.key === 'Escape' && shown) {
      event.preventDefault()
      event.stopPropagation()
      setOpen(false)
    } else if (event.key === 'Enter' && shown) {
      event.preventDefault()
      choose(items[at])
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? at + 1 : at - 1
      setAt(shown ? (step + items.length) % items.length : event.key === 'ArrowDown' ? 0 : last)
      setOpen(true)
    }
  }
  return (
    <div
      class={`field branch ${wrong ? 'field-wrong' : ''}`}
      onFocusOut={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false)
      }}
    >
      <label for={id}>{label}</label>
      <span class="hint" id={`${id}-hint`}>
        {hint}
      </span>
      <div class="branch-box">
        <input
          id={id}
          type="text"
          role="combobox"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={200}
          aria-autocomplete="list"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-activedescendant={shown ? `${id}-${at}` : undefined}
          aria-describedby={`${id}-hint ${wrong ? `${id}-wrong` : ''}`.trim()}
          aria-invalid={wrong !== null}
          value={typed ?? chosen?.name ?? ''}
          onInput={event => {
            setTyped(event.currentTarget.value)
            onChoose(null)
            setOpen(true)
          }}
          onClick={() => setOpen(true)}
          onFocus={event => event.currentTarget.select()}
          onKeyDown={key}
        />
        <div class="search-found" hidden={!shown}>
          <div class="search-list" id={`${id}-list`} role="listbox" aria-label={label}>
            {items.map((one, index) => (
              <div
                key={`${one.edition} ${one.area}`}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                class={`found ${index === at ? 'chosen' : ''}`}
                onMouseDown={event => event.preventDefault()}
                onMouseMove={() => setAt(index)}
                onClick={() => choose(one)}
                onKeyDown={undefined}
              >
                <strong>{one.name}</strong>
                {one.above && <span>{one.above}</span>}
              </div>
            ))}
          </div>
        </div>
      </div>
      <Message id={`${id}-wrong`} text={wrong} />
    </div>
  )
}
