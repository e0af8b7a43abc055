import type { CollectionId, Document, DocumentHash, Language } from '../domain'
import { sha256 } from '../documents/hash'
import { errorText, t } from '../i18n/i18n.svelte'
import type { Database } from '../storage/database'
import { listDocuments, removeFromCollection } from '../storage/documents'
import { getFile } from '../storage/files'
import { getExcluded, setExcluded } from '../storage/settings'
import type { QueuedFile } from '../storage/schema'
import { documentBytes, type DocumentBytes } from '../storage/usage'
import type { IngestResult } from '../threads/protocols'
import type { Announcer } from './announcer.svelte'
import { coalesce } from './coalesce'
import { CollectionChoice } from './collection-choice.svelte'
import { followChanges } from './follow-changes'
import type { Ingest } from './ingest'
import { IngestQueue } from './ingest-queue.svelte'
import type { Notices } from './notices.svelte'
import { fetchSample, listSamples } from './samples'

/** A file whose name is taken by a document with other content: the person says what is meant. */
export interface VersionQuestion {
  file: File
  existing: Document
  collection: CollectionId
}

/** The documents of the open collection, what is on its way in, and which of them questions look at. */
export class Library {
  readonly collections: CollectionChoice
  readonly queue: IngestQueue
  /** Of the open collection, oldest first. */
  documents = $state.raw<readonly Document[]>([])
  versionQuestions = $state.raw<readonly VersionQuestion[]>([])
  /** Documents whose box is not ticked. */
  #excluded = $state.raw<readonly DocumentHash[]>([])
  /** The sample that is being fetched. */
  sampleLoading = $state<Language | undefined>()

  /** Questions to start with, where the open collection is a sample. */
  readyQuestions = $state.raw<readonly string[]>([])

  /** Rows of the open collection: what moves first, then what was refused. */
  readonly rows = $derived.by(() => {
    const rows = this.queue.rows.filter((row) => row.collection === this.collections.current?.id)
    return [...rows.filter((row) => row.state !== 'failed'), ...rows.filter((row) => row.state === 'failed')]
  })
  /** Documents that a question looks at: those whose box is ticked and that have text. */
  readonly chosen = $derived(this.documents.filter((document) => !this.#excluded.includes(document.hash)))
  readonly empty = $derived(!this.documents.length && !this.rows.length && !this.versionQuestions.length)

  readonly #db: Database
  readonly #notices: Notices
  readonly #announcer: Announcer

  constructor(db: Database, ingest: Ingest, notices: Notices, announcer: Announcer) {
    this.#db = db
    this.#announcer = announcer
    this.#notices = notices
    this.collections = new CollectionChoice(db)
    this.queue = new IngestQueue(db, ingest, (result, row) => this.#report(result, row))
  }

  /** Shows what is kept, goes on with what waits, and follows changes made by workers and other tabs. */
  async load(): Promise<void> {
    await this.collections.load()
    await this.refresh()
    followChanges(this.#db, {
      collections: () => this.collections.refresh().then(this.refresh),
      documents: this.refresh,
      settings: this.refresh,
      queue: this.queue.refresh,
    })
    await this.queue.resume()
  }

  readonly refresh = coalesce(async () => {
    const collection = this.collections.current
    if (!collection) {
      this.documents = []
      this.readyQuestions = []
      return
    }
    const { id, sample } = collection
    const [documents, excluded, questions] = await Promise.all([
      listDocuments(this.#db, id),
      getExcluded(this.#db, id),
      sample ? sampleQuestions(sample) : [],
    ])
    this.documents = documents
    this.#excluded = excluded
    this.readyQuestions = questions
  })

  async select(id: CollectionId): Promise<void> {
    this.collections.select(id)
    await this.refresh()
  }

  /** Opens a collection with this name, made if need be. */
  async createCollection(name: string): Promise<void> {
    await this.collections.create(name)
    await this.refresh()
  }

  async removeCollection(id: CollectionId): Promise<void> {
    for (const row of this.queue.rows) if (row.collection === id) await this.queue.cancel(row.id)
    await this.collections.remove(id)
    await this.refresh()
  }

  /** Adds files to the open collection; a name that is taken by other content is asked about first. */
  async add(files: readonly File[]): Promise<void> {
    if (!files.length) return
    try {
      const collection = this.collections.current ?? (await this.collections.create(t('library.firstCollection')))
      // Another collection may be opened while they are kept.
      const documents = await listDocuments(this.#db, collection.id)
      for (const file of files) await this.#addTo(collection.id, documents, file)
    } catch (error) {
      this.#notices.show(errorText(error as Error), { kind: 'failure' })
    }
  }

  /** @param documents of the collection */
  async #addTo(collection: CollectionId, documents: readonly Document[], file: File): Promise<void> {
    const existing = documents.find((document) => document.name === file.name)
    if (!existing) await this.#enqueue(file, collection)
    else if (await sameContent(file, existing)) this.#notices.show(t('library.known', { name: file.name }))
    else this.versionQuestions = [...this.versionQuestions, { file, existing, collection }]
  }

  async answerVersion(question: VersionQuestion, answer: 'replace' | 'keep' | 'cancel'): Promise<void> {
    this.versionQuestions = this.versionQuestions.filter((other) => other !== question)
    if (answer === 'cancel') return
    await this.#enqueue(question.file, question.collection, answer === 'replace' ? question.existing.hash : undefined)
  }

  /** Adds the built-in collection in `language` and opens it. */
  async addSample(language: Language): Promise<void> {
    this.sampleLoading = language
    try {
      const sample = (await listSamples()).find((candidate) => candidate.language === language)
      if (!sample) return
      const files = await Promise.all(sample.documents.map(fetchSample))
      await this.collections.create(sample.name, language)
      await this.refresh()
      const names = [...this.documents, ...this.rows].map(({ name }) => name)
      await this.add(files.filter((file) => !names.includes(file.name)))
    } catch (error) {
      this.#notices.show(errorText(error as Error), { kind: 'failure' })
    } finally {
      this.sampleLoading = undefined
    }
  }

  isChosen(hash: DocumentHash): boolean {
    return !this.#excluded.includes(hash)
  }

  async choose(hashes: readonly DocumentHash[], on: boolean): Promise<void> {
    const id = this.collections.current?.id
    if (id === undefined) return
    const others = this.#excluded.filter((hash) => !hashes.includes(hash))
    this.#excluded = on ? others : [...others, ...hashes]
    await setExcluded(this.#db, id, this.#excluded)
  }

  /** Removes a document from the open collection; it goes altogether when no other collection has it. */
  async remove(document: Document): Promise<void> {
    const id = this.collections.current?.id
    if (id === undefined) return
    await removeFromCollection(this.#db, document.hash, id)
    await this.refresh()
    this.#notices.show(t('library.removed', { name: document.name }))
  }

  /** Roughly what a document takes on the disk. */
  sizeOnDisk(document: Document): Promise<DocumentBytes> {
    return documentBytes(this.#db, document.hash)
  }

  /** The original file as it was added. */
  async original(document: Document): Promise<File | undefined> {
    const blob = await getFile(this.#db, document.hash)
    return blob && new File([blob], document.name, { type: blob.type })
  }

  async #enqueue(file: File, collection: CollectionId, replaces?: DocumentHash): Promise<void> {
    try {
      await this.queue.add({ file, name: file.name, collection, ...(replaces !== undefined && { replaces }) })
    } catch (error) {
      this.#notices.show(`${file.name}: ${errorText(error as Error)}`, { kind: 'failure' })
    }
  }

  #report(result: IngestResult, row: QueuedFile): void {
    if (result.known) this.#notices.show(t('library.known', { name: row.name }))
    // Seen by its row; told to those who do not see it.
    else this.#announcer.say(t('library.added', { name: row.name }))
    void this.refresh()
  }
}

/** Without them the sample can still be asked anything. */
async function sampleQuestions(language: Language): Promise<string[]> {
  const samples = await listSamples().catch(() => [])
  return samples.find((sample) => sample.language === language)?.questions ?? []
}

/** Files of another size differ; only equal sizes are worth a hash. */
async function sameContent(file: File, document: Document): Promise<boolean> {
  return file.size === document.bytes && (await sha256(await file.arrayBuffer())) === document.hash
}
