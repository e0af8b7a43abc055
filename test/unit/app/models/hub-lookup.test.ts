import { expect, test } from 'vitest'
import { HubLookup, parseModelName, type HubPage } from '../../../../src/app/models/hub-lookup.svelte'
import type { Repository } from '../../../../src/engines/model-files/download/repository'
import type { HubSource } from '../../../../src/engines/model-files/download/source'
import { InvalidModelName, ModelNotOnnx, RepositoryMissing, UnsupportedModel } from '../../../../src/errors'

const CONFIG = {
  model_type: 'llama',
  vocab_size: 1000,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 2048,
}
const TEXTS = ['config.json', 'tokenizer.json', 'tokenizer_config.json'].map((path) => ({
  path,
  bytes: 10,
  exact: true,
}))
const GRAPHS = ['onnx/model_q4.onnx', 'onnx/model_q4.onnx_data', 'onnx/model_q4f16.onnx', 'onnx/model.onnx'].map(
  (path, at) => ({ path, bytes: 1e6 * (at + 1), exact: true, sha256: 'ab'.repeat(32) }),
)

function lookup(found: Partial<Repository> | Error, halfPrecision = false) {
  const asked: HubSource[] = []
  const page: HubPage = {
    sources: {
      devices: { threads: 1, webgpu: { adapter: 'one', halfPrecision, largestBuffer: 1e9 } },
      load: () => Promise.resolve(),
      hub: (repository, revision) => ({ kind: 'huggingFace', repository, revision }),
    },
    downloads: {
      inspect: (source) => {
        asked.push(source)
        if (found instanceof Error) return Promise.reject(found)
        return Promise.resolve({ revision: 'abc', config: CONFIG, files: [...TEXTS, ...GRAPHS], ...found })
      },
    },
  }
  return { asked, looked: new HubLookup(page) }
}

test.each([
  ['owner/name', 'owner/name', 'main'],
  ['  owner/Name-1.2B_x@v1.0 ', 'owner/Name-1.2B_x', 'v1.0'],
  ['owner/name@refs/pr/3', 'owner/name', 'refs/pr/3'],
  ['https://huggingface.co/owner/name', 'owner/name', 'main'],
  ['https://huggingface.co/owner/name/tree/dev', 'owner/name', 'dev'],
])('%s names a repository', (text, repository, revision) => {
  expect(parseModelName(text)).toEqual({ repository, revision })
})

test.each([
  '',
  'name',
  'a/b/c',
  '../name',
  'owner/..',
  'owner/name@..',
  'https://other.test/owner/name',
  'a b/c',
  'a/b?c',
])('“%s” names none', (text) => {
  expect(() => parseModelName(text)).toThrow(InvalidModelName)
})

test('what is found is offered in each precision that runs here, with its size, at the commit that was looked at', async () => {
  const { asked, looked } = lookup({ licence: 'mit' })
  await looked.look('owner/name')
  expect(asked).toEqual([{ kind: 'huggingFace', repository: 'owner/name', revision: 'main' }])
  expect(looked.found).toMatchObject({ architecture: 'llama', entry: { id: 'hub-owner/name', licence: 'mit' } })
  expect(looked.found!.offers.map(({ plan, entry }) => [plan.device, plan.dtype, entry.bytes])).toEqual([
    ['webgpu', 'q4', 3e6 + 30],
    ['webgpu', 'fp32', 4e6 + 30],
  ])
  const [, whole] = looked.found!.offers
  expect(whole!.plan.model.pairs[0]).toEqual(['webgpu', 'fp32'])
  expect(whole!.entry).toMatchObject({ added: true, repository: 'owner/name', revision: 'abc', largestTensor: 256_000 })
  expect(whole!.entry.files.at(-1)).toMatchObject({ path: 'onnx/model.onnx', sha256: 'ab'.repeat(32) })
})

test('16-bit floats are offered where the graphics processor has them', async () => {
  const { looked } = lookup({}, true)
  await looked.look('owner/name')
  expect(looked.found!.offers.map(({ plan }) => plan.dtype)).toEqual(['q4f16', 'q4', 'fp32'])
})

test.each([
  ['no graph', { files: TEXTS }, ModelNotOnnx],
  ['another architecture', { config: { ...CONFIG, model_type: 'mamba' } }, UnsupportedModel],
  ['no such repository', new RepositoryMissing({ name: 'owner/name' }), RepositoryMissing],
] as const)('%s is told, and nothing is offered', async (_, found, kind) => {
  const { looked } = lookup(
    found instanceof Error ? found : { ...found, files: [...('files' in found ? found.files : TEXTS)] },
  )
  await looked.look('owner/name')
  expect(looked.found).toBeUndefined()
  expect(looked.failure).toBeInstanceOf(kind)
  expect(looked.isLooking).toBe(false)
})

test('a newer look takes the place of one under way, and nothing is told after the end', async () => {
  const { looked } = lookup({})
  const first = looked.look('owner/name')
  const second = looked.look('nothing')
  await Promise.all([first, second])
  expect(looked.found).toBeUndefined()
  expect(looked.failure).toBeInstanceOf(InvalidModelName)
  const last = looked.look('owner/name')
  looked.close()
  await last
  expect(looked.found).toBeUndefined()
})
