import { expect, test } from 'vitest'
import { catalogue, embeddingSpace, graphFiles, plansFor } from '../../../src/engines/embedding/catalogue'
import { tinyEmbedder } from '../../fixtures/tiny-embedder'

test.each(catalogue.map((embedder) => [embedder.id, embedder] as const))('%s can be chosen', (_id, embedder) => {
  expect(embedder.dimension % 16).toBe(0)
  expect(embedder.dimension).toBeLessThanOrEqual(1024)
  expect(embedder.maxTokens).toBeGreaterThanOrEqual(256)
  expect(embedder.licence).not.toBe('')
  expect(['mean', 'cls', 'lastToken', 'none']).toContain(embedder.pooling)
  expect(embedder.tokenizerFiles.map(({ path }) => path)).toEqual(['tokenizer.json', 'tokenizer_config.json'])
  expect(embedder.fusionWeight === null || embedder.fusionWeight >= 0).toBe(true)
  for (const [device, dtype] of embedder.pairs) {
    const [graph] = graphFiles({ embedder, device, dtype })
    expect(graph?.path).toMatch(/^onnx\/model(_fp16|_quantized|_q4|_q4f16)?\.onnx$/)
    // The graphics processor's kernels know no 8-bit integers: slower there, and wrong in some models.
    expect([device, dtype]).not.toEqual(['webgpu', 'q8'])
  }
  expect(embedder.pairs.some(([device]) => device === 'wasm')).toBe(true)
  const files = [...embedder.tokenizerFiles, ...Object.values(embedder.files).flat()]
  for (const { sha256, bytes, exact } of files) {
    expect(sha256 === undefined || /^[0-9a-f]{64}$/.test(sha256)).toBe(true)
    expect(!exact || Number.isInteger(bytes)).toBe(true)
  }
})

test('one model is recommended, and it knows both languages', () => {
  const recommended = catalogue.filter((embedder) => embedder.recommended)
  expect(recommended.map(({ id }) => id)).toEqual(['multilingual-e5-small'])
  expect(recommended[0]!.languages).toEqual(['multilingual'])
  expect(recommended[0]).toBe(catalogue[0])
})

test('16-bit weights need shaders that know them, and a graphics processor', () => {
  const [e5] = catalogue
  const pairs = (capabilities: Parameters<typeof plansFor>[1]) =>
    plansFor(e5!, capabilities).map(({ device, dtype }) => `${device} ${dtype}`)
  expect(pairs({ threads: 1, webgpu: { adapter: 'a', halfPrecision: true } })[0]).toBe('webgpu fp16')
  expect(pairs({ threads: 1, webgpu: { adapter: 'a', halfPrecision: false } })[0]).toBe('webgpu fp32')
  expect(pairs({ threads: 1 })).toEqual(['wasm q8'])
})

test('vectors of another precision, prefix or revision lie in another space; those of another device do not', () => {
  const space = embeddingSpace({ embedder: tinyEmbedder, dtype: 'fp32' })
  expect(embeddingSpace({ embedder: tinyEmbedder, dtype: 'q8' })).not.toEqual(space)
  expect(embeddingSpace({ embedder: { ...tinyEmbedder, revision: '2' }, dtype: 'fp32' })).not.toEqual(space)
  const prefixes = { query: 'query: ', passage: '' }
  expect(embeddingSpace({ embedder: { ...tinyEmbedder, prefixes }, dtype: 'fp32' })).not.toEqual(space)
})
