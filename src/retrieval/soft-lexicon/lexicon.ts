/** The trained soft lexicon (models/starter/lexicon): the pieces that words are cut into, and which pieces mean alike. */
export interface Lexicon {
  /** Tells this file from every other, older or newer: pieces made with another one mean something else. */
  fingerprint: string
  /** Number of pieces; their ids count from 0. */
  size: number
  /** Id of the piece that stands for byte 0; the other 255 follow. Characters that are in no piece are spelt in them. */
  bytesFrom: number
  /** Ids of the pieces of text, "▁" (U+2581) standing for a space. */
  ids: ReadonlyMap<string, number>
  /** Log probability of each piece of text, from the first one on. */
  scores: Float32Array
  /** Id of the first piece of text. */
  wordsFrom: number
  /** Weight of each piece in a question, 0 to 1 of `weightScale`. */
  weights: Uint8Array
  weightScale: number
  /** What a passage loses for each unit of the logarithm of its number of different pieces. */
  lengthPenalty: number
  /** Piece i has the neighbours [offsets[i], offsets[i + 1]), nearest first; it is not among them itself. */
  offsets: Uint32Array
  neighbours: Uint16Array
  /** How near: 255 as near as the piece itself. */
  nearness: Uint8Array
}

/** The bytes are no lexicon, one of another layout, or damaged. */
export class UnreadableLexicon extends Error {
  override name = 'UnreadableLexicon'
}

const magic = 0x58454c46 // "FLEX", read as a little-endian number
const version = 1
const headerLength = 40

/**
 * Reads models/starter/lexicon/lexicon.bin; the layout is described beside it.
 * @throws UnreadableLexicon
 */
export function readLexicon(bytes: ArrayBuffer): Lexicon {
  const header = new DataView(bytes)
  if (bytes.byteLength < headerLength || header.getUint32(0, true) !== magic || header.getUint32(4, true) !== version)
    throw new UnreadableLexicon('not a soft lexicon of this version')
  const sum = header.getUint32(8, true)
  if (fnv1a(new Uint8Array(bytes, 12)) !== sum) throw new UnreadableLexicon('the soft lexicon is damaged')
  const [size, bytesFrom, wordsFrom, links, textLength] = [12, 16, 20, 24, 28].map((at) =>
    header.getUint32(at, true),
  ) as [number, number, number, number, number]
  const words = size - wordsFrom
  const idsAt = headerLength + 4 * words
  const weightsAt = idsAt + 2 * links
  const countsAt = weightsAt + size
  const nearnessAt = countsAt + size
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    new Uint8Array(bytes, nearnessAt + links, textLength),
  )
  return {
    fingerprint: `lexicon-${version}-${sum.toString(16).padStart(8, '0')}`,
    size,
    bytesFrom,
    wordsFrom,
    ids: new Map(text.split('\n').map((piece, at) => [piece, wordsFrom + at])),
    scores: new Float32Array(bytes, headerLength, words),
    lengthPenalty: header.getFloat32(32, true),
    weightScale: header.getFloat32(36, true) * 255,
    weights: new Uint8Array(bytes, weightsAt, size),
    offsets: offsetsOf(new Uint8Array(bytes, countsAt, size)),
    neighbours: new Uint16Array(bytes, idsAt, links),
    nearness: new Uint8Array(bytes, nearnessAt, links),
  }
}

/** Weight of a piece in a question: what the passages that hold it gain. */
export const pieceWeight = ({ weights, weightScale }: Lexicon, piece: number): number =>
  ((weights[piece] ?? 0) / 255) * weightScale

function offsetsOf(counts: Uint8Array): Uint32Array {
  const offsets = new Uint32Array(counts.length + 1)
  counts.forEach((count, at) => (offsets[at + 1] = offsets[at]! + count))
  return offsets
}

/** 32-bit FNV-1a. */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
