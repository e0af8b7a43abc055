import { ELEMENT, type FloatType, type GraphNode, type OnnxGraph } from './onnx-graph'

/** Rows of the outputs of one attention: what a layer of queries, keys and values in one is made of. */
export interface AttentionRows {
  queries: number
  /** Of the keys, and of the values. */
  keys: number
}

/** A module of the model and the columns of a layer's output that are its own: all of them, or a part of a packed layer's. */
export interface ModuleColumns {
  /** Its path in the model of Hugging Face: model.layers.0.self_attn.q_proj. */
  module: string
  start: number
  count: number
}

/** A node that multiplies activations with constant weights: y = x · W, where W is inputs × outputs. */
export interface LinearLayer {
  node: GraphNode
  inputs: number
  outputs: number
  /** Of the activations. */
  type: FloatType
  /** The modules whose change can be added to its output. */
  modules: ModuleColumns[]
}

/**
 * The linear layers of the transformer's blocks, in the order of the graph. They are told by the names that exporters write:
 * Optimum's nodes bear the modules' paths (/model/layers.0/self_attn/q_proj/MatMul), onnxruntime-genai's bear them with `attn`
 * for `self_attn` (/model/layers.0/attn/qkv_proj/MatMul_Q4); where a node's name says nothing, that of its weights may
 * (model.layers.0.self_attn.q_proj.weight).
 * @param attention tells the parts of packed queries, keys and values; without it they can be changed as a whole only
 */
export function findLinearLayers(graph: OnnxGraph, attention?: AttentionRows): LinearLayer[] {
  const layers: LinearLayer[] = []
  for (const node of graph.nodes.values()) {
    const shape = shapeOf(node, graph)
    const module = moduleOf(node)
    if (shape && module) layers.push({ node, ...shape, modules: modulesOf(module, shape.outputs, attention) })
  }
  return layers
}

type Shape = Pick<LinearLayer, 'inputs' | 'outputs' | 'type'>

function shapeOf(node: GraphNode, graph: OnnxGraph): Shape | undefined {
  switch (`${node.domain}:${node.operator}`) {
    case ':MatMul':
      return weightsOf(node, graph, false)
    case ':Gemm':
      // The branch stands beside the whole product: one that is scaled or turned would have to be so too.
      if ((node.attributes.get('alpha') ?? 1) !== 1 || node.attributes.get('transA')) return undefined
      return weightsOf(node, graph, node.attributes.get('transB') === 1)
    case 'com.microsoft:MatMulNBits':
      return blocksOf(node, graph)
    default:
      return undefined
  }
}

function weightsOf(node: GraphNode, { initializers }: OnnxGraph, turned: boolean): Shape | undefined {
  const weights = initializers.get(node.inputs[1] ?? '')
  const [rows, columns] = weights?.shape ?? []
  if (weights?.shape.length !== 2 || !rows || !columns) return undefined
  const type = typeOf(weights.type)
  return type && { inputs: turned ? columns : rows, outputs: turned ? rows : columns, type }
}

/** Weights in blocks of few bits: their type is that of the scales, which is that of the activations too. */
function blocksOf({ inputs: names, attributes }: GraphNode, { initializers }: OnnxGraph): Shape | undefined {
  const [inputs, outputs] = [attributes.get('K'), attributes.get('N')]
  const type = typeOf(initializers.get(names[2] ?? '')?.type)
  return inputs && outputs && type ? { inputs, outputs, type } : undefined
}

const typeOf = (element: number | undefined): FloatType | undefined =>
  (Object.keys(ELEMENT) as FloatType[]).find((type) => ELEMENT[type] === element)

/** A module inside a block: the path up to the block's number, and what follows it. */
const INSIDE_BLOCK = /^((?:.+\.)?(?:layers|h|blocks)\.\d+)\.(.+)$/
/** The names of weights, with what the exporters' quantizers hang on. */
const WEIGHTS = /^(.+?)(?:\.MatMul)?\.q?weight\w*$/

function moduleOf({ name, inputs }: GraphNode): string | undefined {
  const ofNode = name.split('/').filter(Boolean).slice(0, -1).join('.')
  const ofWeights = WEIGHTS.exec(inputs[1] ?? '')?.[1] ?? ''
  for (const path of [ofNode, ofWeights]) {
    const [, block, inside] = INSIDE_BLOCK.exec(path) ?? []
    if (block && inside) return `${block}.${selfAttention(block, inside)}`
  }
  return undefined
}

/** onnxruntime-genai writes attn for the self_attn of the models that number their blocks as layers. */
const selfAttention = (block: string, inside: string): string =>
  /(?:^|\.)layers\.\d+$/.test(block) ? inside.replace(/^attn\./, 'self_attn.') : inside

function modulesOf(module: string, outputs: number, attention: AttentionRows | undefined): ModuleColumns[] {
  const whole = { module, start: 0, count: outputs }
  const parts = partsOf(module.split('.').at(-1)!, outputs, attention)
  const sum = parts.reduce((total, [, count]) => total + count, 0)
  if (sum !== outputs) return [whole]
  let start = 0
  return [
    whole,
    ...parts.map(([name, count]) => {
      const part = { module: module.replace(/[^.]+$/, name), start, count }
      start += count
      return part
    }),
  ]
}

/** What a packed layer is made of, in its order. */
function partsOf(name: string, outputs: number, attention: AttentionRows | undefined): [name: string, count: number][] {
  if (name === 'qkv_proj' && attention) {
    const { queries, keys } = attention
    return [
      ['q_proj', queries],
      ['k_proj', keys],
      ['v_proj', keys],
    ]
  }
  if (name !== 'gate_up_proj') return []
  return [
    ['gate_proj', outputs / 2],
    ['up_proj', outputs / 2],
  ]
}
