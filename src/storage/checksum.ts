const PRIME_1 = 0x9e3779b1 | 0
const PRIME_2 = 0x85ebca77 | 0
const PRIME_3 = 0xc2b2ae3d | 0
const PRIME_4 = 0x27d4eb2f
const PRIME_5 = 0x165667b1

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

const round = (lane: number, word: number): number =>
  Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1)

/**
 * xxHash, 32 bits (XXH32 of github.com/Cyan4973/xxHash, doc/xxhash_spec.md): tells a changed byte from a sound one at about
 * a gigabyte a second, where a table-driven CRC-32 takes longer than reading the data did.
 * @param seed the checksum of what comes before, where several arrays are summed as one
 */
export function checksum(data: ArrayBufferView, seed = 0): number {
  const bytes = aligned(data)
  const length = bytes.byteLength
  // Words are little-endian in the format, as they are on every machine that a browser runs on.
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, length >> 2)
  const stripes = length >> 4
  let hash = (stripes ? sumStripes(words, stripes, seed) : seed + PRIME_5) | 0
  hash = (hash + length) | 0
  for (let at = stripes * 4; at < words.length; at++) {
    hash = Math.imul(rotate((hash + Math.imul(words[at]!, PRIME_3)) | 0, 17), PRIME_4)
  }
  for (let at = words.length * 4; at < length; at++) {
    hash = Math.imul(rotate((hash + Math.imul(bytes[at]!, PRIME_5)) | 0, 11), PRIME_1)
  }
  return avalanche(hash)
}

/** The checksum of a text's UTF-8 bytes. */
export const textChecksum = (text: string): number => checksum(new TextEncoder().encode(text))

/** Bytes that can be read as words: a copy where the view begins between two. */
function aligned({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  return byteOffset % 4 ? bytes.slice() : bytes
}

/** Four independent lanes over stripes of 16 bytes, which the processor works on side by side. */
function sumStripes(words: Int32Array, stripes: number, seed: number): number {
  let lane1 = (seed + PRIME_1 + PRIME_2) | 0
  let lane2 = (seed + PRIME_2) | 0
  let lane3 = seed | 0
  let lane4 = (seed - PRIME_1) | 0
  for (let at = 0; at < stripes * 4; at += 4) {
    lane1 = round(lane1, words[at]!)
    lane2 = round(lane2, words[at + 1]!)
    lane3 = round(lane3, words[at + 2]!)
    lane4 = round(lane4, words[at + 3]!)
  }
  return rotate(lane1, 1) + rotate(lane2, 7) + rotate(lane3, 12) + rotate(lane4, 18)
}

function avalanche(sum: number): number {
  let hash = Math.imul(sum ^ (sum >>> 15), PRIME_2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
  return (hash ^ (hash >>> 16)) >>> 0
}
