import { describe, expect, test } from 'vitest'
import { AdapterUnusable } from '../../../src/errors'
import { checkAgainst } from '../../../src/lora/check-against'
import { readAdapter } from '../../../src/lora/peft'
import { ADAPTER_REFUSALS } from '../../../src/lora/refusal'
import { floatsOf, readSafetensors } from '../../../src/lora/safetensors'
import { errorText, locale } from '../../../src/i18n/i18n.svelte'
import { makeAdapter, writeSafetensors, type AdapterToMake, type TensorToWrite } from '../../fixtures/make-adapter'
import { Random } from '../../fixtures/random'

const Q = 'model.layers.0.self_attn.q_proj'
const V = 'model.layers.1.self_attn.v_proj'
const DOWN = 'model.layers.11.mlp.down_proj'
const layers = [
  { path: Q, inputs: 6, outputs: 8 },
  { path: V, inputs: 6, outputs: 2 },
  { path: DOWN, inputs: 10, outputs: 6 },
]

const read = (making: Partial<AdapterToMake> = {}) => {
  const { config, weights } = makeAdapter({ layers, ...making })
  return readAdapter(config, weights)
}

function refused(work: () => unknown): Record<string, unknown> {
  try {
    work()
  } catch (error) {
    if (error instanceof AdapterUnusable) return error.params
    throw error
  }
  return { reason: 'read' }
}

/** The adapter of `layers` with other tensors than those that belong to it. */
function withTensors(change: (tensors: Record<string, TensorToWrite>) => Record<string, TensorToWrite>) {
  const { config, weights } = makeAdapter({ layers })
  const tensors = [...readSafetensors(weights)].map(([name, tensor]): [string, TensorToWrite] => [
    name,
    { shape: tensor.shape, data: floatsOf(tensor) },
  ])
  return () => readAdapter(config, writeSafetensors(change(Object.fromEntries(tensors))))
}

const nameOf = (path: string, factor: 'A' | 'B') => `base_model.model.${path}.lora_${factor}.weight`

describe('an adapter as PEFT saves it', () => {
  test('has its factors by the path of the module in the base model', () => {
    const { modules, description } = read()
    expect([...modules.keys()]).toEqual([Q, V, DOWN])
    expect(modules.get(DOWN)).toMatchObject({ rank: 4, scale: 2, inputs: 10, outputs: 6 })
    expect(modules.get(DOWN)?.a).toHaveLength(40)
    expect(modules.get(DOWN)?.b).toHaveLength(24)
    expect(description).toEqual({
      rank: 4,
      alpha: 8,
      targets: ['q_proj', 'v_proj', 'down_proj'],
      base: 'made/for-tests',
    })
  })

  test.each(['F16', 'BF16'] as const)('may be saved in %s', (dtype) => {
    const { modules } = read({ dtype })
    const exact = read()
    for (const [path, { a }] of modules)
      for (const [at, value] of a.entries()) expect(value).toBeCloseTo(exact.modules.get(path)!.a[at]!, 2)
  })

  test('may have the name "default" in its keys', () => {
    const renamed = withTensors((tensors) =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name.replace('.weight', '.default.weight'), tensor]),
      ),
    )
    expect([...renamed().modules.keys()]).toEqual([Q, V, DOWN])
  })

  test('scales by the root of the rank where it was trained so', () => {
    expect(read({ config: { use_rslora: true } }).modules.get(Q)?.scale).toBe(4)
  })

  test('has the defaults of PEFT where its file says nothing: rank 8, alpha 8', () => {
    const { modules } = read({ rank: 8, config: { r: undefined, lora_alpha: undefined } })
    expect(modules.get(Q)).toMatchObject({ rank: 8, scale: 1 })
  })
})

describe('patterns', () => {
  const ranks = (rank_pattern: Record<string, number>, alpha_pattern: Record<string, number> = {}) => {
    const own = [layers[0]!, { ...layers[1]!, rank: 2 }, layers[2]!]
    const { modules } = read({ layers: own, config: { rank_pattern, alpha_pattern } })
    return [...modules.values()].map(({ rank, scale }) => [rank, scale])
  }

  test.each([
    ['the end of a path', 'v_proj'],
    ['a longer end', 'self_attn.v_proj'],
    ['the whole path', V],
    ['from the beginning, marked as such', `^${V}`],
    ['an expression', 'layers\\.[1-5]\\..*v_proj'],
    ['alternatives', 'x_proj|v_proj'],
  ])('name a module by %s', (_, pattern) => {
    expect(ranks({ [pattern]: 2 })).toEqual([
      [4, 2],
      [2, 4],
      [4, 2],
    ])
  })

  test('count from a dot on, and the first that fits counts', () => {
    expect(refused(() => ranks({ _proj: 2 }))).toMatchObject({ reason: 'rank', module: V, rank: 2, expected: 4 })
    expect(ranks({ v_proj: 2, '.*': 4 })).toHaveLength(3)
    expect(refused(() => ranks({ '.*': 4, v_proj: 2 }))).toMatchObject({ reason: 'rank', module: V })
  })

  test('tell alpha apart from rank', () => {
    expect(ranks({ v_proj: 2 }, { 'q_proj|v_proj': 16 })).toEqual([
      [4, 4],
      [2, 8],
      [4, 2],
    ])
  })

  test.each(['(', '[a', '(?P<x>a)', '(a+)+', '(a|a)*b', '(?:\\\\|\\\\)*b', 'a'.repeat(3000), '.*'.repeat(20)])(
    'that cannot be read, or might be matched for ever, are refused: %s',
    (pattern) => {
      expect(refused(() => ranks({ [pattern]: 2 }))).toMatchObject({ reason: 'pattern' })
      expect(refused(() => read({ config: { target_modules: pattern } }))).toMatchObject({ reason: 'pattern' })
    },
  )
})

describe('target modules', () => {
  test.each([
    ['names', ['q_proj', 'v_proj', 'down_proj']],
    ['ends of paths', ['self_attn.q_proj', V, 'mlp.down_proj']],
    ['an expression', '.*\\.layers\\.\\d+\\.(self_attn|mlp)\\.(q|v|down)_proj'],
    [
      'what Unsloth writes',
      '(?:.*?(?:self_attn|mlp).*?(?:q_proj|v_proj|down_proj).*?)|(?:\\bmodel\\.layers\\.[\\d]{1,}\\.x)',
    ],
    ['all linear layers', 'all-linear'],
    ['what the base model told', null],
  ])('may be %s', (_, target_modules) => {
    expect(read({ config: { target_modules } }).modules.size).toBe(3)
  })

  test.each([
    ['are not among the names', { target_modules: ['q_proj', 'proj'] }, V],
    ['do not match the expression as a whole', { target_modules: 'model\\.layers\\.\\d\\..*' }, DOWN],
    ['are excluded', { exclude_modules: ['v_proj'] }, V],
    ['are in another layer', { layers_to_transform: [0, 1] }, DOWN],
    ['are in another layer than the one', { layers_to_transform: 0 }, V],
    ['are in a list of layers of another name', { layers_to_transform: [0, 1, 11], layers_pattern: 'h' }, Q],
  ])('that %s are refused by their path', (_, config, module) => {
    expect(refused(() => read({ config }))).toMatchObject({ reason: 'notTargeted', module })
  })

  test('in the layers that were named are taken', () => {
    for (const layers_pattern of [undefined, null, '', [], 'layers', ['h', 'layers']])
      expect(read({ config: { layers_to_transform: [0, 1, 11], layers_pattern } }).modules.size).toBe(3)
  })
})

describe('refuses by name', () => {
  test.each([
    ['dora', { use_dora: true }, {}],
    ['modulesToSave', { modules_to_save: ['score', 'lm_head'] }, { modules: 'score, lm_head' }],
    ['embeddings', { target_modules: ['q_proj', 'lm_head'] }, { module: 'lm_head' }],
    ['embeddings', { target_modules: ['model.embed_tokens'] }, { module: 'model.embed_tokens' }],
    ['embeddings', { trainable_token_indices: [1] }, {}],
    ['bias', { bias: 'all' }, {}],
    ['bias', { bias: 'lora_only' }, {}],
    ['bias', { lora_bias: true }, {}],
    ['method', { peft_type: 'IA3' }, { method: 'IA3' }],
    ['method', { peft_type: 'LOHA' }, { method: 'LOHA' }],
    ['method', { peft_type: undefined }, { method: '?' }],
    ['feature', { fan_in_fan_out: true }, { feature: 'fan_in_fan_out' }],
    ['feature', { use_qalora: true }, { feature: 'use_qalora' }],
    ['feature', { layer_replication: [[0, 4]] }, { feature: 'layer_replication' }],
    ['feature', { alora_invocation_tokens: [1] }, { feature: 'alora_invocation_tokens' }],
    ['initialisation', { init_lora_weights: 'pissa_niter_4' }, { initialisation: 'pissa_niter_4' }],
    ['initialisation', { init_lora_weights: 'olora' }, { initialisation: 'olora' }],
    ['config', { r: 0 }, { option: 'r' }],
    ['config', { r: '8' }, { option: 'r' }],
    ['config', { r: 1.5 }, { option: 'r' }],
    ['config', { lora_alpha: null, r: null, rank_pattern: [] }, { option: 'rank_pattern' }],
    ['config', { lora_alpha: 'much' }, { option: 'lora_alpha' }],
    ['config', { alpha_pattern: { q_proj: 'much' } }, { option: 'alpha_pattern' }],
    ['config', { target_modules: [1] }, { option: 'target_modules' }],
    ['config', { layers_to_transform: ['0'] }, { option: 'layers_to_transform' }],
  ])('%s: a configuration with %j', (reason, config, named) => {
    expect(refused(() => read({ config }))).toMatchObject({ reason, ...named })
  })

  test('what does not ask for them is no reason', () => {
    const config = {
      ...{ use_dora: false, modules_to_save: null, bias: 'none', lora_bias: false, layer_replication: null },
      ...{ init_lora_weights: 'gaussian', loftq_config: {}, trainable_token_indices: null, eva_config: null },
    }
    expect(read({ config }).modules.size).toBe(3)
  })

  test.each(['', 'null', '[]', '"r"', '{', '\u{feff}x'])(
    'config: the text "%s" in place of a configuration',
    (text) => {
      const { weights } = makeAdapter({ layers })
      expect(refused(() => readAdapter(new TextEncoder().encode(text), weights))).toMatchObject({ reason: 'config' })
    },
  )

  const one = { shape: [1], data: [1] }
  test.each([
    ['dora', `base_model.model.${Q}.lora_magnitude_vector.weight`],
    ['bias', `base_model.model.${Q}.lora_B.bias`],
    ['bias', `base_model.model.${Q}.bias`],
    ['embeddings', 'base_model.model.model.embed_tokens.lora_embedding_A'],
    ['embeddings', 'base_model.model.model.embed_tokens.weight'],
    ['embeddings', 'base_model.model.lm_head.lora_A.weight'],
    ['modulesToSave', 'base_model.model.score.modules_to_save.weight'],
    ['unknownTensor', 'score.weight'],
    ['unknownTensor', `base_model.model.${Q}.lora_C.weight`],
    ['unknownTensor', `base_model.model.${Q}.lora_A.other.adapter.weight`],
    ['unknownTensor', `${Q}.lora_A.weight`],
    ['unknownTensor', 'base_model.model..weight'],
  ])('%s: a tensor named %s', (reason, name) => {
    expect(refused(withTensors((tensors) => ({ ...tensors, [name]: one })))).toMatchObject({ reason })
  })

  test('duplicate: the same factor with and without the name "default"', () => {
    const twice = withTensors((tensors) => ({
      ...tensors,
      [nameOf(Q, 'A').replace('.weight', '.default.weight')]: tensors[nameOf(Q, 'A')]!,
    }))
    expect(refused(twice)).toMatchObject({ reason: 'duplicate' })
  })

  test.each(['A', 'B'] as const)('halfPair: a module without its %s', (factor) => {
    const half = withTensors((tensors) =>
      Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== nameOf(V, factor))),
    )
    expect(refused(half)).toMatchObject({ reason: 'halfPair', module: V, missing: `lora_${factor}` })
  })

  test.each([
    ['of unequal rank', [8, 5]],
    ['that are no matrices', [8, 4, 1]],
    ['without rows', [0, 4]],
  ])('factors: %s', (_, shape) => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1))
    const other = withTensors((tensors) => ({ ...tensors, [nameOf(Q, 'B')]: { shape, data } }))
    expect(refused(other)).toMatchObject({ reason: 'factors', module: Q, a: '4 × 6', b: shape.join(' × ') })
  })

  test('rank: another one than the configuration tells', () => {
    expect(refused(() => read({ config: { r: 8 } }))).toMatchObject({ reason: 'rank', module: Q, rank: 4, expected: 8 })
  })

  test.each([NaN, Infinity, -Infinity])('notFinite: %s, naming the tensor', (value) => {
    const spoilt = withTensors((tensors) => {
      Float32Array.prototype.fill.call(tensors[nameOf(V, 'B')]!.data as Float32Array, value, 3, 4)
      return tensors
    })
    expect(refused(spoilt)).toMatchObject({ reason: 'notFinite', tensor: nameOf(V, 'B') })
  })

  test('finite figures that only their sum is too large for are taken', () => {
    const large = withTensors((tensors) => ({
      ...tensors,
      [nameOf(Q, 'A')]: { shape: [4, 6], data: new Float32Array(24).fill(3e38) },
    }))
    expect(large().modules.size).toBe(3)
  })

  test('noWeights: a file without a tensor', () => {
    expect(refused(withTensors(() => ({})))).toMatchObject({ reason: 'noWeights' })
  })
})

describe('against a base model', () => {
  const base = layers.map(({ path, inputs, outputs }) => ({ path, inputs, outputs }))

  test('an adapter fits whose modules are all there, of their shapes', () => {
    expect(() => checkAgainst(read(), [...base, { path: 'lm_head', inputs: 6, outputs: 100 }])).not.toThrow()
  })

  test('the first module that is missing is named', () => {
    expect(refused(() => checkAgainst(read(), base.slice(0, 1)))).toMatchObject({ reason: 'missingModule', module: V })
  })

  test('the first module of another shape is named, with both shapes', () => {
    const wider = base.map((layer) => (layer.path === DOWN ? { ...layer, inputs: 12 } : layer))
    const found = refused(() => checkAgainst(read(), wider))
    expect(found).toMatchObject({ reason: 'baseShape', module: DOWN, shape: '6 × 10', baseShape: '6 × 12' })
  })
})

test('a damaged pair of files is read or refused in our own words', () => {
  const { config, weights } = makeAdapter({ layers })
  const random = new Random(5)
  const reasons = new Set<unknown>()
  for (let round = 0; round < 1500; round++) {
    const [damagedConfig, damagedWeights] = [config.slice(), weights.slice()]
    for (let count = random.integer(0, 3); count > 0; count--)
      damagedConfig[random.integer(0, config.length - 1)] = random.integer(0x20, 0x7e)
    for (let count = random.integer(0, 3); count > 0; count--)
      damagedWeights[random.integer(0, 900)]! ^= 1 << random.integer(0, 7)
    reasons.add(refused(() => readAdapter(damagedConfig, damagedWeights))['reason'])
  }
  for (const reason of ['read', 'config', 'header', 'layout', 'unknownTensor']) expect(reasons).toContain(reason)
})

test.each(['en', 'ja'] as const)('every reason has a sentence of its own in %s', (language) => {
  locale.language = language
  const general = errorText(new AdapterUnusable({ reason: 'none', detail: '' }))
  const sentences = ADAPTER_REFUSALS.map((reason) => errorText(new AdapterUnusable({ reason })))
  expect(new Set([general, ...sentences]).size).toBe(ADAPTER_REFUSALS.length + 1)
  locale.language = 'en'
})
