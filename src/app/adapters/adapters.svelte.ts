import { adapterCatalogue, adapterName, type AdapterEntry } from '../../engines/llm/adapters/catalogue'
import type { ExpectedFile } from '../../engines/model-files/read'
import type { Database } from '../../storage/database'
import { getSetting, setSetting } from '../../storage/settings'
import type { DownloadState } from '../download-state'
import type { ModelDownloads, Wanted } from '../model-downloads.svelte'

/** What a person may set of an adapter of their own; an empty base is none. */
export type AdapterChange = Partial<Pick<AdapterEntry, 'kind' | 'languages' | 'base'>>

/** The files of an adapter, as the store of models knows them. */
export const wantedFiles = (entry: AdapterEntry): Wanted & { files: readonly ExpectedFile[] } => ({
  model: adapterName(entry),
  files: entry.files,
})

/** The LoRA adapters that there are, those of the person's own among them, and which of them are on this machine. */
export class Adapters {
  /** Added by the person; the latest first. */
  own = $state.raw<readonly AdapterEntry[]>([])
  readonly #db: Database
  readonly #downloads: Pick<ModelDownloads, 'state' | 'look' | 'remove'>
  readonly #catalogue: readonly AdapterEntry[]

  constructor(
    db: Database,
    downloads: Pick<ModelDownloads, 'state' | 'look' | 'remove'>,
    catalogue: readonly AdapterEntry[] = adapterCatalogue,
  ) {
    this.#db = db
    this.#downloads = downloads
    this.#catalogue = catalogue
  }

  get all(): readonly AdapterEntry[] {
    return [...this.own, ...this.#catalogue]
  }

  /** @param name as an AdapterUse, a setting or the history has it: `adapterName` of the entry */
  find(name: string): AdapterEntry | undefined {
    return this.all.find((entry) => adapterName(entry) === name)
  }

  isOwn(entry: AdapterEntry): boolean {
    return this.own.some((each) => isSame(each, entry))
  }

  /** Where an adapter's files are. */
  state(entry: AdapterEntry): DownloadState {
    return this.#downloads.state(wantedFiles(entry))
  }

  /** Made for a model, or for one that nobody has told; for the latter the shapes decide when it is used. */
  forModel(model: string): AdapterEntry[] {
    return this.all.filter(({ base }) => base === undefined || base === model)
  }

  /** Those of `forModel` whose files are on this machine. */
  usable(model: string): AdapterEntry[] {
    return this.forModel(model).filter((entry) => this.state(entry).kind === 'kept')
  }

  /** Takes the settings up, at start and when another tab has changed them, and finds out what is on this machine. */
  async load(): Promise<void> {
    this.own = (await getSetting(this.#db, 'ownAdapters')) ?? []
    await Promise.all(this.all.map((entry) => this.#downloads.look(wantedFiles(entry))))
  }

  /**
   * Puts an adapter of the person's own among those that there are. Another training of the same name stays beside it: many
   * folders are called "output".
   */
  async add(entry: AdapterEntry): Promise<void> {
    await this.#keep([entry, ...this.#without(entry)])
    await this.#downloads.look(wantedFiles(entry))
  }

  /** Of an adapter of the person's own: what it is for, in which languages, on which model. */
  async change(entry: AdapterEntry, change: AdapterChange): Promise<void> {
    await this.#keep(this.own.map((each) => (isSame(each, entry) ? changed(each, change) : each)))
  }

  /** Of an adapter of the person's own: what its weights have told once they were here. */
  async complete(
    entry: AdapterEntry,
    found: Pick<AdapterEntry, 'rank' | 'alpha' | 'targets' | 'files'>,
  ): Promise<void> {
    await this.#keep(this.own.map((each) => (isSame(each, entry) ? { ...each, ...found } : each)))
    await this.#downloads.look(wantedFiles({ ...entry, ...found }))
  }

  /**
   * Deletes an adapter's files; one of the person's own is forgotten as well.
   * @throws ModelBusy where another tab is writing them
   */
  async remove(entry: AdapterEntry): Promise<void> {
    await this.#downloads.remove(adapterName(entry))
    if (this.isOwn(entry)) await this.#keep(this.#without(entry))
  }

  #without(entry: AdapterEntry): AdapterEntry[] {
    return this.own.filter((each) => !isSame(each, entry))
  }

  async #keep(own: readonly AdapterEntry[]): Promise<void> {
    this.own = own
    await setSetting(this.#db, 'ownAdapters', own.length ? [...own] : undefined)
  }
}

const isSame = (one: AdapterEntry, other: AdapterEntry): boolean => adapterName(one) === adapterName(other)

function changed(entry: AdapterEntry, change: AdapterChange): AdapterEntry {
  const { base, ...rest } = { ...entry, ...$state.snapshot(change) }
  return { ...rest, ...(base && { base }) }
}
