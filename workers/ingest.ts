import '../src/security/trusted-types'
import { ingest, type IngestDependencies } from '../src/ingest/ingest'
import { fetchLexicon } from '../src/retrieval/soft-lexicon/fetch'
import { PieceTokenizer } from '../src/retrieval/soft-lexicon/tokenizer'
import { openDatabase } from '../src/storage/database'
import { expose } from '../src/threads/expose'
import type { IngestApi } from '../src/threads/protocols'

const port = new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.min.mjs', import.meta.url), {
  type: 'module',
  name: 'pdf-parser',
})
// A parser that dies without a word would leave its document waiting for ever: this worker then dies with it, and the page,
// which is told, starts another.
port.addEventListener('error', (event) => reportError(new Error(`pdf-parser: ${event.message}`)))
const assets = new URL(`${import.meta.env.BASE_URL}pdfjs/`, globalThis.location.origin).href

let opened: Promise<IngestDependencies['db']> | undefined

/** Opened when first needed, and again after it was closed for a newer version of the page or failed to open. */
function database(): Promise<IngestDependencies['db']> {
  const close = () => (opened = undefined)
  opened ??= openDatabase({ onBlocking: close, onTerminated: (reopened) => (opened = reopened) })
  opened.catch(close)
  return opened
}

let tokenizer: Promise<PieceTokenizer | undefined> | undefined

/** Fetched with the first file. A document read without it is searched by words, until the index worker has made good. */
const loadTokenizer = (): Promise<PieceTokenizer | undefined> =>
  (tokenizer ??= fetchLexicon().then(
    (lexicon) => new PieceTokenizer(lexicon),
    () => undefined,
  ))

const api: IngestApi = {
  ingest: async (request, onProgress, signal) => {
    const dependencies = { db: await database(), environment: { assets, port }, tokenizer: loadTokenizer }
    return ingest(request, dependencies, onProgress, signal)
  },
}

expose(api)
