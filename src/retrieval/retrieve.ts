import type { Coverage, DocumentHash, Evidence } from '../domain'
import { isAbort } from '../errors'
import type { SearchRequest, SearchResult } from '../threads/protocols'
import type { Dropped, LoadedCandidate, PassageSource } from './candidate'
import { diversify } from './diversify'
import { dropNearDuplicates } from './drop-near-duplicates'
import { dropRepetitions } from './drop-repetitions'
import { find, reasonOf, timed, type FoundLists, type Retrievers, type StageTime } from './find'
import { fuse, type Candidate, type FusionMethod } from './fuse'
import fusion from './fusion.json'
import { likeness } from './likeness'
import { limitPerDocument } from './limit-per-document'
import { likeMatches, matches, shownTerms } from './matches'
import { rerank, type Reranker } from './rerank'
import { similarTo } from './similar'
import { traceSearch } from './trace'

export type { PassageSource } from './candidate'

export interface Retrieval extends Retrievers {
  source: PassageSource
  reranker?: Reranker
}

/** Passages read for each one wanted, and at least: some repeat others. */
const spare = 3
const readAtLeast = 20

/**
 * Finds the passages that best fit a question, as evidence with every score: searched in every way there is, merged,
 * read by the cross-encoder if there is one, without repetitions, in an order that gives each document a turn. Only passages
 * that may become evidence are loaded.
 */
export async function retrieve(
  { question, documents, limit, trace, fusion: method = fusion.method as FusionMethod }: SearchRequest,
  { source, reranker, ...retrievers }: Retrieval,
  signal: AbortSignal = new AbortController().signal,
): Promise<SearchResult> {
  const began = performance.now()
  const found = await find(question, documents, retrievers, signal)
  const { times } = found
  const fused = timed('fusion', times, () => fuse(found.lists, method))
  const read = fused.slice(0, Math.max(readAtLeast, limit * spare))
  const started = performance.now()
  const { loaded, dropped } = await load(question, read, source, found, retrievers)
  times.push({ stage: 'reading', milliseconds: performance.now() - started })
  const ranked = await rerankIfPossible(question, loaded, reranker, times, signal)
  const searched = [...new Set(documents)].filter((document) => retrievers.lexical.has(document)).length
  const selected = timed('selection', times, () => select(ranked, searched, limit))
  const evidence = selected.kept.map((candidate, at) => evidenceOf(candidate, at + 1, source))
  const similar = await similarTo(found, evidence, source)
  const coverage = coverageOf(evidence, found.words.passages, searched)
  const result = { evidence, coverage, ...(similar.length && { similar }) }
  if (!trace) return result
  return {
    ...result,
    trace: traceSearch({
      question,
      found,
      method,
      fused,
      loaded,
      ranked,
      evidence,
      dropped: [...dropped, ...selected.dropped],
      coverage,
      nameOf: (document) => source.documentName(document),
      ...(retrievers.soft && { lexicon: retrievers.soft.tokenizer.lexicon }),
      milliseconds: performance.now() - began,
    }),
  }
}

interface Loaded {
  loaded: LoadedCandidate[]
  dropped: Dropped[]
}

/** Reads the candidates' passages and finds in them what was asked for. */
async function load(
  question: string,
  candidates: readonly Candidate[],
  source: PassageSource,
  { words }: FoundLists,
  { soft }: Retrievers,
): Promise<Loaded> {
  const shown = shownTerms(question, words.weights, words.substitutes)
  const pieces = soft && likeMatches(question, soft.tokenizer)
  const passages = await Promise.all(candidates.map(({ document, ordinal }) => source.passage(document, ordinal)))
  const result: Loaded = { loaded: [], dropped: [] }
  candidates.forEach((candidate, at) => {
    const passage = passages[at]
    if (passage) {
      const found = matches(passage.text, shown)
      result.loaded.push({ ...candidate, passage, matches: found.length ? found : (pieces?.(passage.text) ?? []) })
    } else {
      const { document, ordinal } = candidate
      result.dropped.push({ document, ordinal, reason: 'removed' })
    }
  })
  return result
}

async function rerankIfPossible(
  question: string,
  candidates: LoadedCandidate[],
  reranker: Reranker | undefined,
  times: StageTime[],
  signal: AbortSignal,
): Promise<LoadedCandidate[]> {
  if (!reranker) {
    times.push({ stage: 'reranking', milliseconds: 0, skipped: 'no reranker' })
    return candidates
  }
  const started = performance.now()
  try {
    const ordered = await rerank(question, candidates, reranker, signal)
    times.push({ stage: 'reranking', milliseconds: performance.now() - started })
    return ordered
  } catch (error) {
    if (isAbort(error)) throw error
    times.push({ stage: 'reranking', milliseconds: performance.now() - started, skipped: reasonOf(error) })
    return candidates
  }
}

/** The evidence among the candidates, in order, and why the others are not. */
function select(candidates: LoadedCandidate[], documents: number, limit: number) {
  const like = likeness()
  const once = dropRepetitions(candidates)
  const distinct = dropNearDuplicates(once.kept, like)
  const ordered = limitPerDocument(diversify(distinct.kept, like), documents)
  const kept = ordered.slice(0, limit)
  const dropped = [...once.dropped, ...distinct.dropped]
  for (const { document, ordinal } of ordered.slice(limit)) {
    const others = kept.filter((one) => one.document === document).length
    const better = distinct.kept.findIndex((one) => one.document === document && one.ordinal === ordinal) < limit
    dropped.push({ document, ordinal, reason: better && others ? 'document limit' : 'limit' })
  }
  return { kept, dropped }
}

function evidenceOf(candidate: LoadedCandidate, rank: number, source: PassageSource): Evidence {
  const { passage, score, parts, reranked } = candidate
  const [words, lexicon, meaning] = ['words', 'lexicon', 'meaning'].map((name) => parts.get(name))
  return {
    passage,
    documentName: source.documentName(passage.document),
    rank,
    score,
    ...(words?.rank !== undefined && { lexical: { score: words.score, rank: words.rank } }),
    ...(lexicon && { soft: ranked(lexicon), meaningCoverage: lexicon.coverage }),
    ...(meaning && { dense: ranked(meaning) }),
    ...(reranked && { reranked }),
    termCoverage: words?.coverage ?? 0,
    matches: candidate.matches,
  }
}

const ranked = ({ score, rank }: { score: number; rank?: number }): { score: number; rank?: number } =>
  rank === undefined ? { score } : { score, rank }

function coverageOf(evidence: Evidence[], passagesSearched: number, documentsSearched: number): Coverage {
  const documentsRead = new Set<DocumentHash>(evidence.map(({ passage }) => passage.document)).size
  return { passagesRead: evidence.length, passagesSearched, documentsRead, documentsSearched }
}
