import { describe, expect, test } from 'vitest'
import { fuse, type RankedList } from '../../../src/retrieval/fuse'

type Scores = Record<string, number>

/** A list over passages of one document, by ordinal; those below `least` are measured but no hits. */
const list = (name: string, scores: Scores, weight: number, least = 0, unbounded = false): RankedList => ({
  name,
  weight,
  unbounded,
  found: {
    hits: Object.entries(scores)
      .filter(([, score]) => score > least)
      .sort(([, a], [, b]) => b - a)
      .map(([ordinal, score]) => ({ document: 'd', ordinal: Number(ordinal), score, coverage: 0 })),
    passages: 9,
    measure: ({ ordinal }) => ({ score: scores[ordinal] ?? 0, coverage: 0 }),
  },
})

const order = (lists: RankedList[], method: 'sum' | 'reciprocal rank' = 'sum') =>
  fuse(lists, method).map(({ ordinal, score }) => [ordinal, Number(score.toFixed(4))])

describe('sum of normalised scores', () => {
  test('unbounded scores count by their share of the best, others as they are', () => {
    const words = list('words', { 1: 10, 2: 5 }, 1, 0, true)
    expect(order([words, list('lexicon', { 2: 0.9, 3: 0.4 }, 2)])).toEqual([
      [2, 0.5 + 1.8],
      [1, 1],
      [3, 0.8],
    ])
  })

  test('a hit of one list counts with what it has in the other, though it is no hit there', () => {
    const [first] = fuse(
      [list('words', { 1: 10, 2: 9 }, 1, 0, true), list('lexicon', { 1: 0.1, 2: 0.3 }, 1, 0.5)],
      'sum',
    )
    expect(first).toMatchObject({ ordinal: 2, score: 1.2 })
    expect(first!.parts.get('words')).toEqual({ score: 9, coverage: 0, rank: 2 })
    expect(first!.parts.get('lexicon')).toEqual({ score: 0.3, coverage: 0 })
  })
})

test('by ranks only hits count, by the weight of their list', () => {
  const words = list('words', { 1: 10, 2: 9, 3: 1 }, 1)
  const meaning = list('meaning', { 2: 0.9, 4: 0.8 }, 0.5)
  expect(order([words, meaning], 'reciprocal rank')).toEqual([
    [2, Number((1 / 62 + 0.5 / 61).toFixed(4))],
    [1, Number((1 / 61).toFixed(4))],
    [3, Number((1 / 63).toFixed(4))],
    [4, Number((0.5 / 62).toFixed(4))],
  ])
})

test('a list without weight takes no part, and one list alone keeps its order', () => {
  const words = list('words', { 1: 10, 2: 9, 3: 9 }, 1, 0, true)
  const ignored = list('lexicon', { 4: 1 }, 0)
  expect(order([words, ignored]).map(([ordinal]) => ordinal)).toEqual([1, 2, 3])
  expect(order([words, ignored], 'reciprocal rank').map(([ordinal]) => ordinal)).toEqual([1, 2, 3])
})

test('nothing found by any list', () => {
  expect(fuse([list('words', {}, 1, 0, true), list('lexicon', {}, 1)], 'sum')).toEqual([])
  expect(fuse([], 'sum')).toEqual([])
})
