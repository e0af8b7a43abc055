import Papa from 'papaparse'
import { InvalidQuestionSet } from '../../errors'
import type { Question } from '../question-set'
import { addressText, checkIds, questionOf, type QuestionRecord } from './record'

/**
 * Questions as a table for a spreadsheet: `option1…` of multiple choice with the letter of the right one in `right`, or
 * `answer1…` of an open question; several evidence addresses divided by spaces. What the set itself is (name, licence) has no
 * column. Begins with a byte order mark, without which Excel takes Japanese for another encoding.
 */
export function toCsv(questions: readonly Question[]): string {
  const most = (of: (question: Question) => number) => Math.max(0, ...questions.map(of))
  const numbered = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}${at + 1}`)
  const fields = [
    ...['id', 'kind', 'question', 'language'],
    ...numbered(
      'option',
      most((one) => (one.kind === 'choice' ? one.options.length : 0)),
    ),
    'right',
    ...numbered(
      'answer',
      most((one) => (one.kind === 'open' ? one.answers.length : 0)),
    ),
    ...['evidence', 'group', 'subject', 'state', 'format', 'specificity'],
  ]
  const data = questions.map((question) => {
    const row = rowOf(question)
    return fields.map((field) => shielded(row[field] ?? ''))
  })
  return `\ufeff${Papa.unparse({ fields, data }, { newline: '\n' })}\n`
}

function rowOf(question: Question): Record<string, string> {
  const numbered = (name: string, texts: readonly string[]) =>
    Object.fromEntries(texts.map((text, at) => [`${name}${at + 1}`, text]))
  const { id, kind, language, evidence, group = '', subject = '', state, specificity } = question
  return {
    id,
    kind,
    question: question.question,
    language,
    evidence: evidence.map(addressText).join(' '),
    group,
    subject,
    state,
    specificity: specificity === undefined ? '' : String(specificity),
    ...(question.kind === 'choice'
      ? { ...numbered('option', question.options), right: String.fromCharCode(65 + question.answer) }
      : { ...numbered('answer', question.answers), format: question.format ?? '' }),
  }
}

/** What a spreadsheet would take for a formula: a document must not be able to write one. */
const formula = /^'*[=+\-@\t\r]/

/** A cell that no spreadsheet takes for a formula. */
export const shielded = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)
const unshielded = (cell: string): string => (cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell)

/** @throws InvalidQuestionSet with the line that cannot be read */
export function readCsv(text: string): Question[] {
  const rows = parse(text.replace(/^\ufeff/, ''))
  const questions = rows.map(({ cells, line }, at) => questionOf(recordOf(cells), line, at + 1))
  checkIds(
    questions,
    rows.map(({ line }) => line),
  )
  return questions
}

interface Row {
  cells: Readonly<Record<string, string>>
  /** Where it begins; cells may hold line breaks. */
  line: number
}

function parse(text: string): Row[] {
  const rows: Row[] = []
  let [read, line] = [0, 1]
  let header: string[] | undefined
  Papa.parse<string[]>(text, {
    skipEmptyLines: 'greedy',
    step: ({ data, errors, meta }) => {
      // Papa tells where it is only behind a row, and passes empty lines over without a word.
      const begin = read + /^\s*/.exec(text.slice(read, meta.cursor))![0].length
      line += lineBreaks(text.slice(read, begin))
      const broken = errors.find(({ type }) => type !== 'Delimiter')
      if (broken || (header && data.length !== header.length)) throw new InvalidQuestionSet({ line, reason: 'syntax' })
      if (header) rows.push({ cells: cellsOf(header, data), line })
      else header = headerOf(data)
      line += lineBreaks(text.slice(begin, meta.cursor))
      read = meta.cursor
    },
  })
  return rows
}

const lineBreaks = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0

function headerOf(names: readonly string[]): string[] {
  const header = names.map((name) => name.trim())
  if (!header.includes('question')) throw new InvalidQuestionSet({ line: 1, reason: 'columns', what: 'question' })
  return header
}

const cellsOf = (header: readonly string[], data: readonly string[]): Record<string, string> =>
  Object.fromEntries(header.map((name, at) => [name, unshielded(data[at] ?? '')]))

/** Empty cells tell nothing; numbered columns are lists. */
function recordOf(cells: Row['cells']): QuestionRecord {
  const filled = Object.entries(cells).filter(([, cell]) => cell !== '')
  const list = (name: string) => filled.filter(([key]) => new RegExp(`^${name}\\d+$`).test(key)).map(([, cell]) => cell)
  const { right, evidence, ...others } = Object.fromEntries(filled)
  const [options, answers] = [list('option'), list('answer')]
  return {
    ...others,
    ...(options.length > 0 && { options, answer: right ?? others['answer'] }),
    ...(answers.length > 0 && { answers }),
    ...(evidence !== undefined && { evidence: evidence.trim().split(/\s+/) }),
  }
}
