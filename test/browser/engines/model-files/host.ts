import type { DownloadRequest } from '../../../../src/engines/model-files/download/download'
import { connect } from '../../../../src/threads/expose'
import type { DownloadApi } from '../../../../src/threads/protocols'
import type { Fault, Logged } from '../../../fixtures/faulty-host'

type Bytes = Uint8Array<ArrayBuffer>

let count = 0

/** A host of one test's own, with its files. */
export class Host {
  readonly base: string
  readonly #own: string

  private constructor(own: string, base: string) {
    this.#own = own
    this.base = base
  }

  /** @param foreign whether it is to be another origin than that of the tests */
  static async with(files: Map<string, Bytes>, foreign = false): Promise<Host> {
    const name = `${Date.now()}-${count++}`
    const own = new URL(`/faulty-host/${name}/`, location.href).href
    const port = await (await fetch('/faulty-host/?port')).text()
    const host = new Host(own, foreign ? `http://127.0.0.1:${port}/faulty-host/${name}/` : own)
    for (const [path, bytes] of files) await host.put(path, bytes)
    return host
  }

  put = async (path: string, body: Bytes): Promise<void> =>
    void (await fetch(this.#own + encoded(path), { method: 'PUT', body }))

  /** One fault for each of the next requests. */
  faults = (path: string, ...faults: Fault[]): Promise<void> => this.#post(encoded(path), faults)

  /** The fault of every request that has none of its own. */
  always = (path: string, fault: Fault): Promise<void> => this.#post(`${encoded(path)}?always`, [fault])

  /** Requests since this was last asked. */
  log = async (): Promise<Logged[]> => (await (await fetch(`${this.#own}?log`)).json()) as Logged[]

  async #post(path: string, faults: Fault[]): Promise<void> {
    await fetch(this.#own + path, { method: 'POST', body: JSON.stringify(faults) })
  }
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

/** A download worker that gives up soon; `end` is what the end of a tab does to it. */
export function startHasty() {
  const worker = new Worker(new URL('./hasty.worker.ts', import.meta.url), { type: 'module' })
  return { api: connect<DownloadApi>(worker), end: () => worker.terminate() }
}

/** Settles when the worker's hold of the model's files is gone. */
export const released = (model: string): Promise<unknown> =>
  navigator.locks.request(`fumikura-model-download ${model}`, () => undefined)

export const sha256 = async (bytes: Bytes): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')

export const randomBytes = (length: number): Bytes => {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

/** A request for all files, with what the catalogue knows of them. */
export async function requestOf(
  model: string,
  source: DownloadRequest['source'],
  files: Map<string, Bytes>,
  known: 'hashes' | 'sizes' | 'nothing' = 'hashes',
): Promise<DownloadRequest> {
  const expected = [...files].map(async ([path, bytes]) => ({
    path,
    ...(known !== 'nothing' && { bytes: bytes.length, exact: true }),
    ...(known === 'hashes' && { sha256: await sha256(bytes) }),
  }))
  return { model, source, files: await Promise.all(expected) }
}
