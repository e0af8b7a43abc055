import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import expected from '../../../../models/starter/tiny/expected.json'
import { modelName } from '../../../../src/engines/llm/catalogue'
import type { Device } from '../../../../src/engines/onnx/session'
import { emptyStore, fetchFiles, keepModel } from '../../../fixtures/keep-model'
import { tinyReader } from '../../../fixtures/tiny-reader'
import { answer, connectLlm, never, PATHS, startLlmWorker } from './tiny'

// Shaders compile on the processor: half a minute for a model, and a second for a token.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 60_000 })

const VOCABULARY = 12_000
/** Tokens compared on the graphics processor, which here is the processor. */
const FEW = 4

beforeAll(async () => {
  await emptyStore()
  const base = new URL('/models/starter/tiny/', globalThis.location.href).href
  await keepModel(
    modelName(tinyReader),
    await fetchFiles(
      base,
      PATHS.filter((path) => path !== 'onnx/model.onnx'),
    ),
  )
})

let worker: Worker
afterEach(() => worker.terminate())

async function load(device: Device) {
  worker = startLlmWorker()
  const api = connectLlm(worker)
  await api.load({ plan: { model: tinyReader, device, dtype: 'q4' } }, undefined, never())
  return api
}

/** How far the largest logits behind a prompt are from those that the recipe computed. */
async function compare(api: Awaited<ReturnType<typeof load>>, one: (typeof expected)[number], steps: number) {
  const found = await api.examine({ prompt: [{ role: 'user', content: one.text }], steps }, never())
  expect(found.tokens.slice(0, steps)).toEqual(one.greedy.slice(0, steps))
  const row = found.logits.subarray(0, VOCABULARY)
  return Math.max(...one.logits.map(([id, logit]) => Math.abs(row[id!]! - logit!)))
}

test('on the processor it gives the logits, tokens and answers of the recipe', async () => {
  const api = await load('wasm')
  for (const one of expected) {
    expect(await compare(api, one, Math.max(1, one.greedy.length - 1))).toBeLessThan(2e-3)
    const { text, end } = await answer(api, [{ role: 'user', content: one.text }], { maxTokens: 40 })
    expect(end.promptTokens).toBe(one.ids.length)
    expect(text).toContain(one.answer.trim().slice(0, 4))
  }
})

test('on a graphics processor too, although its table is looked up on the processor', async () => {
  const api = await load('webgpu')
  for (const one of [expected[0]!, expected[2]!]) expect(await compare(api, one, FEW)).toBeLessThan(2e-3)
})
