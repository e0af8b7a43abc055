import { describe, expect, test } from 'vitest'
import { articleExample, costTable, type Speed } from '../../../src/lab/cost'
import { costRows, totalsByCount } from '../../../src/lab/cost-rows'
import { measuredAnswers, measuredUsage, runSpeed } from '../../../src/lab/measured-costs'
import type { Measure } from '../../../src/lab/run'
import type { Arm } from '../../../src/lab/run-spec'
import type { ConditionSummary } from '../../../src/lab/summary'

const { usage, prices } = articleExample

describe('the steps of both approaches', () => {
  test('have the tokens that their money is for', () => {
    const wished = { ...usage, epochs: 3, updates: 2, answers: 10 }
    const table = costTable(wished, prices)
    const tokens = (approach: 'retrieval' | 'tuning') => costRows(approach, table, wished).map((row) => row.tokens)
    expect(tokens('retrieval')).toEqual([10_000, 320, 300, 620, 2 * 10_000 + 10 * 620])
    expect(tokens('tuning')).toEqual([30_000, 20, 300, 320, 2 * 30_000 + 10 * 320])
    const money = costRows('tuning', table, wished).map((row) => row.money)
    expect(money).toEqual([0.09, 0.000006, 0.00036, expect.closeTo(0.000366, 12), table.tuning.total])
  })

  test('have seconds only where a run has measured how fast the device is', () => {
    const table = costTable(usage, prices)
    expect(costRows('retrieval', table, usage).some((row) => 'seconds' in row)).toBe(false)
    const rows = costRows('retrieval', table, usage, { reading: 160, writing: 10 })
    expect(rows.map(({ seconds }) => seconds)).toEqual([undefined, 2, 30, 32, undefined])
  })

  test('come to totals that turn at the break-even', () => {
    const wished = { ...usage, passageTokens: 10_000 }
    const table = costTable(wished, prices)
    const totals = totalsByCount(table, wished)
    expect(totals.map(({ answers }) => answers)).toEqual([1, table.breakEven, 100, 10_000, 1_000_000])
    for (const { answers, retrieval, tuning } of totals) expect(tuning <= retrieval).toBe(answers >= table.breakEven!)
    expect(totalsByCount(costTable(usage, prices), usage)).toHaveLength(4)
  })
})

const row = (
  arm: Arm,
  measures: Partial<Record<Measure, number>>,
  { shots = 0, speed }: { shots?: number; speed?: Speed } = {},
): ConditionSummary => ({
  condition: { arm, shots, passages: arm === 'rag' ? 3 : 0 },
  failures: 0,
  ...(speed && { speed }),
  measures: Object.fromEntries(
    Object.entries(measures).map(([name, mean]) => [
      name,
      { mean, low: mean, high: mean, count: 12, bySeed: [mean], spread: 0 },
    ]),
  ),
})
const written = { generatedTokens: 40, tokensPerSecond: 8, milliseconds: 6000 }

describe('what a run has measured', () => {
  const base = row('base', { promptTokens: 30.4, ...written }, { speed: { reading: 304, writing: 9 } })
  const rag = row('rag', { promptTokens: 630, ...written }, { speed: { reading: 300, writing: 8 } })

  test('is the tokens of question, passages and answer, and the speed of the longest prompt', () => {
    const rows = measuredAnswers([base, rag])
    expect(rows.map(({ seconds }) => seconds)).toEqual([6, 6])
    expect(measuredUsage(rows)).toEqual({ questionTokens: 30, passageTokens: 600, answerTokens: 40 })
    expect(runSpeed(rows)).toEqual({ reading: 300, writing: 8 })
  })

  test('of multiple choice has no answer that was written, and no speed', () => {
    const rows = measuredAnswers([
      row('base', { promptTokens: 50 }),
      row('rag', { promptTokens: 450, milliseconds: 9 }),
    ])
    expect(measuredUsage(rows)).toEqual({ questionTokens: 50, passageTokens: 400 })
    expect(runSpeed(rows)).toBeUndefined()
  })

  test('compares only what had the same number of examples, and nothing with one arm alone', () => {
    expect(measuredUsage(measuredAnswers([row('base', { promptTokens: 900 }, { shots: 5 }), rag]))).toBeUndefined()
    expect(measuredUsage(measuredAnswers([rag]))).toBeUndefined()
    expect(measuredAnswers([row('base', { accuracy: 1 })])).toEqual([])
  })
})
