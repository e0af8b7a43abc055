import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { DownloadRequest } from '../engines/model-files/download/download'
import type { Preflight } from '../engines/model-files/download/preflight'
import type { DownloadProgress } from '../engines/model-files/download/progress'
import type { Repository } from '../engines/model-files/download/repository'
import type { HubSource } from '../engines/model-files/download/source'
import { findKept } from '../engines/model-files/read'
import {
  downloadLock,
  listModels,
  ModelFolder,
  removeModel,
  whileOwned,
  type ModelOnDisk,
} from '../engines/model-files/store'
import { Interrupted, isAbort, ModelBusy, ModelFileMissing, toFumikuraError } from '../errors'
import { persist } from '../storage/usage'
import { proxy, type Remote } from '../threads/expose'
import type { DownloadApi } from '../threads/protocols'
import { coalesce } from './coalesce'
import { DownloadChannel } from './download-channel'
import { isMoving, type DownloadState } from './download-state'
import { startDownloadWorker } from './download-worker'
import { RestartableWorker } from './restartable-worker'

/** So long the word of another tab may take, behind the lock that it has let go of. */
const LAST_WORD_MS = 1000

/** The files of a model in one precision. */
export type Wanted = Pick<DownloadRequest, 'model' | 'files'>

/**
 * The models that are here and those on their way. One is downloaded at a time, by one tab at a time: the others show what
 * that tab tells, and learn from its Web Lock when it is gone.
 */
export class ModelDownloads {
  /** What all models take on the disk; see `refreshStorage`. */
  onDisk = $state.raw<readonly ModelOnDisk[]>([])

  readonly #states = new SvelteMap<string, DownloadState>()
  readonly #wanted = new SvelteMap<string, Wanted>()
  readonly #worker: RestartableWorker<DownloadApi>
  readonly #channel: DownloadChannel
  readonly #followed = new SvelteSet<string>()
  /** Wanted here too while another tab downloads them: gone on with where that tab ends without a word. */
  readonly #inherited = new SvelteMap<string, DownloadRequest>()
  readonly #queue: DownloadRequest[] = []
  /** Preflights under way. */
  #asking = 0
  #running: { key: string; controller: AbortController; ended: Promise<void> } | undefined
  /** Whether the queue is being worked off: also between two downloads, when none is running. */
  #isWorking = false

  constructor(worker = new RestartableWorker<DownloadApi>(startDownloadWorker)) {
    this.#worker = worker
    this.#channel = new DownloadChannel({
      told: (model, key, state) => this.#hear(model, key, state),
      asked: () => this.#tellAll(),
      changed: (model) => void this.#lookAgain(model),
    })
    this.#channel.ask()
  }

  /** Absent until `look` has found something. */
  state(wanted: Wanted): DownloadState {
    return this.#states.get(keyOf(wanted)) ?? { kind: 'absent' }
  }

  /** Finds out what is here of a model: after a reload a download that was under way is paused. */
  async look(wanted: Wanted): Promise<void> {
    const key = keyOf(wanted)
    this.#wanted.set(key, wanted)
    if (this.#isActive(key)) return
    const found = await stateOnDisk(wanted)
    const before = this.state(wanted)
    const isElsewhere = isMoving(before) && (await isHeld(wanted.model))
    const staysFailed = before.kind === 'failed' && found.kind !== 'kept'
    if (!this.#isActive(key) && !isElsewhere && !staysFailed) this.#states.set(key, found)
  }

  /** @throws ModelFileMissing, ModelGated, ModelUnreachable, HostNotAllowed, AbortError */
  preflight(request: DownloadRequest, signal: AbortSignal): Promise<Preflight> {
    return this.#ask((api) => api.preflight(request, signal), signal)
  }

  /**
   * What a repository of the hub consists of.
   * @throws RepositoryMissing, ModelGated, ModelFileMissing, ModelFileDamaged, ModelUnreachable, HostNotAllowed, AbortError
   */
  inspect(source: HubSource, probed: readonly string[], signal: AbortSignal): Promise<Repository> {
    return this.#ask((api) => api.inspect(source, probed, signal), signal)
  }

  async #ask<Result>(body: (api: Remote<DownloadApi>) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    this.#asking += 1
    try {
      return await this.#worker.call(body, signal)
    } finally {
      this.#asking -= 1
      this.#endIfIdle()
    }
  }

  /**
   * Begins a download, or goes on with one: from another host only at the word of a person. What comes of it is told by
   * `state`.
   */
  start(request: DownloadRequest): void {
    const key = keyOf(request)
    this.#wanted.set(key, request)
    const state = this.state(request)
    if (this.#isActive(key)) return
    if (isMoving(state) && state.elsewhere) return void this.#inherited.set(key, request)
    this.#queue.push(request)
    this.#states.set(key, { kind: 'queued' })
    // Refused by some browsers; the download is made all the same.
    void persist().catch(() => false)
    void this.#run()
  }

  /** The state that a download ends in, wherever it is made; at once where none is under way. */
  settled(wanted: Wanted): Promise<DownloadState> {
    return this.#reached(wanted, (state) => state.kind !== 'queued' && !isMoving(state))
  }

  /**
   * Resolves when the files are here, however often the download is paused before.
   * @throws what the download failed with, ModelFileMissing where it was given up, AbortError
   */
  async arrived(wanted: Wanted, signal: AbortSignal): Promise<void> {
    const isOver = ({ kind }: DownloadState) => kind === 'kept' || kind === 'failed' || kind === 'absent'
    const state = await this.#reached(wanted, isOver, signal)
    if (state.kind === 'failed') throw state.error
    if (state.kind !== 'kept') throw new ModelFileMissing({ file: wanted.files[0]?.path ?? '' })
  }

  #reached(wanted: Wanted, isReached: (state: DownloadState) => boolean, signal?: AbortSignal): Promise<DownloadState> {
    return new Promise((resolve, reject) => {
      const stop = $effect.root(() => {
        $effect(() => {
          const state = this.state(wanted)
          if (!isReached(state)) return
          resolve(state)
          queueMicrotask(() => stop())
        })
      })
      const abort = () => {
        reject(signal?.reason as Error)
        stop()
      }
      if (signal?.aborted) abort()
      else signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Stops a download of this tab; what has arrived stays. */
  async pause(wanted: Wanted): Promise<void> {
    const key = keyOf(wanted)
    this.#inherited.delete(key)
    const at = this.#queue.findIndex((request) => keyOf(request) === key)
    if (at >= 0) this.#queue.splice(at, 1)
    if (this.#running?.key === key) {
      this.#running.controller.abort()
      await this.#running.ended
    }
    await this.#lookAgain(wanted.model)
    this.#tell(wanted)
  }

  /**
   * Stops a download and deletes what has arrived of files that are not whole.
   * @throws ModelBusy where another tab downloads it
   */
  async discard(wanted: Wanted): Promise<void> {
    await this.pause(wanted)
    await whileOwned(wanted.model, () => new ModelFolder(wanted.model).discardParts())
    await this.#changed(wanted.model)
  }

  /**
   * Deletes a model, in all its precisions.
   * @throws ModelBusy where another tab downloads it
   */
  async remove(model: string): Promise<void> {
    for (const wanted of this.#wanted.values()) if (wanted.model === model) await this.pause(wanted)
    await removeModel(model)
    await this.#changed(model)
  }

  readonly refreshStorage = coalesce(async () => {
    this.onDisk = await listModels()
  })

  /** Pauses everything; other tabs may go on with it. */
  close(): void {
    this.#queue.length = 0
    this.#inherited.clear()
    this.#running?.controller.abort()
    this.#worker.end()
    this.#channel.close()
  }

  async #run(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      const controller = new AbortController()
      const ended = this.#finish(request, controller.signal)
      this.#running = { key: keyOf(request), controller, ended }
      await ended
    }
    this.#isWorking = false
    this.#endIfIdle()
  }

  /** A worker that has nothing to do holds memory, and this one may reach other hosts. */
  #endIfIdle(): void {
    if (!this.#running && this.#asking === 0) this.#worker.end()
  }

  async #finish(request: DownloadRequest, signal: AbortSignal): Promise<void> {
    const outcome = await this.#download(request, signal).then(
      () => undefined,
      (error: unknown) => error,
    )
    this.#running = undefined
    await this.#settle(request, outcome)
  }

  /**
   * A worker that died is started once more: it goes on where it stopped. Other tabs are told when there is progress: the
   * worker then has the lock that they wait for.
   */
  async #download(request: DownloadRequest, signal: AbortSignal): Promise<void> {
    this.#states.set(keyOf(request), { kind: 'downloading' })
    const onProgress = (progress: DownloadProgress) => {
      if (signal.aborted || this.#running?.key !== keyOf(request)) return
      this.#states.set(keyOf(request), { kind: progress.stage, progress })
      this.#tell(request)
    }
    const attempt = () => this.#worker.call((api) => api.download(request, proxy(onProgress), signal), signal)
    await attempt().catch((error: unknown) => {
      if (!(error instanceof Interrupted)) throw error
      return attempt()
    })
  }

  async #settle(request: DownloadRequest, error: unknown): Promise<void> {
    if (error instanceof ModelBusy) {
      this.#states.set(keyOf(request), { kind: 'downloading', elsewhere: true })
      this.#inherited.set(keyOf(request), request)
      this.#channel.ask()
      return this.#follow(request.model)
    }
    const hasStopped = error === undefined || isAbort(error) || error instanceof Interrupted
    const state = hasStopped ? await stateOnDisk(request) : ({ kind: 'failed', error: toFumikuraError(error) } as const)
    this.#states.set(keyOf(request), state)
    this.#tell(request)
    await this.#lookAgain(request.model)
    await this.refreshStorage()
  }

  #isActive(key: string): boolean {
    return this.#running?.key === key || this.#queue.some((request) => keyOf(request) === key)
  }

  #tell(wanted: Wanted): void {
    this.#channel.tell(wanted.model, keyOf(wanted), this.state(wanted))
  }

  #tellAll(): void {
    for (const wanted of this.#wanted.values()) {
      const state = this.state(wanted)
      if (isMoving(state) && state.progress && !state.elsewhere) this.#tell(wanted)
    }
  }

  /** Another tab tells how its download is going. */
  #hear(model: string, key: string, state: DownloadState): void {
    if (this.#isActive(key)) return
    this.#states.set(key, isMoving(state) ? { ...state, elsewhere: true } : state)
    if (isMoving(state)) return this.#follow(model)
    this.#inherited.delete(key)
    void this.refreshStorage()
  }

  /** Waits for the end of another tab's download, or of that tab. */
  #follow(model: string): void {
    if (this.#followed.has(model)) return
    this.#followed.add(model)
    void navigator.locks
      .request(downloadLock(model), { mode: 'shared' }, () => undefined)
      .then(async () => {
        this.#followed.delete(model)
        await this.#inherit(model)
        await this.#lookAgain(model)
      })
  }

  /** Goes on with what that tab was at, if it is gone: one that is not has said by then how its download ended. */
  async #inherit(model: string): Promise<void> {
    if (![...this.#inherited.values()].some((request) => request.model === model)) return
    await new Promise((resolve) => setTimeout(resolve, LAST_WORD_MS))
    for (const [key, request] of this.#inherited) {
      const state = this.state(request)
      if (request.model !== model || !isMoving(state) || (await isHeld(model))) continue
      this.#inherited.delete(key)
      this.#states.set(key, { kind: 'absent' })
      this.start(request)
    }
  }

  async #lookAgain(model: string): Promise<void> {
    for (const wanted of this.#wanted.values()) if (wanted.model === model) await this.look(wanted)
  }

  async #changed(model: string): Promise<void> {
    for (const [key, wanted] of this.#wanted) if (wanted.model === model) this.#states.delete(key)
    await this.#lookAgain(model)
    this.#channel.change(model)
    await this.refreshStorage()
  }
}

const keyOf = ({ model, files }: Wanted): string => JSON.stringify([model, ...files.map(({ path }) => path)])

async function stateOnDisk(wanted: Wanted): Promise<DownloadState> {
  const folder = new ModelFolder(wanted.model)
  const kept = await Promise.all(wanted.files.map((file) => findKept(folder, file)))
  const sizes = await Promise.all(
    wanted.files.map(async ({ path }, at) => kept[at]?.size ?? (await folder.data(path))?.size ?? 0),
  )
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  // What is optional comes before the weights, where it comes at all.
  if (kept.every((file, at) => file !== undefined || wanted.files[at]?.optional)) return { kind: 'kept', bytes }
  return bytes > 0 ? { kind: 'paused', bytes } : { kind: 'absent' }
}

async function isHeld(model: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query()
  return held.some(({ name, mode }) => name === downloadLock(model) && mode === 'exclusive')
}
