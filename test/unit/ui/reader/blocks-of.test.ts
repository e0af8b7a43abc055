import { expect, test } from 'vitest'
import type { Rect } from '../../../../src/domain'
import { blocksOf } from '../../../../src/ui/reader/blocks-of'

test('lines that follow closely are one block, the next column another', () => {
  const lines: Rect[] = [
    [200, 700, 280, 712],
    [50, 714, 280, 726],
    [300, 60, 530, 72],
    [300, 74, 400, 86],
  ]
  expect(blocksOf(lines)).toEqual([
    { rect: [50, 700, 280, 726], upright: false },
    { rect: [300, 60, 530, 86], upright: false },
  ])
})

test('columns of vertical writing, a last one of a single character included', () => {
  const columns: Rect[] = [
    [500, 400, 512, 700],
    [480, 100, 492, 700],
    [460, 100, 472, 112],
  ]
  expect(blocksOf(columns)).toEqual([{ rect: [460, 100, 512, 700], upright: true }])
})

test('nothing of nothing', () => expect(blocksOf([])).toEqual([]))
