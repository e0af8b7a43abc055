import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import config from '../../../../models/tiny/llm/config.json'
import expected from '../../../../models/tiny/llm/expected.json'
import { AdapterUnusable, ModelFileMissing } from '../../../../src/errors'
import type { AdapterUse } from '../../../../src/lora/adapter'
import { readAdapter } from '../../../../src/lora/peft'
import { keepModel } from '../../../fixtures/keep-model'
import { makeAdapter } from '../../../fixtures/make-adapter'
import {
  makeRandomAdapter,
  nameOfRandom,
  PROJECTIONS,
  TINY,
  type RandomAdapter,
} from '../../../fixtures/random-adapter'
import { ReferenceLlm } from '../../../fixtures/reference-llm'
import {
  answer,
  connectLlm,
  keepTiny,
  largestDifference,
  never,
  startLlmWorker,
  startMortalWorker,
  tinyFiles,
  tinyPlan,
} from './tiny'
import { packedTinyFiles } from './packed-tiny'
import { tokenizer } from './tokenizer'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

/** What merged weights may differ by in 32 bits, and what no adapter may. */
const CLOSE = 1e-4
const SAME = 1e-5

const { worker } = startMortalWorker()
const api = connectLlm(worker)
let reference: ReferenceLlm
const { text: prompt, ids, greedy } = expected[0]!

const use = (adapter: RandomAdapter, strength = 1): AdapterUse => ({ adapter: nameOfRandom(adapter), strength })
const logitsWith = async (adapters: AdapterUse[]): Promise<Float32Array> =>
  (await api.examine({ prompt, steps: 0, adapters }, never())).logits
const merged = (adapters: [RandomAdapter, number][]): ReferenceLlm =>
  reference.merge(adapters.map(([adapter, strength]) => ({ adapter: makeRandomAdapter(adapter), strength })))
const mergedLogits = (adapters: [RandomAdapter, number][]): Float64Array => merged(adapters).logits(ids)

beforeAll(async () => {
  await keepTiny()
  await api.load({ plan: tinyPlan() }, undefined, never())
  reference = ReferenceLlm.read((await tinyFiles()).get('onnx/model.onnx')!, config)
})
afterAll(() => worker.terminate())

test('the reference gives what the recipe computed for the model as it is', () => {
  expect(largestDifference(reference.logits(ids), expected[0]!.logits[0]!)).toBeLessThan(2e-5)
  expect(reference.greedy(ids, 6)).toEqual(greedy.slice(0, 6))
})

test('an adapter that changes nothing leaves logits and greedy tokens as they were; so does one that is taken off', async () => {
  const examination = { prompt, steps: greedy.length }
  const plain = await api.examine(examination, never())
  expect(plain.tokens).toEqual(greedy)
  const zero = use({ seed: 1, rank: 8, scale: 0 })
  const other = use({ seed: 2, rank: 8 })
  for (const adapters of [[zero], [other], [], [{ ...other, strength: 0 }]]) {
    const found = await api.examine({ ...examination, adapters }, never())
    if (adapters[0]?.adapter === other.adapter && adapters[0].strength) {
      expect(largestDifference(found.logits, plain.logits)).toBeGreaterThan(1)
      continue
    }
    expect(found.tokens).toEqual(greedy)
    expect(largestDifference(found.logits, plain.logits)).toBeLessThan(SAME)
  }
})

describe('random adapters are as if they were merged into the weights, in float64', () => {
  const combinations = Array.from({ length: 2 ** PROJECTIONS.length - 1 }, (_, at) =>
    PROJECTIONS.filter((_each, bit) => (at + 1) & (1 << bit)),
  )

  test.each([1, 8, 64])('of rank %i, on each of the 127 combinations of layers', async (rank) => {
    let worst = 0
    let least = Infinity
    const plain = reference.logits(ids)
    for (const [seed, targets] of combinations.entries()) {
      const adapter = { seed, rank, targets }
      const wanted = mergedLogits([[adapter, 1]])
      worst = Math.max(worst, largestDifference(await logitsWith([use(adapter)]), wanted))
      least = Math.min(least, largestDifference(wanted, plain))
    }
    expect(combinations).toHaveLength(127)
    expect(worst).toBeLessThan(CLOSE)
    expect(least).toBeGreaterThan(1000 * CLOSE)
  })

  test('token by token', async () => {
    const adapter = { seed: 5, rank: 16 }
    const tokens = merged([[adapter, 1]]).greedy(ids, 8)
    const found = await api.examine({ prompt, steps: 8, adapters: [use(adapter)] }, never())
    expect(found.tokens).toEqual(tokens)
    const { text } = await answer(api, prompt, { maxTokens: 8, adapters: [use(adapter)] })
    expect(text).toBe((await tokenizer()).decode(tokens).replace(/\uFFFD+$/, ''))
    expect(tokens).not.toEqual(greedy.slice(0, 8))
  })

  test('with more or less strength, and several at once by their sum', async () => {
    const [one, two] = [
      { seed: 11, rank: 4 },
      { seed: 12, rank: 9, targets: ['q_proj', 'v_proj', 'down_proj'] as const },
    ]
    for (const blend of [
      [[one, 0.25]],
      [[one, 1.5]],
      [
        [one, 0.7],
        [two, 1.2],
      ],
      [
        [one, 0.5],
        [one, 0.5],
      ],
    ] as [RandomAdapter, number][][]) {
      const found = await logitsWith(blend.map(([adapter, strength]) => use(adapter, strength)))
      expect(largestDifference(found, mergedLogits(blend))).toBeLessThan(CLOSE)
    }
  })
})

test('packed queries, keys and values, and packed gates, agree with separate ones', async () => {
  const adapters = [use({ seed: 21, rank: 8 }), use({ seed: 22, rank: 3, targets: ['k_proj', 'up_proj'] }, 0.8)]
  const separate = await logitsWith(adapters)
  const plain = await logitsWith([])
  await keepTiny(await packedTinyFiles())
  await api.unload()
  await api.load({ plan: tinyPlan() }, undefined, never())
  expect(largestDifference(await logitsWith([]), plain)).toBeLessThan(SAME)
  expect(largestDifference(await logitsWith(adapters), separate)).toBeLessThan(CLOSE)
  expect(largestDifference(separate, plain)).toBeGreaterThan(1)
  await keepTiny()
  await api.unload()
  await api.load({ plan: tinyPlan() }, undefined, never())
})

describe('keys and values', () => {
  const [one, other] = [use({ seed: 31, rank: 8 }), use({ seed: 32, rank: 8 })]
  const reused = async (adapters?: AdapterUse[]) =>
    (await answer(api, prompt, { maxTokens: 2, ...(adapters && { adapters }) })).end.reusedTokens

  test('serve the next request with the same adapters, and none with others', async () => {
    await reused([one])
    expect(await reused([one])).toBe(ids.length - 1)
    expect(await reused([other])).toBe(0)
    expect(await reused([other])).toBe(ids.length - 1)
    expect(await reused([{ ...other, strength: 0.5 }])).toBe(0)
    expect(await reused([one, other])).toBe(0)
    expect(await reused()).toBe(0)
    expect(await reused([])).toBe(ids.length - 1)
  })

  test('of another adapter change no answer and no score', async () => {
    await api.unload()
    await api.load({ plan: tinyPlan() }, undefined, never())
    const fresh = await answer(api, prompt, { maxTokens: 12, adapters: [one] })
    const [score] = await api.score(prompt, [' ten days'], never(), [one])
    await reused([other])
    expect((await answer(api, prompt, { maxTokens: 12, adapters: [one] })).text).toBe(fresh.text)
    await reused()
    const [again] = await api.score(prompt, [' ten days'], never(), [one])
    expect(again!.logProbability).toBeCloseTo(score!.logProbability, 4)
    const [without] = await api.score(prompt, [' ten days'], never())
    expect(without!.logProbability).not.toBeCloseTo(score!.logProbability, 2)
  })
})

describe('an adapter of another model', () => {
  const refusedAs = async (adapter: RandomAdapter) =>
    answer(api, prompt, { maxTokens: 1, adapters: [use({ seed: 41, rank: 2 }), use(adapter)] }).catch(
      (error: unknown) => error,
    )

  test('is refused with the first layer that is not there, or is of another shape; all stays as it was', async () => {
    const before = await logitsWith([use({ seed: 42, rank: 2 })])
    await answer(api, prompt, { maxTokens: 1, adapters: [use({ seed: 42, rank: 2 })] })
    const deeper = await refusedAs({ seed: 1, rank: 2, shape: { ...TINY, layers: 3 } })
    expect(deeper).toBeInstanceOf(AdapterUnusable)
    expect((deeper as AdapterUnusable).params).toMatchObject({
      reason: 'missingModule',
      module: 'model.layers.2.self_attn.q_proj',
    })
    const wider = await refusedAs({ seed: 1, rank: 2, shape: { ...TINY, inner: 160 } })
    expect((wider as AdapterUnusable).params).toMatchObject({
      reason: 'baseShape',
      module: 'model.layers.0.mlp.gate_proj',
      shape: '160 × 64',
      baseShape: '128 × 64',
    })
    const { end } = await answer(api, prompt, { maxTokens: 1, adapters: [use({ seed: 42, rank: 2 })] })
    expect(end.reusedTokens).toBe(ids.length - 1)
    expect(await logitsWith([use({ seed: 42, rank: 2 })])).toEqual(before)
  })

  test('is refused before the model is started anew for it', async () => {
    await api.unload()
    await api.load({ plan: tinyPlan() }, undefined, never())
    await answer(api, prompt, { maxTokens: 1 })
    expect(await refusedAs({ seed: 1, rank: 2, shape: { ...TINY, layers: 3 } })).toBeInstanceOf(AdapterUnusable)
    expect((await answer(api, prompt, { maxTokens: 1 })).end.reusedTokens).toBe(ids.length - 1)
  })
})

test('a model of 32 bits whose weights lie in the graph itself', async () => {
  await api.unload()
  await api.load({ plan: tinyPlan('wasm', 'fp32') }, undefined, never())
  const adapter = { seed: 51, rank: 8 }
  expect(largestDifference(await logitsWith([use(adapter)]), mergedLogits([[adapter, 1]]))).toBeLessThan(CLOSE)
  expect(largestDifference(await logitsWith([]), reference.logits(ids))).toBeLessThan(CLOSE)
  await api.unload()
  await api.load({ plan: tinyPlan() }, undefined, never())
})

test('the files that PEFT writes, kept by name, are read in the worker of the product', async () => {
  const attention = (layer: number, part: string, outputs: number) => ({
    path: `model.layers.${layer}.self_attn.${part}_proj`,
    inputs: 64,
    outputs,
  })
  const layers = [attention(0, 'q', 64), attention(1, 'v', 32), attention(1, 'o', 64)]
  const files = makeAdapter({ layers, rank: 8, alpha: 16, dtype: 'BF16', size: 0.2 })
  const kept = new Map([
    ['adapter_config.json', files.config],
    ['adapter_model.safetensors', files.weights],
  ])
  await keepModel('adapter-made@1', kept)
  const real = startLlmWorker()
  const other = connectLlm(real)
  await other.load({ plan: tinyPlan() }, undefined, never())
  const adapters = [{ adapter: 'adapter-made@1', strength: 1 }]
  const { logits } = await other.examine({ prompt, steps: 0, adapters }, never())
  const adapter = readAdapter(files.config, files.weights)
  expect(largestDifference(logits, reference.merge([{ adapter, strength: 1 }]).logits(ids))).toBeLessThan(CLOSE)
  expect(largestDifference(logits, reference.logits(ids))).toBeGreaterThan(0.1)
  const missing = [{ adapter: 'adapter-none@1', strength: 1 }]
  await expect(other.examine({ prompt, steps: 0, adapters: missing }, never())).rejects.toEqual(
    new ModelFileMissing({ file: 'adapter_config.json' }),
  )
  real.terminate()
})

test('five hundred changes take no more memory than fifty', async () => {
  const mortal = startMortalWorker()
  const other = connectLlm(mortal.worker)
  await other.load({ plan: tinyPlan() }, undefined, never())
  let after50 = 0
  for (let turn = 1; turn <= 500; turn++) {
    const adapters = [use({ seed: turn, rank: 1 + (turn % 16) })]
    await other.examine({ prompt, steps: 0, adapters: turn % 3 ? adapters : [] }, never())
    if (turn === 50) after50 = (await mortal.sideDoor.memory()).wasm
  }
  expect(after50).toBeGreaterThan(1e6)
  expect((await mortal.sideDoor.memory()).wasm).toBe(after50)
  mortal.worker.terminate()
})
