import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { marked } from './marked'

const hits = (text: string, q: string) =>
  marked(text, q)
    .filter(piece => piece.hit)
    .map(piece => piece.text)

describe('what was found', () => {
  it('is marked whatever the spelling', () => {
    expect(hits('Thành phố Bắc Kạn', 'bac ka')).toEqual(['Bắc', 'Kạ'])
    expect(hits('Phường Đức Xuân', 'ĐUC')).toEqual(['Đức'])
    expect(hits('Kế hoạch 18-KH/TU', '18kh')).toEqual(['18', 'KH'])
    expect(hits('Tỉnh Bắc Kạn', 'bac can')).toEqual(['Bắc', 'Kạn'])
    expect(hits('Khánh Hòa', 'canh')).toEqual([])
    expect(hits('Bắc Kạn', 'ac')).toEqual([])
    expect(hits('Hòa Bình'.normalize('NFD'), 'hoa')).toEqual(['Hòa'])
  })

  it('is the whole text, in its order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, q) => {
        expect(
          marked(text, q)
            .map(piece => piece.text)
            .join(''),
        ).toBe(text.normalize('NFC'))
      }),
    )
  })
})
