import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { adapterName } from '../../../../../src/engines/llm/adapters/catalogue'
import { describeAdapter, guessBase, ownId } from '../../../../../src/engines/llm/adapters/describe'
import { catalogue } from '../../../../../src/engines/llm/catalogue'
import { AdapterUnusable } from '../../../../../src/errors'
import { makeAdapter } from '../../../../fixtures/make-adapter'

const layers = [
  { path: 'model.layers.0.self_attn.q_proj', inputs: 8, outputs: 8 },
  { path: 'model.layers.1.self_attn.v_proj', inputs: 8, outputs: 4, rank: 16 },
]

test('an adapter is told from its two files: rank, alpha, targets, base, sizes and hashes', async () => {
  const { config, weights } = makeAdapter({ layers })
  const entry = await describeAdapter('My house style (2)', config, weights)
  const hash = createHash('sha256').update(weights).digest('hex')
  expect(entry).toMatchObject({
    ...{ id: 'own-My-house-style-2', name: 'My house style (2)', revision: hash.slice(0, 12), kind: 'other' },
    ...{ rank: 16, alpha: 8, targets: ['q_proj', 'v_proj'], trainedOn: 'made/for-tests' },
    files: [
      { path: 'adapter_config.json', bytes: config.length, exact: true },
      { path: 'adapter_model.safetensors', bytes: weights.length, exact: true, sha256: hash },
    ],
  })
  expect(entry).not.toHaveProperty('base')
  expect(adapterName(entry)).toBe(`adapter-own-My-house-style-2@${hash.slice(0, 12)}`)
})

test('one that cannot be used is refused before it has an entry', async () => {
  const { config, weights } = makeAdapter({ layers, config: { use_dora: true } })
  await expect(describeAdapter('dora', config, weights)).rejects.toBeInstanceOf(AdapterUnusable)
})

test.each([
  ['', 'own-adapter'],
  ['../../etc/passwd', 'own-etc-passwd'],
  ['家風 ＡＢＣ', 'own-家風-ABC'],
  ['a@b', 'own-a-b'],
  ['x'.repeat(500), `own-${'x'.repeat(60)}`],
])('"%s" becomes the id "%s"', (name, id) => {
  expect(ownId('own', name)).toBe(id)
})

test.each([
  ['Qwen/Qwen3-0.6B', 'qwen3-0.6b'],
  ['unsloth/Qwen3-0.6B-unsloth-bnb-4bit', 'qwen3-0.6b'],
  ['/home/someone/models/Qwen3-1.7B', 'qwen3-1.7b'],
  ['meta-llama/Llama-3.2-1B-Instruct', 'llama-3.2-1b-instruct'],
  ['google/gemma-3-1b-it', 'gemma-3-1b-it'],
  ['LiquidAI/LFM2.5-1.2B-JP', 'lfm2.5-1.2b-jp'],
  ['Qwen/Qwen3-0.6B-Base', undefined],
  ['Qwen/Qwen3-4B', undefined],
])('what was trained on %s is taken to be for %s', (trainedOn, id) => {
  expect(guessBase(trainedOn, catalogue)).toBe(id)
})
