import { effect } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../api/answer'
import { Cell, cellOf, kept } from './cell'
import { pause } from './refresh'

const broken = { type: '', title: '', status: 500, detail: 'no', instance: '', code: '' }

describe('a cell', () => {
  it('keeps its data and tells when the server is gone, and recovers', async () => {
    const answers: Answer<number>[] = [
      { kind: 'data', data: 1, tag: 'a' },
      { kind: 'unreachable' },
      { kind: 'problem', problem: broken },
      { kind: 'same' },
    ]
    const tags: (string | null)[] = []
    const cell = new Cell<number>(async tag => {
      tags.push(tag)
      return answers.shift() ?? { kind: 'unreachable' }
    })
    await cell.refresh()
    expect(cell.known.value).toMatchObject({ data: 1, tag: 'a', unreachable: false })
    await cell.refresh()
    expect(cell.known.value).toMatchObject({ data: 1, unreachable: true })
    await cell.refresh()
    expect(cell.known.value).toMatchObject({ data: 1, unreachable: false, problem: broken })
    await cell.refresh()
    expect(cell.known.value).toMatchObject({ data: 1, unreachable: false, problem: null })
    expect(tags).toEqual([null, 'a', 'a', 'a'])
  })

  it('forgets what does not exist any more', async () => {
    const answers: Answer<number>[] = [
      { kind: 'data', data: 1, tag: 'a' },
      { kind: 'problem', problem: { ...broken, status: 404 } },
    ]
    const cell = new Cell<number>(async () => answers.shift() ?? { kind: 'same' })
    await cell.refresh()
    await cell.refresh()
    expect(cell.known.value.data).toBeNull()
  })

  it('asks once more when asked during an answer, since that may be too old', async () => {
    let asked = 0
    const cell = new Cell<number>(async () => {
      asked += 1
      await Promise.resolve()
      return { kind: 'data', data: asked, tag: null }
    })
    await Promise.all([cell.refresh(), cell.refresh(), cell.refresh()])
    expect(asked).toBe(2)
    expect(cell.known.value.data).toBe(2)
  })
})

describe('the cells that are kept', () => {
  const made = (key: string) => cellOf(key, async () => ({ kind: 'data', data: key, tag: null }))
  const more = (name: string, howMany: number) => {
    for (let at = 0; at < howMany; at++) made(`${name} ${at}`)
  }

  it('are those used last, not those made last', () => {
    const first = made('first')
    more('a', kept - 1)
    expect(made('first')).toBe(first)
    more('b', kept - 1)
    expect(made('first')).toBe(first)
    more('c', kept)
    expect(made('first')).not.toBe(first)
  })

  it('are never fewer than those that something is drawn from', () => {
    const shown = made('shown')
    const stop = effect(() => void shown.known.value)
    more('a', 3 * kept)
    expect(made('shown')).toBe(shown)
    stop()
    more('b', kept)
    expect(made('shown')).not.toBe(shown)
  })
})

describe('the pause between two questions', () => {
  it('is what the server wants, but never so short as to press it', () => {
    expect(pause(300, false)).toBe(300)
    expect(pause(0, false)).toBe(5)
    expect(pause(undefined, false)).toBe(60)
    expect(pause(300, true)).toBe(15)
  })
})
