import { expect, test } from 'vitest'
import { SpecDraft } from '../../../../src/app/lab/spec-draft.svelte'
import { InvalidRunSpec } from '../../../../src/errors'
import { defaultSpec, MOST_PASSAGES, PRESETS } from '../../../../src/lab/run-spec'
import { choiceQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ReadingModel } from '../../../fixtures/reading-model'

const { capabilities } = new ReadingModel()
const set = questionSet(
  Array.from({ length: 10 }, (_, at) => choiceQuestion(`${at}`, { question: `Thing ${at}`.repeat(at + 1) })),
)

test('begins as the spec that everybody begins with', () => {
  expect(new SpecDraft().toSpec()).toEqual(defaultSpec)
})

test('lists are read as people write them, in either script', () => {
  const draft = new SpecDraft()
  draft.shots = ' 0, 5 5'
  draft.passages = '１、３'
  draft.repetitions = 3
  expect(draft.toSpec()).toMatchObject({ shots: [0, 5], passages: [1, 3], seeds: [1, 2, 3] })
  draft.sweep = true
  expect(draft.toSpec().passages).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test.each(['', 'three', '-1', '1.5', '3,x'])(
  '"%s" is no list of numbers, and says so before anything is begun',
  (text) => {
    const draft = new SpecDraft()
    draft.passages = text
    expect(() => draft.toSpec()).toThrow(
      expect.objectContaining({
        key: 'invalidRunSpec',
        params: expect.objectContaining({ reason: 'passages' }) as object,
      }),
    )
    expect(draft.estimate(set, capabilities, ['d'])).toMatchObject({ failure: { params: { reason: 'passages' } } })
  },
)

test('a preset of one’s own holds what was set, and a known one what it holds', () => {
  const draft = new SpecDraft()
  draft.preset = 'thorough'
  expect(draft.toSpec().preset).toEqual(PRESETS[2])
  draft.preset = 'own'
  draft.own.query = 'hypothetical'
  draft.own.fusion = 'reciprocal rank'
  expect(draft.toSpec().preset).toEqual({
    ...{ id: 'own', meaning: true, reranking: true, query: 'hypothetical', fusion: 'reciprocal rank' },
  })
})

test('tells how many results there will be: arms, shots, passages, seeds and questions', () => {
  const draft = new SpecDraft()
  draft.toggle('long-context', true)
  draft.passages = '1,3'
  draft.repetitions = 2
  draft.questions = 4
  // Base and long context once each, RAG with two numbers of passages.
  expect(draft.estimate(set, capabilities, ['d'])).toMatchObject({ results: 4 * 2 * 4, tested: 4, train: 0 })
  draft.toggle('lora', true)
  expect(draft.estimate(set, capabilities, ['d'])).toMatchObject({ failure: { params: { reason: 'adapters' } } })
  draft.wear('adapter-a@1', 0.5)
  expect(draft.toSpec().adapters).toEqual([{ adapter: 'adapter-a@1', strength: 0.5 }])
  expect(draft.estimate(set, capabilities, ['d'])).toMatchObject({ results: 5 * 2 * 4 })
  draft.wear('adapter-a@1', undefined)
  expect(draft.toSpec().adapters).toEqual([])
})

test('a field that was emptied is as it was, or is refused; it is never sent as nothing', () => {
  const draft = new SpecDraft()
  Object.assign(draft, { answerTokens: null, temperature: null })
  expect(draft.toSpec()).toMatchObject({ answerTokens: defaultSpec.answerTokens, temperature: 0 })
  Object.assign(draft, { repetitions: null })
  expect(draft.estimate(set, capabilities, ['d'])).toMatchObject({ failure: { params: { reason: 'seeds' } } })
})

test('numbers of examples that are none are told as such, and do not matter where none are shown', () => {
  const draft = new SpecDraft()
  draft.shots = 'five'
  expect(() => draft.toSpec()).toThrow(new InvalidRunSpec({ reason: 'shotNumbers', most: MOST_PASSAGES }))
  expect(draft.toSpec([0]).shots).toEqual([0])
})
