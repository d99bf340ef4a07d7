import { useRef } from 'preact/hooks'
import type { Timeline } from '../api/names'
import { address, type View } from '../state/address'
import { words } from '../text/words'
import { fetchFile, fileKinds, fileOf } from './download'
import { Menu } from './menu'

/** What is on screen as a file. None of what was known at an instant: files know days only. */
export function Downloads({ timeline, view }: { timeline: Timeline; view: View }) {
  const button = useRef<HTMLButtonElement>(null)
  const t = words()
  if (timeline.known_at !== null || view === 'changes') return null
  return (
    <Menu
      label={t.download.label}
      class="downloads"
      button={button}
      items={fileKinds.map(kind => ({
        key: kind,
        word: t.download[kind],
        onChoose: () => {
          fetchFile(fileOf(kind, view, timeline, address.value))
          button.current?.focus()
        },
      }))}
    >
      {t.download.label}
    </Menu>
  )
}
