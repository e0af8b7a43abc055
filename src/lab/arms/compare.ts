import { canonicalJson } from '../question-set'
import type { Run } from '../run'

/** One thing in which two runs differ: where it stands (`spec.shots`, `model.dtype`), and what it was in each. */
export interface RunDifference {
  path: string
  one: unknown
  other: unknown
}

/**
 * Everything that made two runs different, by path, so that nobody compares figures that cannot be compared. Of settings each
 * value is named; of what is only known by its hash (`set`, `templates`) the hashes.
 */
export function diffRuns(one: Pick<Run, 'spec' | 'stamp'>, other: Pick<Run, 'spec' | 'stamp'>): RunDifference[] {
  const parts = ({ spec, stamp }: Pick<Run, 'spec' | 'stamp'>) => {
    const { set, templates, documents, index, model, adapters } = stamp
    return { spec, set, templates, documents, index, model, adapters }
  }
  return differences('', parts(one), parts(other))
}

function differences(path: string, one: unknown, other: unknown): RunDifference[] {
  if (canonicalJson([one]) === canonicalJson([other])) return []
  if (!isRecord(one) || !isRecord(other)) return [{ path, one, other }]
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  return keys.flatMap((key) => differences(path ? `${path}.${key}` : key, one[key], other[key]))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
