import { describe, expect, test } from 'vitest'
import { AdapterUnusable } from '../../../src/errors'
import { floatsOf, readSafetensors } from '../../../src/lora/safetensors'
import { makeAdapter, withHeader, writeSafetensors } from '../../fixtures/make-adapter'
import { Random } from '../../fixtures/random'

const four = new Uint8Array(16)
const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})
const file = (header: unknown, data: Uint8Array = four) => withHeader(JSON.stringify(header), [data])

function reasonOf(bytes: Uint8Array): unknown {
  try {
    readSafetensors(bytes)
  } catch (error) {
    if (error instanceof AdapterUnusable) return error.params['reason']
    throw error
  }
  return 'read'
}

describe('reading', () => {
  test('gives every tensor with its shape and its values', () => {
    const tensors = readSafetensors(
      writeSafetensors({ a: { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }, b: { shape: [1], data: [-0.5] } }),
    )
    expect([...tensors.keys()]).toEqual(['a', 'b'])
    expect(tensors.get('a')).toMatchObject({ dtype: 'F32', shape: [2, 3] })
    expect([...floatsOf(tensors.get('a')!)]).toEqual([1, 2, 3, 4, 5, 6])
    expect([...floatsOf(tensors.get('b')!)]).toEqual([-0.5])
  })

  test('converts 16 bits of both kinds exactly, the smallest and the special ones included', () => {
    const halves = [0, -0, 1, -1.5, 65504, 2 ** -14, 2 ** -24, -3 * 2 ** -24, Infinity, -Infinity, NaN]
    const brains = [0, -0, 1, -1.5, 2 ** 127, 2 ** -126, 2 ** -133, Infinity, NaN]
    const tensors = readSafetensors(
      writeSafetensors({
        half: { dtype: 'F16', shape: [halves.length], data: halves },
        brain: { dtype: 'BF16', shape: [brains.length], data: brains },
      }),
    )
    expect([...floatsOf(tensors.get('half')!)]).toEqual(halves)
    expect([...floatsOf(tensors.get('brain')!)]).toEqual(brains)
  })

  test('does not mind where in memory the file lies, nor that its data is not aligned', () => {
    const whole = writeSafetensors({ h: { dtype: 'F16', shape: [1], data: [2] }, f: { shape: [2], data: [3, 4] } })
    const moved = new Uint8Array(whole.byteLength + 3)
    moved.set(whole, 3)
    expect([...floatsOf(readSafetensors(moved.subarray(3)).get('f')!)]).toEqual([3, 4])
  })

  test('takes empty tensors, scalars, and names that objects have of their own', () => {
    const tensors = readSafetensors(
      file({ none: entry(0, 0, [0, 4]), one: entry(0, 4, []), constructor: entry(4, 16) }),
    )
    expect([...tensors.keys()].sort()).toEqual(['constructor', 'none', 'one'])
  })
})

describe('refuses', () => {
  const whole = writeSafetensors({ a: { shape: [2, 2], data: [1, 2, 3, 4] } })

  test('a file that is cut short, wherever', () => {
    for (let length = 0; length < whole.byteLength; length++)
      expect(reasonOf(whole.subarray(0, length)), `${length} bytes`).toBe('truncated')
  })

  test('a header that claims more than any adapter has, before it is read', () => {
    const bytes = whole.slice()
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 60n, true)
    expect(reasonOf(bytes)).toBe('header')
  })

  test.each([
    ['no JSON', 'hello {'],
    ['a list', '[]'],
    ['null', 'null'],
    ['what begins with a space', ' {}'],
    ['bytes that are no UTF-8', '{"\u{fffd}"'],
  ])('%s as a header', (_, header) => {
    expect(reasonOf(withHeader(header, []))).toBe('header')
  })

  test('a tensor that is named twice, also in another spelling', () => {
    const [first, second] = [JSON.stringify(entry(0, 8)), JSON.stringify(entry(8, 16))]
    expect(reasonOf(withHeader(`{"a":${first},"a":${second}}`, [four]))).toBe('duplicate')
    expect(reasonOf(withHeader(`{"a":${first},"\\u0061" :${second}}`, [four]))).toBe('duplicate')
  })

  test.each(['F64', 'I8', 'F8_E4M3', 'BOOL', 'toString', ''])('numbers of type "%s"', (dtype) => {
    expect(reasonOf(file({ a: entry(0, 16, [4], dtype) }))).toBe('dtype')
  })

  test.each([
    ['overlap', { a: entry(0, 12), b: entry(8, 16) }],
    ['are the same', { a: entry(0, 16), b: entry(0, 16) }],
    ['leave a gap', { a: entry(0, 4), b: entry(8, 16) }],
    ['do not begin at the beginning', { a: entry(4, 16) }],
    ['end before they begin', { a: entry(16, 0, [4]) }],
    ['are not of their shape', { a: entry(0, 16, [5]) }],
    ['have a shape beyond all numbers', { a: entry(0, 16, [2 ** 52, 2 ** 52, 2 ** 52]) }],
    ['have a negative shape', { a: entry(0, 16, [-2, -2]) }],
    ['have a shape in fractions', { a: entry(0, 16, [0.5, 8]) }],
    ['have no shape', { a: { dtype: 'F32', data_offsets: [0, 16] } }],
    ['have one offset', { a: { dtype: 'F32', shape: [4], data_offsets: [0] } }],
    ['are null', { a: null }],
    ['are a number', { a: 4 }],
  ])('tensors that %s', (_, header) => {
    expect(reasonOf(file(header))).toBe('layout')
  })

  test('data that no tensor names', () => {
    expect(reasonOf(file({ a: entry(0, 8) }))).toBe('excess')
    expect(reasonOf(file({}))).toBe('excess')
  })
})

/** One damage, or several, at places that chance picks: bits, cuts, insertions, and figures of the header. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  let damaged = bytes.slice()
  for (let count = random.integer(1, 4); count > 0; count--) {
    // Most of it where the format is: in the length and the header.
    const at = random.integer(0, random.chance(0.8) ? Math.min(400, damaged.length - 1) : damaged.length - 1)
    const kind = random.integer(0, 5)
    if (kind === 0) damaged[at]! ^= 1 << random.integer(0, 7)
    else if (kind === 1) damaged[at] = random.integer(0, 255)
    else if (kind === 2) damaged = damaged.slice(0, at)
    else if (kind === 3)
      damaged = Uint8Array.from([...damaged.slice(0, at), random.integer(0, 255), ...damaged.slice(at)])
    else if (kind === 4) damaged[at] = '0123456789{}[]",:-eE\\ '.charCodeAt(random.integer(0, 21))
    else damaged.copyWithin(at, random.integer(0, damaged.length - 1))
    if (damaged.length === 0) break
  }
  return damaged
}

test('a damaged file is read or refused in our own words, never anything else, never for long', () => {
  const layers = [
    { path: 'model.layers.0.self_attn.q_proj', inputs: 8, outputs: 8 },
    { path: 'model.layers.0.mlp.down_proj', inputs: 16, outputs: 8 },
  ]
  const { weights } = makeAdapter({ layers, dtype: 'F16' })
  const random = new Random(20261126)
  const outcomes = new Map<unknown, number>()
  const begun = performance.now()
  for (let round = 0; round < 3000; round++) {
    const reason = reasonOf(damage(weights, random))
    outcomes.set(reason, (outcomes.get(reason) ?? 0) + 1)
  }
  // 3,000 files take a fraction of a second; a minute would be a hang on any machine.
  expect(performance.now() - begun).toBeLessThan(60_000)
  for (const reason of ['read', 'truncated', 'header', 'dtype', 'layout'])
    expect(outcomes.get(reason), reason).toBeGreaterThan(10)
})
