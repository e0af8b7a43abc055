import { decodeText } from '../../documents/flow/decode'
import type { FumikuraError } from '../../errors'
import type { Question, QuestionSet } from '../../lab/question-set'
import { csvHeader, readCsv, toCsv } from '../../lab/questions/csv'
import { readJsonLines, toJsonLines, type ReadQuestions } from '../../lab/questions/jsonl'
import type { OnFault } from '../../lab/questions/record'

export type QuestionFormat = 'jsonl' | 'csv'

/** A file that was read: what can be taken over, and what is wrong with the rest of it. */
export interface ReadFile extends ReadQuestions {
  name: string
  format: QuestionFormat
  faults: readonly FumikuraError[]
  /** The records that cannot be read, as a file of their own: to be put right and taken in again. */
  leftOut: readonly string[]
  /** The first row of a table. */
  header: string
}

/**
 * Reads a file of questions, JSON Lines or CSV by its name, or where that does not tell by what it begins with.
 * @throws InvalidQuestionSet when there is no question in it, or nothing that names its columns
 */
export function readQuestionFile(name: string, text: string): ReadFile {
  const told: { fault: FumikuraError; source: string }[] = []
  const onFault: OnFault = (fault, source) => told.push({ fault, source })
  const format = formatOf(name, text)
  const read = format === 'csv' ? { set: {}, questions: readCsv(text, onFault) } : readJsonLines(text, onFault)
  // What is no row at all is told before what is a row and no question.
  told.sort((one, other) => Number(one.fault.params['line']) - Number(other.fault.params['line']))
  return {
    ...read,
    name,
    format,
    faults: told.map(({ fault }) => fault),
    leftOut: told.flatMap(({ fault, source }, at) =>
      fault.params['line'] === told[at - 1]?.fault.params['line'] ? [] : [source],
    ),
    header: format === 'csv' ? csvHeader(text) : '',
  }
}

/** Excel saves its tables in the coding of its country: Shift_JIS, Windows-1252. */
export const textOf = async (file: File): Promise<string> => decodeText(new Uint8Array(await file.arrayBuffer()))

const formatOf = (name: string, text: string): QuestionFormat => {
  if (/\.csv$/i.test(name)) return 'csv'
  if (/\.(?:jsonl|ndjson|json)$/i.test(name)) return 'jsonl'
  return /^\ufeff?\s*[{[]/.test(text) ? 'jsonl' : 'csv'
}

/** What could not be read of a file, as a file that can be put right. */
export function leftOutFile({ name, format, header, leftOut }: ReadFile): File {
  const lines = format === 'csv' ? [`\ufeff${header.replace(/^\ufeff/, '')}`, ...leftOut] : leftOut
  return new File([`${lines.join('\n')}\n`], `${baseName(name)}-left-out.${format}`, { type: TYPES[format] })
}

/** A set as a file. Of a table the name, the licence and the purpose are no part. */
export function setFile(set: QuestionSet, format: QuestionFormat): File {
  const text = format === 'csv' ? toCsv(set.questions) : toJsonLines(set)
  return new File([text], `${fileName(set.name)}.${format}`, { type: TYPES[format] })
}

const TYPES: Readonly<Record<QuestionFormat, string>> = { jsonl: 'application/x-ndjson', csv: 'text/csv' }

/** The name of a file without its extension. */
export const baseName = (name: string): string => name.replace(/\.[^.]+$/, '')

/** Without what a file's name cannot have. */
const fileName = (name: string): string => name.replaceAll(/[\\/:*?"<>|\s\p{Cc}]+/gu, ' ').trim() || 'questions'

/** The questions with other ids where theirs are taken: "3-2". */
export function withFreeIds(questions: readonly Question[], others: readonly Question[]): Question[] {
  const taken = new Set(others.map(({ id }) => id))
  return questions.map((question) => {
    let { id } = question
    for (let number = 2; taken.has(id); number++) id = `${question.id}-${number}`
    taken.add(id)
    return { ...question, id }
  })
}
