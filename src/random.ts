/**
 * Numbers of [0, 1) with 53 random bits each, the same for the same seed: xoshiro128** 1.1 (Blackman and Vigna 2018), its
 * state filled by splitmix32.
 */
export function seededRandom(seed: number): () => number {
  let mixed = seed >>> 0
  const splitmix = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0
    let z = mixed
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()] as const
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53
}
