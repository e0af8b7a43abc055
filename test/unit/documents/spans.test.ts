import { expect, test } from 'vitest'
import { spansOf } from '../../../src/documents/spans'

const pieces = [
  { at: 0, page: 3, start: 40, length: 10 },
  { at: 11, page: 4, start: 0, length: 5 },
  { at: 16, page: 4, start: 5, length: 5 },
]

test('a range inside one piece is one span', () => {
  expect(spansOf({ pieces }, 2, 6)).toEqual([{ page: 3, start: 42, end: 46 }])
})

test('a range over a page break is one span for each page, without the joint', () => {
  expect(spansOf({ pieces }, 8, 13)).toEqual([
    { page: 3, start: 48, end: 50 },
    { page: 4, start: 0, end: 2 },
  ])
})

test('neighbouring pieces of one page become one span', () => {
  expect(spansOf({ pieces }, 11, 21)).toEqual([{ page: 4, start: 0, end: 10 }])
})

test('a joint alone, an empty range and a range outside have no span', () => {
  expect(spansOf({ pieces }, 10, 11)).toEqual([])
  expect(spansOf({ pieces }, 4, 4)).toEqual([])
  expect(spansOf({ pieces }, 30, 40)).toEqual([])
})
