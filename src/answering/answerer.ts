import type { Answer, AnswerSentence, Coverage, Evidence, Language } from '../domain'
import type { GateDecision } from './gate'

/** A question with the evidence found for it: everything an answerer may look at. */
export interface AnswerRequest {
  question: string
  /** The question's language; the answer is in the same. */
  language: Language
  /** Best first. */
  evidence: Evidence[]
  coverage: Coverage
}

export type AnswerEvent =
  /** What is being done, for the status line. */
  | { type: 'stage'; stage: 'reading' | 'writing'; passages: number }
  /** Whether the passages answer at all, for the trace; not sent by answerers that do not ask the gate. */
  | { type: 'decision'; decision: GateDecision }
  /** Text as it is produced, by answerers that write (a model); the sentence that it belongs to follows. */
  | { type: 'delta'; text: string }
  /** A finished sentence with its citations. */
  | { type: 'sentence'; sentence: AnswerSentence }
  /** The last event, always; `answer.sentences` are those already sent. */
  | { type: 'answer'; answer: Answer }

/**
 * Turns evidence into an answer. `quote` (no model) is the floor that every model must beat; models implement the same.
 * Aborting the signal ends the iteration with an AbortError; what was yielded stays valid.
 */
export interface Answerer {
  readonly name: string
  answer(request: AnswerRequest, signal: AbortSignal): AsyncIterable<AnswerEvent>
}
