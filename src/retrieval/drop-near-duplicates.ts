import { placeOf, type LoadedCandidate, type StageResult } from './candidate'
import type { Likeness } from './likeness'

/** Texts this alike say the same: a form letter with another date, a paragraph of boilerplate printed twice. */
const nearDuplicate = 0.9

/**
 * Leaves out passages that repeat a better one of the same document almost word for word. The same text in two documents is
 * evidence twice: an answer cites both, and tells editions apart. Nor are rows of a table duplicates, whose few
 * differing cells are what is asked for.
 */
export function dropNearDuplicates(candidates: readonly LoadedCandidate[], likeness: Likeness): StageResult {
  const result: StageResult = { kept: [], dropped: [] }
  for (const candidate of candidates) {
    const better = result.kept.find(
      ({ passage }) =>
        passage.document === candidate.document &&
        passage.kind === 'text' &&
        candidate.passage.kind === 'text' &&
        likeness(passage.text, candidate.passage.text) >= nearDuplicate &&
        numbersOf(passage.text) === numbersOf(candidate.passage.text),
    )
    if (!better) result.kept.push(candidate)
    else result.dropped.push({ ...placeOf(candidate), reason: 'near duplicate', for: placeOf(better) })
  }
  return result
}

/** Two clauses that differ by a number differ. */
const numbersOf = (text: string): string => (text.normalize('NFKC').match(/\d+(?:[.,]\d+)*/gu) ?? []).join(' ')
