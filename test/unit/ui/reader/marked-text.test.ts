import { expect, test } from 'vitest'
import { markedText, splitRange } from '../../../../src/ui/reader/marked-text'

const text = '0123456789'

test('text is divided at the edges of marks, and nothing is lost', () => {
  expect(markedText(text, 0, 10, [{ start: 3, end: 6, citation: 0 }], 0)).toEqual([
    { text: '012' },
    { text: '345', citation: 0 },
    { text: '6789' },
  ])
  expect(markedText(text, 2, 5, [{ start: 0, end: 10, citation: 1 }], 0)).toEqual([{ text: '234', citation: 1 }])
  expect(markedText(text, 2, 5, [{ start: 5, end: 7, citation: 1 }], 0)).toEqual([{ text: '234' }])
  expect(markedText(text, 4, 4, [], 0)).toEqual([])
})

test('of marks over each other the current one wins', () => {
  const marks = [
    { start: 1, end: 7, citation: 0 },
    { start: 5, end: 9, citation: 1 },
  ]
  const drawn = (current: number) => markedText(text, 0, 10, marks, current).map((s) => [s.text, s.citation])
  expect(drawn(0)).toEqual([
    ['0', undefined],
    ['123456', 0],
    ['78', 1],
    ['9', undefined],
  ])
  expect(drawn(1)).toEqual([
    ['0', undefined],
    ['1234', 0],
    ['5678', 1],
    ['9', undefined],
  ])
})

test('rows and cells are ranges of the text, empty ones too', () => {
  const table = 'x a\tb\n\tc'
  expect(splitRange(table, 2, 8, '\n')).toEqual([
    [2, 5],
    [6, 8],
  ])
  expect(splitRange(table, 6, 8, '\t')).toEqual([
    [6, 6],
    [7, 8],
  ])
  expect(splitRange(table, 2, 5, '\n')).toEqual([[2, 5]])
})
