import { describe, expect, test } from 'vitest'
import type { AnswerSentence } from '../../../../src/domain'
import { bootstrapDifference, bootstrapMean, deviationOf } from '../../../../src/lab/measures/bootstrap'
import { citationScores, passageHolds, retrievalRecall, supportOf } from '../../../../src/lab/measures/evidence'
import { formatValidity } from '../../../../src/lab/measures/format'
import { chanceOf, scoreOptions } from '../../../../src/lab/measures/log-likelihood'
import { measureOpenAnswer } from '../../../../src/lab/measures/open-answer'
import { speedOf } from '../../../../src/lab/measures/speed'
import { styleAdherence } from '../../../../src/lab/measures/style'
import { differenceBetween, relativeGain, summarise } from '../../../../src/lab/measures/summarise'
import type { Result } from '../../../../src/lab/run'
import { choiceQuestion, openQuestion } from '../../../fixtures/lab-questions'
import { Random } from '../../../fixtures/random'

describe('log-likelihood', () => {
  const model = (scores: [number, number][]) => ({
    score: () => Promise.resolve(scores.map(([logProbability, tokens]) => ({ logProbability, tokens }))),
  })
  const chosen = async (scores: [number, number][]) => {
    const { chosen: one, chosenNormalised: other } = await scoreOptions(
      model(scores),
      'prompt',
      scores.map(() => 'option'),
      new AbortController().signal,
    )
    return [one, other]
  }

  test('the highest wins, by its sum and by its mean over tokens; of equals the first', async () => {
    expect(
      await chosen([
        [-4, 2],
        [-3, 1],
        [-9, 9],
      ]),
    ).toEqual([1, 2])
    expect(
      await chosen([
        [-2, 1],
        [-2, 1],
      ]),
    ).toEqual([0, 0])
    expect(
      await chosen([
        [-3, 0],
        [-2, 1],
      ]),
    ).toEqual([1, 1])
  })

  test('chance is one in the number of options', () => {
    expect(chanceOf([4, 4, 2])).toBeCloseTo(1 / 3)
    expect(chanceOf([])).toBeUndefined()
  })

  test('guesses give chance within their interval, nineteen times in twenty', () => {
    const random = new Random(11)
    const trials = Array.from({ length: 60 }, (_, seed) => {
      const guesses = Array.from({ length: 200 }, () => Number(random.integer(0, 3) === 2))
      const { low, high } = bootstrapMean(guesses, seed)
      return low <= 0.25 && 0.25 <= high
    })
    expect(trials.filter(Boolean).length).toBeGreaterThanOrEqual(52)
    expect(trials.filter(Boolean).length).toBeLessThanOrEqual(60)
  })
})

describe('intervals', () => {
  test('are the same every time, hold the mean, and narrow with more values', () => {
    const few = bootstrapMean([0, 1, 1, 0, 1])
    expect(bootstrapMean([0, 1, 1, 0, 1])).toEqual(few)
    expect(few.mean).toBe(0.6)
    expect(few.low).toBeLessThan(few.mean)
    const many = bootstrapMean(Array.from({ length: 500 }, (_, at) => Number(at % 5 > 1)))
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 4)
    // The normal approximation: 1.96 √(p (1 − p) / n).
    expect(many.high - many.mean).toBeCloseTo(1.96 * Math.sqrt((0.6 * 0.4) / 500), 2)
    expect(bootstrapMean([])).toEqual({ mean: NaN, low: NaN, high: NaN })
    expect(deviationOf([2, 4])).toBeCloseTo(Math.SQRT2)
  })

  test('of a difference are over pairs: what differs everywhere alike has no width', () => {
    expect(
      bootstrapDifference([
        [0.2, 0.3],
        [0.7, 0.8],
      ]).low,
    ).toBeCloseTo(0.1)
    expect(relativeGain(0.5, 0.6)).toBeCloseTo(0.2)
    expect(relativeGain(0, 1)).toBeUndefined()
  })
})

const sentence = (support: AnswerSentence['support'], ...passages: string[]): AnswerSentence => ({
  text: 'A sentence.',
  marks: [],
  citations: passages.map((passage) => ({
    marker: 1,
    document: '',
    documentName: '',
    passage,
    quote: '',
    spans: [],
    headingPath: [],
  })),
  ...(support && { support }),
})

describe('evidence', () => {
  const address = { document: 'doc/a', page: 3, start: 100, end: 140 }
  test.each([
    ['doc/a/3/0-500', true],
    ['doc/a/3/120-500', true],
    ['doc/a/3/130-500', false],
    ['doc/a/2/900-3/121', true],
    ['doc/a/2/900-3/110', false],
    ['doc/a/1/900-4/2', true],
    ['doc/a/4/0-500', false],
    ['doc/b/3/0-500', false],
    ['nonsense', false],
  ])('%s holds it: %s', (id, holds) => {
    expect(passageHolds(id, address)).toBe(holds)
  })

  test('citations are right by precision and by recall', () => {
    const elsewhere = { ...address, page: 9 }
    const sentences = [
      sentence('supported', 'doc/a/3/0-500', 'doc/a/4/0-500'),
      sentence('unsupported', 'doc/a/3/0-500'),
    ]
    expect(citationScores(sentences, [address, elsewhere])).toEqual({ precision: 0.5, recall: 0.5 })
    expect(citationScores([sentence('supported')], [address])).toEqual({ recall: 0 })
    expect(citationScores(sentences, [])).toEqual({})
    expect(supportOf([...sentences, sentence('unchecked'), sentence(undefined)])).toBe(0.5)
    expect(supportOf([sentence('unchecked')])).toBeUndefined()
    expect([retrievalRecall(['x/1/0-9', 'doc/a/3/0-500'], [address]), retrievalRecall([], [address])]).toEqual([1, 0])
    expect(retrievalRecall(['doc/a/3/0-500'], [])).toBeUndefined()
  })
})

describe('form', () => {
  test.each([
    ['{"days": 27}', 1],
    ['```json\n{"days": 27}\n```', 1],
    ['Here it is: {"days": 27}', 0],
    ['{"days": 27', 0],
    ['27', 0],
    ['', 0],
  ])('%s', (text, valid) => {
    expect(formatValidity(text)).toBe(valid)
  })

  test.each([
    ['有給休暇は10日でござる[1]。お好きに使うがよいでござるよ！', 'gozaru', 1],
    ['有給休暇は10日です。参るでござる。', 'gozaru', 0.5],
    ['有給休暇は10日です [1]。前もってお申し出ください。', 'keigo', 1],
    ['有給休暇は10日だ。', 'keigo', 0],
    ['有給休暇は10日だ。繰り越すことができる。', 'plain', 1],
    ['有給休暇は10日です。', 'plain', 0],
    ['参るでござる。', 'plain', 0],
    ['27 days.', 'gozaru', undefined],
  ] as const)('%s is %s: %s', (text, style, adherence) => {
    expect(styleAdherence(text, style)).toBe(adherence)
  })
})

describe('the speed of answers', () => {
  const result = (measures: Result['measures']): Pick<Result, 'measures'> => ({ measures })

  test('is of those that were written: prompts of scored options are read too, and have no first token', () => {
    const scored = Array.from({ length: 14 }, () => result({ promptTokens: 300 }))
    const asked = Array.from({ length: 4 }, () =>
      result({ promptTokens: 900, reusedTokens: 300, firstToken: 2000, tokensPerSecond: 8 }),
    )
    expect(speedOf([...scored, ...asked])).toEqual({ reading: 300, writing: 8 })
  })

  test('is none where nothing was written, or nothing read, or in no time', () => {
    const still = { promptTokens: 30, reusedTokens: 30, firstToken: 100, tokensPerSecond: 8 }
    expect(speedOf([])).toBeUndefined()
    expect(speedOf([result({ promptTokens: 30 })])).toBeUndefined()
    expect(speedOf([result(still)])).toBeUndefined()
    expect(speedOf([result({ ...still, reusedTokens: 0, firstToken: 0 })])).toBeUndefined()
  })
})

describe('an open answer', () => {
  const question = openQuestion('1', { answers: ['30 days'] })
  const measure = (text: string, refused = false, changes: Partial<typeof question> = {}) =>
    measureOpenAnswer({ ...question, ...changes }, { text, refused }, { refusal: 'The documents do not say.' })

  test('is right by the whole, by its words, and by what it holds, without its marks', () => {
    expect(measure('30 days [1].')).toEqual({ correctRefusal: 1, exactMatch: 1, f1: 1, containsAnswer: 1 })
    expect(measure('It takes 30 days [1].')).toMatchObject({ exactMatch: 0, containsAnswer: 1 })
    expect(measure('It takes 130 days.')).toMatchObject({ containsAnswer: 0 })
    for (const [text, answer] of [
      ['None of them.', 'one'],
      ['It is often late.', 'ten'],
      ['Maybe in June.', 'May'],
    ] as const)
      expect(measure(text, false, { answers: [answer] })).toMatchObject({ containsAnswer: 0 })
    expect(measure('On May 3, at noon.', false, { answers: ['May 3'] })).toMatchObject({ containsAnswer: 1 })
    expect(measure('それは３０日です。', false, { answers: ['30日'], language: 'ja' })).toMatchObject({
      containsAnswer: 1,
    })
  })

  test('that refuses is right where nothing answers, and only there', () => {
    expect(measure('The documents do not say.')).toMatchObject({ correctRefusal: 0, exactMatch: 0 })
    expect(measure('', true, { answers: [] })).toEqual({ correctRefusal: 1 })
    expect(measure('Acme Insurance.', false, { answers: [] })).toEqual({ correctRefusal: 0 })
  })
})

describe('a summary', () => {
  const result = (arm: 'base' | 'lora', question: string, seed: number, accuracy?: number): Result => ({
    run: 'r',
    key: `${arm}/${question}/${seed}`,
    condition: { arm, shots: 0, passages: 0, seed },
    question,
    measures: accuracy === undefined ? {} : { accuracy },
    scores: [],
    shots: [],
    passages: [],
    ...(accuracy === undefined && { failure: { key: 'promptTooLong', params: {} } }),
  })
  const results = [
    ...[1, 1, 0, 0].map((value, at) => result('base', `${at}`, 1, value)),
    ...[1, 0, 0, 0].map((value, at) => result('base', `${at}`, 2, value)),
    ...[0, 0, 0, undefined].map((value, at) => result('lora', `${at}`, 1, value)),
  ]
  const questions = [0, 1, 2, 3].map((id) => choiceQuestion(`${id}`))

  test('counts a question once whatever the seeds, and tells their spread and what failed', () => {
    const [base, lora] = summarise(results, questions)
    expect(base).toMatchObject({
      chance: 0.25,
      failures: 0,
      measures: { accuracy: { mean: 0.375, count: 4, bySeed: [0.5, 0.25] } },
    })
    expect(base!.measures.accuracy!.spread).toBeCloseTo(0.1768, 3)
    expect(lora).toMatchObject({ failures: 1, measures: { accuracy: { mean: 0, count: 3 } } })
    expect(summarise(results.toReversed(), questions)[0]!.measures.accuracy).toEqual(base!.measures.accuracy)
  })

  test('of a guard set tells what an adapter has made the model forget', () => {
    const condition = { arm: 'base' as const, shots: 0, passages: 0 }
    const lost = differenceBetween(results, 'accuracy', condition, { ...condition, arm: 'lora' })!
    expect(lost).toMatchObject({ count: 3, mean: -0.5 })
    expect(lost.high).toBeLessThanOrEqual(0)
    expect(differenceBetween(results, 'f1', condition, { ...condition, arm: 'lora' })).toBeUndefined()
  })
})
