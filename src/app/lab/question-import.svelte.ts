import { t } from '../../i18n/i18n.svelte'
import { toFumikuraError, type FumikuraError } from '../../errors'
import type { Question, QuestionSet } from '../../lab/question-set'
import { csvHeader, readCsv, toCsv } from '../../lab/questions/csv'
import { readJsonLines, toJsonLines, type ReadQuestions } from '../../lab/questions/jsonl'
import type { OnFault } from '../../lab/questions/record'
import type { Notices } from '../notices.svelte'
import type { QuestionSets } from './question-sets.svelte'

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

/** Files of questions on their way in and out. */
export class QuestionImport {
  /** Read, and not yet taken over. */
  files = $state.raw<readonly ReadFile[]>([])
  /** Files that are no question sets at all. */
  failures = $state.raw<readonly { name: string; error: FumikuraError }[]>([])
  readonly #sets: QuestionSets
  readonly #notices: Notices

  constructor(sets: QuestionSets, notices: Notices) {
    this.#sets = sets
    this.#notices = notices
  }

  /**
   * Reads files. One without a fault becomes a set at once; one with faults, or all of them where there is a set that they
   * may join, wait for the person's word.
   */
  async read(files: readonly File[], join?: QuestionSet): Promise<void> {
    this.failures = []
    for (const file of files) {
      try {
        const read = readQuestionFile(file.name, await textOf(file))
        if (read.faults.length === 0 && !join) await this.#make(read)
        else this.files = [...this.files, read]
      } catch (error) {
        this.failures = [...this.failures, { name: file.name, error: toFumikuraError(error) }]
      }
    }
  }

  /** Makes a set of what could be read of a file. */
  async makeSet(file: ReadFile): Promise<void> {
    if (await this.#make(file)) this.drop(file)
  }

  /** Puts what could be read of a file into a set; a question whose id is taken there gets another. */
  async joinSet(file: ReadFile, id: string): Promise<void> {
    const done = await this.#sets.change(id, (set) => ({
      ...set,
      questions: [...set.questions, ...withFreeIds(file.questions, set.questions)],
    }))
    if (!done) return
    this.drop(file)
    this.#notices.show(t('labQuestions.joined', { count: file.questions.length }))
  }

  drop(file: ReadFile): void {
    this.files = this.files.filter((other) => other !== file)
  }

  async #make({ name, set, questions }: ReadFile): Promise<boolean> {
    const made = await this.#sets.create(
      {
        name: set.name ?? baseName(name),
        purpose: set.purpose ?? 'questions',
        licence: set.licence ?? '',
        ...(set.attribution !== undefined && { attribution: set.attribution }),
      },
      questions,
      set.created,
    )
    if (made) this.#notices.show(t('labQuestions.imported', { count: questions.length, name: made.name }))
    return made !== undefined
  }
}

/**
 * Reads a file of questions, JSON Lines or CSV by its name, or where that does not tell by what it begins with.
 * @throws InvalidQuestionSet when there is no question in it, or nothing that names its columns
 */
export function readQuestionFile(name: string, text: string): ReadFile {
  const faults: FumikuraError[] = []
  const leftOut = new Set<string>()
  const onFault: OnFault = (fault, source) => {
    faults.push(fault)
    leftOut.add(source)
  }
  const format = formatOf(name, text)
  const read = format === 'csv' ? { set: {}, questions: readCsv(text, onFault) } : readJsonLines(text, onFault)
  faults.sort((one, other) => Number(one.params['line']) - Number(other.params['line']))
  return { ...read, name, format, faults, leftOut: [...leftOut], header: format === 'csv' ? csvHeader(text) : '' }
}

/** As UTF-8, and what is not UTF-8 as Shift_JIS: in that a Japanese Excel saves its tables. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('shift_jis').decode(bytes)
  }
}

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

const baseName = (name: string): string => name.replace(/\.[^.]+$/, '')

/** Without what a file's name cannot have. */
const fileName = (name: string): string => name.replaceAll(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim() || 'questions'

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
