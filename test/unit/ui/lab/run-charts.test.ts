import { expect, test } from 'vitest'
import type { Measure, Result } from '../../../../src/lab/run'
import type { Arm } from '../../../../src/lab/run-spec'
import { summarise } from '../../../../src/lab/measures/summarise'
import {
  barContent,
  cellCount,
  costsOf,
  hasPublished,
  passagesCurve,
  passagesIn,
  shotsCurve,
  shotsIn,
} from '../../../../src/ui/lab/runs/run-charts'
import { gainsBetween, measuresOfBoth } from '../../../../src/ui/lab/runs/gains'
import { byQuestion, outcomeOf, tallyOf } from '../../../../src/ui/lab/runs/question-results'
import { choiceQuestion } from '../../../fixtures/lab-questions'

const questions = ['1', '2'].map((id) => choiceQuestion(id))
const result = (
  question: string,
  arm: Arm,
  numbers: { shots?: number; passages?: number; seed?: number },
  measures: Partial<Record<Measure, number>>,
): Result => {
  const condition = { arm, shots: 0, passages: 0, seed: 1, ...numbers }
  const key = `${Object.values(condition).join('/')}/${question}`
  const scores = [{ logProbability: -1, tokens: 1 }]
  return { run: 'r', key, condition, question, measures, scores, shots: [], passages: [] }
}
const results = [
  result('1', 'base', {}, { accuracy: 0, promptTokens: 20 }),
  result('2', 'base', {}, { accuracy: 0, promptTokens: 20 }),
  ...[0, 1, 3].flatMap((passages) => [
    result('1', 'rag', { passages }, { accuracy: passages ? 1 : 0, promptTokens: 20 + passages * 100 }),
    result('2', 'rag', { passages }, { accuracy: passages > 1 ? 1 : 0, promptTokens: 20 + passages * 100 }),
  ]),
]
const rows = summarise(results, questions)

test('bars stand beside the published ones of the same arms, which are marked as such', () => {
  const { labels, series } = barContent(rows, 'accuracy', { shots: 0, passages: 3 }, true)
  expect(labels).toHaveLength(2)
  expect(series.map(({ published }) => published ?? false)).toEqual([false, false, true, true])
  const values = series.map(({ points }) => points.map((point) => point?.value))
  expect(values[0]).toEqual([0, 1])
  expect(values[1], 'guessing').toEqual([0.25, 0.25])
  // Of Table 1 with 0 shots: fifteen cells.
  expect(cellCount(0)).toBe(15)
  expect(values[2]![0]).toBeCloseTo(7.882 / 15, 9)
  expect(values[3]![0]).toBeCloseTo((56.5 + 0.54 + 0.22) / 500, 6)
})

test('nothing is published of tokens and times, nor shown where it is not wished', () => {
  expect(hasPublished('promptTokens')).toBe(false)
  expect(barContent(rows, 'promptTokens', { shots: 0, passages: 3 }, true).series).toHaveLength(1)
  expect(barContent(rows, 'accuracy', { shots: 0, passages: 3 }, false).series).toHaveLength(2)
})

test('a sweep is a curve, and what reads no passages a line through it', () => {
  expect([passagesIn(rows), shotsIn(rows)]).toEqual([[0, 1, 3], [0]])
  const { labels, series } = passagesCurve(rows, 'accuracy', 0)
  expect(labels).toEqual(['0', '1', '3'])
  expect(series.map(({ constant }) => constant)).toEqual([true, false])
  expect(series[0]!.points.map((point) => point?.value)).toEqual([0, 0, 0])
  expect(series[1]!.points.map((point) => point?.value)).toEqual([0, 0.5, 1])
})

test('with several seeds the bars of a curve are their spread', () => {
  const seeded = [1, 2].flatMap((seed) =>
    [0, 5].map((shots) => result('1', 'base', { shots, seed }, { accuracy: shots && seed === 2 ? 1 : 0 })),
  )
  const [series] = shotsCurve(summarise(seeded, questions), 'accuracy', 0).series
  expect(series!.points[0]).toEqual({ value: 0, low: 0, high: 0 })
  const { value, low, high } = series!.points[1]!
  expect(value).toBe(0.5)
  expect(value - low!).toBeCloseTo(Math.SQRT1_2, 9)
  expect(high! - value).toBeCloseTo(Math.SQRT1_2, 9)
})

test('each point tells what it costs; a thousand prompts of 320 tokens are 0.048 dollars', () => {
  const costs = costsOf(rows)
  expect(costs.map(({ read, written }) => [read, written])).toEqual([
    [20, 0],
    [20, 0],
    [120, 0],
    [320, 0],
  ])
  expect(costs[3]!.dollars).toBeCloseTo(0.048, 9)
})

test('two runs are held against each other question by question, whatever else was asked', () => {
  const other = [
    result('1', 'base', {}, { accuracy: 1 }),
    result('3', 'base', {}, { accuracy: 1 }),
    result('1', 'lora', {}, { f1: 1 }),
  ]
  expect(measuresOfBoth(results, other)).toEqual(['accuracy'])
  const gains = gainsBetween(results, other, 'accuracy')
  expect(gains).toHaveLength(1)
  expect(gains[0]).toMatchObject({ condition: { arm: 'base', shots: 0 }, difference: { mean: 1, count: 1 } })
})

test('questions are found by what became of them', () => {
  const failed: Result = { ...result('2', 'lora', {}, {}), failure: { key: 'promptTooLong', params: {} } }
  const all = [...results, failed]
  const ids = (filter: Parameters<typeof byQuestion>[2]) =>
    byQuestion(questions, all, filter).map(({ question }) => question.id)
  expect(ids('all')).toEqual(['1', '2'])
  expect(ids('mixed')).toEqual(['1', '2'])
  expect(ids('failed')).toEqual(['2'])
  expect(tallyOf(results.filter(({ question }) => question === '1'))).toEqual({ right: 2, all: 4 })
  expect(outcomeOf(failed)).toBe('failed')
})
