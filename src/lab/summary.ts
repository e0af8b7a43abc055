import type { Speed } from './cost'
import type { Condition } from './run-spec'
import type { Measure } from './run'

/** A mean with its 95 % bootstrap interval. */
export interface Interval {
  mean: number
  low: number
  high: number
}

/** A measure over the questions of one way of asking, all seeds together. */
export interface MeasureSummary extends Interval {
  /** Questions measured. */
  count: number
  /** Mean of each seed, in the order of the spec. */
  bySeed: number[]
  /** Standard deviation of those; 0 with one seed. */
  spread: number
}

/** A row of the table: one arm with one number of examples and of passages. */
export interface ConditionSummary {
  condition: Omit<Condition, 'seed'>
  measures: Partial<Record<Measure, MeasureSummary>>
  /** Accuracy of a guess over these questions: mean of 1 / options. Absent without multiple choice. */
  chance?: number
  /** How fast answers were written; absent where none was. */
  speed?: Speed
  /** Questions that failed. */
  failures: number
}
