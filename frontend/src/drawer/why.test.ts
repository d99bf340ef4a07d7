import { describe, expect, it } from 'vitest'
import { sourceNames } from './why'

const named = (...addresses: string[]) =>
  sourceNames(addresses.map((address, at) => ({ key: `S${at}`, address })))

describe('the names of sources', () => {
  it('are those of their sites', () => {
    expect(named('https://www.quochoi.vn/a', 'https://baobackan.vn/b', 'Báo giấy')).toEqual([
      'quochoi.vn',
      'baobackan.vn',
      'Báo giấy',
    ])
  })

  it('tell sources of one site apart by the end of the path, else by the key', () => {
    expect(named('https://a.vn/x/luat-85.html', 'https://a.vn/y/ke-hoach-18/')).toEqual([
      'a.vn: luat-85.html',
      'a.vn: ke-hoach-18',
    ])
    expect(named('https://a.vn/?p=1', 'https://a.vn/?p=2')).toEqual(['a.vn (S0)', 'a.vn (S1)'])
  })
})
