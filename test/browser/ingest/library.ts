import { afterAll, beforeAll } from 'vitest'
import { sha256 } from '../../../src/documents/hash'
import type { CollectionId, DocumentHash } from '../../../src/domain'
import { openDatabase, type Database } from '../../../src/storage/database'
import { deleteDocument } from '../../../src/storage/documents'
import { connect, proxy, type Remote } from '../../../src/threads/expose'
import type { IngestApi, IngestProgress, IngestRequest, IngestResult } from '../../../src/threads/protocols'
import { pdfOfLines } from '../../fixtures/pdf-of-lines'

export const startWorker = (): Worker =>
  new Worker(new URL('../../../workers/ingest.ts', import.meta.url), { type: 'module' })

export type Ingested = IngestResult & { progress: IngestProgress[] }

/**
 * The ingest worker and the database that it keeps to, which is the page's and therefore shared with other tests: the
 * collections and documents of a library are of no other test, and are gone when its tests are over.
 */
export class Library {
  /** In the text of every file made here, so that no other run has the same bytes. */
  readonly run = crypto.randomUUID()
  readonly one: CollectionId = `one-${this.run}`
  readonly two: CollectionId = `two-${this.run}`
  db!: Database
  worker!: Worker
  api!: Remote<IngestApi>
  readonly #added = new Set<DocumentHash>()

  constructor() {
    beforeAll(async () => {
      this.db = await openDatabase()
      for (const id of [this.one, this.two]) await this.db.put('collections', { id, name: id, created: 0 })
      this.restart()
    })
    afterAll(async () => {
      this.worker.terminate()
      for (const hash of this.#added) await deleteDocument(this.db, hash)
      for (const id of [this.one, this.two]) await this.db.delete('collections', id)
      this.db.close()
    })
  }

  restart(): void {
    this.worker?.terminate()
    this.worker = startWorker()
    this.api = connect<IngestApi>(this.worker)
  }

  /** Hash of a file that will be added, and is to be removed in the end. */
  async hashOf(file: Blob): Promise<DocumentHash> {
    const hash = await sha256(await file.arrayBuffer())
    this.forget(hash)
    return hash
  }

  /** Removes a document when the tests are over. */
  forget(hash: DocumentHash): void {
    this.#added.add(hash)
  }

  async ingest(file: Blob, rest: Partial<IngestRequest> = {}): Promise<Ingested> {
    const progress: IngestProgress[] = []
    await this.hashOf(file)
    const request = { file, name: 'test.pdf', collection: this.one, ...rest }
    const told = proxy((step: IngestProgress) => void progress.push(step))
    const result = await this.api.ingest(request, told, new AbortController().signal)
    return { ...result, progress }
  }

  /** A PDF of pages with a few sentences each, in both languages; page `changed` says something else. */
  pdf(name: string, pages = 3, { changed = 0, padding = [] as Blob[] } = {}): Blob {
    const lines = (page: number) => [
      `Page ${page} of ${name} in run ${this.run.slice(0, 8)}.`,
      page === changed ? 'It is a new version.' : 'It is read whole.',
      '年次有給休暇は十日とする。',
    ]
    return pdfOfLines(
      Array.from({ length: pages }, (_, i) => lines(i + 1)),
      padding,
    )
  }
}
