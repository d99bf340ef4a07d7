import { expect, it } from 'vitest'
import { linksFile } from './links'

it('writes links so that a spreadsheet shows them and runs nothing', () => {
  const until = '2021-02-01T00:00:00+07:00'
  expect(
    linksFile(
      ['a', 'b', 'c'],
      [{ user: 'lan', name: '=1+1, "x"', secret: 's', path: '/setup#s', until }],
      'http://h',
    ),
  ).toBe('\ufeffa,b,c\r\nlan,"\'=1+1, ""x""",http://h/setup#s\r\n')
})
