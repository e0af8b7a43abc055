import type { Evidence, Passage } from '../../domain'
import { toFumikuraError, type FumikuraError } from '../../errors'
import type { LabContext } from '../../lab/arms/context'
import { rebuildOpenPrompt, rebuildPrompt, type RebuiltPrompt } from '../../lab/arms/drill-down'
import { LONG_CONTEXT } from '../../lab/arms/run-arms'
import type { QuestionSet } from '../../lab/question-set'
import type { Result, Run } from '../../lab/run'
import type { SearchTrace } from '../../retrieval/trace'
import type { Database } from '../../storage/database'
import { getDocument } from '../../storage/documents'
import { getPassageById } from '../../storage/passages'
import type { SearchRequest, SearchResult } from '../../threads/protocols'
import type { SearchWays } from '../searching'
import { waysOf } from './context'

/** A passage that the model was given, with the name of its document; without a passage: it is no longer there. */
export interface GivenPassage {
  id: string
  passage?: Passage
  documentName: string
}

export interface InspectedResult {
  run: Run
  set: QuestionSet
  result: Result
}

export interface ResultInspectionParts {
  db: Database
  /** @throws ModelUnusable where no model is ready */
  context: (set: QuestionSet, name: string) => LabContext
  search: (request: SearchRequest, signal: AbortSignal, ways?: SearchWays) => Promise<SearchResult>
}

/** Looking into one result: its passages, its prompt built again, and how it was searched. */
export class ResultInspection {
  passages = $state.raw<readonly GivenPassage[] | undefined>()
  /** Null where it cannot be built. */
  prompt = $state.raw<RebuiltPrompt | null | undefined>()
  trace = $state.raw<SearchTrace | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  busy = $state(false)
  readonly #parts: ResultInspectionParts
  readonly #inspected: InspectedResult

  constructor(parts: ResultInspectionParts, inspected: InspectedResult) {
    this.#parts = parts
    this.#inspected = inspected
  }

  /** Reads the passages that were given. */
  async load(): Promise<void> {
    const { db } = this.#parts
    this.passages = await Promise.all(
      this.#inspected.result.passages.map(async (id): Promise<GivenPassage> => {
        const passage = await getPassageById(db, id)
        const document = passage && (await getDocument(db, passage.document))
        return { id, documentName: document?.name ?? '', ...(passage && { passage }) }
      }),
    )
  }

  /** Builds the prompt again and holds it against the hash that was kept. An open question's needs a model that is ready. */
  async buildPrompt(): Promise<void> {
    await this.#do(async () => {
      const { run, set, result } = this.#inspected
      if (result.scores) {
        if (!this.passages) await this.load()
        this.prompt = (await rebuildPrompt(result, run, set, asEvidence(this.passages ?? []))) ?? null
        return
      }
      const { signal } = new AbortController()
      const context = this.#parts.context(set, run.name)
      const evidence = result.passages.length ? await this.#find(context) : []
      this.prompt = (await rebuildOpenPrompt(result, run, context, evidence, signal)) ?? null
    })
  }

  /** Searches once more as the run did, in the documents of the run, and keeps how it went. */
  async searchAgain(): Promise<void> {
    await this.#do(async () => {
      const { run, set, result } = this.#inspected
      const question = set.questions.find(({ id }) => id === result.question)
      if (!question) return
      const request: SearchRequest = {
        question: question.question,
        documents: run.stamp.documents,
        limit: this.#limit,
        trace: true,
      }
      const found = await this.#parts.search(request, new AbortController().signal, waysOf(run.spec.preset))
      this.trace = found.trace
    })
  }

  /** As many passages as the run looked for: some ways of ranking depend on it. */
  get #limit(): number {
    const { run, result } = this.#inspected
    return result.condition.arm === 'long-context' ? LONG_CONTEXT : Math.max(1, ...run.spec.passages)
  }

  async #find({ retrieve }: LabContext): Promise<Evidence[]> {
    const { run, set, result } = this.#inspected
    const question = set.questions.find(({ id }) => id === result.question)
    if (!question) return []
    const asked = { text: question.question, language: question.language }
    return (await retrieve(asked, run.spec.preset, this.#limit, new AbortController().signal)).evidence
  }

  async #do(work: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.failure = undefined
    try {
      await work()
    } catch (error) {
      this.failure = toFumikuraError(error)
    } finally {
      this.busy = false
    }
  }
}

/** Of a prompt for options nothing counts but the texts of its passages. */
const asEvidence = (given: readonly GivenPassage[]): Evidence[] =>
  given.flatMap(({ passage, documentName }, at) =>
    passage ? [{ passage, documentName, rank: at + 1, score: 0, termCoverage: 0, matches: [] }] : [],
  )
