import { expect, test, vi } from 'vitest'
import { RestartableWorker } from '../../../../src/app/restartable-worker'
import type { GeneratedPiece } from '../../../../src/engines/llm/language-model'
import { LlmOwner, type LlmVerdicts } from '../../../../src/engines/llm/llm-owner'
import type { RemoteLanguageModel } from '../../../../src/engines/llm/remote-language-model'
import { DeviceLost } from '../../../../src/errors'
import type { Remote } from '../../../../src/threads/expose'
import type { LlmApi } from '../../../../src/threads/protocols'
import expected from '../../../../models/tiny/llm/expected.json'
import { tinyLlm } from '../../../fixtures/tiny-llm'
import {
  answer,
  connectLlm,
  keepTiny,
  largestDifference,
  never,
  startLlmWorker,
  startMortalWorker,
  tinyPlan,
} from './tiny'
import { tokenizer } from './tokenizer'
import type { MortalLlmApi } from './mortal-llm.worker'

// Shaders compile on the processor: half a minute for a model, and a second for a token.
vi.setConfig({ testTimeout: 400_000 })

const VOCABULARY = 1024
const STEPS = 6

test('a graphics processor gives the logits and tokens of float64, keeps its cache, cuts it, and frees what it took', async () => {
  await keepTiny()
  const { worker, sideDoor } = startMortalWorker()
  const api = connectLlm(worker)
  await api.load({ plan: tinyPlan('webgpu') }, undefined, never())
  // The longer prompt takes another shader (see src/engines/onnx/gpu-device.ts).
  for (const { text, greedy, logits } of [expected[2]!, expected[1]!]) {
    const found = await api.examine({ prompt: text, steps: STEPS }, never())
    expect(found.tokens).toEqual(greedy.slice(0, STEPS))
    for (const [at, step] of [0, STEPS].entries()) {
      const row = found.logits.subarray(step * VOCABULARY, (step + 1) * VOCABULARY)
      expect(largestDifference(row, logits[at]!)).toBeLessThan(1e-4)
    }
  }

  // The cache holds the prompt and six tokens: those are cut off on the device, and the prompt's last is read anew.
  const { text, ids, greedy } = expected[1]!
  const again = await answer(api, text, { maxTokens: 2 })
  expect(again.end.reusedTokens).toBe(ids.length - 1)
  expect(again.text).toBe((await tokenizer()).decode(greedy.slice(0, 2)))
  const before = await sideDoor.memory()
  for (let turn = 0; turn < 4; turn++) await answer(api, text, { maxTokens: 2 })
  expect((await sideDoor.memory()).buffers).toBe(before.buffers)

  const continuations = [' 三日', 'は']
  const scores = await api.score(text, continuations, never())
  await api.load({ plan: tinyPlan('wasm') }, undefined, never())
  const onWasm = await api.score(text, continuations, never())
  for (const [at, { logProbability }] of scores.entries())
    expect(logProbability).toBeCloseTo(onWasm[at]!.logProbability, 4)
  worker.terminate()
})

test('a graphics processor is compared with wasm once, trusted, lost, and loaded again; after the second loss wasm takes over', async () => {
  await keepTiny()
  let sideDoor: Remote<MortalLlmApi> | undefined
  const start = () => {
    const started = startMortalWorker()
    sideDoor = started.sideDoor
    return started.worker
  }
  const kept = new Map<string, number>()
  const verdicts: LlmVerdicts = {
    get: (key) => Promise.resolve(kept.get(key)),
    set: (key, value) => Promise.resolve(void kept.set(key, value)),
  }
  const owner = new LlmOwner(
    new RestartableWorker<LlmApi>(start, 60_000),
    () => new RestartableWorker<LlmApi>(startLlmWorker),
    verdicts,
  )
  const { model, passedOver } = await owner.open(tinyLlm, () => undefined, never())
  expect(passedOver).toEqual([])
  expect(model.capabilities).toMatchObject({ engine: 'onnx', device: 'webgpu', dtype: 'q4', contextTokens: 1024 })
  expect([...kept.values()][0]).toBeGreaterThan(0.9999)

  const { text: prompt } = expected[1]!
  const before = await whole(model, prompt)
  for (const device of ['webgpu', 'wasm']) {
    await expect(whole(model, prompt, () => void sideDoor!.loseDevice())).rejects.toBeInstanceOf(DeviceLost)
    expect(await whole(model, prompt)).toBe(before)
    expect(model.capabilities.device).toBe(device)
  }
  await owner.close()
})

async function whole(
  model: RemoteLanguageModel,
  prompt: string,
  onPiece: (piece: GeneratedPiece) => void = () => undefined,
): Promise<string> {
  let text = ''
  for await (const piece of model.generate(prompt, { maxTokens: 4 }, never())) {
    text += piece.text
    onPiece(piece)
  }
  return text
}
