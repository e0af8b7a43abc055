import { fromBrain, fromHalf } from './floats'
import { refusal } from './refusal'
import { repeatedKey } from './repeated-keys'

/**
 * The safetensors format: eight bytes with the length of a header (little-endian), the header in JSON, then the data of all
 * tensors without a gap. `__metadata__` in the header names no tensor.
 */

const WIDTHS = { F32: 4, F16: 2, BF16: 2 } as const
type Dtype = keyof typeof WIDTHS

/** A tensor as it lies in its file. */
export interface SafeTensor {
  dtype: Dtype
  shape: number[]
  /** A view into the file, of any alignment. */
  bytes: Uint8Array
}

/** A header of this length names some 100,000 tensors; the format's own library takes 100 MB. */
const LONGEST_HEADER = 16 * 2 ** 20

/**
 * The tensors of a file, by name. Nothing is copied or converted: see `floatsOf`.
 * @throws AdapterUnusable with reason truncated, header, duplicate, dtype, layout or excess
 */
export function readSafetensors(file: Uint8Array): Map<string, SafeTensor> {
  if (file.byteLength < 8) throw refusal('truncated')
  const length = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true))
  if (length > LONGEST_HEADER) throw refusal('header')
  if (length > file.byteLength - 8) throw refusal('truncated')
  const data = file.subarray(8 + length)
  const tensors = new Map<string, SafeTensor>()
  const extents: Extent[] = []
  for (const [name, value] of Object.entries(readHeader(file.subarray(8, 8 + length)))) {
    if (name === '__metadata__') continue
    const { begin, end, ...tensor } = readEntry(name, value)
    if (end > data.byteLength) throw refusal('truncated')
    extents.push({ name, begin, end })
    tensors.set(name, { ...tensor, bytes: data.subarray(begin, end) })
  }
  checkGapless(extents, data.byteLength)
  return tensors
}

/** The values of a tensor, converted exactly. */
export function floatsOf({ dtype, bytes }: SafeTensor): Float32Array<ArrayBuffer> {
  // Copied: what is not aligned cannot be viewed as floats, and a view would keep the whole file in memory.
  const { buffer } = bytes.slice()
  if (dtype === 'F32') return new Float32Array(buffer)
  return dtype === 'F16' ? fromHalf(new Uint16Array(buffer)) : fromBrain(new Uint16Array(buffer))
}

interface Extent {
  name: string
  begin: number
  end: number
}

function readHeader(bytes: Uint8Array): object {
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = JSON.parse(text)
  } catch {
    throw refusal('header')
  }
  if (!text.startsWith('{') || typeof value !== 'object' || value === null) throw refusal('header')
  const repeated = repeatedKey(text)
  if (repeated !== undefined) throw refusal('duplicate', { tensor: repeated })
  return value
}

function readEntry(name: string, value: unknown): Omit<SafeTensor, 'bytes'> & { begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
    throw refusal('layout', { tensor: name })
  if (!isKnown(dtype)) throw refusal('dtype', { tensor: name, dtype })
  const [begin = 0, end = 0] = offsets
  if (begin > end || bytesOf(shape, dtype) !== end - begin) throw refusal('layout', { tensor: name })
  return { dtype, shape, begin, end }
}

const isKnown = (dtype: string): dtype is Dtype => Object.hasOwn(WIDTHS, dtype)

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)

/** Beyond 2^53 it is not exact, and like no size that a file can have. */
const bytesOf = (shape: readonly number[], dtype: Dtype): number =>
  shape.reduce((product, size) => product * size, WIDTHS[dtype])

/** Each tensor begins where another ends, the first at 0, and the last ends with the file. */
function checkGapless(extents: Extent[], bytes: number): void {
  let at = 0
  for (const { name, begin, end } of extents.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw refusal('layout', { tensor: name })
    at = end
  }
  if (at !== bytes) throw refusal('excess', { bytes: bytes - at })
}
