import type { Document, DocumentHash, Passage } from '../../domain'
import { countTerms } from '../../language/terms'
import { buildPieces } from '../soft-lexicon/build'
import type { PieceTokenizer } from '../soft-lexicon/tokenizer'
import { tokenizerFingerprint } from './fingerprint'
import type { LexicalSegment } from './segment'

const mostFrequent = 0xffff

interface Posting {
  ordinal: number
  frequency: number
}

/**
 * The postings of one document. Each passage is indexed with what it stands under in front of it: the title of its document
 * (or the file's name) and its headings. `passages` are all passages of the document, in order. With a tokenizer of the
 * soft lexicon the segment has its postings too.
 */
export function buildSegment(
  document: Pick<Document, 'hash' | 'name' | 'title'>,
  passages: readonly Passage[],
  tokenizer?: PieceTokenizer,
): LexicalSegment {
  const name = documentContext(document)
  const texts = passages.map(({ headingPath, text }) => [name, ...headingPath, text].join('\n'))
  const segment = segmentOf(document.hash, texts.map(countTerms))
  return tokenizer ? { ...segment, pieces: buildPieces(texts, tokenizer) } : segment
}

/** The segment of a document from how often each term stands in each of its passages. */
export function segmentOf(document: DocumentHash, passages: readonly ReadonlyMap<string, number>[]): LexicalSegment {
  const postings = new Map<string, Posting[]>()
  const lengths = new Uint32Array(passages.length)
  passages.forEach((counts, ordinal) => {
    for (const [term, frequency] of counts) {
      lengths[ordinal]! += frequency
      const list = postings.get(term)
      if (list) list.push({ ordinal, frequency })
      else postings.set(term, [{ ordinal, frequency }])
    }
  })
  return { document, fingerprint: tokenizerFingerprint(), lengths, ...flatten(postings) }
}

/** The file's name without its ending, and its title where it has one: "Benefit_Options.pdf" is searched as two words. */
function documentContext({ name, title }: Pick<Document, 'name' | 'title'>): string {
  const stem = name.replace(/\.[a-z0-9]{1,5}$/i, '').replaceAll('_', ' ')
  return title ? `${stem}\n${title}` : stem
}

function flatten(
  postings: Map<string, Posting[]>,
): Pick<LexicalSegment, 'terms' | 'offsets' | 'ordinals' | 'frequencies'> {
  const terms = [...postings.keys()].sort()
  const total = terms.reduce((sum, term) => sum + (postings.get(term)?.length ?? 0), 0)
  const offsets = new Uint32Array(terms.length + 1)
  const ordinals = new Uint32Array(total)
  const frequencies = new Uint16Array(total)
  let at = 0
  terms.forEach((term, index) => {
    for (const { ordinal, frequency } of postings.get(term) ?? []) {
      ordinals[at] = ordinal
      frequencies[at++] = Math.min(frequency, mostFrequent)
    }
    offsets[index + 1] = at
  })
  return { terms, offsets, ordinals, frequencies }
}
