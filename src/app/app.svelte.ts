import type { Answerer } from '../answering/answerer'
import type { Citation } from '../domain'
import { launchedFiles, registerServiceWorker, secured, sharedFiles } from '../pwa/register'
import { openDatabase, type Database } from '../storage/database'
import { getDocument } from '../storage/documents'
import { getFile } from '../storage/files'
import { getPage } from '../storage/pages'
import { Announcer } from './announcer.svelte'
import { Conversation } from './conversation.svelte'
import { followChanges } from './follow-changes'
import { ingestInWorker, type Ingest } from './ingest'
import { Library } from './library.svelte'
import { ModelDownloads } from './model-downloads.svelte'
import { Notices } from './notices.svelte'
import { Panes } from './panes.svelte'
import { passwords } from './passwords'
import { ReaderState } from './reader.svelte'
import { SearchIndex } from './search-index'
import { Settings } from './settings.svelte'
import { StorageMeter } from './storage-meter.svelte'
import { Update } from './update.svelte'

export type DialogName = 'help' | 'settings' | 'about'

/** The whole of the page's state: owns the database, the workers and the parts that the panes draw. */
export class App {
  readonly announcer = new Announcer()
  readonly notices = new Notices()
  readonly storage = new StorageMeter()
  readonly downloads = new ModelDownloads()
  readonly settings: Settings
  readonly panes: Panes
  readonly library: Library
  readonly conversation: Conversation
  readonly reader: ReaderState
  readonly update: Update
  /** Set when this page can no longer reach its database and has to be loaded anew. */
  outdated = $state(false)
  dialog = $state<DialogName | undefined>()
  /** Shared from another app, or by any page on the web that posted a form: added only when the person agrees. */
  shared = $state.raw<readonly File[]>([])
  /** Counts the wishes to write a question: the question box takes the focus at each. */
  questionFocus = $state(0)

  readonly #index: SearchIndex
  readonly #db: Database

  constructor(db: Database, answerer: Answerer, ingest: Ingest = ingestInWorker(), index = new SearchIndex()) {
    this.#db = db
    this.#index = index
    this.settings = new Settings(db)
    this.panes = new Panes(db)
    this.library = new Library(db, ingest, this.notices, this.announcer)
    this.conversation = new Conversation({
      db,
      answerer,
      library: this.library,
      announcer: this.announcer,
      notices: this.notices,
      search: (request, signal) => index.search(request, signal),
    })
    this.reader = new ReaderState({
      document: (hash) => getDocument(db, hash),
      file: (hash) => getFile(db, hash),
      page: (hash, number) => getPage(db, hash, number),
      password: (hash) => passwords.get(hash),
      setPassword: (hash, password) => passwords.set(hash, password),
    })
    this.update = new Update(() => this.library.queue.busy || this.conversation.asking !== undefined)
  }

  async load(): Promise<void> {
    await Promise.all([this.settings.load(), this.panes.load()])
    await this.library.load()
    await this.conversation.load()
    await this.storage.refresh()
    followChanges(this.#db, {
      documents: () => {
        this.#warm()
        return Promise.all([this.storage.refresh(), this.#closeRemoved()])
      },
      settings: () => this.settings.load(),
    })
    this.#warm()
    launchedFiles((files) => void this.library.add(files))
    this.#followShortcut()
    this.shared = await sharedFiles()
  }

  /** Opens a collection, with its documents and its history. */
  async selectCollection(id: string): Promise<void> {
    await this.library.select(id)
    await this.conversation.refresh()
  }

  /** Shows a citation on its page. The focus goes there too, and comes back to `from`. */
  openCitation(citations: readonly Citation[], index: number, from?: HTMLElement): void {
    this.panes.show('reader')
    void this.reader.showCitations([...citations], index, from)
  }

  openDocument(hash: string, page?: number): void {
    this.panes.show('reader')
    void this.reader.openDocument(hash, page)
  }

  /** Brings the question box into view and puts the cursor there, with `question` in it if one is given. */
  writeQuestion(question?: string): void {
    this.panes.show('chat')
    if (question !== undefined) this.conversation.question = question
    this.questionFocus += 1
  }

  /** A document that was removed does not stay open beside the answers. */
  async #closeRemoved(): Promise<void> {
    const shown = this.reader.document
    if (shown && !(await getDocument(this.#db, shown.hash))) this.reader.close()
  }

  /** The manifest's shortcuts open "?action=add" and "?action=ask"; a reload is not to repeat them. */
  #followShortcut(): void {
    const action = /[?&]action=(add|ask)\b/.exec(location.search)?.[1]
    if (action === undefined) return
    if (action === 'add') this.panes.show('library')
    else this.writeQuestion()
    history.replaceState(null, '', location.pathname)
  }

  /** The index is loaded ahead of the first question; if that fails, the question says so. */
  #warm(): void {
    this.#index.warm().catch(() => undefined)
  }
}

/**
 * Opens the database and all that stands on it.
 * @param onBlocked called when an older version in another tab keeps the database until it is closed
 * @throws StorageUnavailable, StorageFull, Unprotected
 */
export async function openApp(answerer: Answerer, onBlocked: () => void): Promise<App> {
  await secured
  const opened: { app?: App } = {}
  const outdated = () => {
    if (opened.app) opened.app.outdated = true
  }
  const db = await openDatabase({ onBlocked, onBlocking: outdated, onTerminated: outdated })
  const app = new App(db, answerer)
  opened.app = app
  await app.load()
  const { update } = app
  void registerServiceWorker({ onUpdateReady: (apply) => update.offer(apply) }).catch(() => undefined)
  return app
}
