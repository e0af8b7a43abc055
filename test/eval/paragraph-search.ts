import type { DocumentHash, Evidence, Language, Passage } from '../../src/domain'
import { sentences } from '../../src/language/segment'
import { buildSegment } from '../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import { addSegment, softSearch } from './soft-search'
import { retrieve } from '../../src/retrieval/retrieve'
import type { ParagraphRecord } from './qa'

export interface ParagraphSearch {
  /** Titles of the set, which serve as documents. */
  titles: DocumentHash[]
  search(question: string, limit: number, among?: DocumentHash[]): Promise<Evidence[]>
}

/**
 * The product's own search over the paragraphs of a question set: each title is a document and each paragraph a passage.
 * The title is not told to the index, as the sets' prototypes did not either.
 */
export function searchParagraphs(paragraphs: ParagraphRecord[], language: Language): ParagraphSearch {
  const documents = new Map<DocumentHash, Passage[]>()
  for (const { title, context } of paragraphs) {
    const passages = documents.get(title) ?? []
    passages.push(passageOf(title, context, passages.length, language))
    documents.set(title, passages)
  }
  const lexical = new LexicalIndex()
  const soft = softSearch()
  for (const [hash, passages] of documents)
    addSegment(buildSegment({ hash, name: '' }, passages, soft.tokenizer), lexical, soft)
  const titles = [...documents.keys()]
  const source = {
    passage: (document: DocumentHash, ordinal: number) => Promise.resolve(documents.get(document)?.[ordinal]),
    documentName: () => '',
  }
  return {
    titles,
    search: async (question, limit, among = titles) =>
      (await retrieve({ question, documents: among, limit }, { lexical, soft, source })).evidence,
  }
}

function passageOf(document: string, text: string, ordinal: number, language: Language): Passage {
  return {
    id: `${document}/${ordinal}`,
    document,
    ordinal,
    kind: 'text',
    headingPath: [],
    text,
    pieces: [{ at: 0, page: ordinal + 1, start: 0, length: text.length }],
    sentences: sentences(text, language),
    overlap: 0,
    tokens: 0,
    language,
  }
}
