import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { CollectionId, DocumentHash } from '../domain'
import { isAbort } from '../errors'
import type { Database } from '../storage/database'
import { dequeue, enqueue, failInterrupted, listQueue, readQueued, retry, whenNotRead } from '../storage/queue'
import type { QueuedFile } from '../storage/schema'
import type { IngestProgress, IngestResult } from '../threads/protocols'
import { coalesce } from './coalesce'
import type { Ingest } from './ingest'
import { passwords } from './passwords'

export interface Addition {
  file: Blob
  name: string
  collection: CollectionId
  replaces?: DocumentHash
}

/** A tab that has read a file takes no longer to begin with the next one. */
const NEXT_FILE_MS = 1000

/** Files on their way into the library: one is read at a time, the others wait; what fails stays with its reason. */
export class IngestQueue {
  /** Waiting, being read, or refused, of all collections, oldest first. */
  rows = $state.raw<readonly QueuedFile[]>([])
  /** Of the file that this tab is reading. */
  progress = $state.raw<{ id: string; progress: IngestProgress } | undefined>()
  readonly busy = $derived(this.rows.some((row) => row.state !== 'failed'))

  readonly #db: Database
  readonly #ingest: Ingest
  readonly #onResult: (result: IngestResult, row: QueuedFile) => void
  /** Passwords given for files that are not documents yet, by row. */
  readonly #passwords = new SvelteMap<string, string>()
  readonly #stopped = new SvelteSet<string>()
  #controller: AbortController | undefined
  #running: Promise<void> | undefined
  /** The row that another tab reads, whose end is waited for. */
  #watched: string | undefined

  constructor(db: Database, ingest: Ingest, onResult: (result: IngestResult, row: QueuedFile) => void) {
    this.#db = db
    this.#ingest = ingest
    this.#onResult = onResult
  }

  /**
   * Goes on with what waited when the page was closed. A file that was being read then has failed with Interrupted and
   * waits for a word from the person: it may be what brought the page down.
   */
  async resume(): Promise<void> {
    await failInterrupted(this.#db)
    await this.refresh()
    void this.run()
  }

  readonly refresh = coalesce(async () => {
    this.rows = await listQueue(this.#db)
    this.#watchOthers()
  })

  /** Waits for the file that another tab is reading: where that tab was closed, this one goes on. */
  #watchOthers(): void {
    const read = this.#readElsewhere()
    if (!read || this.#watched !== undefined) return
    this.#watched = read.id
    void this.#goOnBehind(read)
      .catch(() => undefined)
      .finally(() => {
        this.#watched = undefined
        if (this.#readElsewhere()?.id !== read.id) this.#watchOthers()
      })
  }

  async #goOnBehind(read: QueuedFile): Promise<void> {
    await whenNotRead(read.id)
    // A tab that is there goes on with its next file by itself.
    await new Promise((resolve) => setTimeout(resolve, NEXT_FILE_MS))
    this.rows = await listQueue(this.#db)
    const next = this.#readElsewhere()
    if (next ? next.id === read.id : this.busy) await this.resume()
  }

  #readElsewhere(): QueuedFile | undefined {
    return this.rows.find(({ id, state }) => state === 'reading' && id !== this.progress?.id)
  }

  /**
   * Keeps a file in the queue and starts reading if nothing is being read.
   * @throws StorageFull
   */
  async add(addition: Addition): Promise<void> {
    await enqueue(this.#db, addition)
    await this.refresh()
    void this.run()
  }

  /** Reads a refused file once more, with a password if it asked for one. */
  async retry(id: string, password?: string): Promise<void> {
    if (password !== undefined) this.#passwords.set(id, password)
    await retry(this.#db, id)
    await this.refresh()
    void this.run()
  }

  /** Takes a file off the queue; if it is being read, reading stops and nothing of it is kept. */
  async cancel(id: string): Promise<void> {
    this.#passwords.delete(id)
    if (this.progress?.id === id) {
      this.#stopped.add(id)
      this.#controller?.abort()
      return
    }
    await dequeue(this.#db, id)
    await this.refresh()
  }

  /** Whether stopping `id` was asked for and is under way. */
  stopping(id: string): boolean {
    return this.#stopped.has(id)
  }

  /** Reads what waits, one after the other, until nothing waits; resolves then. */
  run(): Promise<void> {
    this.#running ??= this.#readAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #readAll(): Promise<void> {
    // Rows that another tab is reading are offered once only.
    const offered = new SvelteSet<string>()
    for (;;) {
      const row = this.rows.find((candidate) => candidate.state === 'waiting' && !offered.has(candidate.id))
      if (!row) return
      offered.add(row.id)
      await this.#read(row)
      await this.refresh()
      if (this.rows.find((other) => other.id === row.id)?.state !== 'waiting') offered.delete(row.id)
    }
  }

  /** A failure is kept with the row by `readQueued`; it must not keep the rest of the queue waiting. */
  async #read(row: QueuedFile): Promise<void> {
    const controller = new AbortController()
    this.#controller = controller
    this.progress = { id: row.id, progress: { stage: 'opening' } }
    try {
      const result = await readQueued(this.#db, row.id, (claimed) => this.#ingestRow(claimed, controller.signal))
      if (result) await this.#finish(result, row)
    } catch (error) {
      if (isAbort(error)) await dequeue(this.#db, row.id)
    } finally {
      this.progress = undefined
      this.#controller = undefined
      this.#stopped.delete(row.id)
    }
  }

  #ingestRow(row: QueuedFile, signal: AbortSignal): Promise<IngestResult> {
    const password = this.#passwords.get(row.id)
    const onProgress = (progress: IngestProgress) => {
      if (!signal.aborted) this.progress = { id: row.id, progress }
    }
    const request = {
      file: row.file,
      name: row.name,
      collection: row.collection,
      queueId: row.id,
      ...(password !== undefined && { password }),
      ...(row.replaces !== undefined && { replaces: row.replaces }),
    }
    return this.#ingest(request, onProgress, signal)
  }

  async #finish(result: IngestResult, row: QueuedFile): Promise<void> {
    const password = this.#passwords.get(row.id)
    if (password !== undefined) passwords.set(result.document.hash, password)
    this.#passwords.delete(row.id)
    await dequeue(this.#db, row.id)
    this.#onResult(result, row)
  }
}
