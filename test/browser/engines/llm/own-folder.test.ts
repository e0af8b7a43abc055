import { afterAll, expect, test, vi } from 'vitest'
import { modelName, plansFor } from '../../../../src/engines/llm/catalogue'
import { ownEntry } from '../../../../src/engines/llm/own-entry'
import { emptyStore, keepModel } from '../../../fixtures/keep-model'
import { answer, connectLlm, keepTiny, never, startLlmWorker, tinyFiles, tinyPlan } from './tiny'

vi.setConfig({ testTimeout: 60_000 })

const worker = startLlmWorker()
const api = connectLlm(worker)
afterAll(() => worker.terminate())

test('a folder whose files all lie a level down is the same model', async () => {
  const files = new Map([...(await tinyFiles())].map(([path, bytes]) => [`snapshot/${path}`, bytes]))
  const listed = [...files].map(([path, bytes]) => ({ path, bytes: bytes.length, modified: 0 }))
  const config = JSON.parse(new TextDecoder().decode(files.get('snapshot/config.json'))) as Record<string, unknown>
  const entry = ownEntry('cache', listed, config)
  await emptyStore()
  await keepModel(modelName(entry), files)
  await api.load({ plan: plansFor(entry, { threads: 1 })[0]! }, undefined, never())
  const { text } = await answer(api, 'Where is the rule about paid leave?', { maxTokens: 8 })
  await keepTiny()
  await api.load({ plan: tinyPlan() }, undefined, never())
  expect(text).toBe((await answer(api, 'Where is the rule about paid leave?', { maxTokens: 8 })).text)
})
