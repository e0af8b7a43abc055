import { HostNotAllowed, isAbort, ModelFileMissing, ModelGated, ModelUnreachable } from '../../../errors'
import { wasRefusedByPolicy } from './refused-by-policy'
import { TryAgain, type From, type ModelFiles, type NothingAfter, type OpenFile } from './source'

/** What a host may answer that is likely to be otherwise in a moment: timeouts, limits of rate, and its own trouble. */
const PASSING = [408, 425, 429]

/** The files below an address that ends with a slash. */
export function filesBelow(base: string): ModelFiles {
  const addressOf = (path: string) => new URL(path.split('/').map(encodeURIComponent).join('/'), base)
  return {
    open: async (path, from, signal) => {
      const url = addressOf(path)
      const response = await ask(url, path, { headers: rangeHeaders(url, from), signal })
      if (response.status === 416) return nothingAfter(response)
      refuseFailures(response, path)
      if (!response.body) throw new TryAgain(response.status)
      return begun(response, response.body, from, url)
    },
    size: async (path, signal) => {
      const url = addressOf(path)
      const response = await ask(url, path, { method: 'HEAD', signal })
      // Some hosts know no HEAD; the file may be there all the same.
      if ([405, 501].includes(response.status)) return undefined
      refuseFailures(response, path)
      return lengthOf(response, url)
    },
  }
}

/** @throws AbortError, HostNotAllowed, TryAgain where nothing answers */
export async function ask(url: URL, path: string, init: RequestInit): Promise<Response> {
  try {
    // Of files this large the browser's own cache would hold a second copy.
    return await fetch(url, { ...init, credentials: 'omit', cache: 'no-store' })
  } catch (error) {
    if (isAbort(error) || init.signal?.aborted) throw error
    if (await wasRefusedByPolicy(url)) throw new HostNotAllowed({ host: url.host, file: path })
    throw new TryAgain()
  }
}

/**
 * If-Range makes a host of ours send the whole file where it has another version of it. To other origins it is not sent:
 * unlike Range it would have them asked for permission first, which many refuse; there the ETag of the answer is compared.
 */
function rangeHeaders(url: URL, { start, etag }: From): Record<string, string> {
  if (start === 0) return {}
  const isStrong = etag !== undefined && !etag.startsWith('W/')
  return { Range: `bytes=${start}-`, ...(isStrong && isOwn(url) && { 'If-Range': etag }) }
}

const isOwn = (url: URL): boolean => url.origin === globalThis.location.origin

/** @throws ModelFileMissing, ModelGated, TryAgain, ModelUnreachable */
export function refuseFailures(response: Response, path: string): void {
  const { status } = response
  if (status === 404 || status === 410 || isPage(response)) throw new ModelFileMissing({ file: path })
  if (PASSING.includes(status) || status >= 500) throw new TryAgain(status, retryAfter(response))
  // Where the hub has sent us on, it is the place of its files that refuses, and not the hub for want of a consent.
  if ([401, 403].includes(status) && !response.redirected) throw new ModelGated({ file: path, status })
  if (!response.ok) throw new ModelUnreachable({ file: path, status })
}

/** Hosts with one page answer any address with that page and status 200; so do the login pages of public networks. */
const isPage = ({ ok, headers }: Response): boolean => ok && (headers.get('content-type') ?? '').startsWith('text/html')

/** Milliseconds; seconds or a date on the wire (RFC 9110 §10.2.3). Other origins have to expose the header, and few do. */
function retryAfter({ headers }: Response): number {
  const value = headers.get('retry-after')
  if (!value) return 0
  const seconds = Number(value)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : 0
}

function begun(response: Response, stream: ReadableStream<Uint8Array<ArrayBuffer>>, from: From, url: URL): OpenFile {
  const named = etagOf(response)
  if (response.status !== 206) return { stream, start: 0, ...sized(lengthOf(response, url)), ...named }
  // Hidden by an origin that does not expose it; then the answer is taken to be what was asked for.
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '')
  const start = range ? Number(range[1]) : from.start
  return { stream, start, ...sized(range && range[2] !== '*' ? Number(range[2]) : undefined), ...named }
}

const sized = (total: number | undefined) => (total === undefined ? {} : { total })

function nothingAfter(response: Response): NothingAfter {
  const total = /^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]
  return { nothingAfter: total === undefined ? undefined : Number(total), ...etagOf(response) }
}

function etagOf({ headers }: Response): { etag?: string } {
  const etag = headers.get('etag')
  return etag === null ? {} : { etag }
}

/**
 * With a content encoding the length is that of the compressed body, and other origins hide whether there is one: from them
 * only the length of what nobody compresses is taken.
 */
function lengthOf({ headers }: Response, url: URL): number | undefined {
  const length = headers.get('content-length')
  const isPlain = isOwn(url)
    ? !headers.has('content-encoding')
    : !/json|text|javascript/.test(headers.get('content-type') ?? '')
  return length && isPlain ? Number(length) : undefined
}
