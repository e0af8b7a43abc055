import { ExactVectorIndex } from '../../../src/retrieval/vector/exact-index'
import { scalarEngine, simdEngine } from '../../../src/retrieval/vector/kernels/kernels'
import { quantize } from '../../../src/retrieval/vector/quantize'
import { type Contestant, DIMENSION, DOCUMENT_ROWS } from './contestant'
import readBytes from './read-bytes.ts?assemblyscript'

/** Documents of 25 rows, rounded and added one after another, as they come from the embedding worker. */
function exact(name: string, engine: typeof simdEngine): Contestant {
  const index = new ExactVectorIndex(DIMENSION, engine)
  const step = DOCUMENT_ROWS * DIMENSION
  return {
    name,
    build(vectors) {
      for (let at = 0; at < vectors.length; at += step) {
        index.add(`${at / step}`, quantize(vectors.subarray(at, at + step), DIMENSION))
      }
    },
    search: (query, limit) =>
      index.search(query, { limit }).map(({ document, ordinal }) => Number(document) * DOCUMENT_ROWS + ordinal),
    memory: () => index.bytes,
    saved: () => index.size * (2 * DIMENSION + 8),
    candidates: () => index.candidates,
  }
}

export const ours = (): Contestant => exact('ours', simdEngine)
export const oursWithoutSimd = (): Contestant => exact('ours, no SIMD', scalarEngine)

/** The loop that everyone writes first, with the usual four sums; in float64, so its hits are the truth for the others. */
export function plainJavaScript(): Contestant {
  let rows = new Float32Array()
  return {
    name: 'plain JS',
    build(vectors) {
      rows = Float32Array.from(vectors)
    },
    search: (query, limit) => scan(rows, query, limit),
    memory: () => rows.byteLength,
    saved: () => rows.byteLength,
  }
}

function scan(rows: Float32Array, query: Float32Array, limit: number): number[] {
  const best: number[] = []
  const scores: number[] = []
  for (let row = 0, at = 0; at < rows.length; row++) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let j = 0; j < query.length; j += 4, at += 4) {
      a += query[j]! * rows[at]!
      b += query[j + 1]! * rows[at + 1]!
      c += query[j + 2]! * rows[at + 2]!
      d += query[j + 3]! * rows[at + 3]!
    }
    const score = a + b + c + d
    if (scores.length === limit && score <= scores[limit - 1]!) continue
    let place = scores.length
    while (place > 0 && scores[place - 1]! < score) place--
    scores.splice(place, 0, score)
    best.splice(place, 0, row)
    if (scores.length > limit) {
      scores.pop()
      best.pop()
    }
  }
  return best
}

/** The floor of any exact scan over these rows: as many bytes as the coarse plane has, each read once. */
export function everyByteOnce(): Contestant {
  let memory: WebAssembly.Memory
  let read: (from: number, bytes: number) => number
  return {
    name: 'read coarse bytes once',
    build(vectors) {
      memory = new WebAssembly.Memory({ initial: Math.ceil(vectors.length / 65536) })
      new Uint8Array(memory.buffer).fill(1)
      const instance = new WebAssembly.Instance(new WebAssembly.Module(readBytes), { env: { memory } })
      read = instance.exports['readBytes'] as typeof read
    },
    search() {
      read(0, memory.buffer.byteLength)
      return []
    },
  }
}
