import { expect, test, vi } from 'vitest'
import config from '../../../../models/tiny/llm/config.json'
import expected from '../../../../models/tiny/llm/expected.json'
import { RestartableWorker } from '../../../../src/app/restartable-worker'
import { RemoteLanguageModel } from '../../../../src/engines/llm/remote-language-model'
import { DeviceLost, PromptTooLong } from '../../../../src/errors'
import type { AdapterUse } from '../../../../src/lora/adapter'
import type { Remote } from '../../../../src/threads/expose'
import type { LlmApi } from '../../../../src/threads/protocols'
import { makeRandomAdapter, nameOfRandom, type RandomAdapter } from '../../../fixtures/random-adapter'
import { ReferenceLlm } from '../../../fixtures/reference-llm'
import type { MortalLlmApi } from './mortal-llm.worker'
import { answer, connectLlm, keepTiny, largestDifference, never, startMortalWorker, tinyFiles, tinyPlan } from './tiny'

// Shaders compile on the processor: half a minute for a graph, twice here, and a second for a token.
vi.setConfig({ testTimeout: 600_000 })

const CLOSE = 1e-4
const SAME = 1e-5
const { text: prompt, ids, greedy } = expected[0]!

const use = (adapter: RandomAdapter, strength = 1): AdapterUse => ({ adapter: nameOfRandom(adapter), strength })

test('adapters on a graphics processor are as if merged, and five hundred changes leave no buffer behind', async () => {
  await keepTiny()
  const reference = ReferenceLlm.read((await tinyFiles()).get('onnx/model.onnx')!, config)
  const { worker, sideDoor } = startMortalWorker()
  const api = connectLlm(worker)
  await api.load({ plan: tinyPlan('webgpu') }, undefined, never())
  const examine = (adapters: AdapterUse[], steps = 0) => api.examine({ prompt, steps, adapters }, never())

  const plain = await examine([], 3)
  expect(plain.tokens).toEqual(greedy.slice(0, 3))
  const zero = await examine([use({ seed: 1, rank: 8, scale: 0 })], 3)
  expect(zero.tokens).toEqual(greedy.slice(0, 3))
  expect(largestDifference(zero.logits, plain.logits)).toBeLessThan(SAME)

  const blends: [RandomAdapter, number][][] = [
    [[{ seed: 2, rank: 1, targets: ['gate_proj', 'down_proj'] }, 1]],
    [[{ seed: 3, rank: 64, targets: ['q_proj', 'v_proj'] }, 1]],
    [[{ seed: 4, rank: 64 }, 1]],
    [
      [{ seed: 5, rank: 8 }, 0.7],
      [{ seed: 6, rank: 8, targets: ['k_proj', 'o_proj', 'up_proj'] }, 1.5],
    ],
  ]
  for (const blend of blends) {
    const merged = reference.merge(
      blend.map(([adapter, strength]) => ({ adapter: makeRandomAdapter(adapter), strength })),
    )
    const found = await examine(blend.map(([adapter, strength]) => use(adapter, strength)))
    expect(largestDifference(found.logits, merged.logits(ids))).toBeLessThan(CLOSE)
    expect(largestDifference(found.logits, plain.logits.subarray(0, found.logits.length))).toBeGreaterThan(1)
  }

  const adapter = use({ seed: 7, rank: 8 })
  const stepwise = await examine([adapter], 2)
  const merged = reference.merge([{ adapter: makeRandomAdapter({ seed: 7, rank: 8 }), strength: 1 }])
  expect(stepwise.tokens).toEqual(merged.greedy(ids, 2))
  const reused = async (adapters: AdapterUse[]) =>
    (await answer(api, prompt, { maxTokens: 1, adapters })).end.reusedTokens
  expect(await reused([adapter])).toBe(ids.length - 1)
  expect(await reused([])).toBe(0)
  expect(await reused([adapter])).toBe(0)

  // Without a prompt nothing is computed: the adapter is put on, and then there is nothing to read.
  const swap = (adapters: AdapterUse[]) =>
    expect(api.examine({ prompt: '', steps: 0, adapters }, never())).rejects.toBeInstanceOf(PromptTooLong)
  await examine([adapter])
  const before = await sideDoor.memory()
  for (let turn = 1; turn <= 500; turn++) await swap(turn % 3 ? [use({ seed: turn, rank: 1 + (turn % 16) }, 1.2)] : [])
  await examine([adapter])
  const { buffers, bufferCount } = await sideDoor.memory()
  expect({ buffers, bufferCount }).toEqual({ buffers: before.buffers, bufferCount: before.bufferCount })
  expect(bufferCount).toBeGreaterThan(28)

  await api.unload()
  expect((await sideDoor.memory()).bufferCount).toBeLessThan(bufferCount - 28)
  worker.terminate()
})

test('after a loss of the device the next request has its adapters again by itself', async () => {
  await keepTiny()
  let sideDoor: Remote<MortalLlmApi> | undefined
  const worker = new RestartableWorker<LlmApi>(() => {
    const started = startMortalWorker()
    sideDoor = started.sideDoor
    return started.worker
  }, 60_000)
  const plan = tinyPlan('webgpu')
  const loaded = await worker.call((api) => api.load({ plan }, undefined, never()))
  const model = new RemoteLanguageModel(worker, [plan, tinyPlan('wasm')], loaded)
  expect(model.capabilities.adapters).toBe('exact')
  const whole = async (onPiece: () => void = () => undefined) => {
    let text = ''
    for await (const piece of model.generate(
      prompt,
      { maxTokens: 4, adapters: [use({ seed: 8, rank: 4 })] },
      never(),
    )) {
      text += piece.text
      onPiece()
    }
    return text
  }
  const before = await whole()
  await expect(whole(() => void sideDoor!.loseDevice())).rejects.toBeInstanceOf(DeviceLost)
  expect(await whole()).toBe(before)
  await model.unload()
})
