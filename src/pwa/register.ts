/**
 * The page's side of the service worker: offline use, updates on the user's word, and headers where the host sends none.
 */
import { Unprotected } from '../errors'
import { takeSharedFiles } from './shared-files'

const RELOADED_AT = 'fumikura-reloaded-at'
/** A second reload this soon after the first would change nothing: the host or the browser defeats the service worker. */
const RELOAD_PAUSE_MS = 20_000
const UPDATE_CHECK_MS = 60 * 60 * 1000
/** After this long without a service worker that is installed there will be none: a setting forbids it. */
const CONTROL_PATIENCE_MS = 20_000

/**
 * Settles when this page and the workers it starts are bound by our headers; no document is to be opened before. On a host
 * that sends none the first visit ends in one reload, after which the service worker has added them.
 * Rejects with Unprotected where neither the host nor a service worker can.
 */
export const secured: Promise<void> = secure()

/**
 * Registers the service worker (not in development, where it would serve yesterday's code).
 * @param onUpdateReady called when a new release is on this machine; `apply` puts it to use and reloads the page. Nothing
 *   happens until it is called. It comes again for each newer release.
 */
export async function registerServiceWorker(options: {
  onUpdateReady(apply: () => Promise<void>): void
}): Promise<void> {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return
  const registration = await register()
  const offer = (worker: ServiceWorker): void => options.onUpdateReady(() => replaceBy(worker))
  if (registration.waiting && registration.active) offer(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const { installing } = registration
    installing?.addEventListener('statechange', () => {
      // Without an active worker this is the first install, not an update.
      if (installing.state === 'installed' && registration.active) offer(installing)
    })
  })
  offerWhenReplaced(options.onUpdateReady)
  checkForUpdates(registration)
}

/**
 * Resolves once a service worker answers what this page and its workers ask for: what is fetched from then on is there
 * without a network too. At the first visit that is when the shell has been kept, however slowly it comes; where no service
 * worker is on its way, it resolves after a while all the same.
 * @throws AbortError
 */
export async function controlled(signal: AbortSignal): Promise<void> {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  do {
    if (serviceWorker.controller) return
    await controllerChange(AbortSignal.any([signal, AbortSignal.timeout(CONTROL_PATIENCE_MS)]))
    signal.throwIfAborted()
  } while ((await serviceWorker.getRegistration())?.installing)
}

/** Resolves when another service worker is in charge, and when `signal` is aborted. */
const controllerChange = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => resolve()
    navigator.serviceWorker.addEventListener('controllerchange', done, { once: true, signal })
    signal.addEventListener('abort', done, { once: true })
  })

/**
 * The files that someone shared with the app from another one; each is handed out once, to the page that the service worker
 * sent the browser to: another one that happens to start would take half of them from under its hands. Any page on the web
 * can post a form there too, so ask before adding them.
 */
export function sharedFiles(): Promise<File[]> {
  const sent = new URLSearchParams(location.search).has('shared')
  return sent && 'caches' in globalThis ? takeSharedFiles() : Promise.resolve([])
}

interface LaunchQueue {
  setConsumer(consumer: (launch: { files: readonly FileSystemFileHandle[] }) => void): void
}

/** Calls back with the files that the app was started with ("open with"): now, and whenever it happens again. */
export function launchedFiles(handler: (files: File[]) => void): void {
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue }
  launchQueue?.setConsumer(({ files }) => {
    if (!files.length) return
    // A file moved away between the click and now is not worth a message.
    void Promise.allSettled(files.map((handle) => handle.getFile())).then((results) => {
      const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      if (opened.length) handler(opened)
    })
  })
}

const register = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register(`${import.meta.env.BASE_URL}sw.js`, { updateViaCache: 'none' })

async function secure(): Promise<void> {
  if (import.meta.env.DEV) return
  if (await hasHeaders()) return sessionStorage.removeItem(RELOADED_AT)
  if (!('serviceWorker' in navigator)) throw new Unprotected()
  if (Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < RELOAD_PAUSE_MS) throw new Unprotected()
  // Refused by a setting or by a private window; some of those resolve to nothing.
  const registration = await register().catch(() => undefined)
  if (!registration) throw new Unprotected()
  await activation(registration)
  sessionStorage.setItem(RELOADED_AT, String(Date.now()))
  location.reload()
  await new Promise(() => {})
}

/** Whether this page came with our headers, be it from the host or through the service worker. */
async function hasHeaders(): Promise<boolean> {
  if (!crossOriginIsolated) return false
  const [navigation] = performance.getEntriesByType('navigation')
  if (navigation instanceof PerformanceNavigationTiming && navigation.workerStart > 0) return true
  // A service worker leaves HEAD alone, so this is the host's own answer.
  const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => undefined)
  return answer?.headers.has('content-security-policy') ?? false
}

/** Waits until the service worker is in charge. Rejects with Unprotected where its install fails. */
async function activation(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.installing ?? registration.waiting ?? registration.active
  if (!worker) throw new Unprotected()
  while (worker.state !== 'activated') {
    if (worker.state === 'redundant') throw new Unprotected()
    // A waiting worker has an older one before it, which adds the same headers.
    if (worker.state === 'installed' && registration.active) return
    await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }))
  }
}

async function replaceBy(worker: ServiceWorker): Promise<void> {
  // Another tab was faster.
  if (worker.state === 'activated') return location.reload()
  const replaced = new Promise((resolve) =>
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
  )
  isApplying = true
  worker.postMessage('SKIP_WAITING')
  await replaced
  location.reload()
}

/** This tab asked for the new release and is about to reload. */
let isApplying = false

/** Another tab put a new release to use: this one runs on with the old code until its user agrees to reload. */
function offerWhenReplaced(onUpdateReady: (apply: () => Promise<void>) => void): void {
  let hadController = Boolean(navigator.serviceWorker.controller)
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (hadController && !isApplying) onUpdateReady(async () => location.reload())
    hadController = true
  })
}

/** Browsers look for a new service worker on navigation only; this page may stay open for weeks. */
function checkForUpdates(registration: ServiceWorkerRegistration): void {
  let checked = Date.now()
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - checked < UPDATE_CHECK_MS) return
    checked = Date.now()
    // Offline is no news.
    registration.update().catch(() => undefined)
  })
}
