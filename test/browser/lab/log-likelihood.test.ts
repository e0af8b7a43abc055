import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import expected from '../../../models/tiny/llm/scores.json'
import { RestartableWorker } from '../../../src/app/restartable-worker'
import type { LanguageModel } from '../../../src/engines/llm/language-model'
import { RemoteLanguageModel } from '../../../src/engines/llm/remote-language-model'
import { runArms } from '../../../src/lab/arms/run-arms'
import { scoreOptions } from '../../../src/lab/measures/log-likelihood'
import { databaseRunStore } from '../../../src/lab/run-store'
import { defaultSpec } from '../../../src/lab/run-spec'
import { openDatabase } from '../../../src/storage/database'
import { deleteRun, listRuns, resultsOf } from '../../../src/storage/lab'
import type { LlmApi } from '../../../src/threads/protocols'
import { eventsOf, labContext, resultsIn } from '../../fixtures/lab-context'
import { choiceQuestion, questionSet } from '../../fixtures/lab-questions'
import { keepTiny, never, startLlmWorker, tinyPlan } from '../engines/llm/tiny'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

describe.each(['fp32', 'q4'] as const)('the tiny model in its worker, on wasm: %s', (dtype) => {
  const worker = new RestartableWorker<LlmApi>(startLlmWorker)
  let model: LanguageModel

  beforeAll(async () => {
    await keepTiny()
    const plan = tinyPlan('wasm', dtype)
    const loaded = await worker.call((api) => api.load({ plan }, undefined, never()))
    model = new RemoteLanguageModel(worker, [plan], loaded)
  })
  afterAll(() => worker.end())

  test.each(expected)(
    'options are scored as float64 arithmetic scores them: $prompt',
    async ({ prompt, options, scores }) => {
      const scored = await scoreOptions(model, prompt, options, never())
      for (const [at, { tokens, logProbability }] of scores.entries()) {
        expect(scored.scores[at]!.tokens).toBe(tokens)
        expect(Math.abs(scored.scores[at]!.logProbability - logProbability)).toBeLessThan(1e-3)
      }
      const highest = (of: (score: (typeof scores)[0]) => number) =>
        scores.reduce((best, score, at) => (of(score) > of(scores[best]!) ? at : best), 0)
      expect(scored.chosen).toBe(highest(({ logProbability }) => logProbability))
      expect(scored.chosenNormalised).toBe(highest(({ logProbability, tokens }) => logProbability / tokens))
    },
  )

  test('a run of it is kept in IndexedDB, and a second one asks nothing', async () => {
    const db = await openDatabase({ name: `lab-${dtype}` })
    const set = questionSet([1, 2, 3].map((id) => choiceQuestion(`${id}`)))
    const context = { ...labContext(set, model), store: databaseRunStore(db) }
    const spec = { ...defaultSpec, arms: ['base' as const] }
    const first = resultsIn(await eventsOf(runArms(spec, context, never())))
    const [run] = await listRuns(db)
    expect(run).toMatchObject({ state: 'finished', done: 3, stamp: { model: { id: 'tiny-llm', dtype } } })
    expect(await resultsOf(db, run!.id)).toEqual(first)
    const again = await eventsOf(runArms(spec, context, never()))
    expect(again.map(({ type }) => type)).toEqual(['planned', 'finished'])
    expect(resultsIn(again)).toEqual(first)
    await deleteRun(db, run!.id)
    expect([await listRuns(db), await resultsOf(db, run!.id)]).toEqual([[], []])
    db.close()
  })
})
