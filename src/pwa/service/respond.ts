import { fetchOnDemand, openFiles } from './install'
import { contentAddress, headersOf, type Release } from './release'
import { secure } from './secure'

/**
 * The answer to a request of a page, or undefined where the browser shall act as if we were not there: other origins (the
 * policy refuses them), and anything but GET.
 */
export function respond(request: Request, release: Release, scope: string): Promise<Response> | undefined {
  if (request.method !== 'GET' || new URL(request.url).origin !== new URL(scope).origin) return undefined
  // Asked for by developer tools; fetch() would throw.
  if (request.cache === 'only-if-cached' && request.mode !== 'same-origin') return undefined
  // What a page is navigated to is a page, wherever it lies.
  const path = request.mode === 'navigate' ? '' : pathBelow(scope, request.url)
  return answer(request, release, scope).then((response) => secure(response, headersOf(release, path)))
}

const pathBelow = (scope: string, address: string): string => {
  const { origin, pathname } = new URL(address)
  return `${origin}${pathname}`.startsWith(scope) ? `${origin}${pathname}`.slice(scope.length) : ''
}

async function answer(request: Request, release: Release, scope: string): Promise<Response> {
  const url = new URL(request.url)
  const isNavigation = request.mode === 'navigate'
  if (isNavigation) url.search = ''
  url.hash = ''
  const kept = url.href.startsWith(scope) && (await keptFile(url.href.slice(scope.length), release, scope))
  if (kept) return kept
  return isNavigation ? pageInstead(request, release, scope) : fetch(request)
}

/** The file of this release, or a chunk of the former one that another tab still runs: its name holds its hash. */
async function keptFile(path: string, release: Release, scope: string): Promise<Response | undefined> {
  const cache = await openFiles(scope)
  const hash = release.files[path]
  if (hash) return cache.match(contentAddress(scope, path, hash))
  const onDemand = release.onDemand[path]
  if (onDemand) return fetchOnDemand(path, onDemand, scope)
  return path.startsWith('assets/') || path.startsWith(release.network.folder)
    ? cache.match(`${scope}${path}`, { ignoreSearch: true })
    : undefined
}

/** Any other address below the scope: the host's answer if it has one, else the page. */
async function pageInstead(request: Request, release: Release, scope: string): Promise<Response> {
  const response = await fetch(request).catch(() => undefined)
  if (response && (response.ok || response.status === 0)) return response
  return (await keptFile('', release, scope)) ?? response ?? Response.error()
}
