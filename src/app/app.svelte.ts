import type { Citation } from '../domain'
import type { ModelSource } from '../engines/model-files/download/source'
import { errorText } from '../i18n/i18n.svelte'
import { controlled, launchedFiles, registerServiceWorker, secured, sharedFiles } from '../pwa/register'
import { openDatabase, type Database } from '../storage/database'
import { getDocument } from '../storage/documents'
import { getFile } from '../storage/files'
import { getPage } from '../storage/pages'
import type { AdapterEntry } from '../engines/llm/adapters/catalogue'
import { modelName, plansFor, type LlmEntry } from '../engines/llm/catalogue'
import { starterLlm } from './models/starter-llm'
import { EmbedderOwner } from '../engines/embedding/embedder'
import { RerankerOwner } from '../engines/reranking/reranker'
import { AdapterChoice } from './adapters/adapter-choice.svelte'
import { AdapterFiles } from './adapters/adapter-files'
import { Adapters } from './adapters/adapters.svelte'
import { Announcer } from './announcer.svelte'
import { Conversation } from './conversation.svelte'
import { deviceVerdicts, embedWorker, rerankWorker } from './encoder-worker'
import { createSharedLlm } from './llm-worker'
import { followChanges } from './follow-changes'
import { ingestInWorker, type Ingest } from './ingest'
import { Inspection } from './inspection.svelte'
import { Lab } from './lab/lab.svelte'
import { PackMaking } from './lab/pack-making.svelte'
import { LabWork } from './lab/lab-work.svelte'
import { tellRunEnd } from './lab/tell-run-end'
import { LabQuestions } from './lab/lab-questions.svelte'
import { Library } from './library.svelte'
import { Meaning } from './meaning/meaning.svelte'
import { ModelDownloads } from './model-downloads.svelte'
import { llmEntry, type ModelEntry } from './models/model-entry'
import { readOwnModel } from './models/own-model'
import { ModelSources } from './models/model-sources.svelte'
import { WebLlmDownloads } from './models/web-llm-downloads'
import { Notices } from './notices.svelte'
import { Panes } from './panes.svelte'
import { passwords } from './passwords'
import { ReaderState } from './reader.svelte'
import { Reranking } from './reranking'
import { SearchIndex } from './search-index'
import { Searching } from './searching'
import { Settings } from './settings.svelte'
import { StorageMeter } from './storage-meter.svelte'
import { Understanding } from './understanding.svelte'
import { untilIdle } from './until-idle'
import { Update } from './update.svelte'
import { Writer, type WriterOwner } from './writer.svelte'

export type DialogName = 'help' | 'settings' | 'about' | 'models'

/** The whole of the page's state: owns the database, the workers and the parts that the panes draw. */
export class App {
  readonly announcer = new Announcer()
  readonly notices = new Notices()
  readonly storage = new StorageMeter()
  readonly downloads = new ModelDownloads()
  readonly adapters: Adapters
  readonly adapterFiles: AdapterFiles
  readonly webLlmDownloads = new WebLlmDownloads(this.downloads)
  readonly settings: Settings
  readonly panes: Panes
  readonly library: Library
  readonly conversation: Conversation
  readonly reader: ReaderState
  readonly meaning: Meaning
  readonly reranking: Reranking
  readonly sources: ModelSources
  readonly understanding: Understanding
  readonly searching: Searching
  readonly writer: Writer
  readonly adapterChoice: AdapterChoice
  readonly inspection: Inspection
  readonly update: Update
  readonly lab: Lab
  readonly packs: PackMaking
  readonly labWork: LabWork
  readonly labQuestions: LabQuestions
  /** Set when this page can no longer reach its database and has to be loaded anew. */
  outdated = $state(false)
  dialog = $state<DialogName | undefined>()
  /** Whether the Lab is shown in place of library, chat and reader. */
  inLab = $state(false)
  /** Shared from another app, or by any page on the web that posted a form: added only when the person agrees. */
  shared = $state.raw<readonly File[]>([])
  /** Counts the wishes to write a question: the question box takes the focus at each. */
  questionFocus = $state(0)

  readonly #index: SearchIndex
  readonly #db: Database

  constructor(
    db: Database,
    ingest: Ingest = ingestInWorker(),
    index = new SearchIndex(),
    llms: WriterOwner = createSharedLlm(deviceVerdicts(db), (state) => this.writer.shared(state)),
  ) {
    this.#db = db
    this.#index = index
    this.settings = new Settings(db)
    this.panes = new Panes(db)
    this.library = new Library(db, ingest, this.notices, this.announcer)
    this.sources = new ModelSources(db)
    this.writer = new Writer(db, llms, {
      adapters: () => this.adapterChoice.on,
      served: { first: starterLlm, bring: (entry, signal) => this.#bring(entry, signal) },
    })
    this.adapters = new Adapters(db, this.downloads)
    this.adapterChoice = new AdapterChoice({
      db,
      registry: this.adapters,
      collection: () => this.library.collections.current?.id,
      model: () => this.writer.ready,
    })
    const models = () => this.writer.catalogue
    const { adapters, downloads, sources } = this
    this.adapterFiles = new AdapterFiles({ db, adapters, downloads, sources, models })
    this.understanding = new Understanding(
      db,
      () => this.writer.general,
      (language) => this.writer.texts.of(language),
    )
    this.meaning = new Meaning({
      db,
      owner: new EmbedderOwner(embedWorker(), embedWorker, deviceVerdicts(db)),
      preload: (space, kind) => index.loadVectors(space, kind),
      onSpace: (space) => (this.inspection.space = space),
    })
    this.reranking = new Reranking(db, new RerankerOwner(rerankWorker(), rerankWorker, deviceVerdicts(db)))
    const { understanding, meaning, reranking } = this
    this.searching = new Searching({ index, understanding, meaning, reranking })
    this.conversation = new Conversation({
      db,
      answerer: (told, wish) => this.writer.answerer(told, wish),
      wholeReader: (task, documents) => this.writer.wholeReader(task, documents),
      understand: ({ question, language }, turns, signal) =>
        this.understanding.standalone(question, language, turns, signal),
      library: this.library,
      announcer: this.announcer,
      notices: this.notices,
      search: (request, signal) => this.searching.search(request, signal),
    })
    this.reader = new ReaderState({
      document: (hash) => getDocument(db, hash),
      file: (hash) => getFile(db, hash),
      page: (hash, number) => getPage(db, hash, number),
      password: (hash) => passwords.get(hash),
      setPassword: (hash, password) => passwords.set(hash, password),
    })
    this.inspection = new Inspection({
      db,
      panes: this.panes,
      notices: this.notices,
      traceOf: (turn) => this.conversation.traces.get(turn),
      show: (citation, from) => this.openCitation([citation], 0, from),
    })
    this.lab = new Lab(db)
    this.packs = new PackMaking({
      db,
      search: (request, signal) => this.searching.search(request, signal),
      model: () => this.writer.general,
      templates: (language) => this.writer.texts.of(language),
    })
    this.labWork = new LabWork({
      ...{ db, adapters, lab: this.lab, writer: this.writer, searching: this.searching, library: this.library },
      model: () => this.writer.ready,
      fetchAdapter: (entry) => this.adapterFiles.fetch(entry),
      onend: (running) => tellRunEnd(running, this),
    })
    this.labQuestions = new LabQuestions({
      lab: this.lab,
      notices: this.notices,
      announcer: this.announcer,
      model: () => this.writer.general,
      search: (request, signal) => this.searching.search(request, signal),
      show: (citation) => this.openCitation([citation], 0),
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
        this.meaning.work.wake()
        return Promise.all([this.storage.refresh(), this.#closeRemoved()])
      },
      settings: () => Promise.all([this.settings.load(), this.#loadModels()]),
      vectors: () => this.meaning.work.wake(),
      lab: () => this.lab.load(),
    })
    this.#warm()
    await this.#loadModels()
    this.inspection.load()
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
    this.inLab = false
    this.panes.show('reader')
    this.inspection.showPage()
    void this.reader.showCitations([...citations], index, from)
  }

  openDocument(hash: string, page?: number): void {
    this.inLab = false
    this.panes.show('reader')
    this.inspection.showPage()
    void this.reader.openDocument(hash, page)
  }

  /**
   * Brings the files of a model here, at the word of a person: from where it is published, or from this machine's disk.
   * Nothing is begun where the browser has no room for it.
   */
  async fetchModel(entry: ModelEntry, local?: ModelSource): Promise<void> {
    const request = this.sources.requestOf(entry, local)
    if (await this.sources.hasRoom(request, this.downloads)) this.downloads.start(request)
  }

  /**
   * Makes a folder of this machine a language model that can be chosen, and brings its files here.
   * @throws ModelFileMissing, ModelFileDamaged, UnsupportedModel, StorageFull
   */
  async addOwnModel(folder: string, files: { path: string; file: File }[]): Promise<void> {
    await this.#addModel(await readOwnModel(folder, files), { kind: 'files', files })
  }

  /**
   * Makes a model of the hub that a person has named one that can be chosen, and downloads it in its first precision that can
   * be run here.
   */
  addHubModel(entry: LlmEntry): Promise<void> {
    return this.#addModel(entry)
  }

  /**
   * The files of a model that comes with the page, fetched from where the page comes from; at once where they are here. Its
   * adapters come after it.
   * @throws what kept them from coming; AbortError
   */
  async #bring(entry: LlmEntry, signal: AbortSignal): Promise<void> {
    await this.sources.load()
    const [plan] = this.sources.devices ? plansFor(entry, this.sources.devices) : []
    if (!plan) return
    const wanted = llmEntry(plan)
    await this.downloads.look(wanted)
    if (this.downloads.state(wanted).kind !== 'kept') {
      await untilIdle(signal)
      await controlled(signal)
      this.downloads.start(this.sources.requestOf(wanted))
      await this.downloads.arrived(wanted, signal)
    }
    void this.adapterFiles.fetchServed(entry.id).catch(() => undefined)
  }

  async removeModel({ model }: Pick<ModelEntry, 'model'>): Promise<void> {
    await this.downloads.remove(model).catch((error: Error) => this.notices.show(errorText(error), { kind: 'failure' }))
    await this.writer.forget(model)
    await Promise.all([this.storage.refresh(), this.sources.refreshRoom()])
  }

  /** Deletes an adapter from this machine; one of the person's own is forgotten. */
  async removeAdapter(entry: AdapterEntry): Promise<void> {
    await this.adapters.remove(entry).catch((error: Error) => this.notices.show(errorText(error), { kind: 'failure' }))
    await this.storage.refresh()
  }

  /** Brings the question box into view and puts the cursor there, with `question` in it if one is given. */
  writeQuestion(question?: string): void {
    this.inLab = false
    this.panes.show('chat')
    if (question !== undefined) this.conversation.question = question
    this.questionFocus += 1
  }

  /** What is here of an earlier version of it is removed. */
  async #addModel(entry: LlmEntry, local?: ModelSource): Promise<void> {
    const earlier = this.writer.own.find(({ id }) => id === entry.id)
    if (earlier && earlier.revision !== entry.revision) await this.removeModel({ model: modelName(earlier) })
    await this.writer.add(entry)
    await this.sources.load()
    const [plan] = this.sources.devices ? plansFor(entry, this.sources.devices) : []
    if (plan) await this.fetchModel(llmEntry(plan), local)
  }

  /** Those that were chosen are opened in the background. */
  async #loadModels(): Promise<void> {
    await Promise.all([
      this.meaning.load(),
      this.reranking.model.load(),
      this.understanding.load(),
      this.writer.load(),
      this.adapterChoice.load(),
      // Where the browser keeps no files there are no adapters, and everything else goes on.
      this.adapters.load().catch(() => undefined),
    ])
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
export async function openApp(onBlocked: () => void): Promise<App> {
  await secured
  const opened: { app?: App } = {}
  const outdated = () => {
    if (opened.app) opened.app.outdated = true
  }
  const db = await openDatabase({ onBlocked, onBlocking: outdated, onTerminated: outdated })
  const app = new App(db)
  opened.app = app
  await app.load()
  const { update } = app
  void registerServiceWorker({ onUpdateReady: (apply) => update.offer(apply) }).catch(() => undefined)
  return app
}
