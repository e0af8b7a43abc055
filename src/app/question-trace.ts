import type { GateDecision } from '../answering/gate'
import type { Answer } from '../domain'
import type { SearchTrace } from '../retrieval/trace'

/** How a question was searched, and whether what was found was thought to answer it. Plain data, exported as it is. */
export interface QuestionTrace extends SearchTrace {
  /** Absent when it was stopped before, and with answerers that do not ask the gate. */
  gate?: GateDecision
  /** By whom it was answered, with which adapters, and how the writing went; absent when it was stopped before. */
  answered?: Pick<Answer, 'answerer' | 'model' | 'adapters' | 'prompt' | 'generation'>
}

/** The trace as a file of JSON, indented for reading. */
export const traceFile = (trace: QuestionTrace): File =>
  new File([`${JSON.stringify(trace, undefined, 2)}\n`], 'fumikura-trace.json', { type: 'application/json' })
