import { beforeAll, vi } from 'vitest'
import { RestartableWorker } from '../../../../src/app/restartable-worker'
import { RemoteLanguageModel } from '../../../../src/engines/llm/remote-language-model'
import { folderName } from '../../../../src/engines/llm/webllm/catalogue'
import { modelName } from '../../../../src/engines/llm/catalogue'
import type { LlmApi } from '../../../../src/threads/protocols'
import { FakeLanguageModel } from '../../../fixtures/fake-language-model'
import { emptyStore, keepModel } from '../../../fixtures/keep-model'
import { tinyLlm } from '../../../fixtures/tiny-llm'
import { tinyWebLlmPlan } from '../../../fixtures/tiny-web-llm'
import { languageModelContract } from './contract'
import { never, startLlmWorker, tinyFiles, tinyPlan } from './tiny'
import { openScripted, ScriptedWorkers, tinyMlcFiles } from './webllm/scripted'

// Starting an engine takes seconds, and many times that on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

beforeAll(async () => {
  await emptyStore()
  await keepModel(modelName(tinyLlm), await tinyFiles())
  await keepModel(folderName(tinyWebLlmPlan), await tinyMlcFiles())
})

languageModelContract('a fake', () => Promise.resolve({ model: new FakeLanguageModel() }))

languageModelContract('webllm, its engine over a device that follows a script', async () => {
  const workers = new ScriptedWorkers()
  const model = await openScripted(workers)
  return { model, loseDevice: () => workers.sideDoor.loseDevice(), close: () => workers.worker.end() }
})

languageModelContract('onnx on wasm, the tiny model', async () => {
  const worker = new RestartableWorker<LlmApi>(startLlmWorker)
  const plan = tinyPlan('wasm')
  const loaded = await worker.call((api) => api.load({ plan }, undefined, never()))
  return { model: new RemoteLanguageModel(worker, [plan], loaded), close: () => worker.end() }
})
