import type { Text } from '../api/names'
import { keep, recall } from './keep'

/** A place that was looked at in this browser. */
export interface Visited {
  election: string
  code: string
  name: Text
}

const most = 6

/** The list with a place put first; each place stands in it once. */
export function withVisit(list: readonly Visited[], place: Visited): Visited[] {
  const others = list.filter(one => one.election !== place.election || one.code !== place.code)
  return [place, ...others].slice(0, most)
}

/** The places looked at last, the latest first. */
export function recentPlaces(election: string): Visited[] {
  return all().filter(place => place.election === election)
}

export function remember(place: Visited): void {
  keep('places', withVisit(all(), place))
}

function all(): Visited[] {
  return recall('places', isList) ?? []
}

function isList(value: unknown): value is Visited[] {
  return Array.isArray(value) && value.every(isVisited)
}

function isVisited(value: unknown): value is Visited {
  const { election, code, name } = (value ?? {}) as Partial<Record<keyof Visited, unknown>>
  const { vi, en } = (name ?? {}) as Partial<Record<keyof Text, unknown>>
  return [election, code, vi, en].every(text => typeof text === 'string')
}
