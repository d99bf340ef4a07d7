import type { Mark, MarkKind } from './layout'

// The marks of the timeline. Each has a shape of its own, so that none is told by colour alone.

const size = 22

const shapes: Record<MarkKind, () => preact.JSX.Element> = {
  flag: () => (
    <>
      <path d="M6 21V2" class="mark-pole" />
      <path d="M6 2.5h13l-3.4 4.3L19 11H6z" class="mark-cloth" />
    </>
  ),
  planned: () => <circle cx="11" cy="11" r="6" class="mark-hollow" />,
  done: () => (
    <>
      <circle cx="11" cy="11" r="7.5" class="mark-full" />
      <path d="M7.4 11.2l2.6 2.6 4.6-5" class="mark-tick" />
    </>
  ),
  done_by: () => (
    <>
      <path d="M1.5 11L8 3.5h10.5v15H8z" class="mark-full" />
      <path d="M8.4 11.2l2.4 2.5 4.4-4.8" class="mark-tick" />
    </>
  ),
}

/** One mark as it stands in the chart; the flag's pole is its day. */
export function MarkPicture({ kind }: { kind: MarkKind }) {
  return (
    <svg class={`mark mark-${kind}`} viewBox="0 0 22 22" width={size} height={size} aria-hidden="true">
      {shapes[kind]()}
    </svg>
  )
}

/** How far left of its day a mark's picture begins, in pixels. */
const before: Record<MarkKind, number> = { flag: 6, planned: 11, done: 11, done_by: 20 }

export function MarkAt({ mark, width }: { mark: Mark; width: number }) {
  return (
    <span
      class="mark-at"
      style={{ left: `${(mark.x / width) * 100}%`, marginLeft: `${-before[mark.kind]}px` }}
    >
      <MarkPicture kind={mark.kind} />
    </span>
  )
}
