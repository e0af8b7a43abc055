import { afterEach, beforeAll, expect, test, vi } from 'vitest'
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

/** What the recipe computed for a prompt. */
interface Expected {
  text: string
  ids: number[]
  greedy: number[]
  answer: string
  /** The largest logits behind the prompt. */
  logits: [id: number, logit: number][]
}

// The weights come last: models/recipes/tiny-reader makes them, and until they are there only the recipe is tested.
const made = import.meta.glob<Expected[]>('../../../../models/starter/tiny/expected.json', {
  eager: true,
  import: 'default',
})
const [expected = []] = Object.values(made)
const missing = expected.length === 0

beforeAll(async () => {
  if (missing) return
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

let worker: Worker | undefined
afterEach(() => worker?.terminate())

async function load(device: Device) {
  worker = startLlmWorker()
  const api = connectLlm(worker)
  await api.load({ plan: { model: tinyReader, device, dtype: 'q4' } }, undefined, never())
  return api
}

/** How far the largest logits behind a prompt are from those that the recipe computed. */
async function compare(api: Awaited<ReturnType<typeof load>>, one: Expected, steps: number) {
  const found = await api.examine({ prompt: [{ role: 'user', content: one.text }], steps }, never())
  expect(found.tokens.slice(0, steps)).toEqual(one.greedy.slice(0, steps))
  const row = found.logits.subarray(0, VOCABULARY)
  return Math.max(...one.logits.map(([id, logit]) => Math.abs(row[id]! - logit)))
}

test.skipIf(missing)('on the processor it gives the logits, tokens and answers of the recipe', async () => {
  const api = await load('wasm')
  for (const one of expected) {
    expect(await compare(api, one, Math.max(1, one.greedy.length - 1))).toBeLessThan(2e-3)
    const { text, end } = await answer(api, [{ role: 'user', content: one.text }], { maxTokens: 40 })
    expect(end.promptTokens).toBe(one.ids.length)
    expect(text).toContain(one.answer.trim().slice(0, 4))
  }
})

test.skipIf(missing)('on a graphics processor too, although its table is looked up on the processor', async () => {
  const api = await load('webgpu')
  for (const one of [expected[0]!, expected[2]!]) expect(await compare(api, one, FEW)).toBeLessThan(2e-3)
})
