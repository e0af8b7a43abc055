import Papa from 'papaparse'
import type { Question } from '../question-set'
import { shielded } from '../questions/csv'
import { FIGURES, SHARES, type Result } from '../run'

const HEAD = ['question', 'text', 'kind', 'arm', 'shots', 'passages', 'seed', 'right', 'answer', 'refused'] as const
const TAIL = ['examples', 'passagesGiven', 'failure'] as const

/**
 * The results of a run as a table for a spreadsheet, a row each, with every measure in a column of its own. For reading only:
 * a run comes back from its JSON. Begins with a byte order mark, as question sets do.
 */
export function resultsCsv(results: readonly Result[], questions: readonly Question[]): string {
  const byId = new Map(questions.map((question) => [question.id, question]))
  const fields = [...HEAD, ...SHARES, ...FIGURES, ...TAIL]
  const data = results.map((result) => {
    const row = rowOf(result, byId.get(result.question))
    return fields.map((field) => shielded(row[field] ?? ''))
  })
  return `\ufeff${Papa.unparse({ fields, data }, { newline: '\n' })}\n`
}

function rowOf(result: Result, question: Question | undefined): Partial<Record<string, string>> {
  const { condition, measures, chosen, text, refused, shots, passages, failure } = result
  const { arm, shots: wanted, passages: most, seed } = condition
  const right = question?.kind === 'choice' ? question.options[question.answer] : question?.answers.join(' | ')
  const option = question?.kind === 'choice' && chosen !== undefined ? question.options[chosen] : undefined
  return {
    ...Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, String(value)])),
    ...{ question: result.question, arm, shots: `${wanted}`, passages: `${most}`, seed: `${seed}` },
    ...(question && { text: question.question, kind: question.kind }),
    ...(right !== undefined && { right }),
    answer: option ?? text ?? '',
    ...(refused && { refused: '1' }),
    ...{ examples: shots.join(' '), passagesGiven: passages.join(' '), failure: failure?.key ?? '' },
  }
}
