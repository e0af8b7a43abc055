import type { BaseLayer } from './check-against'
import { findLinearLayers, type AttentionRows, type LinearLayer, type ModuleColumns } from './linear-layers'
import { readGraph, renameOutput, weightsLeftIn, writeGraph, writeInput, writeNode, type FloatType } from './onnx-graph'
import type { Parts } from './protobuf'

/** A branch beside the weights of a linear layer, y += (x · A) · B: its factors are inputs of the graph. */
export interface Branch {
  /** Name of the input for A, inputs × rank; the rank may differ from run to run, and is the same for B. */
  a: string
  /** Name of the input for B, rank × outputs. */
  b: string
  inputs: number
  outputs: number
  type: FloatType
  modules: ModuleColumns[]
}

export interface BranchedGraph {
  bytes: Uint8Array<ArrayBuffer>
  branches: Branch[]
}

/**
 * Adds a branch to the linear layers of a graph, so that a LoRA adapter can be put on by feeding its factors: no weight is
 * touched, and files beside the graph stay those that it names. A bias that is added behind a layer comes after the branch.
 * Weights in the file itself stay there: the graph that is written names the file as one beside it.
 * Feed zeros of rank 1 for no adapter; a rank of 0 works on wasm and breaks WebGPU (measured with 1.31).
 * @param model the .onnx file
 * @param name of that file, without its folder
 * @param attention see findLinearLayers
 * @param isWanted of which layers; default all
 * @throws ModelUnusable where the file is damaged
 */
export function addBranches(
  model: Uint8Array,
  name: string,
  attention?: AttentionRows,
  isWanted: (layer: LinearLayer) => boolean = () => true,
): BranchedGraph {
  const graph = readGraph(model)
  const replaced = weightsLeftIn(graph, model, name)
  const inputs: Parts[] = []
  const branches: Branch[] = []
  for (const layer of findLinearLayers(graph, attention).filter(isWanted)) {
    const branch = describe(layer)
    branches.push(branch)
    replaced.set(layer.node.field, writeBranch(layer, branch))
    const rank = `rank_of_${branch.a}`
    inputs.push(
      writeInput(branch.a, branch.type, [branch.inputs, rank]),
      writeInput(branch.b, branch.type, [rank, branch.outputs]),
    )
  }
  return { bytes: writeGraph(graph, replaced, inputs.flat()), branches }
}

/** What adapters can change, for `checkAgainst`. */
export const layersOf = (branches: readonly Branch[]): BaseLayer[] =>
  branches.flatMap(({ inputs, modules }) =>
    modules.map(({ module, count }) => ({ path: module, inputs, outputs: count })),
  )

/** Outputs have names that no other value has, so names made of them are unique too. */
function describe({ node, inputs, outputs, type, modules }: LinearLayer): Branch {
  const output = node.outputs[0] ?? ''
  return { a: `lora_A:${output}`, b: `lora_B:${output}`, inputs, outputs, type, modules }
}

function writeBranch({ node }: LinearLayer, { a, b }: Branch): Parts {
  const [x = '', output = ''] = [node.inputs[0], node.outputs[0]]
  const [base, narrow, change] = [`${output}:base`, `${output}:lora_xA`, `${output}:lora_xAB`]
  return [
    ...renameOutput(node, base),
    ...writeNode('MatMul', [x, a], narrow),
    ...writeNode('MatMul', [narrow, b], change),
    ...writeNode('Add', [base, change], output),
  ]
}
