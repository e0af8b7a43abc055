import { expect, test } from 'vitest'
import { checksum, textChecksum } from '../../../src/storage/checksum'

test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('gives what xxHash gives for %j', (text, expected) => {
  expect(textChecksum(text)).toBe(expected)
})

test('is the same wherever in a buffer the bytes lie', () => {
  const bytes = Uint8Array.from({ length: 103 }, (_, i) => (i * 37) % 251)
  const shifted = new Uint8Array(200)
  for (const at of [0, 1, 2, 3, 4, 7]) {
    shifted.set(bytes, at)
    expect(checksum(shifted.subarray(at, at + bytes.length))).toBe(checksum(bytes))
  }
})

test('tells every changed bit, lost byte and other order of arrays', () => {
  const bytes = new Int8Array(77)
  const sound = checksum(bytes)
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 16, -128]) {
      bytes[at]! ^= bit
      expect(checksum(bytes)).not.toBe(sound)
      bytes[at]! ^= bit
    }
  }
  expect(checksum(bytes.subarray(1))).not.toBe(sound)
  const [first, second] = [new Float32Array([1, 2]), new Float32Array([3])]
  expect(checksum(second, checksum(first))).not.toBe(checksum(first, checksum(second)))
})
