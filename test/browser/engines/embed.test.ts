import { beforeAll, describe, expect, test } from 'vitest'
import type { Pooling } from '../../../src/engines/embedding/catalogue'
import { lowestCosine } from '../../../src/engines/embedding/self-test'
import expected from '../../../models/tiny/embedder/expected.json'
import { keepTiny, never, tinyPlan, withWorker } from './tiny'

/** The recipe writes its prefixes into the texts; here the model's own are added. */
const bare = { query: '', passage: '' }
const texts = expected.map(({ text }) => text)

const largestDifference = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  Array.from(one).reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0)

beforeAll(() => keepTiny().then())

describe('vectors on wasm', () => {
  test.each<Pooling>(['mean', 'cls', 'lastToken'])('are those of float64 arithmetic: pooling %s', async (pooling) => {
    if (pooling === 'none') return
    const vectors = await withWorker(async (api) => {
      await api.load({ plan: tinyPlan('wasm', { prefixes: bare, pooling }) }, undefined, never())
      return api.embed(texts, 'passage', never())
    })
    expect(
      largestDifference(
        vectors,
        expected.flatMap((each) => each[pooling]),
      ),
    ).toBeLessThan(1e-4)
  })

  test('do not depend on what they are embedded with, nor on its length', async () => {
    const many = Array.from({ length: 60 }, (_, at) => `${'雨 rain '.repeat(1 + ((at * 7) % 40))}${at}`)
    await withWorker(async (api) => {
      await api.load({ plan: tinyPlan() }, undefined, never())
      const together = await api.embed(many, 'passage', never())
      for (const at of [0, 17, 59]) {
        const alone = await api.embed([many[at]!], 'passage', never())
        expect(largestDifference(alone, together.subarray(at * 64, at * 64 + 64))).toBeLessThan(1e-5)
      }
      expect(await api.embed([], 'passage', never())).toHaveLength(0)
    })
  })

  test('carry the prefix of their kind', async () => {
    await withWorker(async (api) => {
      await api.load({ plan: tinyPlan() }, undefined, never())
      const [query, passage] = await Promise.all([
        api.embed(['Rain'], 'query', never()),
        api.embed(['Rain'], 'passage', never()),
      ])
      expect(largestDifference(passage, expected.find(({ text }) => text === 'passage: Rain')!.mean)).toBeLessThan(1e-4)
      expect(lowestCosine(query, passage, 64)).toBeLessThan(0.99)
    })
  })

  test('of 8-bit weights lie near those of 32 bits', async () => {
    const plan = tinyPlan('wasm', { prefixes: bare })
    const vectors = await withWorker(async (api) => {
      await api.load({ plan: { ...plan, dtype: 'q8' } }, undefined, never())
      return api.embed(texts, 'passage', never())
    })
    expect(lowestCosine(vectors, Float32Array.from(expected.flatMap(({ mean }) => mean)), 64)).toBeGreaterThan(0.98)
  })

  test('of a text that is too long are those of its beginning', async () => {
    await withWorker(async (api) => {
      await api.load({ plan: tinyPlan() }, undefined, never())
      const long = '日本 '.repeat(500)
      const vectors = await api.embed([long, `${long} 東京`, '日本 '.repeat(5)], 'passage', never())
      expect(largestDifference(vectors.subarray(0, 64), vectors.subarray(64, 128))).toBe(0)
    })
  })
})

test('a graphics processor gives the vectors of wasm', { timeout: 120_000 }, async () => {
  const texts = ['passage: rain', '有給休暇は何日もらえますか。']
  const onDevice = (device: 'webgpu' | 'wasm') =>
    withWorker(async (api) => {
      expect((await api.capabilities()).webgpu).toBeDefined()
      await api.load({ plan: tinyPlan(device) }, undefined, never())
      return api.embed(texts, 'passage', never())
    })
  expect(largestDifference(await onDevice('webgpu'), await onDevice('wasm'))).toBeLessThan(1e-4)
})

test('an abort is heard between two batches, and the worker goes on', async () => {
  await withWorker(async (api) => {
    await api.load({ plan: tinyPlan() }, undefined, never())
    const controller = new AbortController()
    const many = Array.from({ length: 3000 }, (_, at) => `passage ${at} ${'word '.repeat(at % 60)}`)
    const embedding = api.embed(many, 'passage', controller.signal)
    setTimeout(() => controller.abort(), 50)
    await expect(embedding).rejects.toMatchObject({ name: 'AbortError' })
    expect(await api.embed(['rain'], 'query', never())).toHaveLength(64)
  })
})

test('a question does not wait for the passages before it', async () => {
  await withWorker(async (api) => {
    await api.load({ plan: tinyPlan() }, undefined, never())
    const many = Array.from({ length: 3000 }, (_, at) => `passage ${at} ${'word '.repeat(at % 60)}`)
    const order: string[] = []
    const passages = api.embed(many, 'passage', never()).then(() => order.push('passages'))
    const question = api.embed(['rain?'], 'query', never()).then(() => order.push('question'))
    await Promise.all([passages, question])
    expect(order).toEqual(['question', 'passages'])
  })
})
