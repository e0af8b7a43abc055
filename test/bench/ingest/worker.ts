import '../../../src/security/trusted-types'
import { readPdf } from '../../../src/documents/pdf/read-pdf'
import { expose } from '../../../src/threads/expose'

/** The way of workers/ingest.ts as far as the pages: our worker, with pdf.js's parser in a nested one. */
const port = new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.min.mjs', import.meta.url), { type: 'module' })
const assets = new URL(`${import.meta.env.BASE_URL}pdfjs/`, globalThis.location.origin).href

export interface Reading {
  pages: number
  characters: number
  /** From bytes in memory to pages laid out, in milliseconds. */
  elapsed: number
  /** Of that, what came after the last page was parsed: the layout of the whole book. */
  layout: number
}

const api = {
  async read(url: string): Promise<Reading> {
    const data = await (await fetch(url)).arrayBuffer()
    const start = performance.now()
    let parsed = start
    const { pages } = await readPdf(data, {
      environment: { assets, port },
      onProgress: () => (parsed = performance.now()),
    })
    const end = performance.now()
    const characters = pages.reduce((sum, page) => sum + page.text.length, 0)
    return { pages: pages.length, characters, elapsed: end - start, layout: end - parsed }
  },
}

export type ReadingApi = typeof api

expose(api)
