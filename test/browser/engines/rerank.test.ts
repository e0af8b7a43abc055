import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RestartableWorker } from '../../../src/app/restartable-worker'
import { RerankerOwner } from '../../../src/engines/reranking/reranker'
import { ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../../src/errors'
import type { RerankApi } from '../../../src/threads/protocols'
import expected from '../../../models/tiny/reranker/expected.json'
import { fetchFiles } from '../../fixtures/keep-model'
import { tinyReranker } from '../../fixtures/tiny-reranker'
import { loseDeviceOf } from './lose-device'
import { never } from './tiny'
import { keepTiny, startRerankWorker, tinyFiles, tinyPlan, withWorker } from './tiny-reranker'

const QUESTION = expected[0]!.question
/** Its pairs of the recipe; one of them is longer than the model can take, and one has an empty passage. */
const pairs = expected.filter(({ question }) => question === QUESTION)
const passages = pairs.map(({ passage }) => passage)
const answers = pairs.map(({ logits }) => logits[1]!)

const largestDifference = (one: ArrayLike<number>, other: ArrayLike<number>): number => {
  expect(one).toHaveLength(other.length)
  return Math.max(0, ...Array.from(one, (value, at) => Math.abs(value - other[at]!)))
}

// The worker's start is nobody's time to wait for: it bundles the development server's modules and compiles 27 MB.
beforeAll(async () => {
  await keepTiny()
  await withWorker((api) => api.load({ plan: tinyPlan() }, undefined, never()))
}, 120_000)

beforeEach(() => keepTiny().then())

describe('scores on wasm', () => {
  test('are those of float64 arithmetic, in both languages', async () => {
    await withWorker(async (api) => {
      await api.load({ plan: tinyPlan() }, undefined, never())
      for (const question of new Set(expected.map((pair) => pair.question))) {
        const asked = expected.filter((pair) => pair.question === question)
        const texts = asked.map(({ passage }) => passage)
        const scores = await api.score(question, texts, never())
        expect(
          largestDifference(
            scores,
            asked.map(({ logits }) => logits[1]!),
          ),
        ).toBeLessThan(1e-4)
      }
    })
  })

  test('of a model with two labels are how much it prefers the second', async () => {
    const plan = tinyPlan('wasm', { files: { fp32: [{ path: 'onnx/model_two.onnx' }] } })
    const scores = await withWorker(async (api) => {
      await api.load({ plan }, undefined, never())
      return api.score(QUESTION, passages, never())
    })
    const odds = pairs.map(({ logits }) => logits[1]! - logits[0]!)
    expect(largestDifference(scores, odds)).toBeLessThan(1e-4)
  })

  test('of 8-bit weights lie near those of 32 bits', async () => {
    const scores = await withWorker(async (api) => {
      await api.load({ plan: { ...tinyPlan(), dtype: 'q8' } }, undefined, never())
      return api.score(QUESTION, passages, never())
    })
    expect(largestDifference(scores, answers)).toBeLessThan(0.3)
    expect(largestDifference(scores, answers)).toBeGreaterThan(1e-4)
  })

  test('do not depend on what is scored with them, nor on its length', async () => {
    const many = Array.from({ length: 60 }, (_, at) => `${'雨 rain '.repeat(1 + ((at * 7) % 40))}${at}`)
    await withWorker(async (api) => {
      await api.load({ plan: tinyPlan() }, undefined, never())
      const together = await api.score(QUESTION, many, never())
      for (const at of [0, 17, 59]) {
        const alone = await api.score(QUESTION, [many[at]!], never())
        expect(largestDifference(alone, together.subarray(at, at + 1))).toBeLessThan(1e-5)
      }
      expect(new Set(together).size).toBeGreaterThan(50)
      expect(await api.score(QUESTION, [], never())).toHaveLength(0)
    })
  })

  test('of a passage that is too long are those of its beginning, and the question is read whole', async () => {
    const long = '日本 '.repeat(500)
    await withWorker(async (api) => {
      await api.load({ plan: tinyPlan() }, undefined, never())
      const [one, other] = await api.score(QUESTION, [long, `${long} 東京`], never())
      expect(one).toBe(other)
      const [asked] = await api.score(QUESTION.replace('?', '!'), [long], never())
      expect(Math.abs(asked! - one!)).toBeGreaterThan(1e-3)
      // A question that is too long by itself leaves room to tell passages apart.
      const [rain, tokyo] = await api.score(long, ['rain', '東京'], never())
      expect(Math.abs(rain! - tokyo!)).toBeGreaterThan(1e-3)
    })
  })
})

test('a graphics processor gives the scores of float64 arithmetic', { timeout: 120_000 }, async () => {
  const scores = await withWorker(async (api) => {
    expect((await api.capabilities()).webgpu).toBeDefined()
    await api.load({ plan: tinyPlan('webgpu') }, undefined, never())
    return api.score(QUESTION, passages.slice(1, 4), never())
  })
  expect(largestDifference(scores, answers.slice(1, 4))).toBeLessThan(1e-4)
})

test('an abort is heard between two batches, and the worker goes on', async () => {
  await withWorker(async (api) => {
    await api.load({ plan: tinyPlan() }, undefined, never())
    const controller = new AbortController()
    const many = Array.from({ length: 3000 }, (_, at) => `passage ${at} ${'word '.repeat(at % 60)}`)
    const scoring = api.score(QUESTION, many, controller.signal)
    setTimeout(() => controller.abort(), 50)
    await expect(scoring).rejects.toMatchObject({ name: 'AbortError' })
    expect(await api.score(QUESTION, ['rain'], never())).toHaveLength(1)
  })
})

describe('kept files that are not what they should be', () => {
  async function refused(error: unknown): Promise<void> {
    await withWorker(async (api) => {
      await api.unload()
      await expect(api.load({ plan: tinyPlan() }, undefined, never())).rejects.toEqual(error)
      await expect(api.score(QUESTION, ['rain'], never())).rejects.toBeInstanceOf(ModelUnusable)
      await keepTiny()
      await api.load({ plan: tinyPlan() }, undefined, never())
      expect(largestDifference(await api.score(QUESTION, passages, never()), answers)).toBeLessThan(1e-4)
    })
  }

  test('one is cut short', async () => {
    const files = await tinyFiles()
    await keepTiny(files.set('onnx/model.onnx', files.get('onnx/model.onnx')!.slice(0, 100_000)))
    await refused(new ModelFileDamaged({ file: 'onnx/model.onnx' }))
  })

  test('a page came in place of one', async () => {
    const page = new TextEncoder().encode('<!doctype html><title>Sign in</title>')
    await keepTiny((await tinyFiles()).set('tokenizer.json', page))
    await refused(new ModelFileDamaged({ file: 'tokenizer.json' }))
  })

  test('one is missing', async () => {
    const files = await tinyFiles()
    files.delete('onnx/model.onnx')
    await keepTiny(files)
    await refused(new ModelFileMissing({ file: 'onnx/model.onnx' }))
  })

  test('they are those of an embedder: it loads, and scores nothing', async () => {
    const embedder = await fetchFiles(new URL('/models/tiny/embedder/', location.href).href, ['onnx/model.onnx'])
    await keepTiny(new Map([...(await tinyFiles()), ...embedder]))
    await withWorker(async (api) => {
      await api.unload()
      await api.load({ plan: tinyPlan() }, undefined, never())
      await expect(api.score(QUESTION, ['rain'], never())).rejects.toBeInstanceOf(ModelUnusable)
      // Asked for what it has, it gives a number for every token, which is no score either.
      await api.load({ plan: tinyPlan('wasm', { output: 'last_hidden_state' }) }, undefined, never())
      await expect(api.score(QUESTION, ['rain'], never())).rejects.toBeInstanceOf(ModelUnusable)
      await api.unload()
    })
  })
})

test(
  'a graphics processor lost in the middle of the work: it goes on, first there again, then on wasm',
  { timeout: 180_000 },
  async () => {
    let lose: (() => Promise<void>) | undefined
    const start = () => {
      const worker = new Worker(new URL('./mortal-rerank.worker.ts', import.meta.url), { type: 'module' })
      lose = loseDeviceOf(worker)
      return worker
    }
    const kept = new Map<string, number>()
    const verdicts = {
      get: (key: string) => Promise.resolve(kept.get(key)),
      set: (key: string, agreement: number) => Promise.resolve(void kept.set(key, agreement)),
    }
    const owner = new RerankerOwner(
      new RestartableWorker<RerankApi>(start),
      () => new RestartableWorker<RerankApi>(startRerankWorker),
      verdicts,
    )
    expect(await owner.open(tinyReranker, () => undefined, never())).toMatchObject({ plan: { device: 'webgpu' } })
    expect([...kept.values()]).toEqual([expect.closeTo(1, 3)])
    const [passage] = passages
    for (const device of ['webgpu', 'wasm']) {
      await lose!()
      const scores = await owner.score(QUESTION, [passage!], never())
      expect(owner.current?.plan.device).toBe(device)
      expect(largestDifference(scores, answers.slice(0, 1))).toBeLessThan(1e-4)
    }
    expect(owner.current?.fallback).toEqual({ reason: 'lost' })
    owner.close()
  },
)
