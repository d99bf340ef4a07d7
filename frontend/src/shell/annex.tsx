import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { reloadWithDrafts } from '../drawer/draft'
import { Annex, type Missing } from '../state/annex'
import { words } from '../text/words'
import { Skeleton } from './state'
import { isTyping } from './unsaved'

/** What stands around a part while it is on its way, as the part itself will do. */
type Frame<P> = (props: P, inside: ComponentChildren) => ComponentChildren

const bare = (_: object, inside: ComponentChildren) => inside

/** Of a part that is a screen with a main of its own. */
export const asMain = (_: object, inside: ComponentChildren) => (
  <main id="main" tabIndex={-1}>
    {inside}
  </main>
)

/** Of a part that is a dialog. */
export const asDialog = ({ onClose }: { onClose?: () => void }, inside: ComponentChildren) => (
  <WaitingDialog onClose={onClose}>{inside}</WaitingDialog>
)

/** A component that is loaded when it is first shown; from then on it is drawn at once. */
export function annexed<P extends object>(
  bring: () => Promise<ComponentType<P>>,
  frame: Frame<NoInfer<P>> = bare,
): ComponentType<P> {
  const annex = new Annex(bring)
  return function Annexed(props: P) {
    const { part: Part, missing } = annex.known.value
    useLayoutEffect(() => void annex.load(), [])
    if (Part) return <Part {...props} />
    if (missing) return <>{frame(props, <MissingPart why={missing} onRetry={() => void annex.load()} />)}</>
    return <Late>{frame(props, <Skeleton />)}</Late>
  }
}

/** After how many milliseconds it is said that something is being loaded: what comes sooner only flickers. */
export const soon = 200

function Late({ children }: { children: ComponentChildren }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), soon)
    return () => clearTimeout(timer)
  }, [])
  return late && children
}

interface MissingProps {
  why: Missing
  onRetry: () => void
  /** How to do without it, where nothing else leads back. */
  onLeave?: () => void
}

/** Why a part of the page is not there, and what to do. Nothing that is typed elsewhere is touched by it. */
export function MissingPart({ why, onRetry, onLeave }: MissingProps) {
  const t = words()
  useEffect(() => {
    addEventListener('online', onRetry)
    return () => removeEventListener('online', onRetry)
  }, [onRetry])
  return (
    <section class="failure" role="alert">
      <h2>{t.annex.title}</h2>
      <p>{t.annex[why]}</p>
      {why === 'replaced' && isTyping() && <p>{t.annex.typed}</p>}
      <div class="buttons">
        {why === 'replaced' ? (
          // Where something is typed that is not saved the browser asks before it does.
          <button type="button" class="button primary" onClick={reloadWithDrafts}>
            {t.annex.reload}
          </button>
        ) : (
          <button type="button" class="button primary" onClick={onRetry}>
            {t.retry}
          </button>
        )}
        {onLeave && (
          <button type="button" class="button" onClick={onLeave}>
            {t.close}
          </button>
        )}
      </div>
    </section>
  )
}

function WaitingDialog({ onClose, children }: { onClose?: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal()
  }, [])
  return (
    <dialog
      ref={dialog}
      class="act"
      aria-label={words().loading}
      onCancel={event => {
        event.preventDefault()
        onClose?.()
      }}
    >
      <div class="act-body">
        {children}
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {words().close}
          </button>
        </div>
      </div>
    </dialog>
  )
}
