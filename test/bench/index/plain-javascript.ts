import type { Contestant } from './contestant'
import { loadValue, saveValue } from './one-value'

const NAME = 'plain-javascript'

/** The loop that everyone writes first, with the usual four sums. */
export function plainJavaScript(): Contestant {
  let rows = new Float32Array()
  return {
    build(vectors) {
      rows = Float32Array.from(vectors)
    },
    search: (query, limit) => scan(rows, query, limit),
    memory: () => rows.byteLength,
    async save() {
      await saveValue(NAME, rows)
      return rows.byteLength
    },
    async load() {
      rows = (await loadValue(NAME)) as typeof rows
    },
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
