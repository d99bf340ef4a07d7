import type { Milestone } from '../api/names'
import { said, words } from './words'

/** Who carries a milestone out: the text that the rule gives, else the kinds of bodies by name. */
export function responsibleText(item: Pick<Milestone, 'responsible' | 'responsible_text'>): string {
  const text = said(item.responsible_text)
  if (text) return text
  const t = words()
  return t.list(item.responsible.map(one => t.bodies[one.body] ?? one.body))
}
