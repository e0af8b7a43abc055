import { ModelUnusable } from '../errors'
import {
  contentField,
  join,
  messageOf,
  numberField,
  numbersOf,
  readFields,
  textField,
  textOf,
  type Field,
  type Parts,
} from './protobuf'

/** Numbers of the fields of onnx.proto that are read or written here. */
const MODEL = { graph: 7 }
const GRAPH = { node: 1, initializer: 5, input: 11 }
const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 }
const ATTRIBUTE = { name: 1, real: 2, integer: 3 }
const TENSOR = { shape: 1, type: 2, name: 8, bytes: 9, externalData: 13, location: 14 }
const EXTERNAL = 1
const ENTRY = { key: 1, value: 2 }
const VALUE = { name: 1, type: 2 }
const TYPE = { tensor: 1 }
const TENSOR_TYPE = { element: 1, shape: 2 }
const SHAPE = { dimension: 1 }
const DIMENSION = { size: 1, name: 2 }

/** Types of elements, as onnx.proto numbers them. */
export const ELEMENT = { float32: 1, float16: 10 } as const
export type FloatType = keyof typeof ELEMENT

export interface GraphNode {
  name: string
  operator: string
  /** Empty for operators of ONNX itself. */
  domain: string
  inputs: string[]
  outputs: string[]
  /** Those that are one number. */
  attributes: ReadonlyMap<string, number>
  field: Field
}

/** A constant of the graph, which may lie in a file beside it. */
export interface Initializer {
  shape: number[]
  /** See ELEMENT. */
  type: number
}

/** A graph as far as linear layers can be found in it; everything else stays bytes. */
export interface OnnxGraph {
  /** The model's fields around it, in their order. */
  before: Parts
  after: Parts
  /** Its own fields, in their order; a node's field is that of the node. */
  fields: readonly Field[]
  nodes: ReadonlyMap<Field, GraphNode>
  /** By name. */
  initializers: ReadonlyMap<string, Initializer>
}

/**
 * Reads an .onnx file (ModelProto of onnx.proto). Nothing is copied, weights in the file are stepped over.
 * @throws ModelUnusable where it is damaged
 */
export function readGraph(model: Uint8Array): OnnxGraph {
  const outer = [...readFields(model)]
  const at = outer.findIndex(({ number }) => number === MODEL.graph)
  const graph = outer[at]
  if (!graph) throw new ModelUnusable({ detail: 'a damaged graph: there is none in the file' })
  const fields = [...readFields(messageOf(graph))]
  const nodes = new Map<Field, GraphNode>()
  const initializers = new Map<string, Initializer>()
  for (const field of fields) {
    if (field.number === GRAPH.node) nodes.set(field, readNode(field))
    if (field.number === GRAPH.initializer) initializers.set(...readInitializer(messageOf(field)))
  }
  const wholes = outer.map(({ whole }) => whole)
  return { before: wholes.slice(0, at), after: wholes.slice(at + 1), fields, nodes, initializers }
}

/**
 * The file with other fields in the place of some of the graph's, and more of them behind the last.
 * @param replaced what stands for a field of the graph, by that field
 */
export function writeGraph(
  { before, after, fields }: OnnxGraph,
  replaced: ReadonlyMap<Field, Parts>,
  added: Parts,
): Uint8Array<ArrayBuffer> {
  const kept = fields.flatMap((field) => replaced.get(field) ?? [field.whole])
  return join([...before, ...contentField(MODEL.graph, [...kept, ...added]), ...after])
}

/** Smaller constants stay in the graph: shapes are worked out from them. */
const LARGE = 1024

/**
 * Weights that lie in the file, as if the file were one beside the graph: what stands for each, by its field. A graph that is
 * written with these is small, and the weights are read from where they lie.
 * @param model the bytes that the graph was read from
 * @param name of their file
 */
export function weightsLeftIn({ fields }: OnnxGraph, model: Uint8Array, name: string): Map<Field, Parts> {
  const left = new Map<Field, Parts>()
  for (const field of fields) {
    if (field.number !== GRAPH.initializer) continue
    const parts = [...readFields(field.content)]
    const bytes = parts.find(({ number }) => number === TENSOR.bytes)?.content
    if (!bytes || bytes.length < LARGE) continue
    const place = { location: name, offset: bytes.byteOffset - model.byteOffset, length: bytes.length }
    left.set(
      field,
      contentField(GRAPH.initializer, [
        ...parts.filter(({ number }) => number !== TENSOR.bytes).map(({ whole }) => whole),
        ...Object.entries(place).flatMap(([key, value]) =>
          contentField(TENSOR.externalData, [...textField(ENTRY.key, key), ...textField(ENTRY.value, String(value))]),
        ),
        ...numberField(TENSOR.location, EXTERNAL),
      ]),
    )
  }
  return left
}

/** A node of an operator of ONNX, without attributes. */
export const writeNode = (operator: string, inputs: readonly string[], output: string): Parts =>
  contentField(GRAPH.node, [
    ...inputs.flatMap((input) => textField(NODE.input, input)),
    ...textField(NODE.output, output),
    // Outputs have names of their own, and so have nodes then.
    ...textField(NODE.name, output),
    ...textField(NODE.operator, operator),
  ])

/** A node that gives its first output another name, and is otherwise as it was. */
export function renameOutput({ field }: GraphNode, output: string): Parts {
  let renamed = false
  const parts = [...readFields(field.content)].flatMap((each): Parts => {
    if (each.number !== NODE.output || renamed) return [each.whole]
    renamed = true
    return textField(NODE.output, output)
  })
  return contentField(GRAPH.node, parts)
}

/** An input of the graph. A dimension that is open has a name. */
export const writeInput = (name: string, type: FloatType, shape: readonly (number | string)[]): Parts => {
  const dimensions = shape.flatMap((size) =>
    contentField(
      SHAPE.dimension,
      typeof size === 'number' ? numberField(DIMENSION.size, size) : textField(DIMENSION.name, size),
    ),
  )
  const tensor = [...numberField(TENSOR_TYPE.element, ELEMENT[type]), ...contentField(TENSOR_TYPE.shape, dimensions)]
  return contentField(GRAPH.input, [
    ...textField(VALUE.name, name),
    ...contentField(VALUE.type, contentField(TYPE.tensor, tensor)),
  ])
}

function readNode(field: Field): GraphNode {
  const [inputs, outputs]: [string[], string[]] = [[], []]
  const attributes = new Map<string, number>()
  const texts = new Map<number, string>()
  for (const each of readFields(messageOf(field))) {
    if (each.number === NODE.input) inputs.push(textOf(each))
    else if (each.number === NODE.output) outputs.push(textOf(each))
    else if (each.number === NODE.attribute) readAttribute(messageOf(each), attributes)
    else if ([NODE.name, NODE.operator, NODE.domain].includes(each.number)) texts.set(each.number, textOf(each))
  }
  const [name = '', operator = '', domain = ''] = [NODE.name, NODE.operator, NODE.domain].map((each) => texts.get(each))
  return { name, operator, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes, field }
}

function readAttribute(attribute: Uint8Array, attributes: Map<string, number>): void {
  let name = ''
  let value: number | undefined
  for (const field of readFields(attribute)) {
    if (field.number === ATTRIBUTE.name) name = textOf(field)
    if (field.number === ATTRIBUTE.integer) value = field.value
    if (field.number === ATTRIBUTE.real) value = floatOf(field)
  }
  if (value !== undefined) attributes.set(name, value)
}

function floatOf({ content }: Field): number {
  if (content.length !== 4) throw new ModelUnusable({ detail: 'a damaged graph: an attribute that is no float' })
  return new DataView(content.buffer, content.byteOffset).getFloat32(0, true)
}

function readInitializer(tensor: Uint8Array): [name: string, Initializer] {
  let [name, type] = ['', 0]
  const shape: number[] = []
  for (const field of readFields(tensor)) {
    if (field.number === TENSOR.name) name = textOf(field)
    if (field.number === TENSOR.type) type = field.value
    if (field.number === TENSOR.shape) shape.push(...numbersOf(field))
  }
  return [name, { shape, type }]
}
