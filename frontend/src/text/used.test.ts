import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { told } from '../drawer/history'
import { vi } from './vi'

const folder = join(import.meta.dirname, '..')

/** The page's own sources: no tests, no dictionaries, nothing that is made from the contract. */
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.tsx?$/.test(name))
  .filter(name => !/\.test\.|^testing|^text.(vi|en)\.ts$|\.d\.ts$/.test(name))
  .map(name => readFileSync(join(folder, name), 'utf8'))

/** The paths to all texts: ["drawer", "why"]. */
function paths(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  return Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))
}

/** Whether a source says the text by its path, through a name for its section, or looks it up by a value. */
function isUsed(path: string[]): boolean {
  const key = path.at(-1)
  const section = path.at(-2)
  if (!section) return sources.some(text => new RegExp(`(\\bt|words\\(\\))\\.${key}\\b`).test(text))
  const said = new RegExp(`\\.${section}\\.${key}\\b`)
  const lookedUp = new RegExp(`\\.${section}\\[`)
  const named = new RegExp(`\\.${section}(?![\\w.[(])`)
  const ofNamed = new RegExp(`\\bt\\.${key}\\b`)
  return sources.some(
    text =>
      text.includes(section) &&
      (said.test(text) || lookedUp.test(text) || (named.test(text) && ofNamed.test(text))),
  )
}

describe('the words', () => {
  it('are all said somewhere on the page', () => {
    expect(
      paths(vi)
        .filter(path => !isUsed(path))
        .map(path => path.join('.')),
    ).toEqual([])
  })

  it('of the fields are those of what is told of a change', () => {
    expect(Object.keys(vi.fields).sort()).toEqual([...told].sort())
  })

  it('of the history are those of what the log keeps', () => {
    expect(Object.keys(vi.history.kinds).sort()).toEqual([
      'body_added',
      'document_added',
      'election_amended',
      'election_opened',
      'election_state',
      'milestone_added',
      'milestone_cancelled',
      'milestone_confirmed',
      'milestone_moved',
      'milestone_occurred',
      'milestone_planned',
      'milestone_restated',
      'milestone_restored',
      'milestone_returned',
      'note_added',
      'note_changed',
      'note_removed',
      'plan_added',
      'plan_changed',
      'plan_withdrawn',
      'record_entered',
      'statement_added',
      'task_added',
      'task_moved',
      'task_removed',
      'task_renamed',
      'task_updated',
      'voting_day_set',
    ])
  })
})
