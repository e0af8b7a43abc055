import { readFileSync } from 'node:fs'
import type { SoftSearch } from '../../src/retrieval/find'
import type { LexicalIndex } from '../../src/retrieval/lexical/index'
import type { LexicalSegment } from '../../src/retrieval/lexical/segment'
import { SoftIndex } from '../../src/retrieval/soft-lexicon/index'
import { PieceTokenizer } from '../../src/retrieval/soft-lexicon/tokenizer'
import { readLexicon, type Lexicon } from '../../src/retrieval/soft-lexicon/lexicon'
import { shippedLexicon } from '../fixtures/lexicon'

/** The soft lexicon that evaluations run with: the one that ships, or the file that FUMIKURA_LEXICON names. */
function installedLexicon(): Lexicon {
  const named = process.env['FUMIKURA_LEXICON']
  return named ? readLexicon(new Uint8Array(readFileSync(named)).buffer) : shippedLexicon()
}

/** An empty index of the soft lexicon, with its tokenizer. */
export function softSearch(): SoftSearch {
  const lexicon = installedLexicon()
  return { index: new SoftIndex(lexicon), tokenizer: new PieceTokenizer(lexicon) }
}

/** Adds a segment to both indexes. */
export function addSegment(segment: LexicalSegment, lexical: LexicalIndex, soft: SoftSearch): void {
  lexical.add(segment)
  if (segment.pieces) soft.index.add({ document: segment.document, ...segment.pieces })
}
