/**
 * Random numbers by their place instead of by their order, so that rows can be worked off in any order, by any number of
 * threads, and on a graphics processor (four-bit-kernel.ts has the same in WGSL): all of it is 32-bit integer arithmetic.
 */

/** The finaliser of MurmurHash3: every bit of the result depends on every bit of the value. */
export function mix(value: number): number {
  let bits = value
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** What all numbers of a row are made from. */
export const rowSeed = (seed: number, row: number): number => mix(seed ^ Math.imul(row + 1, 0x9e3779b1))

/** Evenly from 0 to below 1, in steps of 2⁻²⁴: exact in 32-bit floats. */
export const randomAt = (rowSeed: number, column: number): number =>
  (mix(rowSeed + Math.imul(column + 1, 0x85ebca77)) >>> 8) * 2 ** -24

/** A number that all words depend on, in their order. */
export function hashWords(words: Uint32Array, seed: number): number {
  let hash = seed
  for (const word of words) hash = mix(hash ^ word)
  return hash
}

/** The same of a text. */
export const hashText = (text: string): number =>
  hashWords(
    Uint32Array.from(text, (each) => each.codePointAt(0)!),
    0,
  )
