import { beforeAll, expect, test } from 'vitest'
import expected from '../../../models/starter/embedder/expected.json'
import type { EmbedderPlan } from '../../../src/engines/embedding/catalogue'
import { lowestCosine } from '../../../src/engines/embedding/self-test'
import { starterEmbedder } from '../../../src/engines/embedding/served'
import { filesOf, modelName } from '../../../src/engines/encoder/model'
import { emptyStore, fetchFiles, keepModel } from '../../fixtures/keep-model'
import { never, withWorker } from './tiny'

const texts = expected.map(({ text }) => text)
const { dimension } = starterEmbedder

const planOn = (device: EmbedderPlan['device']): EmbedderPlan => ({ model: starterEmbedder, device, dtype: 'q4' })

/** The starter embedder as the page has it, in the one precision that it comes in. */
function embedOn(device: EmbedderPlan['device']): Promise<Float32Array> {
  return withWorker(async (api) => {
    await api.load({ plan: planOn(device) }, undefined, never())
    return api.embed(texts, 'passage', never())
  })
}

beforeAll(async () => {
  await emptyStore()
  const base = new URL(`/${starterEmbedder.servedFrom}`, globalThis.location.href).href
  const paths = filesOf(planOn('wasm')).map(({ path }) => path)
  await keepModel(modelName(starterEmbedder), await fetchFiles(base, paths))
})

test('the worker gives the vectors that the recipe computed', { timeout: 60_000 }, async () => {
  const vectors = await embedOn('wasm')
  const known = (name: 'stored' | 'float32') => Float32Array.from(expected.flatMap((each) => each[name]))
  expect(vectors).toHaveLength(texts.length * dimension)
  // Of the table as it is stored they differ by rounding alone, of the trained one by what 4 bits cannot say.
  expect(lowestCosine(vectors, known('stored'), dimension)).toBeGreaterThan(0.99999)
  expect(lowestCosine(vectors, known('float32'), dimension)).toBeGreaterThan(0.97)
})

test('a graphics processor gives the same', { timeout: 120_000 }, async () => {
  const onDevice = await embedOn('webgpu')
  expect(lowestCosine(onDevice, await embedOn('wasm'), dimension)).toBeGreaterThan(0.99999)
})
