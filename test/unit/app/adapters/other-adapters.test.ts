import { expect, test } from 'vitest'
import { worn } from '../../../../src/app/adapters/adapter-choice.svelte'
import { otherAdapters } from '../../../../src/app/adapters/other-adapters'
import type { Answer, AnswerAdapter, Turn } from '../../../../src/domain'
import type { AdapterEntry } from '../../../../src/engines/llm/adapters/catalogue'
import { turnOf } from '../../answering/turns'

const entryOf = (id: string): AdapterEntry => ({
  ...{ id, name: id, revision: '1', kind: 'style', rank: 4, alpha: 8, targets: [], languages: [], files: [] },
})
const [gozaru, json] = [entryOf('gozaru'), entryOf('json')]
const prompt = { tokens: 9, limit: 99, answer: 9, passages: 1, neighbours: 0, leftOut: 0, turns: 0, summarised: false }

/** A turn that a model has answered, from one passage. */
function answered(adapters: AnswerAdapter[], rest: Partial<Answer> = {}): Turn {
  const signed = { model: 'small', prompt, ...(adapters.length && { adapters }), ...rest }
  const turn = turnOf('What?', ['So.'], signed)
  const evidence = { passage: 'a/1/0-9', document: 'a', documentName: 'a.pdf', rank: 1, score: 1, termCoverage: 1 }
  return { ...turn, evidence: [{ ...evidence, matches: [] }] }
}
const withAlternative = (turn: Turn, adapters: AnswerAdapter[], stopped?: true): Turn => ({
  ...turn,
  alternatives: [{ id: '1', asked: 2, answer: answered(adapters).answer!, ...(stopped && { stopped }) }],
})
const ways = (turn: Turn, on: AnswerAdapter[] = [], usable = [gozaru, json], model = 'small') => {
  const { without, present, others } = otherAdapters(turn, model, on, usable)
  return [without, present?.map(({ adapter }) => adapter), others.map(({ adapter }) => adapter)]
}

test('an answer with an adapter is given again without, and the other way round', () => {
  expect(ways(answered([worn(gozaru)]), [worn(gozaru)])).toEqual([true, undefined, ['adapter-json@1']])
  expect(ways(answered([]), [worn(gozaru)])).toEqual([false, ['adapter-gozaru@1'], ['adapter-json@1']])
  expect(ways(answered([]))).toEqual([false, undefined, ['adapter-gozaru@1', 'adapter-json@1']])
})

test('an answer that is there already is not offered again, one that was stopped is', () => {
  const turn = answered([worn(gozaru)])
  expect(ways(withAlternative(turn, []), [worn(gozaru)])[0]).toBe(false)
  expect(ways(withAlternative(turn, [], true), [worn(gozaru)])[0]).toBe(true)
  expect(ways(withAlternative(turn, [worn(json)]), [worn(gozaru)])).toEqual([true, undefined, []])
})

test('another strength is another answer, and so is another model', () => {
  expect(ways(answered([worn(gozaru)]), [worn(gozaru, 0.5)])[1]).toEqual(['adapter-gozaru@1'])
  expect(ways(answered([worn(gozaru)]), [worn(gozaru)], [gozaru], 'large')).toEqual([true, ['adapter-gozaru@1'], []])
  const blend = [worn(gozaru), worn(json, 0.5)]
  expect(ways(answered(blend), blend.toReversed())[1], 'the order is none').toBeUndefined()
})

test('nothing is offered where it could not be from the same, or could not differ', () => {
  const none = [false, undefined, []]
  const old = answered([worn(gozaru)])
  delete old.evidence
  expect(ways(old), 'of an earlier version, or all was read').toEqual(none)
  const refused = answered([])
  delete refused.answer?.prompt
  expect(ways(refused), 'refused before the model was asked').toEqual(none)
  expect(ways({ ...turnOf('What?'), evidence: answered([]).evidence! }), 'quoted').toEqual(none)
  expect(ways({ ...answered([]), alternatives: [] }, [], []), 'without adapters').toEqual(none)
})
