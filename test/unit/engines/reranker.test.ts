import { describe, expect, test } from 'vitest'
import type { EncoderWorker, Verdicts } from '../../../src/engines/encoder/owner'
import type { EncoderPlan } from '../../../src/engines/encoder/model'
import { scoresOf } from '../../../src/engines/reranking/logits'
import { RerankerOwner } from '../../../src/engines/reranking/reranker'
import { agreementOfScores, rerankerTest } from '../../../src/engines/reranking/self-test'
import { DeviceLost, ModelUnusable } from '../../../src/errors'
import type { Reranker } from '../../../src/retrieval/rerank'
import type { RerankApi } from '../../../src/threads/protocols'
import { tinyReranker } from '../../fixtures/tiny-reranker'

const never = () => new AbortController().signal
const ignore = () => undefined

/** A worker in this thread that scores a text by its length; `spoil` changes what a device makes of it, or fails. */
class WorkerOfTest implements EncoderWorker<RerankApi> {
  readonly log: string[] = []
  #plan: EncoderPlan | undefined

  constructor(readonly spoil: (score: number, device: string) => number = (score) => score) {}

  call<Result>(body: (api: RerankApi) => Promise<Result>): Promise<Result> {
    return body(this.#api)
  }

  end(): void {
    this.log.push('end')
    this.#plan = undefined
  }

  #api: RerankApi = {
    capabilities: () => Promise.resolve({ threads: 1, webgpu: { adapter: 'a', halfPrecision: false } }),
    load: async ({ plan }) => {
      if (this.#plan?.device !== plan.device) this.log.push(`load ${plan.device}`)
      this.#plan = plan
      return Promise.resolve()
    },
    score: async (_question, texts) => {
      await Promise.resolve()
      if (!this.#plan) throw new ModelUnusable()
      const { device } = this.#plan
      return Float32Array.from(texts, ({ length }) => this.spoil(length, device))
    },
    unload: () => Promise.resolve(),
  }
}

function remembered(): Verdicts & { kept: Map<string, number> } {
  const kept = new Map<string, number>()
  return {
    kept,
    get: (key) => Promise.resolve(kept.get(key)),
    set: (key, agreement) => Promise.resolve(void kept.set(key, agreement)),
  }
}

describe('a reranker', () => {
  test('is compared with wasm once, and then scores on the device', async () => {
    const worker = new WorkerOfTest()
    const references: WorkerOfTest[] = []
    const verdicts = remembered()
    const owner = new RerankerOwner(worker, () => (references.push(new WorkerOfTest()), references.at(-1)!), verdicts)
    const asReranker: Reranker = owner
    expect(asReranker.id).toBe('')
    expect((await owner.open(tinyReranker, ignore, never())).plan.device).toBe('webgpu')
    await owner.open(tinyReranker, ignore, never())
    expect(references.map(({ log }) => log)).toEqual([['load wasm', 'end']])
    expect([...verdicts.kept]).toEqual([['a webgpu/fp32/tiny-reranker@1/128', 1]])
    expect(asReranker.id).toBe('tiny-reranker')
    expect([...(await owner.score('?', ['ab', 'c', ''], never()))]).toEqual([2, 1, 0])
    expect(await owner.score('?', [], never())).toHaveLength(0)
  })

  test.each([
    ['in a little', 0.999, 'webgpu'],
    ['in its order', -1, 'wasm'],
    ['in being no number', NaN, 'wasm'],
  ])('whose device differs %s runs on the right one', async (_what, factor, device) => {
    const worker = new WorkerOfTest((score, on) => (on === 'webgpu' ? score * factor : score))
    const owner = new RerankerOwner(worker, () => new WorkerOfTest(), remembered())
    const { plan, fallback } = await owner.open(tinyReranker, ignore, never())
    expect(plan.device).toBe(device)
    expect(fallback?.reason).toBe(device === 'wasm' ? 'differs' : undefined)
  })

  test('whose device is lost goes on there, and then on wasm', async () => {
    let losses = 0
    const worker = new WorkerOfTest((score, device) => {
      if (device === 'webgpu' && losses > 0 && losses--) throw new DeviceLost()
      return score
    })
    const owner = new RerankerOwner(worker, () => new WorkerOfTest(), remembered())
    await owner.open(tinyReranker, ignore, never())
    for (const device of ['webgpu', 'wasm']) {
      losses = 1
      expect([...(await owner.score('?', ['abc'], never()))]).toEqual([3])
      expect(owner.current?.plan.device).toBe(device)
    }
    expect(owner.current?.fallback).toEqual({ reason: 'lost' })
  })

  test('that is closed says so', async () => {
    const owner = new RerankerOwner(new WorkerOfTest(), () => new WorkerOfTest(), remembered())
    await expect(owner.score('?', ['a'], never())).rejects.toBeInstanceOf(ModelUnusable)
  })
})

test('a score is the one logit, or how much the second of two is preferred', () => {
  const output = (...values: number[]) => ({ values: Float32Array.from(values), dims: [2, values.length / 2] })
  expect(scoresOf(output(1, -2), 2)).toEqual([1, -2])
  expect(scoresOf(output(1, 3, 2, -2), 2)).toEqual([2, -4])
  expect(() => scoresOf(output(1, 2, 3, 4, 5, 6), 2)).toThrow(ModelUnusable)
  expect(() => scoresOf(output(1, NaN), 2)).toThrow(ModelUnusable)
  expect(() => scoresOf(output(1, 2, 3, Infinity), 2)).toThrow(ModelUnusable)
})

test('scores agree as far as their differences are small beside their range', () => {
  const scores = Float32Array.of(-2, 0, 8)
  expect(agreementOfScores(scores, scores)).toBe(1)
  expect(agreementOfScores(scores, Float32Array.of(-2, 1, 8))).toBeCloseTo(0.9)
  expect(agreementOfScores(scores, Float32Array.of(8, 0, -2))).toBe(0)
  expect(agreementOfScores(scores, Float32Array.of(-2, NaN, 8))).toBe(0)
  expect(agreementOfScores(scores, Float32Array.of(-2, 0))).toBe(0)
  // A model that scores everything alike proves nothing.
  expect(agreementOfScores(Float32Array.of(1, 1), Float32Array.of(1, 1))).toBe(0)
  expect(rerankerTest.least).toBeGreaterThan(0.9)
})
