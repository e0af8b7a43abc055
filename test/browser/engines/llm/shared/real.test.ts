import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { RestartableWorker } from '../../../../../src/app/restartable-worker'
import { modelName, type LlmEntry } from '../../../../../src/engines/llm/catalogue'
import { LlmOwner, type PassedOver } from '../../../../../src/engines/llm/llm-owner'
import { SharedLlm } from '../../../../../src/engines/llm/shared/shared-llm'
import { Interrupted } from '../../../../../src/errors'
import type { LlmApi } from '../../../../../src/threads/protocols'
import { emptyStore, keepModel } from '../../../../fixtures/keep-model'
import { tinyLlm } from '../../../../fixtures/tiny-llm'
import { answerOf } from '../contract'
import { never, startLlmWorker, tinyFiles } from '../tiny'
import { ownName } from './tabs'

// Starting the runtime takes seconds, and many times that on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const entry: LlmEntry = { ...tinyLlm, pairs: tinyLlm.pairs.filter(([device]) => device === 'wasm') }
const PROMPT = 'The company grants ten days of paid leave'

const tabs: SharedLlm<LlmEntry, PassedOver>[] = []
let started = 0

/** A tab as the page makes it, with a worker that is started when it has the model. */
function openTab(name: string): SharedLlm<LlmEntry, PassedOver> {
  const worker = () => new RestartableWorker<LlmApi>(() => (started++, startLlmWorker()))
  const verdicts = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() }
  const tab = new SharedLlm(new LlmOwner(worker(), worker, verdicts, () => Promise.resolve(true)), { name })
  tabs.push(tab)
  return tab
}

beforeAll(async () => {
  await emptyStore()
  await keepModel(modelName(entry), await tinyFiles())
})
afterAll(() => Promise.all(tabs.map((tab) => tab.dispose())))

test('a real model in one worker answers two tabs alike, and starts in the second when the first lets go of it', async () => {
  const name = ownName()
  const [first, second] = [openTab(name), openTab(name)]
  const [own, other] = [
    (await first.open(entry, () => undefined, never())).model,
    (await second.open(entry, () => undefined, never())).model,
  ]
  expect(started).toBe(1)
  expect(other.capabilities).toEqual(own.capabilities)
  const answers = await Promise.all([own, other].map((model) => answerOf(model, PROMPT, { maxTokens: 8 })))
  expect(answers[1]!.text).toBe(answers[0]!.text)
  expect(await other.score(PROMPT, [' of'], never())).toEqual(await own.score(PROMPT, [' of'], never()))
  const under = answerOf(other, PROMPT, { maxTokens: 400 }, never(), () => void first.close())
  await expect(under).rejects.toBeInstanceOf(Interrupted)
  expect((await answerOf(other, PROMPT, { maxTokens: 8 })).text).toBe(answers[0]!.text)
  expect(started).toBe(2)
  expect(second.state.where).toBe('here')
})
