import type { Speed, Usage } from './cost'
import type { ConditionSummary } from './summary'

/** What one answer took on this device under one condition, means of a run. What was not measured is absent. */
export interface MeasuredAnswer {
  condition: ConditionSummary['condition']
  tokensRead?: number
  tokensWritten?: number
  seconds?: number
  speed?: Speed
}

/** The rows of a run that have figures of tokens or time, in its order. */
export const measuredAnswers = (summaries: readonly ConditionSummary[]): MeasuredAnswer[] =>
  summaries.map(measuredAnswer).filter((row) => row.tokensRead !== undefined || row.seconds !== undefined)

function measuredAnswer({ condition, measures, speed }: ConditionSummary): MeasuredAnswer {
  const { promptTokens, generatedTokens, milliseconds } = measures
  return {
    condition,
    ...(promptTokens && { tokensRead: promptTokens.mean }),
    ...(generatedTokens && { tokensWritten: generatedTokens.mean }),
    ...(milliseconds && { seconds: milliseconds.mean / 1000 }),
    ...(speed && { speed }),
  }
}

/** The speed of a run: of the arm that reads most, because long prompts are what reading costs time for. */
export function runSpeed(rows: readonly MeasuredAnswer[]): Speed | undefined {
  const [most] = rows.filter(({ speed }) => speed).sort((one, other) => (other.tokensRead ?? 0) - (one.tokensRead ?? 0))
  return most?.speed
}

/**
 * Token counts as a run measured them: the question by an arm without passages, its passages by what RAG reads on top of that
 * with the same number of examples. Undefined unless the run has both.
 */
export function measuredUsage(
  rows: readonly MeasuredAnswer[],
):
  | Pick<Usage, 'questionTokens' | 'passageTokens'>
  | Pick<Usage, 'questionTokens' | 'passageTokens' | 'answerTokens'>
  | undefined {
  const retrieving = rows.filter(({ condition: { arm } }) => arm === 'rag' || arm === 'lora+rag')
  for (const rag of retrieving) {
    const alone = rows.find(
      ({ condition: { arm, shots } }) => (arm === 'base' || arm === 'lora') && shots === rag.condition.shots,
    )
    if (alone?.tokensRead === undefined || rag.tokensRead === undefined) continue
    const questionTokens = Math.round(alone.tokensRead)
    return {
      questionTokens,
      passageTokens: Math.max(0, Math.round(rag.tokensRead) - questionTokens),
      ...(rag.tokensWritten !== undefined && { answerTokens: Math.round(rag.tokensWritten) }),
    }
  }
  return undefined
}
