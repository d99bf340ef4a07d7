import { useRef, useState } from 'preact/hooks'
import type { Timeline } from '../api/names'
import { address, type View } from '../state/address'
import { words } from '../text/words'
import { annexed, asDialog } from './annex'
import { fetchFile, fileKinds, fileOf } from './download'
import { Menu } from './menu'

const SubscribeDialog = annexed(
  () => import('../calendar/subscribe').then(it => it.SubscribeDialog),
  asDialog,
)

/** What is on screen as a file, and how to subscribe to it as a calendar. None of what was known at an instant: files know days only. */
export function Downloads({ timeline, view }: { timeline: Timeline; view: View }) {
  const button = useRef<HTMLButtonElement>(null)
  const t = words()
  const [subscribing, setSubscribing] = useState(false)
  if (timeline.known_at !== null || view === 'changes') return null
  const files = fileKinds.map(kind => ({
    key: kind as string,
    word: t.download[kind],
    onChoose: () => {
      fetchFile(fileOf(kind, view, timeline, address.value))
      button.current?.focus()
    },
  }))
  return (
    <>
      <Menu
        label={t.download.label}
        class="downloads"
        button={button}
        items={[...files, { key: 'calendar', word: t.calendar.open, onChoose: () => setSubscribing(true) }]}
      >
        {t.download.label}
      </Menu>
      {subscribing && (
        <SubscribeDialog
          timeline={timeline}
          onClose={() => {
            setSubscribing(false)
            setTimeout(() => button.current?.focus())
          }}
        />
      )}
    </>
  )
}
