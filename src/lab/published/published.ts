import { meanOf } from '../measures/bootstrap'
import { relativeGain } from '../measures/summarise'
import type { Arm } from '../run-spec'
import ovadia from './ovadia.json'
import raft from './raft.json'

/** Figures only, as the papers' tables print them; in `ovadia` the columns lora and lora+rag are full fine-tuning. */
export { ovadia, raft }

/** One cell of the paper's first table: a task with 0 or 5 shots on one model. */
export interface PublishedCell {
  model: string
  task: string
  shots: number
  accuracy: Readonly<Record<PublishedArm, number>>
}

export type PublishedArm = Exclude<Arm, 'long-context'>

/** The thirty cells of Table 1. */
export const publishedCells: readonly PublishedCell[] = ovadia.tasks.flatMap(({ task, shots, accuracy }) =>
  ovadia.models.map((model, at): PublishedCell => {
    const [base = NaN, rag = NaN, lora = NaN, both = NaN] = accuracy[at] ?? []
    return { model, task, shots, accuracy: { base, rag, lora, 'lora+rag': both } }
  }),
)

/** What the cells come to for one arm; gains are means of each cell's relative gain over its base. */
export interface PublishedMean {
  accuracy: number
  gain: number
  /** Cells below the base. */
  worse: number
}

export function publishedMean(arm: PublishedArm, cells: readonly PublishedCell[] = publishedCells): PublishedMean {
  return {
    accuracy: meanOf(cells.map(({ accuracy }) => accuracy[arm])),
    gain: meanOf(cells.map(({ accuracy }) => relativeGain(accuracy.base, accuracy[arm]) ?? 0)),
    worse: cells.filter(({ accuracy }) => accuracy[arm] < accuracy.base).length,
  }
}
