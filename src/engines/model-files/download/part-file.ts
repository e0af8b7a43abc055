import { createSHA256 } from 'hash-wasm'
import { StorageFull } from '../../../errors'
import type { AccessHandle, WorkerFileHandle } from '../origin-files'
import type { ModelFolder } from '../store'

/** Read at once when the part of an earlier download is hashed. */
const BLOCK = 4 << 20
/** The handle of a worker that was ended is set free a moment after its lock. */
const OPEN_ATTEMPTS = 20
const OPEN_PAUSE = 100

type Hasher = Awaited<ReturnType<typeof createSHA256>>

/**
 * A file of a model while it arrives: what comes is hashed and written at its end, and nothing of it is held in memory.
 * In workers only.
 */
export class PartFile {
  #size = 0
  readonly #access: AccessHandle
  readonly #hash: Hasher
  readonly #folder: ModelFolder
  readonly #path: string

  private constructor(folder: ModelFolder, path: string, access: AccessHandle, hash: Hasher) {
    this.#folder = folder
    this.#path = path
    this.#access = access
    this.#hash = hash
  }

  static async open(folder: ModelFolder, path: string): Promise<PartFile> {
    const hash = await createSHA256()
    hash.init()
    return new PartFile(folder, path, await openAccess((await folder.dataHandle(path, true)) as WorkerFileHandle), hash)
  }

  /** Bytes that are here and hashed. */
  get size(): number {
    return this.#size
  }

  /**
   * Goes on with what an earlier download has left.
   * @param onBytes told after each block how many bytes were hashed
   */
  async takeUp(onBytes: () => void, signal: AbortSignal): Promise<void> {
    const end = this.#access.getSize()
    const block = new Uint8Array(Math.min(BLOCK, end))
    while (this.#size < end) {
      const read = this.#access.read(block, { at: this.#size })
      if (read === 0) break
      this.#hash.update(block.subarray(0, read))
      this.#size += read
      onBytes()
      // Messages, an abort among them, come in between.
      await new Promise((resolve) => setTimeout(resolve))
      signal.throwIfAborted()
    }
  }

  /** @throws StorageFull, and the part stays as it was */
  append(bytes: Uint8Array): void {
    let written = 0
    try {
      written = this.#access.write(bytes, { at: this.#size })
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error
    }
    if (written < bytes.byteLength) {
      this.#access.truncate(this.#size)
      throw new StorageFull()
    }
    this.#hash.update(bytes)
    this.#size += written
  }

  /** Throws away what is here: another version of the file comes in its place. */
  async restart(etag: string | undefined): Promise<void> {
    await this.#folder.begin({ path: this.#path, ...(etag !== undefined && { etag }) })
    this.#access.truncate(0)
    this.#hash.init()
    this.#size = 0
  }

  /** The hash of all that is here, lower-case hex, once it is on the disk. */
  finish(): string {
    this.#access.truncate(this.#size)
    this.#access.flush()
    return this.#hash.digest('hex')
  }

  close(): void {
    this.#access.close()
  }
}

async function openAccess(handle: WorkerFileHandle): Promise<AccessHandle> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await handle.createSyncAccessHandle()
    } catch (error) {
      const isBusy = error instanceof DOMException && error.name === 'NoModificationAllowedError'
      if (!isBusy || attempt === OPEN_ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, OPEN_PAUSE))
    }
  }
}
