import { expect, test } from 'vitest'
import {
  contentField,
  join,
  lengthOf,
  messageOf,
  numberField,
  numbersOf,
  readFields,
  textField,
  textOf,
} from '../../../src/lora/protobuf'
import { ModelUnusable } from '../../../src/errors'

test('what is written is read again, numbers of any length among it', () => {
  const numbers = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1]
  const message = join([
    ...numbers.flatMap((value) => numberField(3, value)),
    ...textField(2000, '重み'),
    ...contentField(4, [...numberField(1, 7), ...textField(2, 'inside')]),
  ])
  const fields = [...readFields(message)]
  expect(fields.slice(0, numbers.length).map(({ value }) => value)).toEqual(numbers)
  expect(fields.at(-2)).toMatchObject({ number: 2000 })
  expect(textOf(fields.at(-2)!)).toBe('重み')
  const inside = [...readFields(messageOf(fields.at(-1)!))]
  expect([inside[0]!.value, textOf(inside[1]!)]).toEqual([7, 'inside'])
  expect(join(fields.map(({ whole }) => whole))).toEqual(message)
})

test('what is read is a view of the bytes, and what is written holds the bytes themselves until it is joined', () => {
  const weights = new Uint8Array(100_000).fill(3)
  const written = contentField(5, contentField(9, [weights]))
  expect(written.at(-1)).toBe(weights)
  expect(lengthOf(written)).toBe(weights.length + 8)
  const message = join(written)
  const [field] = [...readFields(message)]
  expect(field!.content.buffer).toBe(message.buffer)
})

test('numbers one by one and packed, fixed lengths, and numbers of 64 bits with a sign', () => {
  const packed = join(contentField(1, [Uint8Array.of(5, 0x80, 0x02)]))
  expect([...readFields(packed)].flatMap(numbersOf)).toEqual([5, 256])
  expect([...readFields(join(numberField(1, 9)))].flatMap(numbersOf)).toEqual([9])
  const fixed = Uint8Array.of((2 << 3) | 5, 0, 0, 128, 63, (3 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8)
  expect([...readFields(fixed)].map(({ content }) => content.length)).toEqual([4, 8])
  // -1 takes ten bytes.
  const negative = Uint8Array.of(3 << 3, ...Array<number>(9).fill(0xff), 1)
  expect([...readFields(negative)][0]!.value).toBeGreaterThan(2 ** 63)
})

test.each([
  ['a number that does not end', [8, 0x80]],
  ['a number of eleven bytes', [8, ...Array<number>(10).fill(0xff), 1]],
  ['content that is longer than the message', [10, 5, 1, 2]],
  ['a length of more than any memory', [10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ['a fixed length that is cut', [13, 1, 2]],
  ['a group, which is no longer written', [11, 12]],
  ['a type that there is not', [15]],
  ['field 0', [0, 1]],
])('%s is a damaged graph', (_what, bytes) => {
  expect(() => [...readFields(Uint8Array.from(bytes))]).toThrow(ModelUnusable)
})

test('a field of another kind than it should be is one too', () => {
  const [number] = [...readFields(join(numberField(1, 5)))]
  expect(() => textOf(number!)).toThrow(ModelUnusable)
  expect(() => messageOf(number!)).toThrow(ModelUnusable)
  const [fixed] = [...readFields(Uint8Array.of(13, 1, 2, 3, 4))]
  expect(() => numbersOf(fixed!)).toThrow(ModelUnusable)
})
