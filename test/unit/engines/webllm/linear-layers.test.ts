import { describe, expect, test } from 'vitest'
import { linearLayers } from '../../../../src/engines/llm/webllm/linear-layers'
import type { KeptTensor } from '../../../../src/engines/llm/webllm/weights-index'

/** An index of matrices in 4 bits, by name: rows and columns. */
const indexOf = (matrices: Record<string, [number, number]>, scaleGroup = 32) =>
  new Map(
    Object.entries(matrices).flatMap(([name, [outputs, inputs]]): [string, KeptTensor][] => {
      const rest = { file: 'a.bin', byteOffset: 0, nbytes: 0, format: 'raw' }
      return [
        [`${name}.q_weight`, { ...rest, shape: [outputs, inputs / 8], dtype: 'uint32' }],
        [`${name}.q_scale`, { ...rest, shape: [outputs, inputs / scaleGroup], dtype: 'float16' }],
      ]
    }),
  )

const told = (tensors: ReadonlyMap<string, KeptTensor>) =>
  linearLayers(tensors).map(({ path, parameter, first, outputs, inputs }) => [path, parameter, first, outputs, inputs])

describe('where MLC keeps the layers that PEFT names', () => {
  test('of Qwen 2.5, whose queries, keys and values lie behind each other, as do gate and up', () => {
    const layer = 'model.layers.3'
    const tensors = indexOf({
      [`${layer}.self_attn.c_attn`]: [1152, 896],
      [`${layer}.self_attn.o_proj`]: [896, 896],
      [`${layer}.mlp.gate_up_proj`]: [9728, 896],
      [`${layer}.mlp.down_proj`]: [896, 4864],
    })
    expect(told(tensors)).toEqual([
      [`${layer}.self_attn.c_attn`, `${layer}.self_attn.c_attn`, 0, 1152, 896],
      [`${layer}.self_attn.q_proj`, `${layer}.self_attn.c_attn`, 0, 896, 896],
      [`${layer}.self_attn.k_proj`, `${layer}.self_attn.c_attn`, 896, 128, 896],
      [`${layer}.self_attn.v_proj`, `${layer}.self_attn.c_attn`, 1024, 128, 896],
      [`${layer}.self_attn.o_proj`, `${layer}.self_attn.o_proj`, 0, 896, 896],
      [`${layer}.mlp.gate_up_proj`, `${layer}.mlp.gate_up_proj`, 0, 9728, 896],
      [`${layer}.mlp.gate_proj`, `${layer}.mlp.gate_up_proj`, 0, 4864, 896],
      [`${layer}.mlp.up_proj`, `${layer}.mlp.gate_up_proj`, 4864, 4864, 896],
      [`${layer}.mlp.down_proj`, `${layer}.mlp.down_proj`, 0, 896, 4864],
    ])
  })

  test('where heads together are wider than the model, as in Qwen 3', () => {
    const tensors = indexOf({ 'a.self_attn.c_attn': [4096, 1024], 'a.self_attn.o_proj': [1024, 2048] })
    expect(told(tensors).slice(1, 4)).toEqual([
      ['a.self_attn.q_proj', 'a.self_attn.c_attn', 0, 2048, 1024],
      ['a.self_attn.k_proj', 'a.self_attn.c_attn', 2048, 1024, 1024],
      ['a.self_attn.v_proj', 'a.self_attn.c_attn', 3072, 1024, 1024],
    ])
  })

  test('of a model that MLC has wrapped once more, and of one whose layers are not joined', () => {
    const tensors = indexOf({ 'language_model.model.layers.0.self_attn.q_proj': [1024, 1152] })
    const name = 'model.layers.0.self_attn.q_proj'
    expect(told(tensors)).toEqual([[name, `language_model.${name}`, 0, 1024, 1152]])
  })
})

test('shapes that contradict each other are left out', () => {
  expect(told(indexOf({ 'a.o_proj': [64, 64] }, 64))).toEqual([])
  expect(told(indexOf({ 'a.qkv_proj': [64, 64], 'a.o_proj': [64, 96] }))).toHaveLength(2)
  expect(told(indexOf({ 'a.qkv_proj': [64, 64] }))).toHaveLength(1)
  const unscaled = indexOf({ 'a.o_proj': [64, 64] })
  unscaled.delete('a.o_proj.q_scale')
  expect(told(unscaled)).toEqual([])
})
