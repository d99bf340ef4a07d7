import type { Election, HeldRole, Session } from '../api/names'
import { electionsCell, presentElection } from '../state/election'
import { said, words } from '../text/words'

/** The election in which a right is worth something: the one looked at, else the one to come. */
export function electionFor(
  { edition, area }: HeldRole,
  all: Election[],
  looked: string | null,
): Election | null {
  const fits = (one: Election) => area === 'VN' || one.edition === edition
  const here = all.find(one => one.id === looked)
  return here && fits(here) ? here : presentElection(all.filter(fits))
}

/** What the place of a right is called; of a list that no election has, its code. */
export function placeName({ area, area_name }: Pick<HeldRole, 'area' | 'area_name'>): string {
  if (area === 'VN') return words().nation
  return area_name ? said(area_name) : area
}

/** The address where somebody's work begins: the first place that he holds something in, else the first screen. */
export function home({ rights }: Session): string {
  const all = electionsCell().known.peek().data?.items ?? []
  for (const right of rights) {
    const election = right.role === 'none' ? null : electionFor(right, all, null)
    if (election) return `/${encodeURIComponent(election.id)}/${encodeURIComponent(right.area)}`
  }
  return '/'
}
