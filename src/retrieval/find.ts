import type { DocumentHash } from '../domain'
import { FumikuraError, isAbort } from '../errors'
import { questionTerms } from '../language/terms'
import type { DenseRetriever } from './dense'
import type { RankedList } from './fuse'
import fusion from './fusion.json'
import type { LexicalIndex, LexicalResult } from './lexical/index'
import type { SoftIndex, SoftResult } from './soft-lexicon/index'
import type { PieceTokenizer } from './soft-lexicon/tokenizer'

/** The soft lexicon as a way of searching. */
export interface SoftSearch {
  index: SoftIndex
  tokenizer: PieceTokenizer
}

/** Ways of searching; all but the first may be missing. */
export interface Retrievers {
  lexical: LexicalIndex
  soft?: SoftSearch
  dense?: DenseRetriever
}

/** How long a stage took, and why it did not run. */
export interface StageTime {
  stage: string
  milliseconds: number
  skipped?: string
}

/** What each way of searching found. */
export interface FoundLists {
  lists: RankedList[]
  words: LexicalResult
  lexicon?: SoftResult
  times: StageTime[]
}

/** Hits that each way of searching gives. */
const listLength = { words: 100, lexicon: 100, meaning: 50 }

/**
 * Searches by words, by the soft lexicon and by vectors. A passage that only the soft lexicon finds has to hold a fair part of
 * the question (fusion.json): some grammar of the question, or a neighbour of it, stands in every passage.
 */
export async function find(
  question: string,
  documents: DocumentHash[],
  { lexical, soft, dense }: Retrievers,
  signal: AbortSignal,
): Promise<FoundLists> {
  const times: StageTime[] = []
  const words = timed('words', times, () =>
    lexical.search(
      questionTerms(question).map(({ term }) => term),
      { documents, limit: listLength.words },
    ),
  )
  const lists: RankedList[] = [{ name: 'words', found: words, weight: fusion.weights.words, unbounded: true }]
  const lexicon = soft && timed('lexicon', times, () => searchSoft(question, documents, soft, words))
  if (lexicon) lists.push({ name: 'lexicon', found: lexicon, weight: fusion.weights.lexicon })
  else times.push({ stage: 'lexicon', milliseconds: 0, skipped: 'no lexicon' })
  const meaning = await searchDense(question, documents, dense, times, signal)
  if (meaning) lists.push(meaning)
  return { lists, words, times, ...(lexicon && { lexicon }) }
}

function searchSoft(
  question: string,
  documents: DocumentHash[],
  { index, tokenizer }: SoftSearch,
  words: LexicalResult,
): SoftResult {
  const found = index.search(tokenizer.unique(question), { documents, limit: listLength.lexicon })
  const hits = found.hits.filter((hit) => hit.coverage >= fusion.leastCoverage || (words.measure(hit)?.score ?? 0) > 0)
  return { ...found, hits }
}

async function searchDense(
  question: string,
  documents: DocumentHash[],
  dense: DenseRetriever | undefined,
  times: StageTime[],
  signal: AbortSignal,
): Promise<RankedList | undefined> {
  if (!dense) {
    times.push({ stage: 'meaning', milliseconds: 0, skipped: 'no embedder' })
    return undefined
  }
  if (dense.embedding !== undefined) times.push({ stage: 'question embedding', milliseconds: dense.embedding })
  const started = performance.now()
  try {
    const found = await dense.search(question, { documents, limit: listLength.meaning }, signal)
    times.push({ stage: 'meaning', milliseconds: performance.now() - started })
    return { name: 'meaning', found, weight: dense.weight, unmeasured: found.hits.at(-1)?.score ?? 0 }
  } catch (error) {
    if (isAbort(error)) throw error
    // Vectors are a help, not a condition: a lost graphics processor must not take the search by words with it.
    times.push({ stage: 'meaning', milliseconds: performance.now() - started, skipped: reasonOf(error) })
    return undefined
  }
}

/** For the trace: the key of an error of ours, which the interface translates, or what another one says. */
export const reasonOf = (error: unknown): string =>
  error instanceof FumikuraError ? error.key : error instanceof Error ? error.message : String(error)

/** Runs a stage and notes how long it took. */
export function timed<Result>(stage: string, times: StageTime[], run: () => Result): Result {
  const started = performance.now()
  const result = run()
  times.push({ stage, milliseconds: performance.now() - started })
  return result
}
