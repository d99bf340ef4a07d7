import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, dayNumber, daysBetween, isDay, isoOf, parseDay, wallClock } from './day'

const numbers = fc.integer({ min: dayNumber('1946-01-06'), max: dayNumber('2100-12-31') })

describe('calendar days', () => {
  it('are the same after adding and taking away', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: -400, max: 400 }), (day, days) => {
        expect(addDays(addDays(isoOf(day), days), -days)).toBe(isoOf(day))
        expect(daysBetween(isoOf(day), addDays(isoOf(day), days))).toBe(days)
      }),
    )
  })

  it('count as the law counts', () => {
    for (const [days, iso] of [
      [-105, '2021-02-07'],
      [-95, '2021-02-17'],
      [-70, '2021-03-14'],
      [10, '2021-06-02'],
      [45, '2021-07-07'],
    ] as const) {
      expect(addDays('2021-05-23', days)).toBe(iso)
    }
  })
})

describe('what people type', () => {
  it('is understood day first, with any of the usual signs, and as ISO', () => {
    for (const typed of [
      '7/2/2021',
      '7/2/21',
      '07-02-2021',
      '7.2.2021',
      ' 07/02/2021 ',
      '2021-02-07',
      '2021-2-7',
    ]) {
      expect(parseDay(typed)).toBe('2021-02-07')
    }
  })

  it('is refused when there is no such day', () => {
    for (const typed of [
      '31/02/2021',
      '29/2/2021',
      '0/1/2021',
      '1/13/2021',
      '7/2/021',
      '',
      'mai',
      '2021-02-30',
    ]) {
      expect(parseDay(typed)).toBeNull()
    }
  })

  it('says the day that was meant, for every day', () => {
    fc.assert(
      fc.property(numbers, day => {
        const iso = isoOf(day)
        const [year, month, date] = iso.split('-')
        expect(parseDay(`${Number(date)}/${Number(month)}/${year}`)).toBe(iso)
        expect(isDay(iso)).toBe(true)
      }),
    )
  })
})

describe('the wall clock of Viet Nam', () => {
  it('does not depend on where the browser is', () => {
    expect(wallClock('2021-03-14T17:00:00+07:00')).toEqual({ day: '2021-03-14', time: '17:00' })
    expect(wallClock('2021-01-24T17:30:00Z')).toEqual({ day: '2021-01-25', time: '00:30' })
  })
})

it('is run in the zone that its name says', () => {
  expect(new Intl.DateTimeFormat().resolvedOptions().timeZone.replace('Saigon', 'Ho_Chi_Minh')).toBe(
    process.env.TZ,
  )
})
