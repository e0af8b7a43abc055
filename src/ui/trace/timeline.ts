import type { SearchTrace } from '../../retrieval/trace'

/** A stage's stretch of the whole time, as shares of 1. */
export interface Stretch {
  from: number
  share: number
}

/**
 * Where each stage stands in the time of the search: they run one after the other. Where the stages' times add up to more
 * than the whole (clocks in a browser are coarse), they share it all.
 */
export function timeline({ stages, milliseconds }: Pick<SearchTrace, 'stages' | 'milliseconds'>): Stretch[] {
  const sum = stages.reduce((total, stage) => total + stage.milliseconds, 0)
  const whole = Math.max(milliseconds, sum)
  let passed = 0
  return stages.map((stage) => {
    const from = whole > 0 ? passed / whole : 0
    passed += stage.milliseconds
    return { from, share: whole > 0 ? stage.milliseconds / whole : 0 }
  })
}
