import type { Question } from '../question-set'
import { FIGURES, SHARES, type Measure, type Result } from '../run'
import { ARMS, type Condition } from '../run-spec'
import type { ConditionSummary, Interval, MeasureSummary } from '../summary'
import { bootstrapDifference, bootstrapMean, deviationOf, meanOf } from './bootstrap'
import { chanceOf } from './log-likelihood'
import { speedOf } from './speed'

const MEASURES: readonly Measure[] = [...SHARES, ...FIGURES]

/** A condition whatever its seed. */
export type ConditionOfAnySeed = Omit<Condition, 'seed'>

const nameOf = ({ arm, shots, passages }: ConditionOfAnySeed): string => [arm, shots, passages].join('/')

/**
 * The rows of a run's table, arm by arm in the order of the paper, whatever order results come in. Each interval is over the questions, of which
 * each counts once with the mean of its seeds; the spread is over the seeds.
 */
export function summarise(results: readonly Result[], questions: readonly Question[]): ConditionSummary[] {
  const options = new Map(questions.map((one) => [one.id, one.kind === 'choice' ? one.options.length : 0]))
  const groups = new Map<string, Result[]>()
  for (const result of results) {
    const group = groups.get(nameOf(result.condition))
    if (group) group.push(result)
    else groups.set(nameOf(result.condition), [result])
  }
  const ordered = [...groups.values()].sort(([one], [other]) => inOrder(one!.condition, other!.condition))
  return ordered.map((group): ConditionSummary => {
    const { arm, shots, passages } = group[0]!.condition
    const measures: ConditionSummary['measures'] = {}
    for (const measure of MEASURES) {
      const summary = summariseMeasure(group, measure)
      if (summary) measures[measure] = summary
    }
    const asked = new Set(group.filter(({ scores }) => scores).map(({ question }) => question))
    const chance = chanceOf([...asked].map((id) => options.get(id) ?? 0).filter((count) => count > 0))
    const speed = speedOf(group)
    return {
      condition: { arm, shots, passages },
      measures,
      ...(speed && { speed }),
      ...(chance !== undefined && { chance }),
      failures: group.filter(({ failure }) => failure).length,
    }
  })
}

const inOrder = (one: ConditionOfAnySeed, other: ConditionOfAnySeed): number =>
  ARMS.indexOf(one.arm) - ARMS.indexOf(other.arm) || one.shots - other.shots || one.passages - other.passages

function summariseMeasure(results: readonly Result[], measure: Measure): MeasureSummary | undefined {
  const byQuestion = perQuestion(results, measure)
  if (byQuestion.size === 0) return undefined
  const bySeed = new Map<number, number[]>()
  for (const { condition, measures } of results) {
    const value = measures[measure]
    if (value !== undefined) bySeed.set(condition.seed, [...(bySeed.get(condition.seed) ?? []), value])
  }
  const means = [...bySeed].sort(([one], [other]) => one - other).map(([, values]) => meanOf(values))
  return {
    ...bootstrapMean([...byQuestion.values()]),
    count: byQuestion.size,
    bySeed: means,
    spread: deviationOf(means),
  }
}

/** The mean over the seeds of each question. Sorted by question, so that the order in which results came changes no figure. */
function perQuestion(results: readonly Result[], measure: Measure): Map<string, number> {
  const values = new Map<string, number[]>()
  for (const { question, measures } of results) {
    const value = measures[measure]
    if (value !== undefined) values.set(question, [...(values.get(question) ?? []), value])
  }
  return new Map(
    [...values].sort(([one], [other]) => (one < other ? -1 : 1)).map(([question, all]) => [question, meanOf(all)]),
  )
}

/** A difference between two ways of asking, over the questions that both were asked. */
export interface Difference extends Interval {
  count: number
}

/**
 * How much the second condition is above the first by a measure, question by question. On a guard set, base against LoRA: what
 * an adapter has made the model forget (below 0 with the whole interval). Undefined when no question was measured under both.
 */
export function differenceBetween(
  results: readonly Result[],
  measure: Measure,
  from: ConditionOfAnySeed,
  to: ConditionOfAnySeed,
): Difference | undefined {
  const of = (condition: ConditionOfAnySeed) =>
    perQuestion(
      results.filter((result) => nameOf(result.condition) === nameOf(condition)),
      measure,
    )
  const [before, after] = [of(from), of(to)]
  const pairs = [...before].flatMap(([question, value]): [number, number][] => {
    const other = after.get(question)
    return other === undefined ? [] : [[value, other]]
  })
  return pairs.length ? { ...bootstrapDifference(pairs), count: pairs.length } : undefined
}

/** The paper's relative gain: how much of the base's accuracy is won on top. Undefined over a base of 0. */
export const relativeGain = (base: number, other: number): number | undefined =>
  base > 0 ? (other - base) / base : undefined
