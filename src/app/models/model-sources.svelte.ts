import { SvelteMap } from 'svelte/reactivity'
import type { DownloadRequest } from '../../engines/model-files/download/download'
import type { Preflight } from '../../engines/model-files/download/preflight'
import type { HubSource, ModelSource } from '../../engines/model-files/download/source'
import { servedSource } from '../../engines/model-files/served'
import { probeDevices, type DeviceCapabilities } from '../../engines/onnx/devices'
import { InvalidAddress } from '../../errors'
import type { Database } from '../../storage/database'
import { getSetting, setSetting } from '../../storage/settings'
import { storageUsage } from '../../storage/usage'
import type { ModelDownloads } from '../model-downloads.svelte'
import type { ModelEntry } from './model-entry'

/** Sizes that a host does not tell by then are not waited for. */
const PATIENCE = 10_000

/** What has to be known of a model to ask for its files. */
type Placed = Pick<ModelEntry, 'model' | 'files' | 'repository' | 'revision' | 'servedFrom'>

/** Where the files of models come from, and what there is to run them on. */
export class ModelSources {
  /** In place of huggingface.co; empty: that. */
  mirror = $state('')
  /** Undefined until it has been found out. */
  devices = $state.raw<DeviceCapabilities | undefined>()
  /** Bytes that the browser still gives to this page, where it says so; see `load`. */
  free = $state<number | undefined>()
  /** What a download would have taken that did not fit, by model. */
  readonly tooLarge = new SvelteMap<string, Preflight>()
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async load(): Promise<void> {
    this.mirror = (await getSetting(this.#db, 'mirror')) ?? ''
    this.devices ??= await probeDevices()
    await this.refreshRoom()
  }

  async refreshRoom(): Promise<void> {
    const { used, quota } = await storageUsage()
    this.free = quota === undefined ? undefined : Math.max(0, quota - (used ?? 0))
  }

  /** @throws InvalidAddress */
  async setMirror(address: string): Promise<void> {
    const mirror = normalised(address.trim())
    await setSetting(this.#db, 'mirror', mirror || undefined)
    this.mirror = mirror
  }

  /** How to ask for the files of a model: of ours from where the page comes from, else from the hub, its mirror, or the disk. */
  requestOf(entry: Placed, local?: ModelSource): DownloadRequest {
    const { model, files, repository, revision } = entry
    const source = local ?? servedSource(entry) ?? this.hub(repository, revision)
    return { model, files, source }
  }

  /** A repository of the hub, or of its mirror. */
  hub(repository: string, revision: string): HubSource {
    return { kind: 'huggingFace', repository, revision, ...(this.mirror && { mirror: this.mirror }) }
  }

  /** What cannot be asked beforehand is found out by the download, which says so. */
  async hasRoom(request: DownloadRequest, downloads: Pick<ModelDownloads, 'preflight'>): Promise<boolean> {
    this.tooLarge.delete(request.model)
    const found = await downloads.preflight(request, AbortSignal.timeout(PATIENCE)).catch(() => undefined)
    if (!found || found.fits) return true
    this.tooLarge.set(request.model, found)
    return false
  }
}

/** @throws InvalidAddress unless it is a path of this site or an address on the web */
function normalised(address: string): string {
  if (!address) return ''
  try {
    const url = new URL(address, location.origin)
    const isPlain = ['http:', 'https:'].includes(url.protocol) && !url.search && !url.hash
    if (isPlain && /^(https?:\/\/|\/)/i.test(address)) return url.href.replace(/\/+$/, '')
  } catch {
    // Told below.
  }
  throw new InvalidAddress({ address })
}
