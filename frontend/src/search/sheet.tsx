import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Body, Document } from '../api/names'
import { DrawerHead } from '../drawer/head'
import { SourceLink } from '../drawer/why'
import { Link } from '../shell/link'
import { Failure, Skeleton } from '../shell/state'
import { address, go, language } from '../state/address'
import { areaCell, bodiesCell, documentCell, foundCell } from '../state/election'
import { shortDay } from '../text/date'
import { said, words } from '../text/words'

const close = () => go({ sheet: null })

/** The sheet of the document or body that the address names. */
export function Sheet({ election }: { election: string }) {
  const { sheet } = address.value
  const [, kind, key] = /^(document|body):(.+)$/.exec(sheet ?? '') ?? []
  if (!kind || !key) return null
  return (
    <Frame key={sheet} title={titleOf(kind, election, key)}>
      {kind === 'document' ? (
        <DocumentSheet election={election} name={key} />
      ) : (
        <BodySheet election={election} name={key} />
      )}
    </Frame>
  )
}

/** What the sheet is of, as soon as it is known. */
function titleOf(kind: string, election: string, key: string): string {
  const t = words().sheet
  if (kind === 'document') {
    const paper = documentCell(election, key).known.value.data
    return paper ? said(paper.title) : t.document
  }
  const body = bodiesCell(election).known.value.data?.items.find(one => one.key === key)
  return body ? said(body.name) : t.body
}

function Frame({ title, children }: { title: string; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const opener = useRef(document.activeElement)
  useLayoutEffect(() => {
    dialog.current?.showModal()
    heading.current?.focus()
    const back = opener.current
    return () => {
      if (back instanceof HTMLElement && back.isConnected && back !== document.body) back.focus()
      else document.getElementById('main')?.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="sheet-title"
      onCancel={event => {
        event.preventDefault()
        close()
      }}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        close()
      }}
    >
      <DrawerHead id="sheet-title" title={title} heading={heading} onClose={close} />
      <div class="drawer-body">{children}</div>
    </dialog>
  )
}

function DocumentSheet({ election, name }: { election: string; name: string }) {
  const t = words()
  const cell = documentCell(election, name)
  const known = cell.known.value
  const bodies = bodiesCell(election).known.value.data?.items ?? []
  const paper = known.data
  if (!paper) return <Missing known={known} onRetry={() => void cell.refresh()} />
  const issuer = bodies.find(body => body.key === paper.issuer)
  return (
    <>
      <dl class="sheet-facts">
        <Fact name={t.fields.number}>{paper.number ?? t.drawer.noNumber}</Fact>
        {dayOf(paper) && <Fact name={t.fields.issued_on}>{dayOf(paper)}</Fact>}
        {issuer && (
          <Fact name={t.sheet.issuer}>
            <Link to={{ sheet: `body:${issuer.key}` }}>{said(issuer.name)}</Link>
          </Fact>
        )}
        <Place election={election} code={paper.area} />
        <Remarks of={paper} />
      </dl>
      {paper.implements.length > 0 && (
        <section class="drawer-part">
          <h3>{t.sheet.implements}</h3>
          <ul class="sheet-list">
            {paper.implements.map(key => (
              <Implemented key={key} election={election} name={key} from={paper.area} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function dayOf(paper: Document): string | null {
  if (paper.issued_on) return shortDay(paper.issued_on)
  return paper.known_by ? words().drawer.knownBy(shortDay(paper.known_by)) : null
}

/** A milestone that a document carries out, in the place that is nearest to the document's. */
function Implemented({ election, name, from }: { election: string; name: string; from: string }) {
  const known = foundCell(election, name, from).known.value
  const found = known.data?.groups[0]?.items.find(one => one.key === name)
  if (!found) return <li>{name}</li>
  const { at } = found
  if (!at) return <li>{said(found.title)}</li>
  const where = language.value === 'en' ? at.area.name_en || at.area.name : at.area.name
  return (
    <li>
      <Link to={{ election, area: at.area.code, milestone: at.milestone }}>{said(found.title)}</Link>{' '}
      <span class="hint">{words().search.at(where)}</span>
    </li>
  )
}

function BodySheet({ election, name }: { election: string; name: string }) {
  const t = words()
  const cell = bodiesCell(election)
  const known = cell.known.value
  const body = known.data?.items.find(one => one.key === name)
  if (!body) return <Missing known={known} onRetry={() => void cell.refresh()} />
  return (
    <dl class="sheet-facts">
      <Fact name={t.matrix.body}>{t.bodies[body.kind] ?? body.kind}</Fact>
      <Place election={election} code={body.area} />
      {body.head_office && <Fact name={t.sheet.head}>{body.head_office}</Fact>}
      {body.set_up_by && <SetUp election={election} name={body.set_up_by} />}
      <Remarks of={body} />
    </dl>
  )
}

function SetUp({ election, name }: { election: string; name: string }) {
  const paper = documentCell(election, name).known.value.data
  if (!paper) return null
  return (
    <Fact name={words().sheet.setUpBy}>
      <Link to={{ sheet: `document:${name}` }}>{paper.number ?? said(paper.title)}</Link>
    </Fact>
  )
}

function Place({ election, code }: { election: string; code: string }) {
  const place = areaCell(election, code).known.value.data
  if (!place) return null
  const name = language.value === 'en' ? place.name_en || place.name : place.name
  return (
    <Fact name={words().matrix.place}>
      <Link to={{ election, area: code }}>{name}</Link>
    </Fact>
  )
}

function Remarks({ of: { note, source } }: { of: Document | Body }) {
  const t = words()
  return (
    <>
      {note && (
        <Fact name={t.drawer.notes}>
          <span lang="vi">{note}</span>
        </Fact>
      )}
      {source && (
        <Fact name={t.task.source}>
          <SourceLink source={source} />
        </Fact>
      )}
    </>
  )
}

function Fact({ name, children }: { name: string | undefined; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

interface Unknown {
  known: { data: unknown; problem: Parameters<typeof Failure>[0]['problem']; unreachable: boolean }
  onRetry: () => void
}

/** Nothing to show: not yet, not there, or nobody answers. */
function Missing({ known, onRetry }: Unknown) {
  const t = words()
  if (known.problem || known.unreachable) {
    return (
      <Failure
        problem={known.problem}
        unreachable={known.unreachable}
        notFound={t.sheet.gone}
        onRetry={onRetry}
      />
    )
  }
  return known.data ? <p>{t.sheet.gone}</p> : <Skeleton lines={5} />
}
