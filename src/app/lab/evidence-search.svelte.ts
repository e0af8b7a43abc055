import type { Document, Evidence } from '../../domain'
import { isAbort, toFumikuraError, type FumikuraError } from '../../errors'
import type { EvidenceAddress } from '../../lab/question-set'
import type { SearchRequest, SearchResult } from '../../threads/protocols'
import { addressesOf } from './evidence-places'

/** Passages to choose from. */
const LIMIT = 8

/** Where evidence is looked for. */
export interface EvidenceSource {
  /** All documents of the library. */
  documents(): Promise<readonly Document[]>
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult>
}

/** The id of a passage, and the index of one of its sentences. */
interface ChosenSentence {
  passage: string
  sentence: number
}

/** A search in the person's documents for the place where an answer stands, and the sentences that are chosen of it. */
export class EvidenceSearch {
  words = $state('')
  state = $state<'idle' | 'searching' | 'done'>('idle')
  found = $state.raw<readonly Evidence[]>([])
  failure = $state.raw<FumikuraError | undefined>()
  #chosen = $state.raw<readonly ChosenSentence[]>([])
  readonly #source: EvidenceSource
  #searching: AbortController | undefined

  /** The addresses of all chosen sentences. */
  readonly addresses = $derived(
    this.found.flatMap(({ passage }) => addressesOf(passage, (sentence) => this.isChosen(passage.id, sentence))),
  )

  constructor(source: EvidenceSource) {
    this.#source = source
  }

  /** Searches as the chat does, in all documents. A search that is under way gives way. */
  async search(): Promise<void> {
    const question = this.words.trim()
    if (!question) return
    this.cancel()
    const searching = new AbortController()
    this.#searching = searching
    this.state = 'searching'
    this.failure = undefined
    try {
      const documents = (await this.#source.documents()).filter(({ passages }) => passages > 0).map(({ hash }) => hash)
      const { evidence } = documents.length
        ? await this.#source.search({ question, documents, limit: LIMIT }, searching.signal)
        : { evidence: [] }
      if (searching.signal.aborted) return
      this.found = evidence
      this.#chosen = []
      this.state = 'done'
    } catch (error) {
      if (isAbort(error) || searching.signal.aborted) return
      this.failure = toFumikuraError(error)
      this.state = 'idle'
    }
  }

  cancel(): void {
    this.#searching?.abort()
    this.#searching = undefined
    if (this.state === 'searching') this.state = 'idle'
  }

  isChosen(passage: string, sentence: number): boolean {
    return this.#chosen.some((one) => one.passage === passage && one.sentence === sentence)
  }

  choose(passage: string, sentence: number, on: boolean): void {
    const others = this.#chosen.filter((one) => one.passage !== passage || one.sentence !== sentence)
    this.#chosen = on ? [...others, { passage, sentence }] : others
  }

  /** The chosen addresses, which then are chosen no more. */
  take(): EvidenceAddress[] {
    const taken = this.addresses
    this.#chosen = []
    return taken
  }
}
