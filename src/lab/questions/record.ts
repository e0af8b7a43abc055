import type { Language } from '../../domain'
import { InvalidQuestionSet } from '../../errors'
import { detectLanguage } from '../../language/detect'
import type { EvidenceAddress, Question, QuestionState } from '../question-set'

/** A question as a file holds it, its fields not looked at yet. */
export type QuestionRecord = Readonly<Record<string, unknown>>

/** Other names under which public sets (MMLU, JMMLU) keep the same. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  question: ['q'],
  language: ['lang'],
  options: ['choices'],
  answers: ['a'],
}

const states: readonly QuestionState[] = ['draft', 'confirmed', 'rejected']

/** A record and the line that it begins in, from 1. */
export interface NumberedRecord {
  record: QuestionRecord
  line: number
  /** As it stands in the file. */
  source: string
}

/**
 * Told of everything that is wrong in a file, so that a person can put it right at one go; what it is told of is left out.
 * @param source of the record, as it stands in the file
 */
export type OnFault = (fault: InvalidQuestionSet, source: string) => void

/**
 * The questions that the records of a file stand for.
 * @param onFault without it the first fault is thrown
 * @throws InvalidQuestionSet when there is no record at all
 */
export function questionsOf(rows: readonly NumberedRecord[], onFault?: OnFault): Question[] {
  if (rows.length === 0) throw new InvalidQuestionSet({ reason: 'empty' })
  const seen = new Set<string>()
  return rows.flatMap(({ record, line, source }, at): Question[] => {
    try {
      const question = questionOf(record, line, at + 1)
      const { id } = question
      if (seen.has(id)) throw new InvalidQuestionSet({ line, reason: 'duplicate', what: id })
      seen.add(id)
      return [question]
    } catch (error) {
      if (!onFault || !(error instanceof InvalidQuestionSet)) throw error
      const faults = faultsOf(record, line)
      for (const fault of faults.length > 0 ? faults : [error]) onFault(fault, source)
      return []
    }
  })
}

/** All that is wrong within a record, each once, in the order of its fields. */
function faultsOf(record: QuestionRecord, line: number): InvalidQuestionSet[] {
  const reader = new RecordReader(record, line)
  const faults = new Map<string, InvalidQuestionSet>()
  const attempt = <Value>(read: () => Value): Value | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof InvalidQuestionSet)) throw error
      // The language is taken from the question where it is not told, and would tell again what that lacks.
      faults.set(JSON.stringify(error.params), error)
      return undefined
    }
  }
  for (const name of ['id', 'group', 'subject']) attempt(() => reader.text(name))
  attempt(() => reader.number('specificity'))
  attempt(() => reader.question())
  attempt(() => reader.language())
  attempt(() => reader.state())
  attempt(() => reader.evidence())
  const before = faults.size
  const options = attempt(() => reader.options())
  if (options) attempt(() => reader.answer(options.length))
  else if (faults.size === before) {
    attempt(() => reader.answers())
    attempt(() => reader.format())
  }
  return [...faults.values()]
}

/**
 * The question that a record of a file stands for. What is not told: the id is the record's number, the language that of the
 * text, the state confirmed, the kind by whether there are options.
 * @param line where the record begins in its file, from 1
 * @param number of the record, from 1
 * @throws InvalidQuestionSet with the line
 */
function questionOf(record: QuestionRecord, line: number, number: number): Question {
  const reader = new RecordReader(record, line)
  const common = {
    id: reader.text('id') ?? String(number),
    question: reader.question(),
    language: reader.language(),
    evidence: reader.evidence(),
    state: reader.state(),
    ...reader.present('group', reader.text('group')),
    ...reader.present('subject', reader.text('subject')),
    ...reader.present('specificity', reader.number('specificity')),
  }
  const options = reader.options()
  if (options) return { kind: 'choice', ...common, options, answer: reader.answer(options.length) }
  return { kind: 'open', ...common, answers: reader.answers(), ...reader.present('format', reader.format()) }
}

class RecordReader {
  readonly #record: QuestionRecord
  readonly #line: number

  constructor(record: QuestionRecord, line: number) {
    this.#record = record
    this.#line = line
  }

  present = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
    (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value }

  question(): string {
    const text = this.text('question')
    return text?.trim() ? text : this.#refuse('question')
  }

  text(name: string): string | undefined {
    const value = this.#get(name)
    if (value === undefined) return undefined
    return typeof value === 'string' || typeof value === 'number' ? String(value) : this.#refuse('field', name)
  }

  number(name: string): number | undefined {
    const value = this.#get(name)
    if (value === undefined) return undefined
    const number = typeof value === 'string' && value.trim() === '' ? NaN : Number(value)
    return Number.isFinite(number) ? number : this.#refuse('field', name)
  }

  language(): Language {
    const value = this.text('language')
    if (value === undefined) return detectLanguage(this.question())
    return value === 'en' || value === 'ja' ? value : this.#refuse('language', value)
  }

  state(): QuestionState {
    const value = this.text('state')
    if (value === undefined) return 'confirmed'
    return states.find((state) => state === value) ?? this.#refuse('state', value)
  }

  format(): 'json' | undefined {
    const value = this.text('format')
    return value === undefined || value === 'json' ? value : this.#refuse('field', 'format')
  }

  /** Undefined of an open question. */
  options(): string[] | undefined {
    const value = this.#get('options')
    if (value === undefined) return this.#get('kind') === 'choice' ? this.#refuse('options') : undefined
    return isTexts(value) && value.length >= 2 ? value : this.#refuse('options')
  }

  /** B, or 1, of A B C D. */
  answer(options: number): number {
    const value = this.#get('answer')
    const letter = typeof value === 'string' && /^[a-z]$/i.test(value.trim()) ? value.trim().toUpperCase() : undefined
    const index = letter ? letter.charCodeAt(0) - 65 : typeof value === 'string' && !value.trim() ? NaN : Number(value)
    return Number.isInteger(index) && index >= 0 && index < options ? index : this.#refuse('answer')
  }

  answers(): string[] {
    const value = this.#get('answers') ?? this.#get('answer') ?? []
    const list = typeof value === 'string' ? [value] : value
    return isTexts(list) ? list : this.#refuse('answers')
  }

  evidence(): EvidenceAddress[] {
    const value = this.#get('evidence') ?? []
    if (!Array.isArray(value)) return this.#refuse('evidence', String(value))
    return value.map((address: unknown) => readAddress(address) ?? this.#refuse('evidence', JSON.stringify(address)))
  }

  #get(name: string): unknown {
    for (const key of [name, ...(otherNames[name] ?? [])]) {
      const value = this.#record[key]
      if (value !== undefined && value !== null) return value
    }
    return undefined
  }

  #refuse(reason: string, what = ''): never {
    throw new InvalidQuestionSet({ line: this.#line, reason, ...(what && { what: what.slice(0, 80) }) })
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' && one.trim() !== '')

/** "document/page/start-end", or an object with those names. */
function readAddress(value: unknown): EvidenceAddress | undefined {
  const parts = typeof value === 'string' ? /^(.+)\/(\d+)\/(\d+)-(\d+)$/.exec(value) : undefined
  const named = parts
    ? { document: parts[1], page: Number(parts[2]), start: Number(parts[3]), end: Number(parts[4]) }
    : ((value ?? {}) as Record<string, unknown>)
  const { document, page, start, end } = named
  if (typeof document !== 'string' || !document) return undefined
  if (!isCount(page) || !isCount(start) || !isCount(end) || page < 1 || start >= end) return undefined
  return { document, page, start, end }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** An address as one word, which readAddress reads again. */
export const addressText = ({ document, page, start, end }: EvidenceAddress): string =>
  `${document}/${page}/${start}-${end}`
