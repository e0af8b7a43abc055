import { ModelUnusable } from '../errors'

/**
 * The little of protocol buffers (protobuf.dev, "Encoding") that changing an ONNX graph takes. What is read are views of the
 * bytes, and what is written are parts that are joined once: the weights in a graph of a gigabyte are copied one time.
 */

/** How a field is laid out: a number of variable length, 8 bytes, content with its length in front, or 4 bytes. */
type Wire = 0 | 1 | 2 | 5
const NUMBER = 0
const CONTENT = 2
const FIXED_LENGTHS: Record<number, number> = { 1: 8, 5: 4 }
/** A number of 64 bits takes at most so many bytes of seven bits. */
const LONGEST_NUMBER = 10

export interface Field {
  /** Its number in the message's definition. */
  number: number
  wire: Wire
  /** A number of variable length, exact up to 2^53; 0 of other fields. */
  value: number
  /** Text, bytes, a message or numbers; the bytes of a fixed length; empty for a number of variable length. */
  content: Uint8Array
  /** All of the field, to be handed on as it is. */
  whole: Uint8Array
}

/**
 * The fields of a message, in their order.
 * @throws ModelUnusable where the bytes are no message or end in the middle of a field
 */
export function* readFields(message: Uint8Array): Generator<Field, void, undefined> {
  const reader = new Reader(message)
  while (reader.at < message.length) {
    const start = reader.at
    const key = reader.number()
    const [number, wire] = [Math.floor(key / 8), (key % 8) as Wire]
    const value = wire === NUMBER ? reader.number() : 0
    const length = wire === NUMBER ? 0 : wire === CONTENT ? reader.number() : FIXED_LENGTHS[wire]
    if (length === undefined || number < 1) throw damaged(`a field ${number} of type ${wire}`)
    const content = reader.bytes(length)
    yield { number, wire, value, content, whole: message.subarray(start, reader.at) }
  }
}

/** Steps through the bytes of one message. */
class Reader {
  readonly #bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  number(): number {
    let value = 0
    for (let step = 0; step < LONGEST_NUMBER; step++) {
      const byte = this.#bytes[this.at++]
      if (byte === undefined) throw damaged('it ends within a number')
      value += (byte & 0x7f) * 2 ** (7 * step)
      if (byte < 0x80) return value
    }
    throw damaged('a number without an end')
  }

  bytes(length: number): Uint8Array {
    const end = this.at + length
    if (end > this.#bytes.length) throw damaged('it ends within a field')
    const content = this.#bytes.subarray(this.at, end)
    this.at = end
    return content
  }
}

const decoder = new TextDecoder()

/** @throws ModelUnusable where the field is no text */
export function textOf(field: Field): string {
  return decoder.decode(messageOf(field))
}

/**
 * The content of a field that holds text, bytes or a message.
 * @throws ModelUnusable where it holds a number
 */
export function messageOf({ number, wire, content }: Field): Uint8Array {
  if (wire !== CONTENT) throw damaged(`a number in the place of field ${number}`)
  return content
}

/**
 * The numbers of a repeated field, which is written one by one or packed.
 * @throws ModelUnusable where it holds something else
 */
export function numbersOf({ number, wire, value, content }: Field): number[] {
  if (wire === NUMBER) return [value]
  if (wire !== CONTENT) throw damaged(`no whole number in field ${number}`)
  const reader = new Reader(content)
  const numbers: number[] = []
  while (reader.at < content.length) numbers.push(reader.number())
  return numbers
}

/** Something written, as parts that are not joined yet. */
export type Parts = readonly Uint8Array[]

export const lengthOf = (parts: Parts): number => parts.reduce((sum, { length }) => sum + length, 0)

/** A field with a message, text or bytes. */
export const contentField = (number: number, content: Parts): Parts => [
  Uint8Array.of(...bytesOf(number * 8 + CONTENT), ...bytesOf(lengthOf(content))),
  ...content,
]

const encoder = new TextEncoder()
export const textField = (number: number, text: string): Parts => contentField(number, [encoder.encode(text)])

/** @param value a whole number from 0 to 2^53 */
export const numberField = (number: number, value: number): Parts => [
  Uint8Array.of(...bytesOf(number * 8 + NUMBER), ...bytesOf(value)),
]

/** The only copy. */
export function join(parts: Parts): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(lengthOf(parts))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

function bytesOf(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 0x80)) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest % 0x80) | 0x80)
  }
}

const damaged = (what: string): ModelUnusable => new ModelUnusable({ detail: `a damaged graph: ${what}` })
