import type { QuestionSet } from '../../lab/question-set'
import type { Run } from '../../lab/run'
import type { Database } from '../../storage/database'
import { listQuestionSets, listRuns } from '../../storage/lab'
import { isSnapshot } from './snapshots'

export const LAB_PARTS = ['runs', 'sideBySide', 'questions', 'costs', 'advice', 'training'] as const
export type LabPart = (typeof LAB_PARTS)[number]

/** What the Lab shows: its parts, and the question sets and runs that are kept. */
export class Lab {
  part = $state<LabPart>('runs')
  /** In the order they were made. */
  sets = $state.raw<readonly QuestionSet[]>([])
  /** The newest first. */
  runs = $state.raw<readonly Run[]>([])
  readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** Reads sets and runs; again whenever one was kept or deleted, in this tab or another. */
  async load(): Promise<void> {
    const [sets, runs] = await Promise.all([listQuestionSets(this.db), listRuns(this.db)])
    this.sets = sets.filter((set) => !isSnapshot(set))
    this.runs = runs
  }
}
