import { readPdf } from '../../../src/documents/pdf/read-pdf'
import type { ReadDocument } from '../../../src/documents/reading'
import { expose } from '../../../src/threads/expose'

const port = new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.min.mjs', import.meta.url), { type: 'module' })
const assets = new URL(`${import.meta.env.BASE_URL}pdfjs/`, globalThis.location.origin).href

const api = {
  read: (data: ArrayBuffer, password?: string): Promise<ReadDocument> =>
    readPdf(data, { environment: { assets, port }, ...(password === undefined ? {} : { password }) }),
}

export type ReadingApi = typeof api

expose(api)
