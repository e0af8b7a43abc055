import { expect, test } from 'vitest'
import { zoomFactor, zoomStep } from '../../../../src/app/reader/zoom'

const page = { width: 600, height: 900 }

test('fit width and fit page leave the margin free', () => {
  expect(zoomFactor({ fit: 'width' }, page, { width: 832, height: 400 }, 16)).toBe(1)
  expect(zoomFactor({ fit: 'page' }, page, { width: 832, height: 632 }, 16)).toBe(0.5)
  expect(zoomFactor({ fit: 'page' }, page, { width: 432, height: 5000 }, 16)).toBe(0.5)
})

test('never below 25 % or above 400 %, and 100 % where a pane has no size yet', () => {
  expect(zoomFactor({ factor: 9 }, page, { width: 1, height: 1 }, 16)).toBe(4)
  expect(zoomFactor({ factor: 0.01 }, page, { width: 1, height: 1 }, 16)).toBe(0.25)
  expect(zoomFactor({ fit: 'width' }, page, { width: 100, height: 100 }, 16)).toBe(0.25)
  expect(zoomFactor({ fit: 'width' }, page, { width: 0, height: 0 }, 16)).toBe(1)
})

test('steps go on from wherever a fit has led to, and stop at the ends', () => {
  expect([zoomStep(1, 1), zoomStep(1, -1), zoomStep(0.82, 1), zoomStep(0.82, -1)]).toEqual([1.1, 0.9, 0.9, 0.75])
  expect([zoomStep(4, 1), zoomStep(0.25, -1)]).toEqual([4, 0.25])
})
