import {
  estimatedBytes,
  folderName,
  LIBRARY_ADDRESS,
  libraryFile,
  repositoryOf,
  type WebLlmPlan,
} from '../../engines/llm/webllm/catalogue'
import {
  describeObstacle,
  findDevice,
  obstaclesOn,
  type DeviceLimits,
  type Obstacle,
} from '../../engines/llm/webllm/device-fit'
import { FIRST_FILES, remainingFiles } from '../../engines/llm/webllm/required-files'
import { readWeightsIndex, WEIGHTS_INDEX } from '../../engines/llm/webllm/weights-index'
import type { DownloadRequest } from '../../engines/model-files/download/download'
import { hasRoom, type Preflight } from '../../engines/model-files/download/preflight'
import type { ModelSource } from '../../engines/model-files/download/source'
import { readModelFile, type ExpectedFile } from '../../engines/model-files/read'
import { ModelFolder } from '../../engines/model-files/store'
import {
  HostNotAllowed,
  isAbort,
  ModelFileDamaged,
  ModelFileMissing,
  ModelUnusable,
  toFumikuraError,
  type FumikuraError,
} from '../../errors'
import { isMoving, type DownloadState, type Moving } from '../download-state'
import type { ModelDownloads } from '../model-downloads.svelte'
import type { ModelDownload } from './model-download'

/** Where the two parts of a model of MLC come from. */
export interface WebLlmSources {
  /** Its repository. */
  weights: ModelSource
  /** The folder of all model libraries. */
  libraries: ModelSource
}

/** What is known of a download before its first byte. */
export interface WebLlmPreflight extends Preflight {
  /** What the device lacks; empty where it has all that is known to be needed. */
  obstacles: Obstacle[]
}

/** What a host does not tell by then is not waited for: the download itself finds it out. */
const PATIENCE = 10_000

/** What the page's own thread knows of its graphics processor. */
type FindDevice = () => Promise<DeviceLimits | undefined>

/** The hub, or a mirror of it, and the place of the libraries. */
export function webLlmSources(plan: WebLlmPlan, mirror = ''): WebLlmSources {
  const { revision } = plan.build
  const weights = { kind: 'huggingFace', repository: repositoryOf(plan), revision, ...(mirror && { mirror }) } as const
  return { weights, libraries: { kind: 'address', base: LIBRARY_ADDRESS } }
}

/**
 * The download of a model of MLC. What it consists of is known only when its first files are here, and its library comes
 * from another place, so it is made in three steps by the downloads of all models; this presents them as one. The library
 * comes last: where it is kept, everything is.
 */
export class WebLlmDownload implements ModelDownload {
  readonly plan: WebLlmPlan
  /** What it would have taken, where there was no room for it. */
  tooLarge = $state.raw<WebLlmPreflight | undefined>()
  readonly #downloads: ModelDownloads
  readonly #findDevice: FindDevice
  readonly #folder: ModelFolder
  readonly #sources: WebLlmSources
  readonly #first: DownloadRequest
  readonly #library: DownloadRequest
  /** The second step, once the first has told what it consists of. */
  #rest = $state.raw<DownloadRequest | undefined>()
  /** Size of the library, once its host has told it. */
  #libraryBytes = $state(0)
  #failure = $state.raw<FumikuraError | undefined>()
  #walk = $state.raw<{ stop: AbortController; ended: Promise<void> } | undefined>()
  readonly #unfollow: () => void

  constructor(plan: WebLlmPlan, downloads: ModelDownloads, sources = webLlmSources(plan), device = findDevice) {
    this.plan = plan
    this.#downloads = downloads
    this.#findDevice = device
    this.#folder = new ModelFolder(folderName(plan))
    this.#sources = sources
    this.#first = this.#step(sources.weights, FIRST_FILES)
    this.#library = this.#step(sources.libraries, [libraryFile(plan)])
    // Another tab may be the one that brings the first files.
    this.#unfollow = $effect.root(() => {
      $effect(() => {
        const isKnown = this.#downloads.state(this.#first).kind === 'kept'
        if (isKnown && !this.#rest) void this.#findRest().catch(() => undefined)
      })
    })
  }

  /** All steps as one. */
  get state(): DownloadState {
    if (this.#failure) return { kind: 'failed', error: this.#failure }
    const states = this.#steps.map((step) => this.#downloads.state(step))
    const bytes = states.reduce((sum, state) => sum + bytesOf(state), 0)
    const failed = states.find(({ kind }) => kind === 'failed')
    const moving = states.find(isMoving)
    if (moving) return this.#moving(moving, bytes, states)
    if (failed && !this.#walk) return failed
    if (this.#rest && states.every(({ kind }) => kind === 'kept')) return { kind: 'kept', bytes }
    if (states.some(({ kind }) => kind === 'queued')) return { kind: 'queued' }
    // Between two steps.
    if (this.#walk) return { kind: 'downloading' }
    return bytes > 0 ? { kind: 'paused', bytes } : { kind: 'absent' }
  }

  /** Finds out what is here: after a reload a download that was under way is paused. */
  async look(): Promise<void> {
    await this.#downloads.look(this.#first)
    await this.#findRest().catch(() => undefined)
    await this.#downloads.look(this.#library)
  }

  /**
   * What the device lacks, and what the download will take. The size of the weights is an estimate until their index is here.
   * @throws ModelFileMissing, ModelUnreachable, HostNotAllowed, AbortError
   */
  async preflight(signal: AbortSignal): Promise<WebLlmPreflight> {
    await this.look()
    const known = await Promise.all(this.#steps.map((step) => this.#downloads.preflight(step, signal)))
    const estimated = this.#rest ? 0 : estimatedBytes(this.plan)
    const bytes = estimated + known.reduce((sum, each) => sum + each.bytes, 0)
    const missing = estimated + known.reduce((sum, each) => sum + each.missing, 0)
    const sizesKnown = this.#rest !== undefined && known.every((each) => each.sizesKnown)
    const free = known[0]?.free
    const obstacles = await this.#obstacles()
    return { obstacles, bytes, missing, sizesKnown, fits: hasRoom(missing, free), ...(free !== undefined && { free }) }
  }

  /** Begins where there is room for it, at the word of a person: `tooLarge` says where there is none. */
  async begin(): Promise<void> {
    this.tooLarge = undefined
    const found = await this.preflight(AbortSignal.timeout(PATIENCE)).catch(() => undefined)
    if (found && !found.fits) this.tooLarge = found
    else this.start()
  }

  /** Begins, or goes on; only ever at the word of a person. What comes of it is told by `state`. */
  start(): void {
    if (this.#walk) return
    const stop = new AbortController()
    this.#failure = undefined
    const ended = this.#go(stop.signal)
      .catch((error: unknown) => {
        if (!isAbort(error)) this.#failure = toFumikuraError(error)
      })
      .finally(() => (this.#walk = undefined))
    this.#walk = { stop, ended }
  }

  /** Stops it; what has arrived stays. */
  async pause(): Promise<void> {
    const walk = this.#walk
    walk?.stop.abort()
    for (const step of this.#steps) await this.#downloads.pause(step)
    await walk?.ended
  }

  /**
   * Stops it, and deletes what has arrived of files that are not whole.
   * @throws ModelBusy where another tab downloads it
   */
  async discard(): Promise<void> {
    await this.pause()
    this.#failure = undefined
    await this.#downloads.discard(this.#first)
  }

  /**
   * Deletes all of it.
   * @throws ModelBusy where another tab downloads it
   */
  async remove(): Promise<void> {
    await this.pause()
    await this.#downloads.remove(this.#folder.model)
    this.#failure = undefined
    this.#rest = undefined
  }

  /** Nobody looks at it any more; a download under way goes on with its step and stops then. */
  close(): void {
    this.#walk?.stop.abort()
    this.#unfollow()
  }

  get #steps(): DownloadRequest[] {
    return [this.#first, ...(this.#rest ? [this.#rest] : []), this.#library]
  }

  #step(source: ModelSource, files: readonly ExpectedFile[]): DownloadRequest {
    return { model: this.#folder.model, source, files }
  }

  async #go(signal: AbortSignal): Promise<void> {
    if (!(await this.#bring(this.#first, signal))) return
    const rest = await this.#findRest()
    await this.#check(signal)
    for (const step of [rest, this.#library]) if (!(await this.#bring(step, signal))) return
  }

  /** Whether all files of a step are kept then. */
  async #bring(step: DownloadRequest, signal: AbortSignal): Promise<boolean> {
    await this.#downloads.look(step)
    signal.throwIfAborted()
    if (this.#downloads.state(step).kind === 'kept') return true
    this.#downloads.start(step)
    const { kind } = await this.#downloads.settled(step)
    return kind === 'kept' && !signal.aborted
  }

  /**
   * @throws ModelFileMissing, ModelFileDamaged where the index of the weights is none; it is then fetched again by the next
   *   download
   */
  async #findRest(): Promise<DownloadRequest> {
    try {
      this.#rest ??= this.#step(this.#sources.weights, await remainingFiles(this.#folder))
    } catch (error) {
      if (error instanceof ModelFileDamaged) await this.#folder.discard(WEIGHTS_INDEX)
      throw error
    }
    await this.#downloads.look(this.#rest)
    return this.#rest
  }

  /** What would make the gigabytes useless is found out before they come. */
  async #check(signal: AbortSignal): Promise<void> {
    const [obstacle] = await this.#obstacles()
    if (obstacle) throw new ModelUnusable({ detail: describeObstacle(obstacle) })
    try {
      this.#libraryBytes = (await this.#downloads.preflight(this.#library, signal)).bytes
    } catch (error) {
      // A host that does not answer now may do so by then.
      if (error instanceof ModelFileMissing || error instanceof HostNotAllowed || isAbort(error)) throw error
    }
  }

  async #obstacles(): Promise<Obstacle[]> {
    const index = await readModelFile(this.#folder, { path: WEIGHTS_INDEX }).catch(() => undefined)
    const largestTensor = index ? readWeightsIndex(index).largestTensor : 0
    return obstaclesOn(await this.#findDevice(), this.plan.build.dtype, largestTensor)
  }

  /** The progress of one step as that of all. */
  #moving(state: Moving, bytes: number, states: readonly DownloadState[]): DownloadState {
    const { progress } = state
    if (!progress) return state
    const total = Math.max(bytes, this.#total(states))
    const { stage, file, bytesPerSecond } = progress
    const speed = bytesPerSecond !== undefined && { bytesPerSecond }
    const left = bytesPerSecond && { secondsLeft: (total - bytes) / bytesPerSecond }
    return { ...state, progress: { stage, file, bytes, total, ...speed, ...left } }
  }

  /** Bytes of all steps: as they are known, or as they are expected. */
  #total(states: readonly DownloadState[]): number {
    const expected = this.#steps.map(({ files }, at) => {
      const state = states[at]!
      if (state.kind === 'kept') return state.bytes
      const told = isMoving(state) ? state.progress?.total : undefined
      return told ?? files.reduce((sum, file) => sum + (file.bytes ?? 0), 0)
    })
    const isLibraryKnown = states.at(-1)?.kind === 'kept' || expected.at(-1)! > 0
    const weights = this.#rest ? 0 : estimatedBytes(this.plan)
    return expected.reduce((sum, each) => sum + each, 0) + weights + (isLibraryKnown ? 0 : this.#libraryBytes)
  }
}

const bytesOf = (state: DownloadState): number =>
  isMoving(state) ? (state.progress?.bytes ?? 0) : 'bytes' in state ? state.bytes : 0
