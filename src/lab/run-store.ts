import type { Database } from '../storage/database'
import { getRun, putResult, resultsOf, saveRun } from '../storage/lab'
import type { RunStore } from './arms/context'

/** Runs and results in IndexedDB. */
export const databaseRunStore = (db: Database): RunStore => ({
  getRun: (id) => getRun(db, id),
  saveRun: (run) => saveRun(db, run),
  resultsOf: (id) => resultsOf(db, id),
  putResult: (result, run) => putResult(db, result, run),
})
