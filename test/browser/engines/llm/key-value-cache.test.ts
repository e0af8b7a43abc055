import { expect, test } from 'vitest'
import { Decoder } from '../../../../src/engines/llm/onnx/decoder'
import { commonPrefix, KeyValueCache, presentOf, type Tensors } from '../../../../src/engines/llm/onnx/key-value-cache'
import { ort } from '../../../../src/engines/onnx/runtime'
import type { OnnxInput, OnnxSession } from '../../../../src/engines/onnx/session'
import { ModelUnusable } from '../../../../src/errors'

const HEADS = 2
const WIDTH = 3
const attention = (type: string): OnnxInput => ({ type, shape: ['batch_size', HEADS, 'past_sequence_length', WIDTH] })
const CONVOLUTION: OnnxInput = { type: 'float32', shape: ['batch_size', 4, 3] }

/** Keys whose figures say where they stand: head, position and column. */
function keys(positions: number, from = 0): ort.Tensor {
  const data = new Float32Array(HEADS * positions * WIDTH)
  for (let head = 0; head < HEADS; head++)
    for (let at = 0; at < positions; at++)
      for (let column = 0; column < WIDTH; column++)
        data[(head * positions + at) * WIDTH + column] = 100 * head + 10 * (from + at) + column
  return new ort.Tensor('float32', data, [1, HEADS, positions, WIDTH])
}

test('a cache is cut to what a prompt shares with it, in every head, and leaves the last token to be read', async () => {
  const cache = new KeyValueCache(new Map([['past_key_values.0.key', attention('float32')]]))
  expect(cache.tensors['past_key_values.0.key']!.dims).toEqual([1, HEADS, 0, WIDTH])
  cache.extend([5, 6, 7, 8], { 'past_key_values.0.key': keys(4) })
  expect(await cache.keepPrefixOf([5, 6, 7, 8, 9])).toBe(4)
  expect(await cache.keepPrefixOf([5, 6, 1, 1])).toBe(2)
  expect(cache.tensors['past_key_values.0.key']!.dims).toEqual([1, HEADS, 2, WIDTH])
  expect(cache.tensors['past_key_values.0.key']!.data).toEqual(keys(2).data)
  expect(cache.tokens).toEqual([5, 6])
  expect(await cache.keepPrefixOf([5, 6])).toBe(1)
  expect(await cache.keepPrefixOf([4])).toBe(0)
  expect(cache.tensors['past_key_values.0.key']!.dims).toEqual([1, HEADS, 0, WIDTH])
})

test('16-bit keys are cut alike', async () => {
  const cache = new KeyValueCache(new Map([['past_key_values.0.key', attention('float16')]]))
  expect(cache.tensors['past_key_values.0.key']!.type).toBe('float16')
  const bits = Uint16Array.from({ length: HEADS * 3 * WIDTH }, (_, at) => 0x3c00 + at)
  cache.extend([1, 2, 3], { 'past_key_values.0.key': new ort.Tensor('float16', bits, [1, HEADS, 3, WIDTH]) })
  expect(await cache.keepPrefixOf([1, 9])).toBe(1)
  const { data, type } = cache.tensors['past_key_values.0.key']!
  expect(type).toBe('float16')
  const expected = new ort.Tensor(
    'float16',
    Uint16Array.from([0, 1, 2, 9, 10, 11], (at) => 0x3c00 + at),
    [6],
  )
  expect(data).toEqual(expected.data)
})

test('a state without positions begins anew with every prompt, from zeros', async () => {
  const cache = new KeyValueCache(
    new Map([
      ['past_key_values.0.key', attention('float32')],
      ['past_conv.1', CONVOLUTION],
    ]),
  )
  expect(cache.hasPositions).toBe(false)
  expect(cache.tensors['past_conv.1']!.dims).toEqual([1, 4, 3])
  expect(cache.tensors['past_conv.1']!.data).toEqual(new Float32Array(12))
  const state = new ort.Tensor('float32', new Float32Array(12).fill(1), [1, 4, 3])
  const present: Tensors = { 'past_key_values.0.key': keys(2), 'past_conv.1': state }
  cache.extend([1, 2], present)
  expect(await cache.keepPrefixOf([1, 2, 3])).toBe(0)
  expect(cache.tensors['past_conv.1']!.data).toEqual(new Float32Array(12))
})

test('inputs of the cache have their outputs', () => {
  expect(['past_key_values.3.value', 'past_conv.0'].map(presentOf)).toEqual(['present.3.value', 'present_conv.0'])
  expect(commonPrefix([1, 2, 3], [1, 2])).toBe(2)
  expect(commonPrefix([], [1])).toBe(0)
})

test('a graph of another kind is refused when it is loaded, not in the middle of an answer', () => {
  const session = (names: string[], outputs: string[]): OnnxSession => ({
    inputNames: names,
    outputNames: outputs,
    inputs: new Map(names.map((name) => [name, attention('float32')])),
    run: () => Promise.reject(new Error('not run')),
    release: () => Promise.resolve(),
  })
  const decoder = (names: string[], outputs: string[]) => () => new Decoder(session(names, outputs))
  expect(decoder(['input_ids', 'past_key_values.0.key'], ['logits', 'present.0.key'])).not.toThrow()
  expect(decoder(['input_ids', 'pixel_values'], ['logits'])).toThrow(ModelUnusable)
  expect(decoder(['input_ids', 'past_key_values.0.key'], ['logits'])).toThrow(ModelUnusable)
  expect(decoder(['input_ids'], ['last_hidden_state'])).toThrow(ModelUnusable)
  expect(decoder(['inputs_embeds'], ['logits'])).toThrow(ModelUnusable)
})
