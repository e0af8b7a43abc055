import type { SoftSearch } from '../../src/retrieval/find'
import type { LexicalIndex } from '../../src/retrieval/lexical/index'
import type { LexicalSegment } from '../../src/retrieval/lexical/segment'
import { SoftIndex } from '../../src/retrieval/soft-lexicon/index'
import { PieceTokenizer } from '../../src/retrieval/soft-lexicon/tokenizer'
import { shippedLexicon } from '../fixtures/lexicon'

/** An empty index of the soft lexicon that the app ships, with its tokenizer. */
export function softSearch(): SoftSearch {
  const lexicon = shippedLexicon()
  return { index: new SoftIndex(lexicon), tokenizer: new PieceTokenizer(lexicon) }
}

/** Adds a segment to both indexes. */
export function addSegment(segment: LexicalSegment, lexical: LexicalIndex, soft: SoftSearch): void {
  lexical.add(segment)
  if (segment.pieces) soft.index.add({ document: segment.document, ...segment.pieces })
}
