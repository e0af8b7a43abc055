import { ModelFileMissing } from '../../../errors'
import { readModelFile, type ExpectedFile } from '../../model-files/read'
import type { ModelFolder } from '../../model-files/store'

/**
 * Where web-llm believes that the model lies. No request can go there: names in .invalid exist nowhere (RFC 6761), and the
 * policy of this worker lets it reach our own origin only. It ends in /resolve/…/ because web-llm adds that to any other.
 */
export const MODEL_ADDRESS = 'https://kept-model.invalid/resolve/store/'

export interface KeptFiles {
  folder: ModelFolder
  /** What is known of them; a file that is not named here is checked against what it was when it came. */
  expected: readonly ExpectedFile[]
  /** Called with the bytes of each file that was read. */
  onRead(bytes: number): void
  /** Called with the error of one that was not: whoever reads the response is told only that fetching it has failed. */
  onFailure(error: unknown): void
  /** Changes the bytes of a file that was read, after they were found to be the right ones. */
  change?: (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>
  /** Reading ends when it is aborted. */
  signal: AbortSignal
}

/**
 * The files of a model in the place of the browser's Cache API, from which web-llm takes every file, and into which it would
 * fetch what is not there. This one holds what the store of models holds, fetches nothing and keeps nothing: no file lies on
 * the disk twice.
 * https://w3c.github.io/ServiceWorker/#cache-interface; only what web-llm calls is there.
 */
export class KeptFilesCache {
  readonly #files: KeptFiles

  constructor(files: KeptFiles) {
    this.#files = files
  }

  /** The file as a response; nothing is read before its body is. */
  async match(request: RequestInfo | URL): Promise<Response | undefined> {
    const path = pathOf(request)
    const isKept = path !== undefined && (await this.#files.folder.file(path)) !== undefined
    return isKept ? new Response(this.#body(path)) : undefined
  }

  /** @throws ModelFileMissing where the file is not kept: it is not fetched from here */
  async add(request: RequestInfo | URL): Promise<void> {
    if (!(await this.match(request))) throw new ModelFileMissing({ file: pathOf(request) ?? addressOf(request) })
  }

  async keys(): Promise<Request[]> {
    const { files } = await this.#files.folder.manifest()
    return files.map(({ path }) => new Request(MODEL_ADDRESS + path))
  }

  /** What is kept is deleted by who keeps it. */
  delete(): Promise<boolean> {
    return Promise.resolve(false)
  }

  #body(path: string): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> => {
      controller.enqueue(await this.#read(path))
      controller.close()
    }
    // Pulled when it is read, not ahead.
    return new ReadableStream({ pull }, { highWaterMark: 0 })
  }

  async #read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const { folder, expected, onRead, onFailure, change, signal } = this.#files
    try {
      signal.throwIfAborted()
      const bytes = await readModelFile(folder, expected.find((file) => file.path === path) ?? { path })
      await change?.(path, bytes)
      onRead(bytes.byteLength)
      return bytes
    } catch (error) {
      onFailure(error)
      throw error
    }
  }
}

/**
 * Gives web-llm, in this thread, the kept files of a model whenever it opens a cache.
 * @returns puts the browser's own caches back
 */
export function serveKeptFiles(files: KeptFiles): () => void {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'caches')
  const cache = new KeptFilesCache(files)
  Object.defineProperty(globalThis, 'caches', {
    configurable: true,
    value: { open: () => Promise.resolve(cache) },
  })
  return () => {
    if (own) Object.defineProperty(globalThis, 'caches', own)
    // The browser's own stands on the prototype.
    else Reflect.deleteProperty(globalThis, 'caches')
  }
}

const addressOf = (request: RequestInfo | URL): string => (request instanceof Request ? request.url : String(request))

function pathOf(request: RequestInfo | URL): string | undefined {
  const address = addressOf(request)
  return address.startsWith(MODEL_ADDRESS) ? address.slice(MODEL_ADDRESS.length) : undefined
}
