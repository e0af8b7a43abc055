/**
 * Floats of 16 bits as floats of 32, exactly. Typed arrays have the byte order of the machine, which is that of the files
 * (little-endian) wherever a browser runs.
 */

/** IEEE 754 binary16: the exponent's bias is 15 in place of 127, which is made up for by a factor of 2^112. */
export function fromHalf(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(bits.length)
  const words = new Uint32Array(floats.buffer)
  for (let at = 0; at < bits.length; at++) {
    const half = bits[at]!
    const isFinite = (half & 0x7c00) !== 0x7c00
    words[at] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13) | (isFinite ? 0 : 0x7f800000)
    floats[at]! *= 2 ** 112
  }
  return floats
}

/** bfloat16: the upper half of a binary32. */
export function fromBrain(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(bits.length)
  for (let at = 0; at < bits.length; at++) words[at] = bits[at]! << 16
  return new Float32Array(words.buffer)
}
