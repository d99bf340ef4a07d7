import { describe, expect, it } from 'vitest'
import { parseAddress } from '../state/address'
import { bacKan } from '../testing/fixture'
import { fileOf } from './download'

const timeline = bacKan()
const asked = (search: string) => parseAddress('/2021/058', search)
const base = `/api/v1/elections/${timeline.election.id}/areas/${timeline.area.code}/export`

describe('the address of a file', () => {
  it('asks for the rows that the list shows (U16)', () => {
    const address = fileOf(
      'xlsx',
      'list',
      timeline,
      asked('?view=list&state=late&level=commune&sort=date&body=polling_team'),
    )
    expect(address).toBe(`${base}.xlsx?state=late&level=commune&body=polling_team`)
    expect(fileOf('csv', 'list', timeline, asked('?view=list&state=all'))).toBe(`${base}.csv`)
  })

  it('asks for the whole branch of a matrix, and for what a place itself has of a timeline', () => {
    expect(fileOf('xlsx', 'matrix', timeline, asked('?state=overdue&serves=pc_commune'))).toContain(
      'serves=pc_commune',
    )
    expect(fileOf('xlsx', 'timeline', timeline, asked('?body=polling_team'))).toBe(`${base}.xlsx?reach=own`)
  })

  it('keeps the day that is looked back at and the language, and asks no rows of a report', () => {
    const past = { ...timeline, as_of: '2021-01-20' }
    expect(fileOf('csv', 'table', past, asked('?lang=en'))).toBe(
      `${base}.csv?reach=own&as_of=2021-01-20&language=en`,
    )
    expect(fileOf('pdf', 'list', past, asked('?lang=en&state=late&body=polling_team'))).toBe(
      `${base}.pdf?as_of=2021-01-20&body=polling_team`,
    )
  })
})
