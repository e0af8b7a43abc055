import type { Arm } from '../run-spec'
import type { ConditionSummary, MeasureSummary } from '../summary'
import rules from './rules.json'

/** Six questions; `unknown` weighs nothing. */
export interface AdviserAnswers {
  /** How often the facts change. */
  updates: 'never' | 'monthly' | 'daily' | 'unknown'
  /** May documents leave the machine? */
  privacy: 'mustStay' | 'mayLeave' | 'unknown'
  /** What there is to learn from: documents alone, tens of examples, hundreds and more. */
  data: 'documents' | 'tens' | 'hundreds' | 'unknown'
  /** What a wrong fact costs. */
  accuracy: 'sources' | 'right' | 'rough' | 'unknown'
  speed: 'short' | 'patient' | 'unknown'
  /** What has to be learnt: facts, or a way of speaking, a format, a skill. */
  style: 'facts' | 'style' | 'format' | 'unknown'
}

export type Approach = 'base' | 'rag' | 'lora' | 'lora+rag'

/** Numbers of the founding articles. */
export type Article = '000' | '001' | '002' | '003'

/** One reason for or against approaches: its text is `lab.reason…` with the id. */
export interface Reason {
  id: string
  /** What it adds to each approach, −2 to 2. */
  weights: Partial<Record<Approach, number>>
  /** Those that say so, and those that say otherwise. */
  articles: Article[]
  against?: Article[]
}

/** What the person's own runs say. */
export interface LabFinding {
  approach: Approach
  measure: 'accuracy' | 'f1'
  mean: number
  low: number
  high: number
  questions: number
  /** Milliseconds of an answer, where measured. */
  milliseconds?: number
}

export interface Recommendation {
  approach: Approach
  /** All approaches with the sum of their weights, best first. */
  ranking: { approach: Approach; score: number }[]
  /** The reasons that speak for the recommended approach, the strongest first, then those against it. */
  for: Reason[]
  against: Reason[]
  /** Reasons about which the articles disagree. */
  disagreements: Reason[]
  lab: LabFinding[]
  /** `measured`: the person's own runs decided. `advice`: answers alone. `contradicted`: the runs say otherwise than the advice. */
  basis: 'advice' | 'measured' | 'contradicted'
  /** What the answers alone would have come to. */
  advised: Approach
}

interface Rule extends Reason {
  /** Holds when every answer named is among those given. */
  when: Partial<Record<keyof AdviserAnswers, string[]>>
}

const APPROACHES: readonly Approach[] = ['rag', 'lora+rag', 'lora', 'base']

/**
 * Recommends an approach from the answers, by rules that are data (rules.json), each with the articles behind it. The person's
 * own runs come first where they are clear: an approach that is above the advised one with both intervals apart takes its
 * place, unless what the answers demand (the latest facts, sources) can only be had by retrieval.
 */
export function advise(answers: AdviserAnswers, summaries: readonly ConditionSummary[] = []): Recommendation {
  const holding = (rules as Rule[]).filter(({ when }) =>
    Object.entries(when).every(([question, wanted]) => wanted.includes(answers[question as keyof AdviserAnswers])),
  )
  const ranking = APPROACHES.map((approach) => ({
    approach,
    score: holding.reduce((sum, { weights }) => sum + (weights[approach] ?? 0), 0),
  })).sort((one, other) => other.score - one.score)
  const advised = ranking[0]!.approach
  const lab = findingsOf(summaries)
  const { approach, basis } = decide(advised, lab, answers)
  const reasons = holding.map(({ id, weights, articles, against }): Reason => {
    return { id, weights, articles, ...(against && { against }) }
  })
  const weightOf = ({ weights }: Reason) => weights[approach] ?? 0
  return {
    approach,
    advised,
    basis,
    ranking,
    for: reasons.filter((one) => weightOf(one) > 0).sort((one, other) => weightOf(other) - weightOf(one)),
    against: reasons.filter((one) => weightOf(one) < 0).sort((one, other) => weightOf(one) - weightOf(other)),
    disagreements: reasons.filter(({ against }) => against?.length),
    lab,
  }
}

const isApproach = (arm: Arm): arm is Approach => arm !== 'long-context'

/** The best of each approach's conditions, by accuracy, else by F1; at least ten questions, fewer tell nothing. */
function findingsOf(summaries: readonly ConditionSummary[]): LabFinding[] {
  const measure = summaries.some(({ measures }) => measures.accuracy) ? 'accuracy' : 'f1'
  return APPROACHES.flatMap((approach): LabFinding[] => {
    const own = summaries.filter(({ condition }) => isApproach(condition.arm) && condition.arm === approach)
    const measured = own.flatMap(({ measures }) => {
      const summary = measures[measure]
      return summary && summary.count >= 10 ? [{ summary, time: measures.milliseconds }] : []
    })
    if (measured.length === 0) return []
    const best = measured.reduce((most, one) => (one.summary.mean > most.summary.mean ? one : most))
    return [findingOf(approach, measure, best.summary, best.time)]
  })
}

const findingOf = (
  approach: Approach,
  measure: LabFinding['measure'],
  { mean, low, high, count }: MeasureSummary,
  time: MeasureSummary | undefined,
): LabFinding => ({
  approach,
  measure,
  mean,
  low,
  high,
  questions: count,
  ...(time && { milliseconds: time.mean }),
})

function decide(
  advised: Approach,
  lab: readonly LabFinding[],
  { updates, accuracy }: AdviserAnswers,
): Pick<Recommendation, 'approach' | 'basis'> {
  const own = lab.find(({ approach }) => approach === advised)
  if (!own) return { approach: advised, basis: 'advice' }
  const best = lab.reduce((most, one) => (one.mean > most.mean ? one : most))
  if (best.low <= own.high) return { approach: advised, basis: 'measured' }
  const needsRetrieval = updates === 'daily' || accuracy === 'sources'
  const retrieves = best.approach === 'rag' || best.approach === 'lora+rag'
  return { approach: needsRetrieval && !retrieves ? advised : best.approach, basis: 'contradicted' }
}

/** Every reason there is, for whoever lists or tests their texts. */
export const reasonIds: readonly string[] = (rules as Rule[]).map(({ id }) => id)
