import type { Coverage, DocumentHash, Evidence, Language, Passage } from '../domain'
import { detectLanguage } from '../language/detect'
import type { Dropped, DropReason, LoadedCandidate } from './candidate'
import type { FoundLists, StageTime } from './find'
import type { Candidate, FusionMethod } from './fuse'
import fusion from './fusion.json'
import type { Place } from './selection'
import type { Lexicon } from './soft-lexicon/lexicon'

/** One search told step by step. Plain data: `JSON.stringify` of it is the export. */
export interface SearchTrace {
  version: 1
  question: string
  language: Language
  /** What was searched, and how much of it was read. */
  coverage: Coverage
  query: {
    /** By falling weight. */
    terms: TracedTerm[]
    /** By falling weight; empty where there is no soft lexicon. */
    pieces: TracedPiece[]
  }
  fusion: { method: string; weights: Record<string, number>; leastCoverage: number }
  /** In the order they ran. */
  stages: TracedStage[]
  /** Every passage that a later stage looked at, in the order of the fusion. */
  candidates: TracedCandidate[]
  /** From question to evidence. */
  milliseconds: number
}

/** A term of the question: its inverse document frequency, and what was searched in its place where nothing holds it. */
export interface TracedTerm {
  term: string
  weight: number
  substitute?: string
}

/** A piece of the question ("▁" for a space), its weight in the question, and what counts as nearly the same. */
export interface TracedPiece {
  piece: string
  weight: number
  /** Nearest first; nearness 0 to 1. */
  neighbours: { piece: string; nearness: number }[]
}

export interface TracedStage extends StageTime {
  /** Best first, of the whole list at most the first fifty; absent for stages that make no list. */
  ranking?: (Place & { score: number })[]
}

export interface TracedCandidate extends Place {
  documentName: string
  headingPath: string[]
  pages: number[]
  /** The beginning of its text. */
  excerpt: string
  /** By stage. */
  scores: Record<string, { score: number; rank?: number; coverage?: number }>
  /** The one whose name is "evidence" is among the evidence. */
  fate: { name: 'evidence'; rank: number } | { name: DropReason; for?: Place }
}

/** What a search leaves behind to be told. */
export interface Searched {
  question: string
  found: FoundLists
  method: FusionMethod
  fused: readonly Candidate[]
  loaded: readonly LoadedCandidate[]
  ranked: readonly LoadedCandidate[]
  evidence: readonly Evidence[]
  dropped: readonly Dropped[]
  coverage: Coverage
  nameOf: (document: DocumentHash) => string
  lexicon?: Lexicon
  milliseconds: number
}

/** Ranks told of each list. */
const told = 50
const excerptLength = 160

/** Tells a search: what the question became, what every stage found and how long it took, and what became of each candidate. */
export function traceSearch(searched: Searched): SearchTrace {
  const { question, found, method, coverage, milliseconds } = searched
  return {
    version: 1,
    question,
    language: detectLanguage(question),
    coverage,
    query: { terms: termsOf(found), pieces: piecesOf(found, searched.lexicon) },
    fusion: {
      method,
      weights: Object.fromEntries(found.lists.map(({ name, weight }) => [name, weight])),
      leastCoverage: fusion.leastCoverage,
    },
    stages: found.times.map((time) => ({ ...time, ...rankingOf(time.stage, searched) })),
    candidates: candidatesOf(searched),
    milliseconds,
  }
}

function termsOf({ words: { weights, substitutes } }: FoundLists): TracedTerm[] {
  return [...weights]
    .map(([term, weight]): TracedTerm => {
      const substitute = substitutes.get(term)
      return { term, weight, ...(substitute !== undefined && { substitute }) }
    })
    .sort((a, b) => b.weight - a.weight)
}

function piecesOf({ lexicon: result }: FoundLists, lexicon: Lexicon | undefined): TracedPiece[] {
  if (!result || !lexicon) return []
  const names = new Map([...lexicon.ids].map(([piece, id]) => [id, piece]))
  const name = (id: number) => names.get(id) ?? `<${(id - lexicon.bytesFrom).toString(16).padStart(2, '0')}>`
  return [...result.sought]
    .sort((a, b) => b.weight - a.weight)
    .map(({ id, weight }) => {
      const [from, to] = [lexicon.offsets[id]!, lexicon.offsets[id + 1]!]
      const neighbours = Array.from(lexicon.neighbours.subarray(from, to), (neighbour, at) => ({
        piece: name(neighbour),
        nearness: lexicon.nearness[from + at]! / 255,
      }))
      return { piece: name(id), weight, neighbours }
    })
}

function rankingOf(stage: string, { found, fused, ranked }: Searched): Pick<TracedStage, 'ranking'> {
  const list = found.lists.find(({ name }) => name === stage)?.found.hits
  const reranked = ranked.flatMap((one) => (one.reranked ? [{ ...one, score: one.reranked.score }] : []))
  const ranking = list ?? (stage === 'fusion' ? fused : stage === 'reranking' && reranked.length ? reranked : undefined)
  if (!ranking) return {}
  return { ranking: ranking.slice(0, told).map(({ document, ordinal, score }) => ({ document, ordinal, score })) }
}

function candidatesOf({ fused, loaded, ranked, evidence, dropped, nameOf }: Searched): TracedCandidate[] {
  const key = ({ document, ordinal }: Place) => `${document}/${ordinal}`
  const fates = new Map<string, TracedCandidate['fate']>()
  for (const { reason, for: better, ...place } of dropped)
    fates.set(key(place), { name: reason, ...(better && { for: better }) })
  for (const { passage, rank } of evidence) fates.set(key(passage), { name: 'evidence', rank })
  const passages = new Map(loaded.map((one) => [key(one), one.passage]))
  const reranked = new Map(ranked.map((one) => [key(one), one.reranked]))
  return fused.flatMap((candidate, at): TracedCandidate[] => {
    const fate = fates.get(key(candidate))
    if (!fate) return []
    const again = reranked.get(key(candidate))
    return [
      {
        document: candidate.document,
        ordinal: candidate.ordinal,
        documentName: nameOf(candidate.document),
        ...described(passages.get(key(candidate))),
        scores: {
          ...Object.fromEntries(candidate.parts),
          fusion: { score: candidate.score, rank: at + 1 },
          ...(again && { reranking: again }),
        },
        fate,
      },
    ]
  })
}

function described(passage: Passage | undefined): Pick<TracedCandidate, 'headingPath' | 'pages' | 'excerpt'> {
  if (!passage) return { headingPath: [], pages: [], excerpt: '' }
  return {
    headingPath: passage.headingPath,
    pages: [...new Set(passage.pieces.map(({ page }) => page))],
    excerpt: passage.text.slice(0, excerptLength),
  }
}
