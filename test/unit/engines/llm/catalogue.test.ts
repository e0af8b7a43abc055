import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { adapterCatalogue } from '../../../../src/engines/llm/adapters/catalogue'
import { catalogue, estimatedMemory, filesOf, graphFiles, plansFor } from '../../../../src/engines/llm/catalogue'

const FULL = { threads: 4, webgpu: { adapter: 'a', halfPrecision: true } }

test('ids are unique, and the first is recommended', () => {
  expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
  expect(catalogue[0]!.recommended).toBe(true)
})

describe.each(catalogue.map((model) => [model.id, model] as const))('%s', (_id, model) => {
  test('can be run, in every way that it names, from files that it names', () => {
    expect(plansFor(model, FULL)).toHaveLength(model.pairs.length)
    for (const plan of plansFor(model, FULL)) {
      expect(graphFiles(plan)[0]!.path).toMatch(/^onnx\/.*\.onnx$/)
      const paths = filesOf(plan).map(({ path }) => path)
      expect(paths).toEqual(expect.arrayContaining(['config.json', 'tokenizer.json', 'tokenizer_config.json']))
      expect(new Set(paths).size).toBe(paths.length)
    }
    expect(Object.keys(model.files).sort()).toEqual([...new Set(model.pairs.map(([, dtype]) => dtype))].sort())
  })

  test('leaves out what is known to give nonsense or not to start', () => {
    // 8-bit decoders on a graphics processor; 16-bit Gemma.
    expect(model.pairs).not.toContainEqual(['webgpu', 'q8'])
    if (model.id.startsWith('gemma')) expect(Object.keys(model.files)).toEqual(['q4'])
  })

  test('what it says has the right form', () => {
    // What comes with the page is named by its own weights, and may be small.
    const served = model.servedFrom !== undefined
    expect(model.revision).toMatch(served ? /^[0-9a-f]{12}$/ : /^([0-9a-f]{40}|main)$/)
    expect(model.contextTokens).toBeGreaterThanOrEqual(served ? 1024 : 4096)
    if (model.trainingCutOff) expect(model.trainingCutOff).toMatch(/^20\d\d(-\d\d)?$/)
    for (const each of [model.note, model.terms].filter((text) => text !== undefined)) {
      expect(each.en).not.toBe('')
      expect(each.ja).toMatch(/[\u3040-\u30ff]/)
    }
    for (const file of Object.values(model.files).flat()) {
      if (file.sha256) expect(file.sha256).toMatch(/^[0-9a-f]{64}$/)
      if (file.exact) expect(file.bytes).toBeGreaterThan(0)
    }
  })
})

test('the memory of a model is its weights, its cache and a little more', () => {
  const model = catalogue.find(({ id }) => id === 'qwen3-0.6b')!
  const half = estimatedMemory({ model, dtype: 'q4f16' })!
  expect(half).toBeGreaterThan(569_789_750 + 114_688 * 8192)
  expect(half).toBeLessThan(1.8e9)
  expect(estimatedMemory({ model, dtype: 'q4' })!).toBeGreaterThan(half)
  expect(estimatedMemory({ model, dtype: 'q8' })).toBeUndefined()
})

test('what comes with the page is what the catalogue says, at most six megabytes with its adapters', () => {
  const served = [
    ...catalogue.map((model) => ({ ...model, files: [...model.textFiles, ...Object.values(model.files).flat()] })),
    ...adapterCatalogue,
  ].filter(({ servedFrom }) => servedFrom !== undefined)
  expect(served.map(({ id }) => id)).toContain('starter')
  let bytes = 0
  for (const { servedFrom, files } of served)
    for (const file of files) {
      const content = readFileSync(`${servedFrom}${file.path}`)
      expect(content.byteLength, file.path).toBe(file.bytes)
      expect(createHash('sha256').update(content).digest('hex'), file.path).toBe(file.sha256)
      bytes += content.byteLength
    }
  expect(bytes).toBeLessThan(6_000_000)
})
