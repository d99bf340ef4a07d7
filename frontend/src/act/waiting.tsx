import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Failure, Skeleton } from '../shell/state'
import type { Cell } from '../state/cell'
import { words } from '../text/words'

interface WaitingProps<T> {
  cell: Cell<T>
  title: string
  children: (data: T) => ComponentChildren
  onClose: () => void
}

/** What a dialog needs to know first: until that is there it says so, and can be left. */
export function Waiting<T>({ cell, title, children, onClose }: WaitingProps<T>) {
  const known = cell.known.value
  const dialog = useRef<HTMLDialogElement>(null)
  const there = known.data !== null
  useEffect(() => {
    if (!there && !dialog.current?.open) dialog.current?.showModal()
  }, [there])
  if (known.data !== null) return <>{children(known.data)}</>
  return (
    <dialog
      ref={dialog}
      class="act"
      aria-label={title}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
    >
      <div class="act-body">
        {known.problem || known.unreachable ? (
          <Failure
            problem={known.problem}
            unreachable={known.unreachable}
            notFound={words().error.unreachable}
            onRetry={() => void cell.refresh()}
          />
        ) : (
          <Skeleton lines={3} />
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {words().close}
          </button>
        </div>
      </div>
    </dialog>
  )
}
