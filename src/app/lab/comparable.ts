import { sameQuestions } from '../../lab/arms/compare'
import type { Result, Run } from '../../lab/run'
import type { Database } from '../../storage/database'
import { resultsOf } from '../../storage/lab'
import { setOfRun } from './snapshots'

/**
 * The results of two runs on the questions that both were asked. Questions go by their ids within a set alone: in another set,
 * or after a change, the same id may ask something else.
 */
export async function comparable(db: Database, one: Run, other: Run): Promise<[readonly Result[], readonly Result[]]> {
  const [results, others] = await Promise.all([resultsOf(db, one.id), resultsOf(db, other.id)])
  if (one.stamp.set === other.stamp.set) return [results, others]
  const [set, otherSet] = await Promise.all([setOfRun(db, one), setOfRun(db, other)])
  const same = sameQuestions(set?.questions ?? [], otherSet?.questions ?? [])
  const asked = (result: Result) => same.has(result.question)
  return [results.filter(asked), others.filter(asked)]
}
