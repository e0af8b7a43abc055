import type { Question } from '../../../lab/question-set'
import type { Result } from '../../../lab/run'

/** What became of an answer; open answers count as right where they hold a right one. */
export type Outcome = 'right' | 'wrong' | 'failed' | 'answered'

export interface QuestionResult {
  question: Question
  results: readonly Result[]
}

export function outcomeOf({ failure, measures }: Result): Outcome {
  if (failure) return 'failed'
  const right = measures.accuracy ?? measures.containsAnswer ?? measures.correctRefusal
  if (right === undefined) return 'answered'
  return right === 1 ? 'right' : 'wrong'
}

export const FILTERS = ['all', 'mixed', 'wrong', 'failed'] as const
export type Filter = (typeof FILTERS)[number]

/** The questions that were asked, in the order of their set, each with its results in the order in which they came. */
export function byQuestion(
  questions: readonly Question[],
  results: readonly Result[],
  filter: Filter,
): QuestionResult[] {
  const groups = new Map<string, Result[]>()
  for (const result of results) groups.set(result.question, [...(groups.get(result.question) ?? []), result])
  return questions.flatMap((question): QuestionResult[] => {
    const own = groups.get(question.id)
    return own && passes(own, filter) ? [{ question, results: own }] : []
  })
}

function passes(results: readonly Result[], filter: Filter): boolean {
  const outcomes = results.map(outcomeOf)
  switch (filter) {
    case 'all':
      return true
    case 'mixed':
      return outcomes.includes('right') && outcomes.includes('wrong')
    default:
      return outcomes.includes(filter)
  }
}

/** "3 of 4" */
export const tallyOf = (results: readonly Result[]): { right: number; all: number } => ({
  right: results.filter((result) => outcomeOf(result) === 'right').length,
  all: results.length,
})
