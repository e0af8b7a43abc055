import { questionSetHash, type QuestionSet } from '../../lab/question-set'
import type { Run } from '../../lab/run'
import type { Database } from '../../storage/database'
import { deleteQuestionSet, getQuestionSet, listRuns, saveQuestionSet } from '../../storage/lab'

/**
 * The questions of a run as they were: sets are changed and deleted, and a run's figures and its export rest on what was
 * asked. One copy for each content, kept among the sets under an id that no list shows.
 */
const PREFIX = 'snapshot/'

export const isSnapshot = ({ id }: Pick<QuestionSet, 'id'>): boolean => id.startsWith(PREFIX)

/** Keeps a set as it is. @throws StorageFull */
export async function keepSnapshot(db: Database, set: QuestionSet): Promise<void> {
  const id = PREFIX + (await questionSetHash(set))
  if (!(await getQuestionSet(db, id))) await saveQuestionSet(db, { ...set, id })
}

/** The set that a run was made with, as it was then. Undefined where it is gone. */
export async function setOfRun(
  db: Database,
  { set, stamp }: Pick<Run, 'set' | 'stamp'>,
): Promise<QuestionSet | undefined> {
  const kept = await getQuestionSet(db, PREFIX + stamp.set)
  if (kept) return { ...kept, id: set }
  const present = await getQuestionSet(db, set)
  return present && (await questionSetHash(present)) === stamp.set ? present : undefined
}

/** Lets the copy go that no run needs any more. */
export async function dropSnapshot(db: Database, { stamp }: Pick<Run, 'stamp'>): Promise<void> {
  if ((await listRuns(db)).some((run) => run.stamp.set === stamp.set)) return
  await deleteQuestionSet(db, PREFIX + stamp.set)
}
