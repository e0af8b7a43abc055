import type { Passage } from '../domain'
import { placeOf, type LoadedCandidate, type StageResult } from './candidate'

/**
 * Leaves out passages that fit the question only by the sentence that they share with a better one beside them. The same text
 * in another document (last year's edition) is no repetition but another source, and rows of a table count by their header.
 */
export function dropRepetitions(candidates: readonly LoadedCandidate[]): StageResult {
  const result: StageResult = { kept: [], dropped: [] }
  for (const candidate of candidates) {
    const better = result.kept.find((one) => repeats(candidate, one))
    if (!better) result.kept.push(candidate)
    else result.dropped.push({ ...placeOf(candidate), reason: 'repetition', for: placeOf(better) })
  }
  return result
}

function repeats({ passage, matches: found }: LoadedCandidate, better: LoadedCandidate): boolean {
  const shared = sharedRange(passage, better.passage)
  return (
    shared !== undefined && found.length > 0 && found.every(([start, end]) => shared[0] <= start && end <= shared[1])
  )
}

/** The part of `passage` that the passage before or after it holds too. */
function sharedRange(passage: Passage, neighbour: Passage): [start: number, end: number] | undefined {
  if (passage.document !== neighbour.document || passage.kind === 'table') return undefined
  if (passage.ordinal === neighbour.ordinal + 1 && passage.overlap > 0) {
    return [0, passage.sentences[passage.overlap - 1]?.[1] ?? 0]
  }
  if (passage.ordinal === neighbour.ordinal - 1 && neighbour.overlap > 0 && neighbour.kind !== 'table') {
    return [passage.sentences.at(-neighbour.overlap)?.[0] ?? 0, passage.text.length]
  }
  return undefined
}
