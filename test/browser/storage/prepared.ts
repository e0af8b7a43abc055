import type { Citation, CollectionId, Document, DocumentHash, Page, Passage, Turn } from '../../../src/domain'
import type { PreparedDocument } from '../../../src/storage/schema'

/** 64 hexadecimal digits that begin with `seed`, which no other text of the fixtures holds. */
export const hashOf = (seed: string): DocumentHash =>
  [...seed]
    .map((c) => c.charCodeAt(0).toString(16))
    .join('')
    .padEnd(64, 'f')

export interface PreparedOptions {
  collections?: CollectionId[]
  pages?: number
  /** Bytes of the file, random so that the browser cannot compress them. */
  bytes?: number
  /** Text of page n. */
  text?: (page: number) => string
}

/** A document of a few pages with one passage each, in both languages. */
export function prepare(seed: string, options: PreparedOptions = {}): PreparedDocument {
  const { collections = ['one'], pages: count = 3, bytes = 64 } = options
  const text = options.text ?? ((page: number) => `Page ${page} of ${seed}.\n\n${page}頁目の本文です。`)
  const hash = hashOf(seed)
  const pages = Array.from({ length: count }, (_, i) => page(i + 1, text(i + 1)))
  return {
    document: document(hash, seed, collections, count, bytes),
    file: new Blob([randomBytes(bytes)]),
    pages,
    passages: pages.map((page, ordinal) => passage(hash, page, ordinal)),
    segment: {
      document: hash,
      fingerprint: 'test',
      terms: ['page', '本文'],
      offsets: new Uint32Array([0, 1, 2]),
      ordinals: new Uint32Array([0, 0]),
      frequencies: new Uint16Array([1, 1]),
      lengths: new Uint32Array(count).fill(2),
    },
  }
}

const document = (hash: DocumentHash, name: string, collections: string[], pages: number, bytes: number): Document => ({
  hash,
  name: `${name}.pdf`,
  type: 'pdf',
  bytes,
  added: Date.now(),
  collections,
  language: 'en',
  pages,
  imagePages: [],
  passages: pages,
  outline: [{ title: '第一章', page: 1, children: [] }],
  locked: false,
})

export const page = (number: number, text: string): Page => ({
  number,
  width: 595.28,
  height: 841.89,
  text,
  runs: [
    { start: 0, end: 6, rect: [72, 80.5, 131.25, 92.125], direction: 0 },
    { start: 6, end: text.length, rect: [500.1, 72, 512.1, 700.7], direction: 1 },
  ],
  blocks: [{ kind: 'paragraph', start: 0, end: text.length }],
  image: false,
  fingerprint: `fingerprint ${number}`,
})

const passage = (document: DocumentHash, page: Page, ordinal: number): Passage => ({
  id: `${document}/${page.number}/0-${page.text.length}`,
  document,
  ordinal,
  kind: 'text',
  headingPath: ['第一章'],
  text: page.text,
  pieces: [{ at: 0, page: page.number, start: 0, length: page.text.length }],
  sentences: [[0, page.text.length]],
  overlap: 0,
  tokens: 12,
  language: 'ja',
})

/** A turn whose answer quotes the whole of the given page. */
export function quotingTurn(collection: CollectionId, { document, pages }: PreparedDocument, number: number): Turn {
  const quote = pages[number - 1]!.text
  const citation: Citation = {
    marker: 1,
    document: document.hash,
    documentName: document.name,
    passage: `${document.hash}/${number}/0-${quote.length}`,
    quote,
    spans: [{ page: number, start: 0, end: quote.length }],
    headingPath: [],
  }
  return {
    id: crypto.randomUUID(),
    collection,
    asked: Date.now(),
    question: 'What is on the page?',
    language: 'en',
    documents: [document.hash],
    answer: {
      sentences: [{ text: quote, marks: [], citations: [citation] }],
      refused: false,
      nearest: [],
      coverage: { passagesRead: 1, passagesSearched: 3, documentsRead: 1, documentsSearched: 1 },
      answerer: 'quote',
      elapsed: 3,
    },
  }
}

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, length)))
  return bytes
}
