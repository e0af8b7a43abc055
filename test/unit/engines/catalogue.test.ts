import { expect, test } from 'vitest'
import { catalogue, embeddingSpace } from '../../../src/engines/embedding/catalogue'
import { graphFiles, plansFor, type EncoderModel } from '../../../src/engines/encoder/model'
import { catalogue as rerankers } from '../../../src/engines/reranking/catalogue'
import { tinyEmbedder } from '../../fixtures/tiny-embedder'

const named = <Model extends EncoderModel>(models: readonly Model[]) =>
  models.map((model) => [model.id, model] as const)

test.each(named<EncoderModel>([...catalogue, ...rerankers]))('%s can be chosen', (_id, model) => {
  expect(model.maxTokens).toBeGreaterThanOrEqual(256)
  expect(model.licence).not.toBe('')
  expect(model.output).not.toBe('')
  expect(model.tokenizerFiles.map(({ path }) => path)).toEqual(['tokenizer.json', 'tokenizer_config.json'])
  for (const [device, dtype] of model.pairs) {
    const [graph] = graphFiles({ model, device, dtype })
    expect(graph?.path).toMatch(/^onnx\/model(_fp16|_quantized|_qu?int8_avx2|_q4|_q4f16)?\.onnx$/)
    // The graphics processor's kernels know no 8-bit integers: slower there, and wrong in some models.
    expect([device, dtype]).not.toEqual(['webgpu', 'q8'])
  }
  expect(model.pairs.some(([device]) => device === 'wasm')).toBe(true)
  const files = [...model.tokenizerFiles, ...Object.values(model.files).flat()]
  for (const { sha256, bytes, exact } of files) {
    expect(sha256 === undefined || /^[0-9a-f]{64}$/.test(sha256)).toBe(true)
    expect(!exact || Number.isInteger(bytes)).toBe(true)
  }
})

test.each(named(catalogue))('%s has vectors that can be kept', (_id, embedder) => {
  expect(embedder.dimension % 16).toBe(0)
  expect(embedder.dimension).toBeLessThanOrEqual(1024)
  expect(['mean', 'cls', 'lastToken', 'none']).toContain(embedder.pooling)
  expect(embedder.fusionWeight === null || embedder.fusionWeight >= 0).toBe(true)
})

test.each<[string, readonly EncoderModel[], string]>([
  ['embedder', catalogue, 'multilingual-e5-small'],
  ['reranker', rerankers, 'mmarco-mMiniLMv2-L12-H384-v1'],
])('one %s is recommended, and it knows both languages', (_kind, models, id) => {
  const recommended = models.filter((model) => model.recommended)
  expect(recommended.map((model) => model.id)).toEqual([id])
  expect(recommended[0]!.languages).toEqual(['multilingual'])
  // What comes with the page stands before it: nothing has to be downloaded for that.
  expect(recommended[0]).toBe(models.find(({ servedFrom }) => servedFrom === undefined))
  expect(new Set(models.map((model) => model.id)).size).toBe(models.length)
})

test('16-bit weights need shaders that know them, and a graphics processor', () => {
  const e5 = catalogue.find(({ id }) => id === 'multilingual-e5-small')
  const pairs = (capabilities: Parameters<typeof plansFor>[1]) =>
    plansFor(e5!, capabilities).map(({ device, dtype }) => `${device} ${dtype}`)
  expect(pairs({ threads: 1, webgpu: { adapter: 'a', halfPrecision: true } })[0]).toBe('webgpu fp16')
  expect(pairs({ threads: 1, webgpu: { adapter: 'a', halfPrecision: false } })[0]).toBe('webgpu fp32')
  expect(pairs({ threads: 1 })).toEqual(['wasm q8'])
})

test('vectors of another precision, prefix or revision lie in another space; those of another device do not', () => {
  const space = embeddingSpace({ model: tinyEmbedder, dtype: 'fp32' })
  expect(embeddingSpace({ model: tinyEmbedder, dtype: 'q8' })).not.toEqual(space)
  expect(embeddingSpace({ model: { ...tinyEmbedder, revision: '2' }, dtype: 'fp32' })).not.toEqual(space)
  const prefixes = { query: 'query: ', passage: '' }
  expect(embeddingSpace({ model: { ...tinyEmbedder, prefixes }, dtype: 'fp32' })).not.toEqual(space)
})
