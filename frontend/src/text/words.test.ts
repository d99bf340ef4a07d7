import { afterEach, describe, expect, it } from 'vitest'
import { address } from '../state/address'
import { limit, longDay, moment, shortDay, timeOf } from './date'
import { en } from './en'
import { vi } from './vi'
import { count, said } from './words'

/** Every key with what stands there: a text, a function of so many arguments, a list of so many. */
function keys(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [`${path}[${value.length}]`]
  if (typeof value === 'function') return [`${path}(${value.length})`]
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => keys(inner, `${path}.${key}`))
  }
  return [path]
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(texts)
  return []
}

afterEach(() => {
  address.value = { ...address.value, lang: 'vi' }
})

describe('the two languages', () => {
  it('have the same keys', () => {
    expect(keys(en).sort()).toEqual(keys(vi).sort())
  })

  it('leave nothing empty', () => {
    for (const text of [...texts(vi), ...texts(en)]) expect(text.trim()).not.toBe('')
  })

  it('count days the same way', () => {
    expect([0, 1, 2, 30, -1, -2].map(vi.days.left)).toEqual([
      'Hôm nay',
      'Ngày mai',
      'Còn 2 ngày',
      'Còn 30 ngày',
      'Trễ 1 ngày',
      'Trễ 2 ngày',
    ])
    expect([0, 1, 2, -1, -2].map(en.days.left)).toEqual([
      'Today',
      'Tomorrow',
      '2 days left',
      '1 day late',
      '2 days late',
    ])
  })

  it('fall back on each other where the server has one only', () => {
    expect(said({ vi: 'a', en: '' }, 'en')).toBe('a')
    expect(said({ vi: '', en: 'b' }, 'vi')).toBe('b')
    expect(count(11371, 'vi')).toBe('11.371')
    expect(count(11371, 'en')).toBe('11,371')
  })
})

describe('dates in words', () => {
  it('are written the Vietnamese way, with the weekday where it matters', () => {
    expect(shortDay('2021-01-05')).toBe('05/01/2021')
    expect(longDay('2021-05-23')).toBe('Chủ nhật, 23/05/2021')
    expect(longDay('2021-01-25')).toBe('Thứ Hai, 25/01/2021')
    expect(longDay('1946-01-06')).toBe('Chủ nhật, 06/01/1946')
    address.value = { ...address.value, lang: 'en' }
    expect(longDay('2021-01-25')).toBe('Monday, 25/01/2021')
  })

  it('keep the hour of a cut-off, by the clock in Viet Nam', () => {
    expect(limit('2021-03-14', '2021-03-14T17:00:00+07:00')).toBe('17:00 ngày 14/03/2021')
    expect(limit('2021-02-17', null)).toBe('17/02/2021')
    expect(limit(null, null)).toBeNull()
    expect(moment('2021-01-24T17:30:00Z')).toBe('25/01/2021 00:30')
    expect(timeOf(Date.parse('2021-01-24T17:30:05Z'))).toBe('00:30:05')
  })
})
