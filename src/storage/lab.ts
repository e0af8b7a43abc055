import type { QuestionSet } from '../lab/question-set'
import type { Result, Run, RunId } from '../lab/run'
import { announce } from './changes'
import type { Database } from './database'
import { write } from './transaction'

/** The question sets, in the order they were made. */
export async function listQuestionSets(db: Database): Promise<QuestionSet[]> {
  return (await db.getAll('labSets')).sort((one, other) => one.created - other.created)
}

export const getQuestionSet = (db: Database, id: string): Promise<QuestionSet | undefined> => db.get('labSets', id)

/** Keeps a set, in place of an earlier one of the same id. @throws StorageFull */
export async function saveQuestionSet(db: Database, set: QuestionSet): Promise<void> {
  await write(db, ['labSets'], 'strict', (transaction) => transaction.objectStore('labSets').put(set))
  announce(db, { what: 'lab' })
}

/** Runs that were made with it stay: they keep the hash of its content. */
export async function deleteQuestionSet(db: Database, id: string): Promise<void> {
  await write(db, ['labSets'], 'strict', (transaction) => transaction.objectStore('labSets').delete(id))
  announce(db, { what: 'lab' })
}

/** All runs, the newest first. */
export async function listRuns(db: Database): Promise<Run[]> {
  return (await db.getAll('labRuns')).sort((one, other) => other.started - one.started)
}

export const getRun = (db: Database, id: RunId): Promise<Run | undefined> => db.get('labRuns', id)

/** @throws StorageFull */
export async function saveRun(db: Database, run: Run): Promise<void> {
  await write(db, ['labRuns'], 'strict', (transaction) => transaction.objectStore('labRuns').put(run))
  announce(db, { what: 'lab' })
}

/** Every key that begins with the run's: an array sorts after every string. */
const ofRun = (id: RunId): IDBKeyRange => IDBKeyRange.bound([id], [id, []])

export const resultsOf = (db: Database, id: RunId): Promise<Result[]> => db.getAll('labResults', ofRun(id))

/** Keeps a result and the run's progress in one transaction. Not announced: a result comes every second. @throws StorageFull */
export async function putResult(db: Database, result: Result, run: Run): Promise<void> {
  await write(db, ['labRuns', 'labResults'], 'relaxed', async (transaction) => {
    await Promise.all([transaction.objectStore('labResults').put(result), transaction.objectStore('labRuns').put(run)])
  })
}

/** Keeps an imported run whole, in place of one of the same id. @throws StorageFull */
export async function keepRun(db: Database, run: Run, results: readonly Result[]): Promise<void> {
  await write(db, ['labRuns', 'labResults'], 'strict', async (transaction) => {
    const kept = transaction.objectStore('labResults')
    await Promise.all([
      kept.delete(ofRun(run.id)),
      ...results.map((result) => kept.put(result)),
      transaction.objectStore('labRuns').put(run),
    ])
  })
  announce(db, { what: 'lab' })
}

/** Removes a run with all its results. */
export async function deleteRun(db: Database, id: RunId): Promise<void> {
  await write(db, ['labRuns', 'labResults'], 'strict', async (transaction) => {
    await Promise.all([
      transaction.objectStore('labRuns').delete(id),
      transaction.objectStore('labResults').delete(ofRun(id)),
    ])
  })
  announce(db, { what: 'lab' })
}
