import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { session } from '../access/session'
import { writer } from '../api/client'
import type { Timeline } from '../api/names'
import { address, viewOf } from '../state/address'
import { openBelow } from '../state/election'
import { askAll, told } from '../state/news'
import { Herald } from './herald'
import { forgetMarks, mark, unmark } from './marks'
import { Pace } from './pace'
import { type Heard, Stream } from './stream'
import { isOthers, type Summary } from './summary'

/** What others have changed, for as long as it is to be read; null: nothing new. */
export const announced = signal<Summary | null>(null)

/** For how long it is to be read, in milliseconds; then the next may come. */
const readFor = 9000

/** Listens for what others change in the place that is looked at, for as long as today's state of it is on the screen. */
export function useLive(timeline: Timeline | null): void {
  const stream = timeline && streamOf(timeline)
  const place = timeline?.area.code ?? ''
  // Who may read is another: the server would end the stream, but not at once.
  const who = session()?.user?.user ?? ''
  useEffect(() => (stream ? follow(stream, place) : undefined), [stream, place, who])
  useLookedAt(place)
}

/** The address of the events that fit what is shown; null where that is not what is, or not what others change. */
function streamOf(timeline: Timeline): string | null {
  const { asOf, knownAt, view, taking, trail, people, webhooks, plans } = address.value
  if (typeof EventSource === 'undefined' || asOf || knownAt) return null
  if (taking || trail || people || webhooks) return null
  const { area, election } = timeline
  if (area.code !== address.value.area || election.id !== address.value.election) return null
  const shown = plans ? 'timeline' : viewOf(view, area)
  const branch = shown === 'matrix' || shown === 'list' || openBelow(timeline) !== null
  const at = `/api/v1/elections/${encodeURIComponent(election.id)}/areas/${encodeURIComponent(area.code)}/events`
  return branch ? at : `${at}?reach=own`
}

/** Follows a stream until the function is called that is given back. */
function follow(at: string, place: string): () => void {
  let over: ReturnType<typeof setTimeout> | undefined
  const herald = new Herald(summary => {
    announced.value = summary
    clearTimeout(over)
    over = setTimeout(() => {
      announced.value = null
    }, readFor)
  })
  const pace = new Pace(askAll)
  const stream = new Stream(at, {
    hear: ({ items, more }: Heard) => {
      const others = items.filter(entry => isOthers(entry, writer))
      mark(others, place)
      herald.add(others, more)
      // What this page has written it has asked for already.
      if (items.some(entry => entry.tag !== writer) || items.length === 0) pace.push()
    },
    live: live => {
      // When it is lost, that the server is gone is to be seen at once.
      if (told.peek() && !live && document.visibilityState !== 'hidden') pace.push()
      told.value = live
    },
  })
  stream.begin()
  return () => {
    stream.end()
    pace.stop()
    herald.stop()
    clearTimeout(over)
    announced.value = null
    told.value = false
    forgetMarks()
  }
}

/** A milestone whose drawer is opened has been seen. */
function useLookedAt(place: string): void {
  const { milestone } = address.value
  useEffect(() => {
    if (!milestone) return
    const [area, id] = milestone.includes(':') ? milestone.split(':') : [place, milestone]
    if (area && id) unmark(area, id)
  }, [milestone, place])
}
