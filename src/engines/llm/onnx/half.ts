/** A 16-bit float of IEEE 754 from its bits: not every browser has Float16Array. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The exponent's bias is 127 in 32 bits and 15 in 16; the fraction loses 13 bits. */
const REBIAS = (127 - 15) << 10
const LOST = 13
/** Bits of 2^-14, below which a 16-bit float has fewer digits, of 2^16, above its range, and of infinity. */
const SMALLEST_NORMAL = 0x38800000
const TOO_LARGE = 0x47800000
const INFINITE = 0x7f800000

/** Bits of the nearest 16-bit floats, ties to even; what is too large becomes infinite. */
export function toHalf(floats: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length)
  return Uint16Array.from(bits, (word) => ((word >>> 16) & 0x8000) | halfOfPositive(word & 0x7fffffff))
}

const scratch = new Float32Array(1)
const scratchBits = new Uint32Array(scratch.buffer)

function halfOfPositive(word: number): number {
  if (word >= TOO_LARGE) return word > INFINITE ? 0x7e00 : 0x7c00
  if (word >= SMALLEST_NORMAL) return ((word + 0xfff + ((word >> LOST) & 1)) >> LOST) - REBIAS
  // The last digit of 1/2 in 32 bits is that of the small ones in 16, so adding it rounds as it should.
  scratchBits[0] = word
  scratch[0]! += 0.5
  return scratchBits[0] - 0x3f000000
}
