import type { ApproachCost, CostTable, Speed, Usage } from './cost'

export type CostStep = 'preparation' | 'input' | 'output' | 'answer' | 'total'

/** A row of the table of costs. */
export interface CostRow {
  step: CostStep
  tokens: number
  /** On this device; absent where no run has measured it. How long preparation takes no run tells. */
  seconds?: number
  money: number
}

/** Steps of one approach: preparation once, then one answer, then all answers and preparations together. */
export function costRows(approach: 'retrieval' | 'tuning', table: CostTable, usage: Usage, speed?: Speed): CostRow[] {
  const { documentTokens, epochs, questionTokens, passageTokens, answerTokens, answers, updates } = usage
  const cost: ApproachCost = table[approach]
  const prepared = approach === 'tuning' ? documentTokens * epochs : documentTokens
  const read = approach === 'tuning' ? questionTokens : questionTokens + passageTokens
  const seconds = (tokensRead: number, written: number) =>
    speed && { seconds: tokensRead / speed.reading + written / speed.writing }
  return [
    { step: 'preparation', tokens: prepared, money: cost.preparation },
    { step: 'input', tokens: read, money: cost.input, ...seconds(read, 0) },
    { step: 'output', tokens: answerTokens, money: cost.output, ...seconds(0, answerTokens) },
    { step: 'answer', tokens: cost.tokens, money: cost.answer, ...seconds(read, answerTokens) },
    { step: 'total', tokens: prepared * updates + cost.tokens * answers, money: cost.total },
  ]
}

/** What both have cost in all after so many answers. */
export interface TotalAt {
  answers: number
  retrieval: number
  tuning: number
}

const COUNTS = [1, 100, 10_000, 1_000_000] as const

/** Totals at round numbers of answers, and at the break-even, if there is one beyond the first. */
export function totalsByCount(
  { retrieval, tuning, breakEven }: CostTable,
  { updates }: Pick<Usage, 'updates'>,
): TotalAt[] {
  const counts = new Set([...COUNTS, ...(breakEven !== undefined && breakEven > 0 ? [breakEven] : [])])
  const total = ({ preparation, answer }: ApproachCost, answers: number) => preparation * updates + answer * answers
  return [...counts]
    .sort((one, other) => one - other)
    .map((answers) => ({ answers, retrieval: total(retrieval, answers), tuning: total(tuning, answers) }))
}
