import type { LoadedCandidate } from './candidate'

/** Passages of one document among the evidence before others get a turn. */
const mostPerDocument = 3

/**
 * A passage of another document goes first if it has at least this share of the score. Measured on the Northwind books (right
 * page among the first five): .72 without any limit and so far, .70 at a share of .97, .66 at .9 and .62 where the limit is
 * strict, because mostly one book answers, and a fourth passage of it is better than a first one of another.
 */
const share = 0.99

/**
 * Moves what a document has beyond its third passage behind the passages of other documents that are nearly as good, so
 * that one long document does not hide the rest. Where only one document is searched, or nothing else comes near, the order stays.
 */
export function limitPerDocument(candidates: readonly LoadedCandidate[], documents: number): LoadedCandidate[] {
  if (documents < 2) return [...candidates]
  const counts = new Map<string, number>()
  const ordered: LoadedCandidate[] = []
  const waiting = [...candidates]
  while (waiting.length) {
    const best = waiting[0]!
    const others = waiting.findIndex(
      ({ document, score }) => (counts.get(document) ?? 0) < mostPerDocument && score >= share * best.score,
    )
    const [next] = waiting.splice(Math.max(0, others), 1)
    counts.set(next!.document, (counts.get(next!.document) ?? 0) + 1)
    ordered.push(next!)
  }
  return ordered
}
