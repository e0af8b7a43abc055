import { InvalidQuestionSet } from '../../errors'
import type { Question, QuestionSet } from '../question-set'
import { questionsOf, type NumberedRecord, type OnFault, type QuestionRecord } from './record'

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

/**
 * @param onFault told of every line that cannot be read; without it the first is thrown
 * @throws InvalidQuestionSet with the line; with `onFault` only when there is no question in it or it was written by a newer version
 */
export function readJsonLines(text: string, onFault?: OnFault): ReadQuestions {
  const lines = text.replace(/^\ufeff/, '').split('\n')
  let faulty = false
  const records = lines.flatMap((source, at): NumberedRecord[] => {
    if (!source.trim()) return []
    try {
      return [{ record: parseLine(source, at + 1), line: at + 1, source }]
    } catch (error) {
      if (!onFault || !(error instanceof InvalidQuestionSet)) throw error
      faulty = true
      onFault(error, source)
      return []
    }
  })
  const set = headerOf(records[0]?.record)
  const rows = set ? records.slice(1) : records
  if (rows.length === 0 && faulty) return { set: set ?? {}, questions: [] }
  return { set: set ?? {}, questions: questionsOf(rows, onFault) }
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
