import { expect, test } from 'vitest'
import { PageLayout } from '../../../../src/app/reader/page-layout'

const sizes = [
  { width: 100, height: 200 },
  { width: 300, height: 50 },
  { width: 100.9, height: 200.9 },
]
const layout = new PageLayout(sizes, 2, 10)

test('pages follow each other with a gap around each, in whole pixels', () => {
  expect([1, 2, 3].map((page) => layout.top(page))).toEqual([10, 420, 530])
  expect([layout.width(3), layout.height(3)]).toEqual([201, 401])
  expect(layout.totalHeight).toBe(530 + 401 + 10)
  expect(layout.maxWidth).toBe(600)
})

test('the page at a height; in a gap the next one; beyond the ends the first and the last', () => {
  const at = (y: number) => layout.pageAt(y)
  expect([at(-50), at(0), at(409), at(410), at(420), at(519), at(525), at(99999)]).toEqual([1, 1, 1, 2, 2, 2, 3, 3])
  expect(new PageLayout([], 1, 10).pageAt(5)).toBe(0)
})

test('pages in a range with a margin stay within the document', () => {
  expect(layout.pagesBetween(0, 100, 0)).toEqual([1])
  expect(layout.pagesBetween(0, 100, 2)).toEqual([1, 2, 3])
  expect(layout.pagesBetween(430, 600, 0)).toEqual([2, 3])
  expect(new PageLayout([], 1, 10).pagesBetween(0, 100, 2)).toEqual([])
})

test('the page of which most is seen', () => {
  expect(layout.mostVisible(0, 450)).toBe(1)
  expect(layout.mostVisible(390, 560)).toBe(2)
  expect(layout.mostVisible(390, 900)).toBe(3)
})

test('an anchor finds the same place at another scale', () => {
  const larger = new PageLayout(sizes, 5, 10)
  const anchor = layout.anchorAt(470)
  expect(anchor).toEqual({ page: 2, fraction: 0.5 })
  expect(larger.offsetOf(anchor)).toBe(larger.top(2) + larger.height(2) / 2)
  expect(layout.anchorAt(413)).toEqual({ page: 2, fraction: 0 })
})
