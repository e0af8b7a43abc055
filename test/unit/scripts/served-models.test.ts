import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { servedModelFiles } from '../../../scripts/served-models'
import { catalogue } from '../../../src/engines/embedding/catalogue'
import { adapterCatalogue } from '../../../src/engines/llm/adapters/catalogue'
import { readAdapter } from '../../../src/lora/peft'

const served = catalogue.filter(({ servedFrom }) => servedFrom !== undefined)

test('the files of a model that comes with the page are those of the catalogue, and 6 MB at most', () => {
  expect(served.map(({ id }) => id)).toEqual(['fumikura-starter'])
  for (const { servedFrom = '', tokenizerFiles, files } of served) {
    const all = [...tokenizerFiles, ...Object.values(files).flat()]
    for (const { path, bytes, exact, sha256 } of all) {
      const content = readFileSync(`${servedFrom}${path}`)
      expect({ path, bytes, exact, sha256 }).toEqual({
        path,
        bytes: content.length,
        exact: true,
        sha256: createHash('sha256').update(content).digest('hex'),
      })
    }
    expect(all.reduce((sum, { bytes = 0 }) => sum + bytes, 0)).toBeLessThanOrEqual(6_000_000)
  }
})

test('a build takes along these files and no others', () => {
  expect(servedModelFiles(catalogue)).toEqual([
    'models/starter/embedder/tokenizer.json',
    'models/starter/embedder/tokenizer_config.json',
    'models/starter/embedder/onnx/model_q4.onnx',
  ])
})

test('the adapters that come with the page are whole, can be read, and are what the catalogue says', () => {
  for (const { servedFrom, files, rank, alpha, targets } of adapterCatalogue) {
    if (servedFrom === undefined) continue
    const [config, weights] = files.map(({ path, bytes, sha256 }) => {
      // A Buffer's slice is a view of it.
      const content = new Uint8Array(readFileSync(`${servedFrom}${path}`))
      expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256])
      return content
    })
    const { description } = readAdapter(config!, weights!)
    expect(description).toMatchObject({ rank, alpha })
    expect([...description.targets].sort()).toEqual([...targets].sort())
  }
})

test('a build takes along the files of an adapter that comes with the page', () => {
  const files = [{ path: 'adapter_config.json' }, { path: 'adapter_model.safetensors' }]
  expect(servedModelFiles([{ servedFrom: 'models/starter/style/', files }, { files }])).toEqual([
    'models/starter/style/adapter_config.json',
    'models/starter/style/adapter_model.safetensors',
  ])
})
