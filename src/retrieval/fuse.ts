import type { Found, Hit, Place } from './selection'

/** What one way of searching found, and how much it counts. */
export interface RankedList {
  /** The stage that made it: "words", "lexicon", "meaning". */
  name: string
  found: Found
  /** 0: takes no part. */
  weight: number
  /** Its scores have no upper bound (BM25) and are divided by the best one; others (cosine, coverage) are taken as they are. */
  unbounded?: boolean
  /** By scores: what a passage counts that the list knows nothing of, as one without a vector yet. Absent: 0. */
  unmeasured?: number
}

/** How lists become one: by scores, or by ranks alone (Cormack, Clarke and Büttcher 2009). */
export type FusionMethod = 'sum' | 'reciprocal rank'

/** A passage with the score that orders it and what each list says of it. */
export interface Candidate extends Place {
  score: number
  /** By name of the list; of a list among whose hits it is not, without a rank. */
  parts: Map<string, Pick<Hit, 'score' | 'coverage'> & { rank?: number }>
}

/** Of reciprocal rank fusion: how little the first ranks differ. */
const rankOffset = 60

/**
 * Merges lists into one, best first. Only passages that a list gave as a hit take part; by scores, such a passage counts in
 * every list with the score it has there, also where it is not among that list's hits. Ties keep the order of the lists.
 */
export function fuse(lists: readonly RankedList[], method: FusionMethod): Candidate[] {
  const taking = lists.filter(({ weight }) => weight > 0)
  const candidates = gather(taking)
  for (const candidate of candidates) {
    candidate.score = taking.reduce((sum, list) => sum + list.weight * contribution(list, candidate, method), 0)
  }
  return candidates.sort((a, b) => b.score - a.score)
}

function gather(lists: readonly RankedList[]): Candidate[] {
  const candidates = new Map<string, Candidate>()
  for (const { name, found } of lists) {
    found.hits.forEach(({ document, ordinal, score, coverage }, at) => {
      const key = `${document}/${ordinal}`
      const candidate = candidates.get(key) ?? { document, ordinal, score: 0, parts: new Map() }
      candidate.parts.set(name, { score, coverage, rank: at + 1 })
      candidates.set(key, candidate)
    })
  }
  for (const candidate of candidates.values())
    for (const { name, found } of lists) {
      const measured = candidate.parts.has(name) ? undefined : found.measure(candidate)
      if (measured) candidate.parts.set(name, measured)
    }
  return [...candidates.values()]
}

function contribution(list: RankedList, { parts }: Candidate, method: FusionMethod): number {
  const { name, found, unbounded, unmeasured = 0 } = list
  const part = parts.get(name)
  if (!part) return method === 'sum' ? unmeasured : 0
  if (method === 'reciprocal rank') return part.rank === undefined ? 0 : 1 / (rankOffset + part.rank)
  const best = unbounded ? (found.hits[0]?.score ?? 0) : 1
  return best > 0 ? part.score / best : 0
}
