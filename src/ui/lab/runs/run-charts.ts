import { t } from '../../../i18n/i18n.svelte'
import { articleExample, costTable } from '../../../lab/cost'
import { meanOf } from '../../../lab/measures/bootstrap'
import { publishedCells, publishedMean, raft, type PublishedArm } from '../../../lab/published/published'
import type { Measure } from '../../../lab/run'
import { ARMS, readsPassages, wearsAdapters, type Arm } from '../../../lab/run-spec'
import type { ConditionSummary, MeasureSummary } from '../../../lab/summary'
import type { ChartContent, ChartPoint, ChartSeries } from '../charts/chart-data'
import { armName, measureName } from '../names'

/** Of several numbers of examples and passages, those that a chart is drawn of. */
export interface Slice {
  shots: number
  passages: number
}

/** Measures of how right answers are: what the papers publish is of this kind. */
const RIGHTNESS: readonly Measure[] = ['accuracy', 'normalisedAccuracy', 'exactMatch', 'f1', 'containsAnswer']

export const hasPublished = (measure: Measure): boolean => RIGHTNESS.includes(measure)

/** With several seeds the spread over them, else the interval over the questions. */
const pointOf = ({ mean, low, high, bySeed, spread }: MeasureSummary, overSeeds = false): ChartPoint =>
  overSeeds && bySeed.length > 1 ? { value: mean, low: mean - spread, high: mean + spread } : { value: mean, low, high }

/** The row of an arm in a slice; those that read no fixed number of passages are in every slice. */
const rowOf = (rows: readonly ConditionSummary[], arm: Arm, { shots, passages }: Slice): ConditionSummary | undefined =>
  rows.find(
    ({ condition }) =>
      condition.arm === arm && condition.shots === shots && (!isSwept(arm) || condition.passages === passages),
  )

const isSwept = (arm: Arm): boolean => readsPassages(arm) && arm !== 'long-context'

const armsIn = (rows: readonly ConditionSummary[]): Arm[] =>
  ARMS.filter((arm) => rows.some(({ condition }) => condition.arm === arm))

/** The arms beside each other, and beside what the papers publish. */
export function barContent(
  rows: readonly ConditionSummary[],
  measure: Measure,
  slice: Slice,
  published: boolean,
): ChartContent {
  const arms = armsIn(rows)
  const points = arms.map((arm) => {
    const summary = rowOf(rows, arm, slice)?.measures[measure]
    return summary && pointOf(summary)
  })
  const chances = arms.map((arm) => rowOf(rows, arm, slice)?.chance)
  const guess: ChartSeries = {
    label: t('labRuns.guess'),
    points: chances.map((chance) => (chance === undefined ? undefined : { value: chance })),
  }
  const hasChance =
    (measure === 'accuracy' || measure === 'normalisedAccuracy') && chances.some((one) => one !== undefined)
  return {
    ...{ kind: 'bar', title: measureName(measure), measure, axis: t('labRuns.approach'), labels: arms.map(armName) },
    series: [
      { label: t('labRuns.own'), points },
      ...(hasChance ? [guess] : []),
      ...(published && hasPublished(measure) ? publishedSeries(arms, slice.shots) : []),
    ],
  }
}

/** The cells of the paper's table that are nearest to a number of examples. */
const cellsFor = (shots: number) => publishedCells.filter((cell) => cell.shots === (shots < 3 ? 0 : 5))

export const cellCount = (shots: number): number => cellsFor(shots).length

function publishedSeries(arms: readonly Arm[], shots: number): ChartSeries[] {
  const of = (value: (arm: PublishedArm) => number) =>
    arms.map((arm): ChartPoint | undefined => (arm === 'long-context' ? undefined : { value: value(arm) }))
  return [
    {
      ...{ label: t('labRuns.ovadia'), published: true },
      points: of((arm) => publishedMean(arm, cellsFor(shots)).accuracy),
    },
    { label: t('labRuns.raft'), published: true, points: of((arm) => meanOf(raftScores(arm)) / 100) },
  ]
}

/** The method of each arm in RAFT's table, all on the same model. */
const RAFT_METHODS: Readonly<Record<PublishedArm, string>> = {
  base: 'LLaMA2-7B',
  rag: 'LLaMA2-7B + RAG',
  lora: 'DSF',
  'lora+rag': 'RAFT',
}

const raftScores = (arm: PublishedArm): number[] =>
  raft.rows.find(({ method }) => method === RAFT_METHODS[arm])?.scores ?? []

const distinct = (values: readonly number[]): number[] => [...new Set(values)].sort((one, other) => one - other)

/** The numbers of passages that a run has swept, and of examples. */
export const passagesIn = (rows: readonly ConditionSummary[]): number[] =>
  distinct(rows.flatMap(({ condition }) => (isSwept(condition.arm) ? [condition.passages] : [])))
export const shotsIn = (rows: readonly ConditionSummary[]): number[] =>
  distinct(rows.map(({ condition }) => condition.shots))

/** A measure by the number of passages; arms that read none go through as a line for comparison. */
export function passagesCurve(rows: readonly ConditionSummary[], measure: Measure, shots: number): ChartContent {
  const steps = passagesIn(rows)
  const series = armsIn(rows).map((arm): ChartSeries => {
    const points = steps.map((passages) => curvePoint(rows, arm, { shots, passages }, measure))
    return { label: armName(arm), points, constant: !isSwept(arm) }
  })
  return lineContent(measure, t('labRuns.passagesAxis'), steps, series)
}

/** A measure by the number of examples. */
export function shotsCurve(rows: readonly ConditionSummary[], measure: Measure, passages: number): ChartContent {
  const steps = shotsIn(rows)
  const series = armsIn(rows).map((arm): ChartSeries => {
    const points = steps.map((shots) => curvePoint(rows, arm, { shots, passages }, measure))
    return { label: armName(arm), points }
  })
  return lineContent(measure, t('labRuns.shotsAxis'), steps, series)
}

function curvePoint(
  rows: readonly ConditionSummary[],
  arm: Arm,
  slice: Slice,
  measure: Measure,
): ChartPoint | undefined {
  const summary = rowOf(rows, arm, slice)?.measures[measure]
  return summary && pointOf(summary, true)
}

const lineContent = (
  measure: Measure,
  axis: string,
  steps: readonly number[],
  series: readonly ChartSeries[],
): ChartContent => ({
  ...{ kind: 'line', title: measureName(measure), measure, axis, series },
  labels: steps.map(String),
})

/** What answers under a condition cost: means of one answer, and the money that a thousand would cost elsewhere. */
export interface PointCost {
  condition: ConditionSummary['condition']
  read?: number
  written?: number
  milliseconds?: number
  dollars?: number
}

export const costsOf = (rows: readonly ConditionSummary[]): PointCost[] =>
  rows.map(({ condition, measures }) => {
    const { promptTokens, generatedTokens } = measures
    const read = promptTokens?.mean
    // Nothing is written where options are scored, and what is written elsewhere is divided among all questions.
    const written =
      promptTokens && generatedTokens
        ? (generatedTokens.mean * generatedTokens.count) / promptTokens.count
        : (generatedTokens?.mean ?? (measures.accuracy ? 0 : undefined))
    const milliseconds = measures.milliseconds?.mean
    return {
      condition,
      ...(read !== undefined && { read }),
      ...(written !== undefined && { written }),
      ...(milliseconds !== undefined && { milliseconds }),
      ...(read !== undefined && written !== undefined && { dollars: dollarsOf(condition.arm, read, written) }),
    }
  })

function dollarsOf(arm: Arm, read: number, written: number): number {
  const answers = { documentTokens: 0, epochs: 1, passageTokens: 0, answers: 1000, updates: 1 }
  const { tuning, retrieval } = costTable(
    { ...answers, questionTokens: read, answerTokens: written },
    articleExample.prices,
  )
  return (wearsAdapters(arm) ? tuning : retrieval).total
}
