import { installRelease, removeOtherReleases } from '../src/pwa/service/install'
import type { Release } from '../src/pwa/service/release'
import { respond } from '../src/pwa/service/respond'
import type { ServiceWorkerScope } from '../src/pwa/service/scope'
import { isShare, receiveShare } from '../src/pwa/service/share'

/** Written in by scripts/service-worker.ts after the page is built. */
declare const __RELEASE__: Release

const release = __RELEASE__
const worker = globalThis as unknown as ServiceWorkerScope
const { scope } = worker.registration

worker.addEventListener('install', (event) => event.waitUntil(installRelease(release, scope)))

worker.addEventListener('activate', (event) => {
  const activate = async (): Promise<void> => {
    await worker.clients.claim()
    const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
    const tabs = windows.filter(({ url }) => url.startsWith(scope)).length
    await removeOtherReleases(release, worker.registration, tabs)
  }
  event.waitUntil(activate())
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const response = isShare(request, scope) ? receiveShare(request, scope) : respond(request, release, scope)
  if (response) event.respondWith(response)
})

// Only the page says so, and only when the user did: see src/pwa/register.ts.
worker.addEventListener('message', (event) => {
  if (event.data === 'SKIP_WAITING') event.waitUntil(worker.skipWaiting())
})
