import { mergeResults, type ExpansionSwitches } from '../answering/query'
import { Interrupted } from '../errors'
import { detectLanguage } from '../language/detect'
import type { FusionMethod } from '../retrieval/fuse'
import { tokenizerFingerprint } from '../retrieval/lexical/fingerprint'
import { lexiconName } from '../retrieval/soft-lexicon/fetch'
import type { SearchRequest, SearchResult } from '../threads/protocols'
import type { Meaning } from './meaning/meaning.svelte'
import type { Reranking } from './reranking'
import type { SearchIndex } from './search-index'
import type { Understanding } from './understanding.svelte'

/** How to search, where it is not left to the settings. */
export interface SearchWays {
  meaning: boolean
  reranking: boolean
  switches: ExpansionSwitches
  /** Absent: as it is set. */
  fusion?: FusionMethod
}

export interface SearchingParts {
  index: Pick<SearchIndex, 'search'>
  understanding: Pick<Understanding, 'expand'>
  meaning: Pick<Meaning, 'ask' | 'fusion' | 'index' | 'model'>
  reranking: Pick<Reranking, 'ask' | 'model'>
}

/** How long whoever measures waits for a question to be embedded: a result by words alone would be told as one by meaning. */
const PATIENCE = 60_000

/** Searching the library: by words, and with the models that were chosen. */
export class Searching {
  readonly #parts: SearchingParts

  constructor(parts: SearchingParts) {
    this.#parts = parts
  }

  /**
   * For the question, and for whatever else a model would search for; the trace is that of the question.
   * @param ways absent: as the settings say, and by words alone where a model is not ready in time
   * @throws AbortError; Interrupted, also where a way that was asked for fails
   */
  async search(request: SearchRequest, signal: AbortSignal, ways?: SearchWays): Promise<SearchResult> {
    const { question, limit } = request
    const { understanding } = this.#parts
    const { queries, hypothetical, failure } = await understanding.expand(
      question,
      detectLanguage(question),
      signal,
      ways?.switches,
    )
    if (ways && failure) throw failure
    const first = await this.#searchOnce(request, signal, ways)
    const results = [first]
    for (const other of [...queries, ...(hypothetical === undefined ? [] : [hypothetical])])
      results.push(await this.#searchOnce({ ...request, question: other }, signal, ways))
    const { evidence, coverage } = mergeResults(results, limit)
    return { ...first, evidence: [...evidence], coverage }
  }

  /** What a search is like now, in a word: equal words find the same in the same documents. */
  get fingerprint(): string {
    const { meaning, reranking } = this.#parts
    const ready = (model: { chosen: { id: string } | undefined; state: string }) =>
      model.state === 'ready' && model.chosen ? model.chosen.id : 'none'
    return [
      tokenizerFingerprint(),
      lexiconName(),
      `embedder=${ready(meaning.model)}`,
      `vectors=${meaning.index}`,
      `fusion=${meaning.fusion}`,
      `reranker=${ready(reranking.model)}`,
    ].join(' ')
  }

  async #searchOnce(request: SearchRequest, signal: AbortSignal, ways?: SearchWays): Promise<SearchResult> {
    const { meaning: model, reranking: reranker, index } = this.#parts
    const fusion = ways?.fusion ?? model.fusion
    const wanted = !ways || (ways.meaning && model.model.state === 'ready')
    const meaning = wanted ? await model.ask(request.question, signal, ways && PATIENCE) : undefined
    if (ways && meaning && 'skipped' in meaning) throw new Interrupted({ reason: 'search' })
    const reranking = !ways || ways.reranking ? reranker.ask(signal) : undefined
    const whole = { ...request, fusion, ...(meaning && { meaning }), ...reranking?.request }
    return index.search(whole, signal, reranking?.score)
  }
}
