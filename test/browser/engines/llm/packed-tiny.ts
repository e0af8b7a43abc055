import { readGraph, writeGraph, type GraphNode } from '../../../../src/lora/onnx-graph'
import {
  contentField,
  join,
  readFields,
  textField,
  textOf,
  type Field,
  type Parts,
} from '../../../../src/lora/protobuf'
import { initializerField, MICROSOFT, nodeField, FLOAT32, UINT8 } from '../../../fixtures/onnx-file'
import { tinyFiles } from './tiny'

const GRAPH = 'onnx/model_q4.onnx'
const WEIGHTS = 'onnx/model_q4.onnx_data'
const HIDDEN = 64
const BLOCK = 32

/**
 * The tiny model as exporters write it for other bases: queries, keys and values of a layer in one product that the attention
 * takes as a whole, and gate and up in one that is split. The same weights, in the same 4 bits.
 */
export async function packedTinyFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = await tinyFiles()
  return files.set(GRAPH, pack(files.get(GRAPH)!, files.get(WEIGHTS)!))
}

function pack(model: Uint8Array, weights: Uint8Array): Uint8Array<ArrayBuffer> {
  const graph = readGraph(model)
  const byName = new Map([...graph.nodes.values()].map((node) => [node.name, node]))
  const data = dataOf(graph.fields, weights)
  const replaced = new Map<Field, Parts>()
  const added: Parts[] = []
  for (const layer of [0, 1]) {
    const node = (path: string) => byName.get(`/model/layers.${layer}/${path}`)!
    const [q, k, v] = ['q', 'k', 'v'].map((part) => node(`attn/${part}_proj/MatMul_Q4`)) as [
      GraphNode,
      GraphNode,
      GraphNode,
    ]
    const qkv = packed([q, k, v], `model.layers.${layer}.attn.qkv_proj`, data)
    replaced.set(q.field, qkv.node)
    added.push(...qkv.initializers)
    for (const { field } of [k, v]) replaced.set(field, [])
    const attention = node('attn/GroupQueryAttention')
    replaced.set(attention.field, withInputs(attention, [qkv.output, '', '', ...attention.inputs.slice(3)]))
    const [gate, up] = ['gate', 'up'].map((part) => node(`mlp/${part}_proj/MatMul_Q4`)) as [GraphNode, GraphNode]
    const both = packed([gate, up], `model.layers.${layer}.mlp.gate_up_proj`, data)
    added.push(...both.initializers)
    replaced.set(gate.field, [...both.node, ...split(both.output, [gate.outputs[0]!, up.outputs[0]!])])
    replaced.set(up.field, [])
  }
  return writeGraph(graph, replaced, added.flat())
}

/** One product in the place of several of the same activations: rows lie behind one another, in weights and in scales. */
function packed(nodes: readonly GraphNode[], name: string, data: (name: string) => Uint8Array) {
  const rows = nodes.reduce((sum, { attributes }) => sum + attributes.get('N')!, 0)
  const output = `/${name.replaceAll(/\.(?=[a-z])/g, '/')}/MatMul_Q4/output_0`
  const [bits, scales] = [`${name}.MatMul.weight_Q4`, `${name}.MatMul.weight_scales`]
  const all = (input: number) => join(nodes.map(({ inputs }) => data(inputs[input]!)))
  return {
    output,
    node: nodeField({
      operator: 'MatMulNBits',
      inputs: [nodes[0]!.inputs[0]!, bits, scales],
      outputs: [output],
      name: output.replace('/output_0', ''),
      domain: MICROSOFT,
      integers: { K: HIDDEN, N: rows, bits: 4, block_size: BLOCK },
    }),
    initializers: [
      initializerField(bits, UINT8, [rows, HIDDEN / BLOCK, BLOCK / 2], all(1)),
      initializerField(scales, FLOAT32, [(rows * HIDDEN) / BLOCK], all(2)),
    ],
  }
}

const split = (input: string, outputs: readonly string[]): Parts =>
  nodeField({
    operator: 'Split',
    inputs: [input],
    outputs,
    name: `${input}/Split`,
    integers: { axis: 2, num_outputs: 2 },
  })

/** NodeProto's fields of inputs, GraphProto's of nodes. */
const FIELD = { input: 1, node: 1 }

function withInputs({ field }: GraphNode, inputs: readonly string[]): Parts {
  const others = [...readFields(field.content)].filter(({ number }) => number !== FIELD.input)
  const content = [...inputs.flatMap((each) => textField(FIELD.input, each)), ...others.map(({ whole }) => whole)]
  return contentField(FIELD.node, content)
}

/** TensorProto: name, raw_data, external_data with its keys and values. */
const TENSOR = { name: 8, bytes: 9, entry: 13 }

/** The bytes of an initializer, in the file or beside it. */
function dataOf(fields: readonly Field[], weights: Uint8Array): (name: string) => Uint8Array {
  const all = new Map<string, Uint8Array>()
  for (const { number, content } of fields) {
    if (number !== 5) continue
    const tensor = [...readFields(content)]
    const name = textOf(tensor.find((field) => field.number === TENSOR.name)!)
    const entries = tensor
      .filter((field) => field.number === TENSOR.entry)
      .map((entry) => [...readFields(entry.content)].map(textOf) as [string, string])
    const { offset = '0', length } = Object.fromEntries(entries) as Record<string, string>
    const inside = tensor.find((field) => field.number === TENSOR.bytes)?.content ?? new Uint8Array()
    all.set(name, length ? weights.subarray(+offset, +offset + +length) : inside)
  }
  return (name) => all.get(name)!
}
