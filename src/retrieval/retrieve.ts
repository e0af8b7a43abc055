import type { Coverage, DocumentHash, Evidence, Passage } from '../domain'
import { questionTerms } from '../language/terms'
import type { SearchRequest, SearchResult } from '../threads/protocols'
import type { LexicalIndex } from './lexical/index'
import { matches, shownTerms } from './matches'
import type { Hit } from './selection'

/** Where passages are kept. */
export interface PassageSource {
  /** The passage at `ordinal` of a document; undefined when the document has been removed. */
  passage(document: DocumentHash, ordinal: number): Promise<Passage | undefined>
  /** The name that the user sees. */
  documentName(document: DocumentHash): string
}

/** Hits looked at for each passage wanted: neighbours that only repeat each other are left out. */
const spare = 2

/** Finds the passages that best fit a question, as evidence with every score; only passages that are hit are loaded. */
export async function retrieve(
  { question, documents, limit }: SearchRequest,
  index: LexicalIndex,
  source: PassageSource,
): Promise<SearchResult> {
  const terms = questionTerms(question).map(({ term }) => term)
  const { hits, passages, weights, substitutes } = index.search(terms, { documents, limit: limit * spare })
  const shown = shownTerms(question, weights, substitutes)
  const loaded = await Promise.all(hits.map(({ document, ordinal }) => source.passage(document, ordinal)))
  const evidence: Evidence[] = []
  hits.forEach((hit, position) => {
    const passage = loaded[position]
    if (!passage || evidence.length === limit) return
    const found: Evidence = {
      ...scored(hit, position + 1),
      passage,
      documentName: source.documentName(hit.document),
      rank: evidence.length + 1,
      matches: matches(passage.text, shown),
    }
    if (!evidence.some((better) => repeats(found, better))) evidence.push(found)
  })
  const searched = [...new Set(documents)].filter((document) => index.has(document)).length
  return { evidence, coverage: coverageOf(evidence, passages, searched) }
}

const scored = ({ score, coverage }: Hit, rank: number): Pick<Evidence, 'score' | 'lexical' | 'termCoverage'> => ({
  score,
  lexical: { score, rank },
  termCoverage: coverage,
})

function coverageOf(evidence: Evidence[], passagesSearched: number, documentsSearched: number): Coverage {
  const documentsRead = new Set(evidence.map(({ passage }) => passage.document)).size
  return { passagesRead: evidence.length, passagesSearched, documentsRead, documentsSearched }
}

/**
 * Does a passage fit the question only by the sentence that it shares with a better one beside it? The same text in another
 * document (last year's edition) is no repetition but another source, and rows of a table count by their header.
 */
function repeats({ passage, matches: found }: Evidence, better: Evidence): boolean {
  const shared = sharedRange(passage, better.passage)
  return (
    shared !== undefined && found.length > 0 && found.every(([start, end]) => shared[0] <= start && end <= shared[1])
  )
}

/** The part of `passage` that the passage before or after it holds too. */
function sharedRange(passage: Passage, neighbour: Passage): [start: number, end: number] | undefined {
  if (passage.document !== neighbour.document || passage.kind === 'table') return undefined
  if (passage.ordinal === neighbour.ordinal + 1 && passage.overlap > 0) {
    return [0, passage.sentences[passage.overlap - 1]?.[1] ?? 0]
  }
  if (passage.ordinal === neighbour.ordinal - 1 && neighbour.overlap > 0 && neighbour.kind !== 'table') {
    return [passage.sentences.at(-neighbour.overlap)?.[0] ?? 0, passage.text.length]
  }
  return undefined
}
