import { describe, expect, test } from 'vitest'
import { catalogues } from '../../../src/i18n/messages'
import { advise, reasonIds, type AdviserAnswers } from '../../../src/lab/adviser/adviser'
import { answerSeconds, articleExample, articleFigures, costTable } from '../../../src/lab/cost'
import { ovadia, publishedCells, publishedMean, raft } from '../../../src/lab/published/published'
import { ARMS } from '../../../src/lab/run-spec'
import { FIGURES, SHARES } from '../../../src/lab/run'
import type { ConditionSummary } from '../../../src/lab/summary'

describe('the published figures', () => {
  test('give the mean gains that are told of them: +12.0 %, +3.3 %, +10.5 %', () => {
    const gain = (arm: 'rag' | 'lora' | 'lora+rag') => (100 * publishedMean(arm).gain).toFixed(1)
    expect([gain('rag'), gain('lora'), gain('lora+rag')]).toEqual(['12.0', '3.3', '10.5'])
    const mean = (arm: 'base' | 'rag' | 'lora' | 'lora+rag') => publishedMean(arm).accuracy.toFixed(3)
    expect([mean('base'), mean('rag'), mean('lora'), mean('lora+rag')]).toEqual(['0.540', '0.601', '0.554', '0.593'])
    expect(publishedMean('lora').worse).toBe(6)
  })

  test('are whole: thirty cells of four arms, and what is said of them holds', () => {
    expect(publishedCells).toHaveLength(30)
    expect(publishedCells.flatMap(({ accuracy }) => Object.values(accuracy)).every((one) => one > 0 && one < 1)).toBe(
      true,
    )
    expect(publishedCells.filter(({ accuracy }) => accuracy.rag > accuracy.lora)).toHaveLength(28)
    const both = (sign: number) =>
      publishedCells.filter(({ accuracy }) => Math.sign(accuracy['lora+rag'] - accuracy.rag) === sign).length
    expect([both(1), both(0), both(-1)]).toEqual([8, 5, 17])
    const byShots = (shots: number) => publishedCells.filter((cell) => cell.shots === shots)
    expect(publishedMean('base', byShots(0)).accuracy.toFixed(3)).toBe('0.525')
    expect(publishedMean('rag', byShots(5)).accuracy.toFixed(3)).toBe('0.614')
    expect(ovadia.currentEvents.accuracy.every((row) => row.length === ovadia.currentEvents.arms.length)).toBe(true)
    expect(raft.rows.every(({ scores }) => scores.length === raft.sets.length)).toBe(true)
  })
})

describe('costs', () => {
  test('of the article’s example are computed as its own numbers give them', () => {
    const { tuning, retrieval } = costTable(articleExample.usage, articleExample.prices)
    expect(tuning.preparation).toBeCloseTo(0.03, 12)
    expect(retrieval.preparation).toBeCloseTo(0.0002, 12)
    expect([tuning.input, retrieval.input]).toEqual([expect.closeTo(0.000006, 12), expect.closeTo(0.000048, 12)])
    expect([tuning.output, retrieval.output]).toEqual([expect.closeTo(0.00036, 12), expect.closeTo(0.00018, 12)])
    expect([tuning.answer, retrieval.answer]).toEqual([expect.closeTo(0.000366, 12), expect.closeTo(0.000228, 12)])
    expect(tuning.answer / retrieval.answer).toBeCloseTo(1.6, 1)
    expect([tuning.tokens, retrieval.tokens]).toEqual([320, 620])
  })

  test('differ from what it prints by what is told of it', () => {
    const factors = articleFigures().map(({ figure, approach, factor, note }) => [
      figure,
      approach,
      Math.round(factor),
      note,
    ])
    expect(factors).toEqual([
      ['preparation', 'tuning', 1, 'right'],
      ['preparation', 'retrieval', 1, 'right'],
      ['input', 'tuning', 500, 'factor'],
      ['input', 'retrieval', 31, 'factor'],
      ['output', 'tuning', 33, 'factor'],
      ['output', 'retrieval', 33, 'factor'],
      ['answer', 'tuning', 41, 'sum'],
      ['answer', 'retrieval', 33, 'sum'],
    ])
  })

  test('grow with epochs, updates and answers; tuning pays where its answers are cheaper', () => {
    const usage = { ...articleExample.usage, epochs: 3, answers: 1000, updates: 4 }
    const dear = costTable(usage, articleExample.prices)
    expect(dear.tuning.total).toBeCloseTo(4 * 0.09 + 0.366)
    expect(dear.breakEven).toBeUndefined()
    const cheap = costTable({ ...usage, passageTokens: 10_000 }, articleExample.prices)
    const { tuning, retrieval, breakEven } = cheap
    const total = (of: typeof tuning, answers: number) => of.preparation * 4 + of.answer * answers
    expect(total(tuning, breakEven!)).toBeLessThanOrEqual(total(retrieval, breakEven!))
    expect(total(tuning, breakEven! - 1)).toBeGreaterThan(total(retrieval, breakEven! - 1))
    expect(answerSeconds(600, 50, { reading: 300, writing: 10 })).toBe(7)
  })
})

describe('the adviser', () => {
  const unknown: AdviserAnswers = {
    updates: 'unknown',
    privacy: 'unknown',
    data: 'unknown',
    accuracy: 'unknown',
    speed: 'unknown',
    style: 'unknown',
  }
  test.each<[Partial<AdviserAnswers>, string]>([
    [{ updates: 'daily', accuracy: 'sources', data: 'documents', style: 'facts' }, 'rag'],
    [{ style: 'style', updates: 'never', data: 'hundreds', accuracy: 'rough', speed: 'short' }, 'lora'],
    [{ style: 'style', accuracy: 'sources', data: 'hundreds', updates: 'monthly' }, 'lora+rag'],
    [{ accuracy: 'rough', speed: 'short' }, 'base'],
  ])('%j: %s', (answers, approach) => {
    expect(advise({ ...unknown, ...answers })).toMatchObject({ approach, advised: approach, basis: 'advice' })
  })

  test('gives reasons with the articles behind them, for and against, and says where they disagree', () => {
    const advice = advise({ ...unknown, accuracy: 'right', style: 'facts', speed: 'short' })
    expect(advice.approach).toBe('rag')
    expect(advice.for[0]).toMatchObject({ id: 'AccuracyFacts', articles: ['001'], against: ['000'] })
    expect(advice.against.map(({ id }) => id)).toEqual(['SpeedShort'])
    expect(advice.disagreements.map(({ id }) => id)).toEqual(['AccuracyFacts', 'StyleFacts'])
  })

  const row = (arm: 'base' | 'rag' | 'lora', mean: number, width = 0.05): ConditionSummary => ({
    condition: { arm, shots: 0, passages: 0 },
    measures: { accuracy: { mean, low: mean - width, high: mean + width, count: 40, bySeed: [mean], spread: 0 } },
    failures: 0,
  })

  test('heeds the person’s own runs where they are clear', () => {
    const answers = { ...unknown, data: 'documents', style: 'facts' } as const
    expect(advise(answers, [row('base', 0.3), row('rag', 0.7)])).toMatchObject({ approach: 'rag', basis: 'measured' })
    expect(advise(answers, [row('rag', 0.5), row('lora', 0.8)])).toMatchObject({
      approach: 'lora',
      basis: 'contradicted',
      advised: 'rag',
    })
    expect(advise(answers, [row('rag', 0.5, 0.2), row('lora', 0.6, 0.2)])).toMatchObject({
      approach: 'rag',
      basis: 'measured',
    })
    // Sources can only come from passages, whatever scores better.
    const sources = { ...answers, accuracy: 'sources' } as const
    expect(advise(sources, [row('rag', 0.5), row('lora', 0.8)])).toMatchObject({
      approach: 'rag',
      basis: 'contradicted',
    })
  })

  test('has words for everything, in both languages', () => {
    const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
    const arms = ARMS.map((arm) => `arm${arm.split(/[+-]/).map(capital).join('')}`)
    const keys = [
      ...arms,
      ...reasonIds.map((id) => `reason${id}`),
      ...[...SHARES, ...FIGURES].map((one) => `measure${capital(one)}`),
    ]
    for (const { lab } of Object.values(catalogues)) expect(keys.filter((key) => !(key in lab))).toEqual([])
  })
})
