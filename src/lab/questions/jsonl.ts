import { InvalidQuestionSet } from '../../errors'
import type { Question, QuestionSet } from '../question-set'
import { checkIds, questionOf, type QuestionRecord } from './record'

const VERSION = 1

/** What the first line of an exported set tells of the set itself. A file without such a line is read too. */
type Header = Pick<QuestionSet, 'name' | 'purpose' | 'licence' | 'attribution' | 'created'>

/** What a file of questions holds; of the set itself, what it tells. */
export interface ReadQuestions {
  set: Partial<Header>
  questions: Question[]
}

/** A question set as JSON Lines: a line about the set, then a question a line. */
export function toJsonLines({ name, purpose, licence, attribution, created, questions }: QuestionSet): string {
  const header = { fumikura: 'question-set', version: VERSION, name, purpose, licence, attribution, created }
  return [header, ...questions].map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** @throws InvalidQuestionSet with the line that cannot be read */
export function readJsonLines(text: string): ReadQuestions {
  const lines = text.replace(/^\ufeff/, '').split('\n')
  const records: { record: QuestionRecord; line: number }[] = []
  for (const [at, content] of lines.entries())
    if (content.trim()) records.push({ record: parseLine(content, at + 1), line: at + 1 })
  const set = headerOf(records[0]?.record)
  const rows = set ? records.slice(1) : records
  const questions = rows.map(({ record, line }, at) => questionOf(record, line, at + 1))
  checkIds(
    questions,
    rows.map(({ line }) => line),
  )
  return { set: set ?? {}, questions }
}

function parseLine(content: string, line: number): QuestionRecord {
  try {
    const value: unknown = JSON.parse(content)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as QuestionRecord
  } catch {
    // Told below.
  }
  throw new InvalidQuestionSet({ line, reason: 'syntax' })
}

function headerOf(record: QuestionRecord | undefined): Partial<Header> | undefined {
  if (record?.['fumikura'] !== 'question-set') return undefined
  if (Number(record['version']) > VERSION) throw new InvalidQuestionSet({ reason: 'version' })
  const text = (key: string) => (typeof record[key] === 'string' ? { [key]: record[key] } : {})
  return {
    ...text('name'),
    ...text('licence'),
    ...text('attribution'),
    ...(typeof record['created'] === 'number' && { created: record['created'] }),
    purpose: record['purpose'] === 'guard' ? 'guard' : 'questions',
  }
}
