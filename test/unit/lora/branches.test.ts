import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isWholeOnnx } from '../../../src/engines/onnx/file-check'
import { readGraphInfo } from '../../../src/engines/onnx/graph-info'
import { addBranches } from '../../../src/lora/branches'
import { findLinearLayers } from '../../../src/lora/linear-layers'
import { readGraph } from '../../../src/lora/onnx-graph'
import { readFields, textOf, type Parts } from '../../../src/lora/protobuf'
import { ModelUnusable } from '../../../src/errors'
import {
  FLOAT16,
  FLOAT32,
  initializerField,
  MICROSOFT,
  nodeField,
  onnxFile,
  UINT8,
  valueField,
} from '../../fixtures/onnx-file'
import { PROJECTIONS, modulePath } from '../../fixtures/random-adapter'
import { Random } from '../../fixtures/random'

const NONE = new Uint8Array()
/** 8 rows of queries, 4 of keys, 4 of values. */
const ATTENTION = { queries: 8, keys: 4 }

/** x · W of weights inputs × outputs, as a node of this name. */
const product = (name: string, weights: string, inputs: number, outputs: number, type = FLOAT32): Parts => [
  ...nodeField({ operator: 'MatMul', inputs: ['x', weights], outputs: [`${name}_output_0`], name }),
  ...initializerField(weights, type, [inputs, outputs], NONE),
]

/** The same in blocks of four bits. */
const blocks = (name: string, weights: string, inputs: number, outputs: number, type = FLOAT32): Parts => [
  ...nodeField({
    operator: 'MatMulNBits',
    inputs: ['x', weights, `${weights}_scales`],
    outputs: [`${name}/output_0`],
    name,
    domain: MICROSOFT,
    integers: { K: inputs, N: outputs, bits: 4, block_size: 32 },
  }),
  ...initializerField(weights, UINT8, [outputs, 1, 16], NONE),
  ...initializerField(`${weights}_scales`, type, [outputs], NONE),
]

const layersOf = (...fields: Parts[]) => findLinearLayers(readGraph(onnxFile(...fields)), ATTENTION)
const modulesOf = (...fields: Parts[]) => layersOf(...fields).map(({ modules }) => modules.map(({ module }) => module))

describe('linear layers are found by the names of', () => {
  test('onnxruntime-genai: 4 bits, 32 bits, quantized beforehand', () => {
    const found = layersOf(
      blocks('/model/layers.0/attn/q_proj/MatMul_Q4', 'model.layers.0.attn.q_proj.MatMul.weight_Q4', 8, 8),
      product('/model/layers.11/attn/o_proj/MatMul', 'model.layers.11.attn.o_proj.MatMul.weight', 8, 6),
      blocks('/model/layers.3/mlp/down_proj/MatMulNBits', 'model.layers.3.mlp.down_proj.qweight', 12, 8),
      blocks('/model/layers.4/mlp/up_proj/MatMul_Quant', 'model.layers.4.mlp.up_proj.MatMul.weight_Quant', 8, 12),
    )
    expect(found.map(({ modules, inputs, outputs }) => [modules[0]!.module, inputs, outputs])).toEqual([
      ['model.layers.0.self_attn.q_proj', 8, 8],
      ['model.layers.11.self_attn.o_proj', 8, 6],
      ['model.layers.3.mlp.down_proj', 12, 8],
      ['model.layers.4.mlp.up_proj', 8, 12],
    ])
  })

  test('Optimum: weights without a name, in 4 bits, and other paths', () => {
    expect(
      modulesOf(
        product('/model/layers.0/self_attn/q_proj/MatMul', 'onnx::MatMul_3456', 8, 8),
        blocks('/model/layers.1/self_attn/v_proj/MatMul_Q4', 'onnx::MatMul_3460_Q4', 8, 4),
        product('/model/layers.2/conv/in_proj/MatMul', 'onnx::MatMul_3461', 8, 24),
        product('/model/decoder/layers.0/fc1/MatMul', 'onnx::MatMul_3462', 8, 24),
      ),
    ).toEqual([
      ['model.layers.0.self_attn.q_proj'],
      ['model.layers.1.self_attn.v_proj'],
      ['model.layers.2.conv.in_proj'],
      ['model.decoder.layers.0.fc1'],
    ])
  })

  test('their weights, where the node has none', () => {
    expect(
      modulesOf(
        product('node_MatMul_17', 'model.layers.5.self_attn.k_proj.weight', 8, 4),
        product('', 'model.layers.6.mlp.gate_proj.weight', 8, 12),
        blocks('node_18', 'model.layers.7.attn.q_proj.MatMul.weight_Q4', 8, 8),
      ),
    ).toEqual([
      ['model.layers.5.self_attn.k_proj'],
      ['model.layers.6.mlp.gate_proj'],
      ['model.layers.7.self_attn.q_proj'],
    ])
  })

  test('Gemm, whichever way its weights lie; not where it scales or turns', () => {
    const gemm = (name: string, integers: Record<string, number>, floats: Record<string, number> = {}): Parts => [
      ...nodeField({
        operator: 'Gemm',
        inputs: ['x', `${name}.weight`, `${name}.bias`],
        outputs: [`/${name}/y`],
        name: `/${name.replaceAll(/\.(?=[a-z])/g, '/')}/Gemm`,
        integers,
        floats,
      }),
      ...initializerField(`${name}.weight`, FLOAT32, [6, 8], NONE),
    ]
    const found = layersOf(
      gemm('transformer.h.0.attn.c_attn', {}),
      gemm('model.layers.0.mlp.up_proj', { transB: 1 }, { alpha: 1, beta: 1 }),
      gemm('model.layers.1.mlp.up_proj', { transB: 1 }, { alpha: 0.5 }),
      gemm('model.layers.2.mlp.up_proj', { transA: 1 }),
    )
    expect(found.map(({ modules, inputs, outputs }) => [modules[0]!.module, inputs, outputs])).toEqual([
      ['transformer.h.0.attn.c_attn', 6, 8],
      ['model.layers.0.mlp.up_proj', 8, 6],
    ])
  })
})

test('packed layers stand for their parts too, with the columns that are theirs', () => {
  const [qkv, gates] = layersOf(
    blocks('/model/layers.0/attn/qkv_proj/MatMul_Q4', 'model.layers.0.attn.qkv_proj.MatMul.weight_Q4', 8, 16),
    product('/model/layers.0/mlp/gate_up_proj/MatMul', 'onnx::MatMul_1', 8, 24),
  )
  const [attention, mlp] = ['model.layers.0.self_attn', 'model.layers.0.mlp']
  expect(qkv!.modules).toEqual([
    { module: `${attention}.qkv_proj`, start: 0, count: 16 },
    { module: `${attention}.q_proj`, start: 0, count: 8 },
    { module: `${attention}.k_proj`, start: 8, count: 4 },
    { module: `${attention}.v_proj`, start: 12, count: 4 },
  ])
  expect(gates!.modules).toEqual([
    { module: `${mlp}.gate_up_proj`, start: 0, count: 24 },
    { module: `${mlp}.gate_proj`, start: 0, count: 12 },
    { module: `${mlp}.up_proj`, start: 12, count: 12 },
  ])
  // Parts that do not make up the whole are not guessed at.
  const unknown = findLinearLayers(
    readGraph(onnxFile(product('/model/layers.0/attn/qkv_proj/MatMul', 'onnx::MatMul_1', 8, 20))),
    ATTENTION,
  )
  expect(unknown[0]!.modules).toHaveLength(1)
})

test('what is no linear layer of a block is left alone', () => {
  expect(
    layersOf(
      product('/lm_head/MatMul', 'lm_head.weight', 8, 100),
      nodeField({ operator: 'MatMul', inputs: ['q', 'k'], outputs: ['s'], name: '/model/layers.0/self_attn/MatMul' }),
      product('/model/layers.0/mlp/experts/MatMul', 'experts', 8, 0),
      nodeField({ operator: 'Add', inputs: ['x', 'b'], outputs: ['z'], name: '/model/layers.0/attn/q_proj/Add' }),
      product('/model/layers.0/self_attn/q_proj/MatMul_quant', 'w', 8, 8, UINT8),
    ),
  ).toEqual([])
})

describe('a branch', () => {
  const x = valueField(11, 'x', FLOAT16, ['batch_size', 'sequence_length', 8])
  const name = '/model/layers.0/attn/q_proj'
  const graph = onnxFile(
    blocks(`${name}/MatMul_Q4`, 'model.layers.0.attn.q_proj.MatMul.weight_Q4', 8, 8, FLOAT16),
    nodeField({ operator: 'Add', inputs: [`${name}/MatMul_Q4/output_0`, 'bias'], outputs: ['y'], name: `${name}/Add` }),
    initializerField('bias', FLOAT16, [8], NONE),
    x,
    valueField(12, 'y', FLOAT16, ['batch_size', 'sequence_length', 8]),
  )
  const { bytes, branches } = addBranches(graph, 'model.onnx')

  test('stands between the layer and its bias, and its factors are inputs of the type of the activations', () => {
    const [{ a, b, type }] = branches as [(typeof branches)[0]]
    expect(type).toBe('float16')
    const output = `${name}/MatMul_Q4/output_0`
    const after = readGraph(bytes)
    expect(
      [...after.nodes.values()].map(({ operator, inputs, outputs }) => [operator, inputs.join(), outputs.join()]),
    ).toEqual([
      [
        'MatMulNBits',
        'x,model.layers.0.attn.q_proj.MatMul.weight_Q4,model.layers.0.attn.q_proj.MatMul.weight_Q4_scales',
        `${output}:base`,
      ],
      ['MatMul', `x,${a}`, `${output}:lora_xA`],
      ['MatMul', `${output}:lora_xA,${b}`, `${output}:lora_xAB`],
      ['Add', `${output}:base,${output}:lora_xAB`, output],
      ['Add', `${output},bias`, 'y'],
    ])
    expect(inputsOf(bytes)).toEqual([
      ['x', FLOAT16, ['batch_size', 'sequence_length', 8]],
      [a, FLOAT16, [8, `rank_of_${a}`]],
      [b, FLOAT16, [`rank_of_${a}`, 8]],
    ])
  })

  test('changes nothing else: attributes, initializers and what is around the graph', () => {
    const [before, after] = [readGraph(graph), readGraph(bytes)]
    expect(after.initializers).toEqual(before.initializers)
    expect([after.before, after.after]).toEqual([before.before, before.after])
    const [base] = after.nodes.values()
    expect(Object.fromEntries(base!.attributes)).toEqual({ K: 8, N: 8, bits: 4, block_size: 32 })
  })
})

test('the tiny model in 4 bits: every projection, the weights beside it as they were', () => {
  const model = new Uint8Array(readFileSync('models/tiny/llm/onnx/model_q4.onnx'))
  const { bytes, branches } = addBranches(model, 'model_q4.onnx')
  expect(branches.map(({ modules }) => modules[0]!.module).sort()).toEqual(
    [0, 1].flatMap((layer) => PROJECTIONS.map((each) => modulePath(layer, each))).sort(),
  )
  expect(isWholeOnnx(bytes)).toBe(true)
  expect(readGraphInfo(bytes)).toEqual(readGraphInfo(model))
  expect(bytes.length).toBeLessThan(2 * model.length)
  const wanted = addBranches(model, 'model_q4.onnx', undefined, ({ modules }) =>
    modules.some(({ module }) => /[qv]_proj$/.test(module)),
  )
  expect(wanted.branches).toHaveLength(4)
})

test('weights inside the file stay there, and the graph that names them is small', () => {
  const model = new Uint8Array(readFileSync('models/tiny/llm/onnx/model.onnx'))
  const { bytes, branches } = addBranches(model, 'model.onnx')
  expect(branches).toHaveLength(14)
  expect(bytes.length).toBeLessThan(model.length / 20)
  expect(readGraphInfo(bytes).weights.get('model.onnx')).toBeLessThanOrEqual(model.length)
  expect(readGraphInfo(bytes).weights.get('model.onnx')).toBeGreaterThan(0.9 * model.length)
  expect(readGraph(bytes).initializers).toEqual(readGraph(model).initializers)
})

test('damaged graphs end in an error of ours or in a graph, and soon', () => {
  const model = new Uint8Array(readFileSync('models/tiny/llm/onnx/model_q4.onnx'))
  const random = new Random(20_261_126)
  let refused = 0
  for (let turn = 0; turn < 400; turn++) {
    const damaged = damage(model, random)
    try {
      addBranches(damaged, 'model_q4.onnx', ATTENTION)
    } catch (error) {
      expect(error).toBeInstanceOf(ModelUnusable)
      refused += 1
    }
  }
  expect(refused).toBeGreaterThan(100)
  expect(() => addBranches(NONE, 'model.onnx')).toThrow(ModelUnusable)
  expect(() => addBranches(new TextEncoder().encode('<!doctype html><title>Sign in</title>'), 'model.onnx')).toThrow(
    ModelUnusable,
  )
}, 60_000)

/** Cuts, changes some bytes, or takes some out or puts some in. */
function damage(model: Uint8Array, random: Random): Uint8Array {
  const kind = random.integer(0, 3)
  if (kind === 0) return model.subarray(0, random.integer(0, model.length - 1))
  const changed = [...model]
  for (let count = random.integer(1, 8); count > 0; count--) {
    // Half of them where the structure is, at the beginning.
    const at = random.integer(0, random.chance(0.5) ? 200 : changed.length - 1)
    if (kind === 1) changed[at] = random.integer(0, 255)
    if (kind === 2) changed.splice(at, random.integer(1, 5))
    if (kind === 3) changed.splice(at, 0, random.integer(0, 255))
  }
  return Uint8Array.from(changed)
}

/** Name, type and shape of a graph's inputs. */
function inputsOf(model: Uint8Array): [name: string, type: number, shape: (number | string)[]][] {
  const inside = (bytes: Uint8Array, number: number) =>
    [...readFields(bytes)].filter((field) => field.number === number)
  return inside(inside(model, 7)[0]!.content, 11).map(({ content }) => {
    const tensor = inside(inside(content, 2)[0]!.content, 1)[0]!.content
    const shape = inside(inside(tensor, 2)[0]!.content, 1).map((dimension) => {
      const [field] = [...readFields(dimension.content)]
      return field!.number === 1 ? field!.value : textOf(field!)
    })
    return [textOf(inside(content, 1)[0]!), inside(tensor, 1)[0]!.value, shape]
  })
}
