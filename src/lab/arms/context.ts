import type { Templates } from '../../answering/templates/templates'
import type { ModelAnswererOptions } from '../../answering/write'
import type { AnswerAdapter, Coverage, DocumentHash, Evidence, Language } from '../../domain'
import type { LanguageModel } from '../../engines/llm/language-model'
import type { PassageSource } from '../../retrieval/candidate'
import type { QuestionSet } from '../question-set'
import type { Result, Run, RunId } from '../run'
import type { RetrievalPreset } from '../run-spec'

/** What was found for a question. */
export interface Retrieved {
  /** Best first. */
  evidence: Evidence[]
  coverage: Coverage
}

/** Looks for passages the way that a preset says, at most `limit` of them. */
export type Retrieve = (
  question: { text: string; language: Language },
  preset: RetrievalPreset,
  limit: number,
  signal: AbortSignal,
) => Promise<Retrieved>

/** Where runs and their results are kept (src/storage/lab.ts; in memory for tests). */
export interface RunStore {
  getRun(id: RunId): Promise<Run | undefined>
  saveRun(run: Run): Promise<void>
  resultsOf(id: RunId): Promise<Result[]>
  /** Keeps a result and the run's progress together. */
  putResult(result: Result, run: Run): Promise<void>
}

/** What a run is made with, beside what its spec says. */
export interface LabContext {
  set: QuestionSet
  /** A name for the run, for the person. */
  name: string
  model: LanguageModel
  /** Revision of the model's files: part of the stamp. */
  revision: string
  retrieve: Retrieve
  /** Those that `retrieve` looks in, in any order. */
  documents: readonly DocumentHash[]
  /** What search is like now: fingerprints of the tokenizer, lexicon, embedder and reranker, in a word. */
  index: string
  store: RunStore
  /** Where neighbours of passages are read, as in the chat; absent: none are told. */
  source?: Pick<PassageSource, 'passage'>
  /** The person's own prompt texts. */
  templates?: Partial<Record<Language, Templates>>
  /** What else the chat heeds with this model: it follows from the model, which is stamped. */
  manner?: Pick<ModelAnswererOptions, 'controlTokens' | 'passages' | 'passageTokens'> & { alwaysStrict?: true }
  /** The adapters that can be worn, with what they are there for; absent: they are taken for adapters of style. */
  adapters?: readonly AnswerAdapter[]
}
