import type { ComponentChildren } from 'preact'
import type { Tone } from '../text/status'

// The page's own pictures, 16 × 16. They stand beside words and say nothing to a screen reader.

function Picture({ children, name }: { children: ComponentChildren; name: string }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {children}
    </svg>
  )
}

const line = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 1.8,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const

const tonePictures: Record<Tone, () => ComponentChildren> = {
  done: () => (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.8 8.2l2.2 2.3 4.2-4.6" {...line} stroke="#fff" />
    </>
  ),
  late_done: () => (
    <>
      <rect x="1" y="1" width="14" height="14" rx="3" fill="none" stroke="currentColor" stroke-width="1.8" />
      <path d="M4.6 8.2l2.2 2.3 4.4-4.6" {...line} />
    </>
  ),
  overdue: () => (
    <>
      <path d="M8 1l7.2 13.4H.8z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
      <path d="M8 6v4M8 12.2v.2" {...line} stroke="#fff" />
    </>
  ),
  behind: () => <path d="M1.5 4l4.2 4.2 2.6-2.4 5.7 6M14 7.6v4.2H9.8" {...line} />,
  blocked: () => (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />
      <path d="M4.6 8h6.8" {...line} stroke="#fff" stroke-width={2.2} />
    </>
  ),
  soon: () => (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M8 4v4.2l2.8 1.8" {...line} stroke="#fff" />
    </>
  ),
  running: () => (
    <>
      <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M6.4 5.2v5.6L11 8z" fill="currentColor" />
    </>
  ),
  upcoming: () => (
    <>
      <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M8 4.6V8l2.2 1.6" {...line} stroke-width={1.5} />
    </>
  ),
  over: () => <rect x="2.5" y="2.5" width="11" height="11" rx="1.5" fill="currentColor" />,
  unknown: () => (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.4"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-dasharray="2.4 2"
      />
      <path d="M6.2 6.2a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.2M8 11.6v.1" {...line} stroke-width={1.5} />
    </>
  ),
  undated: () => (
    <>
      <circle cx="3" cy="8" r="1.6" fill="currentColor" />
      <circle cx="8" cy="8" r="1.6" fill="currentColor" />
      <circle cx="13" cy="8" r="1.6" fill="currentColor" />
    </>
  ),
  aside: () => (
    <>
      <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M3.6 12.4l8.8-8.8" {...line} stroke-width={1.6} />
    </>
  ),
}

export function ToneIcon({ tone }: { tone: Tone }) {
  return <Picture name={tone}>{tonePictures[tone]()}</Picture>
}

export type IconName =
  | 'search'
  | 'close'
  | 'left'
  | 'right'
  | 'down'
  | 'plus'
  | 'minus'
  | 'print'
  | 'outside'
  | 'lock'
  | 'flask'
  | 'unplugged'
  | 'past'
  | 'flag'
  | 'person'
  | 'pencil'
  | 'play'
  | 'pause'
  | 'reported'
  | 'confirmed'
  | 'returned'

const pictures: Record<IconName, () => ComponentChildren> = {
  search: () => (
    <>
      <circle cx="7" cy="7" r="4.8" {...line} />
      <path d="M10.8 10.8L14.4 14.4" {...line} />
    </>
  ),
  close: () => <path d="M3.5 3.5l9 9M12.5 3.5l-9 9" {...line} />,
  left: () => <path d="M10 3L5 8l5 5" {...line} />,
  right: () => <path d="M6 3l5 5-5 5" {...line} />,
  down: () => <path d="M3 6l5 5 5-5" {...line} />,
  plus: () => <path d="M8 2.5v11M2.5 8h11" {...line} />,
  minus: () => <path d="M2.5 8h11" {...line} />,
  print: () => <path d="M4.5 6V1.8h7V6M4.5 11.5H2V6.2h12v5.3h-2.5M4.5 9.8h7v4.4h-7z" {...line} />,
  outside: () => <path d="M6.5 3H3v10h10V9.5M9 2.5h4.5V7M13.2 2.8L7.6 8.4" {...line} />,
  lock: () => <path d="M3.5 7.2h9v6.6h-9zM5.4 7V5a2.6 2.6 0 0 1 5.2 0v2" {...line} />,
  flask: () => <path d="M6 1.8h4M6.7 2v4.2L2.6 13.6h10.8L9.3 6.2V2M4.6 10.4h6.8" {...line} />,
  unplugged: () => (
    <path
      d="M2 2l12 12M5.6 3.4A8 8 0 0 1 15 6.4M1 6.4a8 8 0 0 1 2-1.5M4 9.4a5 5 0 0 1 3-1.5M8 13v.2"
      {...line}
    />
  ),
  past: () => <path d="M2.2 8a5.8 5.8 0 1 0 1.9-4.3L2.2 5.4M2 2v3.6h3.6M8 4.8V8l2.4 1.6" {...line} />,
  flag: () => <path d="M3.5 15V1.5M3.5 2h9l-2 3.2 2 3.3h-9" {...line} />,
  person: () => (
    <path d="M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.4 14.4c.4-3 2.6-4.4 5.6-4.4s5.2 1.4 5.6 4.4" {...line} />
  ),
  play: () => <path d="M4 2.2v11.6L13.6 8z" fill="currentColor" />,
  pause: () => <path d="M3.6 2.4h3v11.2h-3zM9.4 2.4h3v11.2h-3z" fill="currentColor" />,
  reported: () => (
    <path
      d="M3.2 1.8h9.6M3.2 14.2h9.6M4.4 2c0 4 3 4.4 3.6 6-.6 1.6-3.6 2-3.6 6M11.6 2c0 4-3 4.4-3.6 6 .6 1.6 3.6 2 3.6 6"
      {...line}
    />
  ),
  confirmed: () => <path d="M1.2 8.6l3 3.2 6-7M7.4 11l.8.8 6.4-7.4" {...line} />,
  returned: () => <path d="M6 2.4L2.2 6.2 6 10M2.6 6.2h7a4 4 0 0 1 0 8H7" {...line} />,
  pencil: () => <path d="M2.2 13.8l.7-3.3L10.8 2.6l2.6 2.6-7.9 7.9z" {...line} />,
}

export function Icon({ name }: { name: IconName }) {
  return <Picture name={name}>{pictures[name]()}</Picture>
}
