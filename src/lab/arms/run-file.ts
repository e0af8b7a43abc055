import { sha256 } from '../../documents/hash'
import { InvalidRunFile } from '../../errors'
import { canonicalJson, questionSetHash, type QuestionSet } from '../question-set'
import type { Result, Run } from '../run'
import { runIdOf, specHash } from './stamp'

const VERSION = 1
const KIND = 'lab-run'

/** A run with everything that its figures are computed from. */
export interface RunFile {
  run: Run
  set: QuestionSet
  results: Result[]
}

/** A run as a file: JSON with a checksum over all of it, so that what is read again gives the same figures or is refused. */
export async function exportRun({ run, set, results }: RunFile): Promise<string> {
  const content = { run, set, results }
  const head = { fumikura: KIND, version: VERSION, digest: await sha256(canonicalJson(content)) }
  return JSON.stringify({ ...head, ...content }, null, 1)
}

/**
 * Reads an exported run and checks it: nothing was changed, the questions and settings are those of its stamp, and every
 * result belongs to it.
 * @throws InvalidRunFile
 */
export async function importRun(text: string): Promise<RunFile> {
  const { version, digest, run, set, results } = parse(text)
  if (typeof version !== 'number' || version > VERSION) throw new InvalidRunFile({ reason: 'version' })
  if (!isRun(run) || !isSet(set) || !Array.isArray(results)) throw new InvalidRunFile()
  if (digest !== (await sha256(canonicalJson({ run, set, results })))) throw new InvalidRunFile({ reason: 'changed' })
  const { stamp, spec } = run
  const made = (await questionSetHash(set)) === stamp.set && (await specHash(spec)) === stamp.spec
  if (!made || run.id !== (await runIdOf(stamp))) throw new InvalidRunFile({ reason: 'stamp' })
  const known = new Set(set.questions.map(({ id }) => id))
  const own = (results as Result[]).every((result) => result.run === run.id && known.has(result.question))
  if (!own) throw new InvalidRunFile({ reason: 'stamp' })
  return { run, set, results: results as Result[] }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'fumikura' in value && value.fumikura === KIND)
      return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new InvalidRunFile()
}

const has = (value: unknown, ...keys: string[]): boolean =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value)

const isRun = (value: unknown): value is Run => has(value, 'id', 'spec', 'stamp', 'state', 'planned', 'done')

const isSet = (value: unknown): value is QuestionSet =>
  has(value, 'id', 'name', 'questions') && Array.isArray((value as QuestionSet).questions)
