import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ElectionRef, Timeline } from '../api/names'
import { address, go } from '../state/address'
import type { Known } from '../state/cell'
import { endOfDay } from '../state/day'
import { longDay, moment, timeOf } from '../text/date'
import { words } from '../text/words'
import { Icon, type IconName } from './icon'

interface BannerProps {
  kind: 'trial' | 'closed' | 'gone' | 'past'
  icon: IconName
  children: ComponentChildren
}

function Banner({ kind, icon, children }: BannerProps) {
  return (
    <aside class={`banner banner-${kind}`} aria-label={words().notices[kind]}>
      <Icon name={icon} />
      <div class="banner-text">{children}</div>
    </aside>
  )
}

/** What nobody may overlook about the election as a whole. */
export function ElectionBanners({ election, today }: { election: ElectionRef | null; today: string | null }) {
  const t = words().banner
  return (
    <>
      {election?.trial && today && (
        <Banner kind="trial" icon="flask">
          {t.trial(longDay(today))}
        </Banner>
      )}
      {election?.state === 'closed' && (
        <Banner kind="closed" icon="lock">
          {t.closed}
        </Banner>
      )}
    </>
  )
}

/** The server is gone, or could not refresh: the last data stay, and the page says of when they are. */
export function GoneBanner({ known }: { known: Known<unknown> }) {
  const t = words().banner
  const when = known.at === null ? null : timeOf(known.at)
  const said = known.unreachable
    ? when
      ? t.gone(when)
      : t.goneNoData
    : known.problem && when && known.data !== null
      ? t.stale(when, known.problem.detail)
      : null
  return (
    <div role="status">
      {said && (
        <Banner kind="gone" icon="unplugged">
          {said}
        </Banner>
      )}
    </div>
  )
}

/**
 * A banner that comes or goes while one works below it moves nothing: the window is scrolled by its height, so that what
 * was under the pointer stays there.
 */
function useSteady(there: boolean) {
  const box = useRef<HTMLDivElement>(null)
  const before = useRef<number | null>(null)
  useLayoutEffect(() => {
    const height = box.current?.offsetHeight ?? 0
    if (before.current !== null && height !== before.current) scrollBy({ top: height - before.current })
    before.current = height
  }, [there])
  return box
}

/** The page looks back: which day, by what was known, and the way back. */
export function PastBanner({ timeline }: { timeline: Timeline }) {
  const { as_of: asOf, known_at: knownAt } = timeline
  const there = asOf !== null || knownAt !== null
  const box = useSteady(there)
  return (
    <div class="past-banner" ref={box}>
      {there && <LookingBack timeline={timeline} />}
    </div>
  )
}

function LookingBack({ timeline }: { timeline: Timeline }) {
  const t = words().asOf
  const { as_of: asOf, known_at: knownAt } = timeline
  const day = longDay(timeline.day)
  const said =
    asOf && knownAt ? t.both(day, moment(knownAt)) : knownAt ? t.known(moment(knownAt)) : t.happened(day)
  return (
    <Banner kind="past" icon="past">
      <p>
        <strong>{said}</strong> {t.locked}
      </p>
      <div class="buttons">
        <button type="button" class="button" onClick={() => go({ asOf: null, knownAt: null })}>
          {t.today}
        </button>
        {asOf && (
          <button
            type="button"
            class="button quiet"
            onClick={() =>
              go({
                view: 'changes',
                changes: { from: asOf, to: null, kind: null },
                asOf: null,
                knownAt: null,
              })
            }
          >
            {t.compare}
          </button>
        )}
        {asOf && (
          <button
            type="button"
            class="button quiet"
            onClick={() => go({ knownAt: address.value.knownAt ? null : endOfDay(asOf) })}
          >
            {knownAt ? t.showHappened : t.showKnown}
          </button>
        )}
      </div>
    </Banner>
  )
}
