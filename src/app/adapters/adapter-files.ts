import { adapterName, type AdapterEntry } from '../../engines/llm/adapters/catalogue'
import { guessBase, told } from '../../engines/llm/adapters/describe'
import type { LlmEntry } from '../../engines/llm/catalogue'
import type { DownloadRequest } from '../../engines/model-files/download/download'
import { readModelFile } from '../../engines/model-files/read'
import { ModelFolder } from '../../engines/model-files/store'
import { isAbort, ModelFileMissing, StorageFull } from '../../errors'
import { CONFIG_FILE, readDescription, WEIGHTS_FILE } from '../../lora/peft'
import { refusal } from '../../lora/refusal'
import type { Database } from '../../storage/database'
import { getSetting, setSetting } from '../../storage/settings'
import type { Remote } from '../../threads/expose'
import type { AdapterApi, GivenFile } from '../../threads/protocols'
import type { ModelDownloads } from '../model-downloads.svelte'
import type { ModelSources } from '../models/model-sources.svelte'
import { RestartableWorker } from '../restartable-worker'
import { startAdapterWorker } from './adapter-worker'
import { wantedFiles, type Adapters } from './adapters.svelte'
import { hubAdapter } from './hub-adapter'

/** An adapter of half a gigabyte is read in seconds; a pattern that was made to be matched for ever is not. */
const PATIENCE = 60_000

interface Parts {
  db: Database
  adapters: Adapters
  downloads: ModelDownloads
  sources: Pick<ModelSources, 'requestOf' | 'hasRoom'>
  /** Models that an adapter may be for. */
  models: () => readonly LlmEntry[]
  worker?: RestartableWorker<AdapterApi>
}

/** Brings adapters onto this machine, from its disk or from elsewhere; each is read to the end before it counts. */
export class AdapterFiles {
  readonly #parts: Parts
  readonly #worker: RestartableWorker<AdapterApi>
  /** Calls under way. */
  #reading = 0

  constructor(parts: Parts) {
    this.#parts = parts
    this.#worker = parts.worker ?? new RestartableWorker<AdapterApi>(startAdapterWorker)
  }

  /**
   * Adds the adapter among the files that a person gave: its two files, their folder, or a .zip.
   * @param name of the folder, where one was chosen
   * @throws AdapterUnusable, FileTooLarge, StorageFull; nothing of it is kept then
   */
  async addFiles(name: string, given: readonly GivenFile[]): Promise<AdapterEntry> {
    const { entry, files } = await this.#read((api) => api.examine(name, given))
    const known = this.#withBase(entry)
    await this.#parts.adapters.add(known)
    try {
      await this.#bring(this.#request(known, { kind: 'files', files }))
    } catch (error) {
      await this.#parts.adapters.remove(known)
      throw error
    }
    return known
  }

  /**
   * Adds an adapter of the hub, or of the mirror in its place, by what its configuration tells. Of its weights nothing but
   * the size is asked: they come when a person presses Download (`fetch`).
   * @param text "owner/name", "owner/name@revision", or the address of its page
   * @throws AdapterUnusable, ModelUnreachable, HostNotAllowed
   */
  async addFromHub(text: string, signal: AbortSignal): Promise<AdapterEntry> {
    const { adapters, downloads } = this.#parts
    const entry = hubAdapter(text)
    const name = adapterName(entry)
    const known = adapters.find(name)
    if (known) return known
    try {
      await this.#bring(this.#request({ ...entry, files: [{ path: CONFIG_FILE }] }))
      const config = await readModelFile(new ModelFolder(name), { path: CONFIG_FILE })
      const described = { ...entry, ...told(readDescription(config)) }
      const { bytes, sizesKnown } = await downloads.preflight(this.#request(described), signal)
      const weights = { path: WEIGHTS_FILE, ...(sizesKnown && { bytes: bytes - config.byteLength }) }
      const sized = { ...described, files: [{ path: CONFIG_FILE, bytes: config.byteLength, exact: true }, weights] }
      await adapters.add(this.#withBase(sized))
      return sized
    } catch (error) {
      throw error instanceof ModelFileMissing ? refusal('missingFile', error.params) : error
    } finally {
      // The configuration comes once more with the weights, so that until then nothing is half there.
      await downloads.remove(name)
    }
  }

  /**
   * Downloads an adapter, at the word of a person, or gets one ready that comes with the page.
   * @returns once it is here, paused, or has failed as its state tells
   * @throws AdapterUnusable where the weights turn out not to be what they should; they are deleted
   */
  async fetch(entry: AdapterEntry): Promise<void> {
    const { adapters, downloads, sources } = this.#parts
    const request = this.#request(entry)
    if (!(await sources.hasRoom(request, downloads))) return
    downloads.start(request)
    const { kind } = await downloads.settled(request)
    if (kind !== 'kept' || !adapters.isOwn(entry)) return
    try {
      const description = await this.#read((api) => api.describeKept(request.model))
      const { files } = await new ModelFolder(request.model).manifest()
      const exact = files.map(({ path, bytes, sha256 }) => ({ path, bytes, exact: true, sha256 }))
      await adapters.complete(entry, { ...told(description), files: exact })
    } catch (error) {
      await downloads.remove(request.model)
      throw error
    }
  }

  /**
   * Gets the adapters ready that come with the page for a model, one after the other; what fails says so in its state. Each is
   * brought once, whenever that is: whoever deletes one does not get it back unasked.
   */
  async fetchServed(model: string): Promise<void> {
    const { db, adapters, downloads } = this.#parts
    const brought = async () => (await getSetting(db, 'servedAdapters')) ?? []
    for (const entry of adapters.forModel(model)) {
      const name = adapterName(entry)
      if (entry.servedFrom === undefined || (await brought()).includes(name)) continue
      await downloads.look(wantedFiles(entry))
      if (adapters.state(entry).kind !== 'kept') await this.fetch(entry).catch(() => undefined)
      if (adapters.state(entry).kind === 'kept') await setSetting(db, 'servedAdapters', [...(await brought()), name])
    }
  }

  #request(entry: AdapterEntry, local?: DownloadRequest['source']): DownloadRequest {
    const { files, servedFrom, repository = '', revision } = entry
    const named = { model: adapterName(entry), files, repository, revision }
    return this.#parts.sources.requestOf({ ...named, ...(servedFrom !== undefined && { servedFrom }) }, local)
  }

  /** @throws what the download fails with, StorageFull, AbortError where a person has stopped it */
  async #bring(request: DownloadRequest): Promise<void> {
    const { downloads, sources } = this.#parts
    if (!(await sources.hasRoom(request, downloads))) throw new StorageFull()
    downloads.start(request)
    const state = await downloads.settled(request)
    if (state.kind === 'failed') throw state.error
    if (state.kind !== 'kept') throw new DOMException('stopped', 'AbortError')
  }

  /** A worker that has nothing more to read is ended: what is left in its memory may be large. */
  async #read<Result>(body: (api: Remote<AdapterApi>) => Promise<Result>): Promise<Result> {
    this.#reading += 1
    try {
      return await this.#worker.call(body, AbortSignal.timeout(PATIENCE))
    } catch (error) {
      throw isAbort(error) ? refusal('unending') : error
    } finally {
      this.#reading -= 1
      if (this.#reading === 0) this.#worker.end()
    }
  }

  #withBase(entry: AdapterEntry): AdapterEntry {
    const base = entry.trainedOn === undefined ? undefined : guessBase(entry.trainedOn, this.#parts.models())
    return { ...entry, ...(base !== undefined && { base }) }
  }
}
