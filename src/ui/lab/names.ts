import { formatNumber, formatSeconds, formatShare, t } from '../../i18n/i18n.svelte'
import { SHARES, type Measure, type ShareMeasure } from '../../lab/run'
import type { Arm, Condition } from '../../lab/run-spec'
import type { Interval } from '../../lab/summary'
import type { Key } from '../../i18n/i18n.svelte'

const ARM_KEYS = {
  base: 'lab.armBase',
  rag: 'lab.armRag',
  lora: 'lab.armLora',
  'lora+rag': 'lab.armLoraRag',
  'long-context': 'lab.armLongContext',
} as const satisfies Record<Arm, Key>

export const armName = (arm: Arm): string => t(ARM_KEYS[arm])

const NOTE_KEYS = {
  base: 'lab.armBaseNote',
  rag: 'lab.armRagNote',
  lora: 'lab.armLoraNote',
  'lora+rag': 'lab.armLoraRagNote',
  'long-context': 'lab.armLongContextNote',
} as const satisfies Record<Arm, Key>

/** What an arm is, in a sentence. */
export const armNote = (arm: Arm): string => t(NOTE_KEYS[arm])

export const measureName = (measure: Measure): string =>
  t(`lab.measure${measure.charAt(0).toUpperCase()}${measure.slice(1)}` as `lab.measure${Capitalize<Measure>}`)

/** What a share says, in a sentence. */
export const measureNote = (measure: ShareMeasure): string =>
  t(
    `lab.measure${measure.charAt(0).toUpperCase()}${measure.slice(1)}Note` as `lab.measure${Capitalize<ShareMeasure>}Note`,
  )

export const isShare = (measure: Measure): measure is ShareMeasure => (SHARES as readonly Measure[]).includes(measure)

/** A mean in the unit of its measure: "62%", "1.2s", "340". */
export function formatMeasure(measure: Measure, value: number): string {
  if (isShare(measure)) return formatShare(value)
  if (measure === 'milliseconds' || measure === 'firstToken') return formatSeconds(value)
  return formatNumber(Math.round(value * 10) / 10)
}

/** "62% (51% to 73%)" */
export const formatInterval = (measure: Measure, { mean, low, high }: Interval): string =>
  t('lab.interval', {
    mean: formatMeasure(measure, mean),
    low: formatMeasure(measure, low),
    high: formatMeasure(measure, high),
  })

/** "+12%", "−3%": a difference of shares, or of figures. */
export const formatSigned = (measure: Measure, value: number): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : '±'}${formatMeasure(measure, Math.abs(value))}`

/** "RAG, 5 examples, k = 3": of the numbers those that are told apart in a run. */
export function conditionName(
  { arm, shots, passages }: Omit<Condition, 'seed'>,
  several: { shots: boolean; passages: boolean } = { shots: true, passages: true },
): string {
  const reads = passages > 0 || arm === 'rag' || arm === 'lora+rag'
  const name = armName(arm)
  if (several.shots && several.passages && reads) return t('labRuns.condition', { arm: name, shots, passages })
  if (several.shots) return t('labRuns.conditionShots', { arm: name, shots })
  return several.passages && reads ? t('labRuns.conditionPassages', { arm: name, passages }) : name
}
