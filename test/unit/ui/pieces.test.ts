import { describe, expect, test } from 'vitest'
import { excerpt, pieces } from '../../../src/ui/chat/pieces'

describe('pieces', () => {
  test('cut a text at the edges of its marks', () => {
    expect(pieces('Staff have 27 days.', [[11, 18]])).toEqual([
      { text: 'Staff have ', marked: false },
      { text: '27 days', marked: true },
      { text: '.', marked: false },
    ])
  })

  test('put together are the text, whatever the ranges', () => {
    const text = '豆は二十七日。'
    const ranges = [
      [4, 99],
      [-3, 2],
      [1, 3],
      [5, 5],
    ] as const
    expect(
      pieces(text, ranges)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text)
  })
})

describe('excerpt', () => {
  const text = `${'a '.repeat(100)}needle${' b'.repeat(100)}`

  test('begins shortly before the first match and moves the matches along', () => {
    const cut = excerpt(text, [[200, 206]], 60)
    const [start, end] = cut.ranges[0] ?? [0, 0]
    expect(cut.text.slice(start, end)).toBe('needle')
    expect(cut.text).toMatch(/^….*…$/)
    expect(cut.text.length).toBeLessThanOrEqual(62)
  })

  test('cuts between words, and Japanese anywhere', () => {
    const words = 'wonderful '.repeat(30)
    const cut = excerpt(words, [[150, 159]], 60).text
    expect(cut).toMatch(/^…(wonderful )*wonderful…$/)
    const kana = 'あいうえお'.repeat(30)
    expect(excerpt(kana, [[100, 102]], 40).text).toHaveLength(42)
  })

  test('leaves a short text whole', () => {
    expect(excerpt('short', [[0, 5]], 60)).toEqual({ text: 'short', ranges: [[0, 5]] })
  })

  test('begins at the start where nothing matches', () => {
    expect(excerpt(text, [], 10).text).toBe('a a a a a…')
  })
})
