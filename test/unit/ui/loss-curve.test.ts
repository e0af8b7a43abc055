import { expect, test } from 'vitest'
import { pointsOf, sampled, type Curve } from '../../../src/ui/models/adapters/loss-curve'

test('a curve fills its picture, the least loss at the bottom', () => {
  const curve: Curve = [
    [0, 3],
    [50, 1],
    [100, 2],
  ]
  expect(pointsOf(curve, 200, 40)).toBe('0,0 100,40 200,20')
})

test('a loss that never changes is a line', () => {
  const curve: Curve = [
    [0, 1],
    [10, 1],
  ]
  expect(pointsOf(curve, 200, 40)).toBe('0,40 200,40')
})

test('a long curve is told by a few of its points, its ends among them', () => {
  const curve: Curve = Array.from({ length: 1001 }, (_, step) => [step, 1000 - step])
  expect(sampled(curve, 5).map(([step]) => step)).toEqual([0, 250, 500, 750, 1000])
  expect(sampled(curve.slice(0, 3), 5)).toHaveLength(3)
})
