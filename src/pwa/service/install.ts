import { contentAddress, type Release } from './release'

/** Browsers open six connections to a host; a few more keep them busy. */
const CONCURRENT = 8

/** One cache per scope: two copies of the app may live in two folders of one host. */
export const openFiles = (scope: string): Promise<Cache> => caches.open(`fumikura-files ${new URL(scope).pathname}`)

/**
 * Fetches what is not kept yet of a release. Files are addressed by content, so the release in use is not touched, a file
 * that did not change is not fetched again, and an install cut short goes on where it stopped.
 * @throws Error where a file cannot be had or is not the one that was built (a half-finished deployment, a login page of a
 *   hotel's network): the release in use then stays in use, and the browser tries again later.
 */
export async function installRelease(release: Release, scope: string): Promise<void> {
  const cache = await openFiles(scope)
  const kept = new Set((await cache.keys()).map((request) => request.url))
  const wanted = [...Object.entries(release.files), ...renewed(release, kept, scope)]
  const missing = wanted.filter(([path, hash]) => !kept.has(contentAddress(scope, path, hash)))
  const fetchNext = async (): Promise<void> => {
    for (let next = missing.pop(); next; next = missing.pop()) {
      const [path, hash] = next
      await cache.put(contentAddress(scope, path, hash), await fetchExactly(`${scope}${path}`, hash))
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT }, fetchNext))
}

/**
 * Of what is kept on demand, the files that were asked for in an earlier version: a model that could be used before the
 * update can be used after it, also where the update is taken up without a network.
 */
function renewed({ onDemand }: Release, kept: ReadonlySet<string>, scope: string): [path: string, hash: string][] {
  const names = new Set([...kept].map((url) => nameOf(url.slice(scope.length))))
  return Object.entries(onDemand).filter(([path]) => names.has(nameOf(path)))
}

/** A path without the hashes of its content: that of a content address, and the one in the names of a build. */
const nameOf = (path: string): string => path.replace(/\?.*$/, '').replace(/(?<=^assets\/.*)-[\w-]{8}(?=\.\w+$)/, '')

/**
 * Removes every file that is not of this release. While another release is on its way, or another tab still runs the
 * former one and may want a chunk of it, this is left to the next activation.
 * @param tabs open pages of this scope
 */
export async function removeOtherReleases(release: Release, registration: ServiceWorkerRegistration, tabs: number) {
  if (registration.installing || registration.waiting || tabs > 1) return
  const { scope } = registration
  const cache = await openFiles(scope)
  const wanted = new Set(
    Object.entries({ ...release.files, ...release.onDemand }).map(([path, hash]) => contentAddress(scope, path, hash)),
  )
  const others = (await cache.keys()).filter((request) => !wanted.has(request.url))
  await Promise.all(others.map((request) => cache.delete(request)))
}

/** A file that is kept when it is first asked for. @throws Error as `installRelease` does */
export async function fetchOnDemand(path: string, hash: string, scope: string): Promise<Response> {
  const cache = await openFiles(scope)
  const address = contentAddress(scope, path, hash)
  const kept = await cache.match(address)
  if (kept) return kept
  const fetched = await fetchExactly(`${scope}${path}`, hash)
  // Without room for it the page goes on with what was fetched.
  await cache.put(address, fetched.clone()).catch(() => undefined)
  return fetched
}

async function fetchExactly(url: string, hash: string): Promise<Response> {
  const response = await fetch(url, { cache: 'no-cache', credentials: 'same-origin' })
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  const body = await response.arrayBuffer()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (found !== hash) throw new Error(`${url} is not the file of this release`)
  const type = response.headers.get('content-type')
  return new Response(body, { headers: type ? { 'content-type': type } : {} })
}
