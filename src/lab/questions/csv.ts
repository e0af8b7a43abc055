import Papa from 'papaparse'
import { InvalidQuestionSet } from '../../errors'
import type { Question } from '../question-set'
import { addressText, questionsOf, type OnFault, type QuestionRecord } from './record'

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

/**
 * @param onFault told of every row that cannot be read; without it the first is thrown
 * @throws InvalidQuestionSet with the line; with `onFault` only when there is no row or no column of questions
 */
export function readCsv(text: string, onFault?: OnFault): Question[] {
  const { rows, faulty } = parse(text.replace(/^\ufeff/, ''), onFault)
  if (rows.length === 0 && faulty) return []
  const records = rows.map(({ cells, line, source }) => ({ record: recordOf(cells), line, source }))
  return questionsOf(records, onFault)
}

/** The first row of a table as it stands there, for a table of some of its other rows. */
export function csvHeader(text: string): string {
  let end = 0
  Papa.parse<string[]>(text, {
    skipEmptyLines: 'greedy',
    step: ({ meta }, parser) => {
      end = meta.cursor
      parser.abort()
    },
  })
  return text.slice(0, end).trim()
}

interface Row {
  cells: Readonly<Record<string, string>>
  /** Where it begins; cells may hold line breaks. */
  line: number
  source: string
}

function parse(text: string, onFault: OnFault | undefined): { rows: Row[]; faulty: boolean } {
  const rows: Row[] = []
  let [read, line, faulty] = [0, 1, false]
  let header: string[] | undefined
  const take = (data: string[], broken: boolean, source: string): void => {
    if (broken || (header && data.length !== header.length)) {
      const fault = new InvalidQuestionSet({ line, reason: 'syntax' })
      if (!onFault || !header) throw fault
      faulty = true
      onFault(fault, source)
    } else if (header) rows.push({ cells: cellsOf(header, data), line, source })
    else header = headerOf(data)
  }
  Papa.parse<string[]>(text, {
    skipEmptyLines: 'greedy',
    step: ({ data, errors, meta }) => {
      // Papa tells where it is only behind a row, and passes empty lines over without a word.
      const begin = read + /^\s*/.exec(text.slice(read, meta.cursor))![0].length
      line += lineBreaks(text.slice(read, begin))
      const source = text.slice(begin, meta.cursor)
      take(
        data,
        errors.some(({ type }) => type !== 'Delimiter'),
        source.trimEnd(),
      )
      line += lineBreaks(source)
      read = meta.cursor
    },
  })
  return { rows, faulty }
}

const lineBreaks = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0

function headerOf(names: readonly string[]): string[] {
  const header = names.map((name) => name.trim())
  if (!header.includes('question')) throw new InvalidQuestionSet({ line: 1, reason: 'columns', what: 'question' })
  return header
}

const cellsOf = (header: readonly string[], data: readonly string[]): Record<string, string> =>
  Object.fromEntries(header.map((name, at) => [name, unshielded(data[at] ?? '')]))

/** Empty cells tell nothing; numbered columns are lists, in the order of their numbers. */
function recordOf(cells: Row['cells']): QuestionRecord {
  const filled = Object.entries(cells).filter(([, cell]) => cell !== '')
  const { right, evidence, ...others } = Object.fromEntries(filled)
  // Of options the places count, since one of them is named as the right one: a gap is told as a fault.
  const [options, answers] = [listOf(cells, 'option'), listOf(cells, 'answer').filter(Boolean)]
  return {
    ...others,
    ...(options.length > 0 && { options, answer: right ?? others['answer'] }),
    ...(answers.length > 0 && { answers }),
    ...(evidence !== undefined && { evidence: evidence.trim().split(/\s+/) }),
  }
}

/** The cells of `name1`, `name2` …, up to the last that holds something. */
function listOf(cells: Row['cells'], name: string): string[] {
  const numberOf = (key: string) => Number(key.slice(name.length))
  const list = Object.keys(cells)
    .filter((key) => new RegExp(`^${name}\\d+$`).test(key))
    .sort((one, other) => numberOf(one) - numberOf(other))
    .map((key) => cells[key] ?? '')
  return list.slice(0, list.findLastIndex((cell) => cell !== '') + 1)
}
