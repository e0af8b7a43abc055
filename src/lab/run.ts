import type { AnswerSentence, DocumentHash, PassageId } from '../domain'
import type { ModelCapabilities, ScoredContinuation } from '../engines/llm/language-model'
import type { ErrorParams } from '../errors'
import type { AdapterUse } from '../lora/adapter'
import type { Condition, RunSpec } from './run-spec'

/**
 * What a result is measured by. Shares are 0 to 1 (in one result mostly 0 or 1); times are milliseconds. Absent where
 * a measure does not apply to a question or an arm. Energy is not among them: no browser tells it.
 */
export const SHARES = [
  /** The option with the highest log-probability is the right one: the paper's measure. */
  'accuracy',
  /** The same, log-probabilities divided by the options' tokens. */
  'normalisedAccuracy',
  'exactMatch',
  'f1',
  /** The answer holds one of the right ones, word for word after folding. */
  'containsAnswer',
  /** Share of the cited passages that hold the evidence; share of the evidence that is cited. */
  'citationPrecision',
  'citationRecall',
  /** Share of the written sentences that their passages hold. */
  'support',
  /** Refused where the documents do not answer, and only there. */
  'correctRefusal',
  'formatValidity',
  'styleAdherence',
  /** A passage given holds the evidence. */
  'retrievalRecall',
] as const
export const FIGURES = [
  'promptTokens',
  /** Of those, the ones whose keys and values were there already: they cost no time. */
  'reusedTokens',
  'generatedTokens',
  'firstToken',
  'tokensPerSecond',
  'milliseconds',
] as const
export type ShareMeasure = (typeof SHARES)[number]
export type FigureMeasure = (typeof FIGURES)[number]
export type Measure = ShareMeasure | FigureMeasure

/** What became of one question under one condition. */
export interface Result {
  run: RunId
  /** Condition and question: unique in the run. */
  key: string
  condition: Condition
  /** Id in the set. */
  question: string
  measures: Partial<Record<Measure, number>>
  /** Of a multiple-choice question: each option's log-probability after the prompt, in the set's order. */
  scores?: ScoredContinuation[]
  /** Index of the option with the highest log-probability; the first of equals. */
  chosen?: number
  /** Of an open question: what was written. Sentences have citations and verdicts where passages were read. */
  text?: string
  sentences?: AnswerSentence[]
  refused?: boolean
  /** Ids of the examples before it, and of the passages that the model was given, best first. */
  shots: string[]
  passages: PassageId[]
  /** SHA-256 of the prompt; absent where the model was not asked. */
  prompt?: string
  /** Why there is no answer; the measures are then absent, and the run goes on. */
  failure?: { key: string; params: ErrorParams }
}

export type RunId = string

/** Identifies everything that made a run; equal stamps promise equal results on one device. */
export interface Stamp {
  /** Of the question set, the spec and the prompt texts: SHA-256 each. */
  set: string
  spec: string
  templates: string
  /** Those that were searched, in order of their hashes. */
  documents: DocumentHash[]
  /** What search was like: tokenizer of words, lexicon, embedder and reranker, as the app names them. */
  index: string
  model: StampedModel
  /** Worn by the LoRA arms; the names hold id and revision. */
  adapters: AdapterUse[]
}

export interface StampedModel extends Pick<ModelCapabilities, 'engine' | 'device' | 'dtype' | 'contextTokens'> {
  id: string
  revision: string
}

/** A run and how far it is. Its id is the hash of its stamp: the same run started again is the same run, and goes on. */
export interface Run {
  id: RunId
  name: string
  /** Id of the question set; its content at the time is in `stamp.set`. */
  set: string
  spec: RunSpec
  stamp: Stamp
  /** Milliseconds since the epoch. */
  started: number
  finished?: number
  state: 'running' | 'stopped' | 'failed' | 'finished'
  /** Results there will be, and there are. */
  planned: number
  done: number
  /** Why it ended before its end. */
  failure?: { key: string; params: ErrorParams }
}

/** How the questions were divided, and what was found on both sides in spite of it. */
export interface Split {
  train: string[]
  test: string[]
  leaks: Leak[]
}

/** Two questions, one on each side, that are nearly the same or rest on the same characters of a document. */
export interface Leak {
  train: string
  test: string
  by: 'wording' | 'evidence'
  /** Jaccard of their shingles, 0 to 1; 1 where the evidence is shared. */
  likeness: number
}

export type RunEvent =
  /** The first: what is to be done, and what of it was there already. */
  | { type: 'planned'; run: Run; split: Split; kept: Result[] }
  | { type: 'result'; result: Result; done: number; planned: number }
  /** The last, unless it was aborted or failed. */
  | { type: 'finished'; run: Run }
