import { expect, test, vi } from 'vitest'
import { rebuildOpenPrompt } from '../../../../src/lab/arms/drill-down'
import { runArms } from '../../../../src/lab/arms/run-arms'
import { defaultSpec, type RunSpec } from '../../../../src/lab/run-spec'
import type { Run } from '../../../../src/lab/run'
import { eventsOf, labContext, resultsIn } from '../../../fixtures/lab-context'
import { openQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ReadingModel } from '../../../fixtures/reading-model'
import { evidenceOf } from '../../answering/evidence'

vi.setConfig({ testTimeout: 60_000 })

const never = new AbortController().signal
const asked = openQuestion('leave', {
  question: 'How many days of paid leave do mechanics have?',
  answers: ['27 days'],
})
const others = Array.from({ length: 6 }, (_, at) =>
  openQuestion(`${at}`, { question: `How long is matter ${at}? ${'so '.repeat(20)}` }),
)
const set = questionSet([asked, ...others])
const passage = evidenceOf('Mechanics have 27 days of paid leave a year. They ask two days ahead.', 'en', {
  ...{ id: 'document/2/100-170', document: 'document' },
})
const spec: RunSpec = {
  ...defaultSpec,
  arms: ['base', 'rag'],
  shots: [3],
  split: { seed: 4, testShare: 0.4 },
  answerTokens: 20,
}
const runOf = async (model: ReadingModel, given: RunSpec = spec) => {
  const context = labContext(set, model, () => [passage])
  const events = await eventsOf(runArms(given, context, never))
  const last = events.at(-1)!
  return { context, results: resultsIn(events), run: last.type === 'finished' ? last.run : ({} as Run) }
}

test('examples that have no room before an open question are not counted as told', async () => {
  const roomy = await runOf(new ReadingModel('Mechanics have 27 days [1].'))
  const told = roomy.results.filter(({ prompt }) => prompt)
  expect(told.length).toBeGreaterThan(0)
  expect(told.every(({ shots }) => shots.length === 3)).toBe(true)
  const model = new ReadingModel('27 days [1].', 260)
  const tight = await runOf(model)
  const fewer = tight.results.filter(({ prompt, shots }) => prompt && shots.length < 3)
  expect(fewer.length).toBeGreaterThan(0)
  const assistants = model.asked.map((messages) => messages.filter(({ role }) => role === 'assistant').length)
  expect(tight.results.filter(({ prompt }) => prompt).map(({ shots }) => shots.length)).toEqual(assistants)
})

test('where the gate refuses, no example was told', async () => {
  const { results } = await runOf(new ReadingModel('x'))
  const refused = results.filter((result) => result.refused && !result.prompt)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every(({ shots }) => shots.length === 0)).toBe(true)
})

test('JSON is judged by what was written, marks and all', async () => {
  const json = questionSet([{ ...asked, format: 'json' as const }])
  const context = labContext(json, new ReadingModel('{"answer": "27 days", "citations": [1]}'), () => [passage])
  const given: RunSpec = { ...defaultSpec, arms: ['rag'] }
  const [result] = resultsIn(await eventsOf(runArms(given, context, never)))
  expect(result).toMatchObject({ text: '{"answer": "27 days", "citations": [1]}', measures: { formatValidity: 1 } })
})

test('the prompt of an open question is built again, with passages and without, and what has changed is told', async () => {
  const model = new ReadingModel('Mechanics have 27 days of paid leave [1].')
  const { results, run, context } = await runOf(model, { ...spec, shots: [0], split: { seed: 1, testShare: 1 } })
  const writes = model.asked.length
  const own = results.filter(({ question }) => question === 'leave')
  expect(own).toHaveLength(2)
  for (const result of own)
    expect(await rebuildOpenPrompt(result, run, context, [passage], never)).toMatchObject({ same: true })
  const changed = { ...passage, passage: { ...passage.passage, text: 'Mechanics have 28 days of paid leave a year.' } }
  expect(await rebuildOpenPrompt(own[1]!, run, context, [changed], never)).toMatchObject({ same: false })
  expect(model.asked, 'nothing is written for it').toHaveLength(writes)
  const gone = { ...context, set: questionSet(others) }
  expect(await rebuildOpenPrompt(own[0]!, run, gone, [passage], never)).toBeUndefined()
})
