import type { Answer, AnswerAdapter, AnswerSentence, Coverage, Evidence, Language, PromptBudget, Turn } from '../domain'
import type { GateDecision } from './gate'

/** What a model is told of the conversation so far: see memory.ts, which makes it fit. */
export interface Conversation {
  /** Of the turns before those. */
  summary?: string
  /** Oldest first. */
  turns: readonly Turn[]
}

/** A question with the evidence found for it: everything an answerer may look at. */
export interface AnswerRequest {
  question: string
  /** The question's language; the answer is in the same. */
  language: Language
  /** Best first. */
  evidence: Evidence[]
  coverage: Coverage
  /** A follow-up as it was searched, with what it leaves unsaid ("And for part-timers?"): what the evidence is judged by. */
  standalone?: string
  /** For answerers that can make use of it. */
  conversation?: Conversation
}

export type AnswerEvent =
  /** What is being done, for the status line. */
  | { type: 'stage'; stage: 'reading' | 'writing'; passages: number; budget?: PromptBudget }
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
  /** Id of the model that it asks, and the adapters that it asks it with. */
  readonly model?: string
  readonly adapters?: readonly AnswerAdapter[]
  answer(request: AnswerRequest, signal: AbortSignal): AsyncIterable<AnswerEvent>
}
