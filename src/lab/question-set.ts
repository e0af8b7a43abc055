import { sha256 } from '../documents/hash'
import type { DocumentHash, Language, Span } from '../domain'

/** Where the answer of a question stands: characters [start, end) of a page of a document. Survives cutting anew. */
export interface EvidenceAddress extends Span {
  document: DocumentHash
}

/** Only confirmed questions are asked. A draft waits for the person's judgement; a rejected one is kept so that it is not drafted again. */
export type QuestionState = 'draft' | 'confirmed' | 'rejected'

interface AnyQuestion {
  /** Unique in its set. */
  id: string
  question: string
  language: Language
  /** Where the answer stands, as far as it is known; empty: not known. */
  evidence: EvidenceAddress[]
  /** What is split between train and test as one: a document, a chapter, an article. Absent: the document of its evidence, else itself. */
  group?: string
  subject?: string
  state: QuestionState
  /** Specificity of a draft, see drafts/specificity.ts. */
  specificity?: number
}

/** A question with options, of which one is right: measured by log-likelihood. */
export interface ChoiceQuestion extends AnyQuestion {
  kind: 'choice'
  /** At least two. */
  options: string[]
  /** Index of the right one. */
  answer: number
}

/** A question that is answered in words: measured by exact match, token F1, citations and support. */
export interface OpenQuestion extends AnyQuestion {
  kind: 'open'
  /** Those that count as right; empty: the documents do not answer it, and to refuse is right. */
  answers: string[]
  /** What the answer has to be besides right. */
  format?: 'json'
}

export type Question = ChoiceQuestion | OpenQuestion

/** What an adapter must not forget: a set run with and without it. */
export type SetPurpose = 'questions' | 'guard'

export interface QuestionSet {
  id: string
  name: string
  purpose: SetPurpose
  /** "own", or the licence of whoever made it. */
  licence: string
  attribution?: string
  /** Milliseconds since the epoch. */
  created: number
  questions: Question[]
}

/** What the questions of a set are split by: those of one group are all for training or all for testing. */
export const groupOf = ({ group, evidence: [first], id }: Question): string => group ?? first?.document ?? id

/** The questions that may be asked. */
export const confirmed = ({ questions }: Pick<QuestionSet, 'questions'>): Question[] =>
  questions.filter(({ state }) => state === 'confirmed')

/** SHA-256 over what decides the outcome of a run: the confirmed questions in order, and nothing of names and dates. */
export const questionSetHash = (set: Pick<QuestionSet, 'questions'>): Promise<string> =>
  sha256(canonicalJson(confirmed(set)))

/** JSON with the keys of every object in order, so that equal values have equal texts. Absent and undefined are the same. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}

/** The set with a person's judgement on some of its questions. */
export const withState = <Set extends Pick<QuestionSet, 'questions'>>(
  set: Set,
  ids: readonly string[],
  state: QuestionState,
): Set => ({
  ...set,
  questions: set.questions.map((question) => (ids.includes(question.id) ? { ...question, state } : question)),
})
