import type { Measure } from '../../../lab/run'

/** A figure of a chart: with the ends of its interval, where it has one. */
export interface ChartPoint {
  value: number
  low?: number
  high?: number
}

export interface ChartSeries {
  label: string
  /** One for each label of the chart; undefined where there is none. */
  points: readonly (ChartPoint | undefined)[]
  /** Somebody else's figures: drawn hatched, or dashed. */
  published?: boolean
  /** The same throughout: drawn as a dashed line without marks. */
  constant?: boolean
}

/** What a chart shows, for the eye and as a table. */
export interface ChartContent {
  kind: 'bar' | 'line'
  title: string
  measure: Measure
  /** Of the axis of categories. */
  axis: string
  labels: readonly string[]
  series: readonly ChartSeries[]
}

/** Where the axis of values ends: shares are shown whole, everything else as far as it goes. */
export const topOf = ({ series }: Pick<ChartContent, 'series'>, share: boolean): number | undefined =>
  share
    ? Math.max(1, ...series.flatMap(({ points }) => points.flatMap((one) => one?.high ?? one?.value ?? 0)))
    : undefined
