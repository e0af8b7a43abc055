import { resultsCsv } from '../../lab/arms/results-csv'
import { exportRun, importRun } from '../../lab/arms/run-file'
import { InvalidRunFile } from '../../errors'
import type { Run } from '../../lab/run'
import type { Database } from '../../storage/database'
import { deleteRun, keepRun, resultsOf } from '../../storage/lab'
import { dropSnapshot, keepSnapshot, setOfRun } from './snapshots'

/** A name that every file system takes. */
const fileName = (name: string, ending: string): string =>
  `${
    name
      .replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, ' ')
      .trim()
      .slice(0, 80) || 'run'
  }.${ending}`

/**
 * The whole run as a file that it comes back from.
 * @throws InvalidRunFile where the questions that it was made with are gone
 */
export async function runFile(db: Database, run: Run): Promise<File> {
  const [set, results] = await Promise.all([setOfRun(db, run), resultsOf(db, run.id)])
  if (!set) throw new InvalidRunFile({ reason: 'gone' })
  return new File([await exportRun({ run, set, results })], fileName(run.name, 'json'), { type: 'application/json' })
}

/** Its results for a spreadsheet; without the texts of questions that are gone. */
export async function runTable(db: Database, run: Run): Promise<File> {
  const [set, results] = await Promise.all([setOfRun(db, run), resultsOf(db, run.id)])
  return new File([resultsCsv(results, set?.questions ?? [])], fileName(run.name, 'csv'), { type: 'text/csv' })
}

/**
 * Keeps a run from a file, in place of one of the same id, with its questions.
 * @throws InvalidRunFile, StorageFull
 */
export async function takeRunFile(db: Database, file: Blob): Promise<Run> {
  const { run, set, results } = await importRun(await file.text())
  // One that was exported in the middle is not being made anywhere.
  const kept: Run = run.state === 'running' ? { ...run, state: 'stopped' } : run
  await keepSnapshot(db, set)
  await keepRun(db, kept, results)
  return kept
}

/** Deletes a run, and its questions where no other run was made with them. */
export async function removeRun(db: Database, run: Run): Promise<void> {
  await deleteRun(db, run.id)
  await dropSnapshot(db, run)
}
