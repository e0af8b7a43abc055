import type { SearchTrace, TracedCandidate } from '../../retrieval/trace'
import type { Place } from '../../retrieval/selection'

export type FateName = TracedCandidate['fate']['name']

/** A candidate with the number it goes by: its place in the order of the fusion, from 1. */
export interface NumberedCandidate extends TracedCandidate {
  number: number
}

/** By number, by what became of it, or by the score of a stage (any name). */
export type SortColumn = { by: 'number' } | { by: 'fate' } | { by: 'stage'; stage: string }

export interface Sorting {
  column: SortColumn
  /** Worst first. */
  reversed: boolean
}

export const placeKey = ({ document, ordinal }: Place): string => `${document}/${ordinal}`

export const numbered = (candidates: readonly TracedCandidate[]): NumberedCandidate[] =>
  candidates.map((candidate, at) => ({ ...candidate, number: at + 1 }))

/**
 * The stages that scored any candidate, in the order they ran; one that scored without having been told of comes last. The
 * names are those in the data: a stage that is new to this page gets its column too.
 */
export function scoringStages({ stages, candidates }: Pick<SearchTrace, 'stages' | 'candidates'>): string[] {
  const scoring = new Set(candidates.flatMap(({ scores }) => Object.keys(scores)))
  const told = stages.map(({ stage }) => stage).filter((stage) => scoring.has(stage))
  return [...new Set([...told, ...scoring])]
}

/** How many candidates came to each fate. */
export function countFates(candidates: readonly TracedCandidate[]): Map<FateName, number> {
  const counts = new Map<FateName, number>()
  for (const { fate } of candidates) counts.set(fate.name, (counts.get(fate.name) ?? 0) + 1)
  return counts
}

/** Best first, or reversed; those without a score come last either way, and ties keep the order of their numbers. */
export function sortCandidates(
  candidates: readonly NumberedCandidate[],
  { column, reversed }: Sorting,
): NumberedCandidate[] {
  const direction = reversed ? -1 : 1
  const value = valueBy(column)
  return [...candidates].sort((a, b) => {
    const [one, other] = [value(a), value(b)]
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined) || a.number - b.number
    return direction * (one - other) || a.number - b.number
  })
}

/** The lower the better. */
function valueBy(column: SortColumn): (candidate: NumberedCandidate) => number | undefined {
  switch (column.by) {
    case 'number':
      return ({ number }) => number
    case 'fate':
      // Evidence by rank, then the others by the order in which they were sorted out.
      return ({ fate }) => (fate.name === 'evidence' ? fate.rank : 1e6 + sortedOut.indexOf(fate.name))
    case 'stage':
      return ({ scores }) => {
        const score = scores[column.stage]?.score
        return score === undefined ? undefined : -score
      }
  }
}

const sortedOut: readonly FateName[] = ['repetition', 'near duplicate', 'document limit', 'limit', 'removed']

export const isSame = (a: SortColumn, b: SortColumn): boolean =>
  a.by === b.by && (a.by !== 'stage' || (b.by === 'stage' && a.stage === b.stage))
