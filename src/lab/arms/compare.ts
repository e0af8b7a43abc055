import { canonicalJson, type Question } from '../question-set'
import type { Run } from '../run'

/** One thing in which two runs differ: where it stands (`spec.shots`, `model.dtype`), and what it was in each. */
export interface RunDifference {
  path: string
  one: unknown
  other: unknown
}

/**
 * Everything that made two runs different, by path, so that nobody compares figures that cannot be compared. Of settings each
 * value is named; of what is only known by its hash (`set`, `templates`) the hashes.
 */
export function diffRuns(one: Pick<Run, 'spec' | 'stamp'>, other: Pick<Run, 'spec' | 'stamp'>): RunDifference[] {
  const parts = ({ spec, stamp }: Pick<Run, 'spec' | 'stamp'>) => {
    const { set, templates, documents, index, model, adapters } = stamp
    return { spec, set, templates, documents, index, model, adapters }
  }
  return differences('', parts(one), parts(other))
}

function differences(path: string, one: unknown, other: unknown): RunDifference[] {
  if (canonicalJson([one]) === canonicalJson([other])) return []
  if (!isRecord(one) || !isRecord(other)) return [{ path, one, other }]
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  return keys.flatMap((key) => differences(path ? `${path}.${key}` : key, one[key], other[key]))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Ids of the questions that ask the same in both sets: with the same words, options and right answers. */
export function sameQuestions(one: readonly Question[], other: readonly Question[]): Set<string> {
  const others = new Map(other.map((question) => [question.id, askedBy(question)]))
  return new Set(one.filter((question) => others.get(question.id) === askedBy(question)).map(({ id }) => id))
}

/** What makes two questions one, whatever else is noted of them. */
const askedBy = (question: Question): string =>
  canonicalJson(
    question.kind === 'choice'
      ? [question.question, question.options, question.answer]
      : [question.question, question.answers],
  )
