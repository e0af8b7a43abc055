import type { Answerer, AnswerEvent, AnswerRequest } from '../answering/answerer'
import type { Rewritten } from '../answering/follow-up/rewrite'
import type { WholeProgress } from '../answering/whole-document'
import type {
  Answer,
  AnswerAdapter,
  AnswerSentence,
  Coverage,
  DocumentHash,
  Evidence,
  KeptEvidence,
  PromptBudget,
  Turn,
} from '../domain'
import { DeviceLost, Interrupted, isAbort, toFumikuraError, type FumikuraError } from '../errors'
import type { SearchRequest, SearchResult } from '../threads/protocols'
import type { QuestionTrace } from './question-trace'

/** Passages read for an answer, at most. */
export const EVIDENCE_LIMIT = 8

export type Stage = 'searching' | 'reading' | 'writing' | 'done'

export type Search = (request: SearchRequest, signal: AbortSignal) => Promise<SearchResult>

/** The question as it can be understood alone (Understanding.standalone). */
export type Understand = (turn: Turn, signal: AbortSignal) => Promise<Rewritten>

/** An answerer, or one that reads whole documents and tells how far it is. */
export interface AnyAnswerer extends Pick<Answerer, 'name' | 'model' | 'adapters'> {
  answer(request: AnswerRequest, signal: AbortSignal): AsyncIterable<AnswerEvent | WholeProgress>
}

/** What a question is worked off by. */
export interface AskingParts {
  understand: Understand
  /** Absent: all is read, so nothing is searched. */
  search?: Search
  answerer: AnyAnswerer
}

const NOTHING_READ: Coverage = { passagesRead: 0, passagesSearched: 0, documentsRead: 0, documentsSearched: 0 }

/** One question on its way to an answer; everything it has so far is shown. */
export class Asking {
  /** With what was understood of it, as soon as that is known. */
  turn: Turn
  /** How many documents are looked at. */
  readonly scope: number
  /** Id of the alternative that is written, where the turn has its answer already. */
  readonly alternative: string | undefined
  stage = $state<Stage>('searching')
  evidence = $state.raw<readonly Evidence[] | undefined>()
  /** Passages that are like the question in meaning, beside the evidence. */
  similar = $state.raw<readonly Evidence[] | undefined>()
  sentences = $state.raw<readonly AnswerSentence[]>([])
  /** What a model has written of the sentence that is not finished. */
  draft = $state('')
  /** Name of who answers. */
  answerer = $state<string | undefined>()
  /** The adapters that it is answered with. */
  adapters = $state.raw<readonly AnswerAdapter[] | undefined>()
  /** What a model was given to read. */
  budget = $state.raw<PromptBudget | undefined>()
  /** How far whole documents have been read. */
  progress = $state.raw<WholeProgress | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  /** How the search went, as soon as it is over, and then what the gate decided. */
  trace = $state.raw<QuestionTrace | undefined>()

  readonly #controller = new AbortController()
  readonly #began = performance.now()
  #coverage = NOTHING_READ

  constructor(turn: Turn, scope: number, alternative?: string) {
    this.turn = $state.raw(turn)
    this.scope = scope
    this.alternative = alternative
  }

  stop(): void {
    this.#controller.abort()
  }

  /**
   * Searches, answers, and calls `onSentence` with each finished sentence.
   * @returns the turn as it is to be kept: with its answer, with what there was when it was stopped, or without
   */
  async run(
    documents: DocumentHash[],
    parts: AskingParts,
    onSentence: (sentence: AnswerSentence) => void,
  ): Promise<Turn> {
    const { answerer } = parts
    this.answerer = answerer.name
    this.adapters = answerer.adapters
    try {
      const answer = await this.#answer(documents, parts, onSentence)
      return { ...this.turn, answer }
    } catch (error) {
      if (isAbort(error)) return this.#unfinished(answerer, { stopped: true })
      const failure = toFumikuraError(error)
      this.failure = this.stage === 'searching' ? failure : ofAnswer(failure)
      return this.#unfinished(answerer, {})
    } finally {
      this.stage = 'done'
    }
  }

  async #answer(
    documents: DocumentHash[],
    { understand, search, answerer }: AskingParts,
    onSentence: (sentence: AnswerSentence) => void,
  ): Promise<Answer> {
    const { signal } = this.#controller
    const { question, language } = this.turn
    signal.throwIfAborted()
    const { text: standalone, by } = await understand(this.turn, signal)
    if (by) this.turn = { ...this.turn, standalone: { text: standalone, by } }
    const request: SearchRequest = { question: standalone, documents, limit: EVIDENCE_LIMIT, trace: true }
    const found = await search?.(request, signal)
    signal.throwIfAborted()
    if (found) {
      this.#show(found)
      this.turn = { ...this.turn, evidence: found.evidence.map(kept) }
    }
    const { evidence, coverage } = found ?? { evidence: [], coverage: NOTHING_READ }
    this.stage = 'reading'
    let answer: Answer | undefined
    for await (const event of answerer.answer({ question, standalone, language, evidence, coverage }, signal)) {
      signal.throwIfAborted()
      answer = this.#take(event, onSentence) ?? answer
    }
    if (!answer) throw new Error(`${answerer.name} ended without an answer`)
    return { ...answer, elapsed: performance.now() - this.#began }
  }

  #show({ evidence, similar, coverage, trace }: SearchResult): void {
    this.evidence = evidence
    this.similar = similar
    this.trace = trace
    this.#coverage = coverage
  }

  #take(event: AnswerEvent | WholeProgress, onSentence: (sentence: AnswerSentence) => void): Answer | undefined {
    switch (event.type) {
      case 'stage':
        this.stage = event.stage
        this.budget = event.budget ?? this.budget
        return undefined
      case 'progress':
        this.progress = event
        return undefined
      case 'decision':
        this.trace = this.trace && { ...this.trace, gate: event.decision }
        return undefined
      case 'delta':
        this.draft += event.text
        return undefined
      case 'sentence':
        this.draft = ''
        this.sentences = [...this.sentences, event.sentence]
        onSentence(event.sentence)
        return undefined
      case 'answer':
        this.trace = this.trace && { ...this.trace, answered: signatureOf(event.answer) }
        return event.answer
    }
  }

  #unfinished(answerer: AnyAnswerer, how: { stopped?: true }): Turn {
    const begun = this.draft.trim()
    if (!this.sentences.length && !begun) return { ...this.turn, ...how }
    const answer: Answer = {
      // Half a sentence was read too; nothing has been checked of it.
      sentences: [...this.sentences, ...(begun ? [{ text: `${begun}…`, marks: [], citations: [] }] : [])],
      refused: false,
      nearest: [],
      coverage: this.#coverage,
      answerer: answerer.name,
      elapsed: performance.now() - this.#began,
      ...(answerer.model !== undefined && { model: answerer.model }),
      ...(answerer.adapters && { adapters: answerer.adapters }),
      ...(this.budget && { prompt: this.budget }),
    }
    return { ...this.turn, ...how, answer }
  }
}

const kept = ({ passage, ...evidence }: Evidence): KeptEvidence => ({
  ...evidence,
  passage: passage.id,
  document: passage.document,
})

const signatureOf = ({
  answerer,
  model,
  adapters,
  prompt,
  generation,
}: Answer): NonNullable<QuestionTrace['answered']> => ({
  answerer,
  ...(model !== undefined && { model }),
  ...(adapters && { adapters }),
  ...(prompt && { prompt }),
  ...(generation && { generation }),
})

/** Errors that have another sentence where it is an answer that broke off, and not the reading of a file. */
function ofAnswer(error: FumikuraError): FumikuraError {
  const reason = 'answer'
  if (error instanceof Interrupted) return new Interrupted({ ...error.params, reason })
  return error instanceof DeviceLost ? new DeviceLost({ ...error.params, reason }) : error
}
