import { differenceBetween, type ConditionOfAnySeed, type Difference } from '../../../lab/measures/summarise'
import { FIGURES, SHARES, type Measure, type Result } from '../../../lab/run'

/** How much one run is above another under one way of asking. */
export interface Gain {
  condition: ConditionOfAnySeed
  difference: Difference
}

/** Conditions are told apart by their arm within one list of results: those of the second run get a place beside it. */
const SECOND = 1_000_000

/** The second run above the first by a measure, for each way of asking that both have, question by question. */
export function gainsBetween(one: readonly Result[], other: readonly Result[], measure: Measure): Gain[] {
  const moved = other.map((result): Result => {
    return { ...result, condition: { ...result.condition, shots: result.condition.shots + SECOND } }
  })
  const results = [...one, ...moved]
  return conditionsOf(one).flatMap((condition): Gain[] => {
    const second = { ...condition, shots: condition.shots + SECOND }
    const difference = differenceBetween(results, measure, condition, second)
    return difference ? [{ condition, difference }] : []
  })
}

function conditionsOf(results: readonly Result[]): ConditionOfAnySeed[] {
  const found = new Map<string, ConditionOfAnySeed>()
  for (const { condition } of results) {
    const { arm, shots, passages } = condition
    found.set([arm, shots, passages].join('/'), { arm, shots, passages })
  }
  return [...found.values()]
}

/** Measures that can be compared: taken in both. */
export function measuresOfBoth(one: readonly Result[], other: readonly Result[]): Measure[] {
  const has = (results: readonly Result[], measure: Measure) =>
    results.some(({ measures }) => measures[measure] !== undefined)
  return ([...SHARES, ...FIGURES] as Measure[]).filter((measure) => has(one, measure) && has(other, measure))
}
