import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plansFor } from '../../../../src/engines/llm/catalogue'
import { ownEntry, type LocalFile } from '../../../../src/engines/llm/own-entry'
import { ModelFileMissing, UnsupportedModel } from '../../../../src/errors'

const folder = 'models/tiny/llm'
const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>
const tiny = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => statSync(join(folder, path)).isFile())
  .map((path): LocalFile => ({ path, bytes: statSync(join(folder, path)).size, modified: 1000 }))
const without = (name: string) => tiny.filter(({ path }) => !path.endsWith(name))

test('the tiny model of the tests is told from its files: context, memory, precisions, weights beside the graph', () => {
  const entry = ownEntry('llm', tiny, config)
  expect(entry).toMatchObject({ id: 'own-llm', name: 'llm', contextTokens: 1024, cacheBytesPerToken: 256 })
  expect(entry.files.q4?.map(({ path }) => path)).toEqual(['onnx/model_q4.onnx', 'onnx/model_q4.onnx_data'])
  expect(entry.files.fp32?.map(({ path }) => path)).toEqual(['onnx/model.onnx'])
  expect(plansFor(entry, { threads: 1 }).map(({ device, dtype }) => [device, dtype])).toEqual([
    ['wasm', 'q4'],
    ['wasm', 'fp32'],
  ])
})

test('the same name with other bytes or of another day is another version', () => {
  const { revision } = ownEntry('llm', tiny, config)
  const later = tiny.map((file) => ({ ...file, modified: 2000 }))
  expect(ownEntry('llm', later, config).revision).not.toBe(revision)
  expect(ownEntry('llm', without('expected.json'), config).revision).not.toBe(revision)
})

test('8 bits never run on a graphics processor', () => {
  const files = [
    ...without('.onnx').filter(({ path }) => !path.endsWith('_data')),
    { ...tiny[0]!, path: 'model_quantized.onnx' },
  ]
  expect(ownEntry('llm', files, config).pairs).toEqual([['wasm', 'q8']])
})

test('what is missing is named, and so is an architecture that was never run', () => {
  expect(() => ownEntry('llm', without('tokenizer.json'), config)).toThrow(
    new ModelFileMissing({ file: 'tokenizer.json' }),
  )
  expect(() => ownEntry('llm', without('.onnx'), config)).toThrow(ModelFileMissing)
  expect(() => ownEntry('llm', tiny, { ...config, model_type: 'mamba' })).toThrow(UnsupportedModel)
})
