import { describe, expect, it } from 'vitest'
import { isRepeated, isUsable, nothingTyped, strengthOf } from './password'

describe('a password', () => {
  it('is judged by its length, and by what is guessed first', () => {
    const said: [string, string][] = [
      ['', 'empty'],
      ['mật khẩu', 'short'],
      ['xx-LAN.TRAN-xx', 'name'],
      ['abababababab', 'repeats'],
      ['mười ký tự', 'fair'],
      ['con trâu đi trước', 'good'],
      ['ơ'.repeat(129), 'long'],
    ]
    expect(said.map(([password]) => [password, strengthOf('lan.tran', password)])).toEqual(said)
    expect((['empty', 'short', 'name', 'repeats', 'long', 'fair', 'good'] as const).filter(isUsable)).toEqual(
      ['fair', 'good'],
    )
  })

  it('is typed twice, or once in the open', () => {
    const typed = { ...nothingTyped, password: 'mười ký tự' }
    expect(isRepeated(typed)).toBe(false)
    expect(isRepeated({ ...typed, again: 'mười ký tự' })).toBe(true)
    expect(isRepeated({ ...typed, shown: true })).toBe(true)
  })
})
