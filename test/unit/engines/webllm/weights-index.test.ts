import { describe, expect, test } from 'vitest'
import { readWeightsIndex } from '../../../../src/engines/llm/webllm/weights-index'
import { ModelFileDamaged } from '../../../../src/errors'
import { tinyWeightsIndex } from '../../../fixtures/tiny-web-llm'

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const [shard] = tinyWeightsIndex.records

test('the index becomes the files that are to come, with their sizes, and the largest tensor', () => {
  expect(readWeightsIndex(bytesOf(tinyWeightsIndex))).toEqual({
    files: [
      { path: 'params_shard_0.bin', bytes: 96, exact: true },
      { path: 'params_shard_1.bin', bytes: 32, exact: true },
    ],
    largestTensor: 96,
    tensors: new Map([
      [
        'weight.0',
        { file: 'params_shard_0.bin', byteOffset: 0, nbytes: 96, shape: [24], dtype: 'uint32', format: 'raw' },
      ],
      [
        'weight.1',
        { file: 'params_shard_1.bin', byteOffset: 0, nbytes: 32, shape: [8], dtype: 'uint32', format: 'raw' },
      ],
    ]),
  })
})

describe('an index that cannot be right is damaged', () => {
  test.each([
    ['no JSON', new TextEncoder().encode('<html>')],
    ['without records', bytesOf({ metadata: {} })],
    ['with none', bytesOf({ records: [] })],
    ['a size that is none', bytesOf({ records: [{ ...shard, nbytes: -1 }] })],
    ['a tensor behind the end', bytesOf({ records: [{ ...shard, records: [{ nbytes: 90, byteOffset: 10 }] }] })],
  ])('%s', (_name, bytes) => {
    expect(() => readWeightsIndex(bytes)).toThrow(new ModelFileDamaged({ file: 'tensor-cache.json' }))
  })

  test.each([
    'https://elsewhere.example/a.bin',
    '//elsewhere.example/a.bin',
    '../other-model/a.bin',
    '/a.bin',
    'a/../../b',
    'a.bin?x',
    '',
  ])('it names a place outside its folder: %s', (dataPath) => {
    expect(() => readWeightsIndex(bytesOf({ records: [{ ...shard, dataPath }] }))).toThrow(ModelFileDamaged)
  })

  test('but a folder below it is none', () => {
    const { files } = readWeightsIndex(bytesOf({ records: [{ ...shard, dataPath: 'weights/shard..0.bin' }] }))
    expect(files[0]!.path).toBe('weights/shard..0.bin')
  })
})
