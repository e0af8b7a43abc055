import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { describeRelease } from '../../scripts/service-worker'
import { buildFolder, buildInto, builtWorker } from './servers/build'
import { startForeignServer } from './servers/foreign-server'
import { serveFolder, type StaticServer } from './servers/static-server'

const folders: string[] = []
const servers: StaticServer[] = []

const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'fumikura-'))
  folders.push(folder)
  return folder
}

async function serve(...options: Parameters<typeof serveFolder>): Promise<StaticServer> {
  const server = await serveFolder(...options)
  servers.push(server)
  return server
}

test.afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** What is asked of a release here does not depend on them. */
const noHeaders = { site: {}, network: {} }

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')

/** Settles when the app is on the screen and the service worker keeps everything. */
async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await isOpen(page)
  await page.evaluate(() => navigator.serviceWorker.ready)
}

/** The app opens no document, and shows no box for questions, before it is protected. */
const isOpen = (page: Page): Promise<void> => expect(page.getByRole('textbox', { name: 'Question' })).toBeVisible()

/** A build that differs from ours in one line of the page: the next release. */
function nextRelease(): string {
  const folder = temporaryFolder()
  cpSync(buildFolder, folder, { recursive: true })
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const nextPage = page.replace('<head>', '<head><meta name="release" content="next" />')
  const worker = readFileSync(join(folder, 'sw.js'), 'utf8')
  writeFileSync(join(folder, 'index.html'), nextPage)
  writeFileSync(join(folder, 'sw.js'), worker.replace(sha256(page), sha256(nextPage)))
  return folder
}

const next = (page: Page) => page.locator('meta[name=release]')

test('the second visit needs no network: the page, its workers, pdf.js and the samples are all there', async ({
  page,
  context,
}) => {
  const host = await serve(buildFolder, { headers: true })
  await visit(page, host.url)
  await host.close()
  await context.setOffline(true)

  await page.reload()
  await isOpen(page)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  const { files } = describeRelease(buildFolder, noHeaders)
  expect(Object.keys(files)).toContain('pdfjs/cmaps/UniJIS-UTF16-H.bcmap')
  const hashes = await page.evaluate(async (paths) => {
    const hashOf = async (path: string): Promise<[string, string]> => {
      const response = await fetch(path || './')
      const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer())
      return [path, Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')]
    }
    return Object.fromEntries(await Promise.all(paths.map(hashOf)))
  }, Object.keys(files))
  expect(hashes).toEqual(files)
  for (const address of ['?action=ask', 'nowhere/at/all']) {
    await page.goto(host.url + address)
    await isOpen(page)
  }
})

test('on a host that sends no headers the first visit ends protected, after one reload', async ({ page }) => {
  const foreign = await startForeignServer()
  const host = await serve(buildFolder, { headers: false })
  await visit(page, host.url)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  expect(host.requests.filter((path) => path === '/').length).toBeLessThanOrEqual(3)

  const [worker] = await Promise.all([
    page.waitForEvent('worker', (candidate) => candidate.url().endsWith(builtWorker('index'))),
    page.evaluate(
      (path) => void Object.assign(globalThis, { kept: new Worker(path, { type: 'module' }) }),
      builtWorker('index'),
    ),
  ])
  const reach = (url: string) =>
    fetch(url).then(
      () => 'reached',
      () => 'refused',
    )
  expect(await worker.evaluate(reach, foreign.url)).toBe('refused')
  expect(await page.evaluate(reach, foreign.url)).toBe('refused')
  // The policy that the service worker adds depends on the path, as in _headers.
  const policies = await page.evaluate(
    (paths) => Promise.all(paths.map(async (path) => (await fetch(path)).headers.get('content-security-policy') ?? '')),
    ['./', builtWorker('index'), builtWorker('download')],
  )
  expect(policies.map((policy) => policy.includes('huggingface.co'))).toEqual([false, false, true])
  expect(foreign.reached).toEqual([])
  await foreign.close()

  await host.close()
  await page.reload()
  await isOpen(page)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
})

test('where nothing can add the headers, the app opens no document and says why', async ({ browser }) => {
  const host = await serve(buildFolder, { headers: false })
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en-US' })
  const page = await context.newPage()
  await page.goto(host.url)
  await expect(page.getByText('does not send the headers')).toBeVisible()
  await expect(page.locator('input[type=file]')).toHaveCount(0)
  await context.close()
})

test('the app lives in a folder of a host as well as at its root', async ({ page, context }) => {
  const folder = temporaryFolder()
  await buildInto(folder, '/house/')
  const host = await serve(folder, { headers: false, base: '/house/' })
  await visit(page, host.url)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  expect(host.requests.filter((path) => !path.startsWith('/house/') && path !== '/favicon.ico')).toEqual([])
  await context.setOffline(true)
  await page.reload()
  await isOpen(page)
})

test('a new release is offered, fetches only what changed, and waits for the word of the user', async ({ page }) => {
  const host = await serve(buildFolder, { headers: true })
  await visit(page, host.url)

  const before = host.requests.length
  host.deploy(nextRelease())
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
  const offer = page.getByRole('button', { name: 'Reload now' })
  await expect(offer).toBeVisible()
  // The model that comes with the page may still be on its way.
  const asked = host.requests.slice(before).filter((path) => !/models\/starter\/|ort-wasm/.test(path))
  expect(asked).toEqual(['/sw.js', '/'])

  await page.reload()
  await isOpen(page)
  await expect(next(page)).toHaveCount(0)
  await expect(offer).toBeVisible()

  await offer.click()
  await expect(next(page)).toHaveCount(1)
  await isOpen(page)
  const kept = await page.evaluate(async () => {
    const [name = ''] = (await caches.keys()).filter((key) => key.startsWith('fumikura-files'))
    return (await (await caches.open(name)).keys()).map(({ url }) => url)
  })
  // The model that comes with the page, and the runtime that it needs, are kept once they were asked for.
  const lasting = (paths: string[]) => paths.filter((path) => !/models\/starter\/|ort-wasm/.test(path)).length
  expect(lasting(kept)).toBe(lasting(Object.keys(describeRelease(buildFolder, noHeaders).files)))
})

test('a tab that did not ask for the new release is not reloaded, and keeps its own files', async ({
  page,
  context,
}) => {
  const host = await serve(buildFolder, { headers: true })
  await visit(page, host.url)
  const other = await context.newPage()
  await visit(other, host.url)
  const oldPage = sha256(readFileSync(join(buildFolder, 'index.html')))

  host.deploy(nextRelease())
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
  await page.getByRole('button', { name: 'Reload now' }).click()
  await expect(next(page)).toHaveCount(1)
  await isOpen(other)
  await expect(next(other)).toHaveCount(0)
  const isKept = (hash: string) => caches.match(`./?sha256=${hash}`).then((response) => response !== undefined)
  expect(await other.evaluate(isKept, oldPage)).toBe(true)

  await other.getByRole('button', { name: 'Reload now' }).click()
  await expect(next(other)).toHaveCount(1)
})

test('a release that arrives damaged changes nothing', async ({ page }) => {
  const host = await serve(buildFolder, { headers: true })
  await visit(page, host.url)
  const folder = nextRelease()
  writeFileSync(join(folder, 'index.html'), '<title>Sign in to the network</title>')
  host.deploy(folder)
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const ended = new Promise<void>((resolve) =>
      registration.addEventListener('updatefound', () => {
        const { installing } = registration
        installing?.addEventListener('statechange', () => installing.state === 'redundant' && resolve())
      }),
    )
    await registration.update()
    await ended
  })
  await page.reload()
  await isOpen(page)
  await expect(next(page)).toHaveCount(0)
})

test('files shared from another app are kept until the page has asked about them', async ({ page }) => {
  await visit(page, './')
  await page.reload()
  await page.evaluate(() => {
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action: 'share', enctype: 'multipart/form-data' })
    const input = Object.assign(document.createElement('input'), { type: 'file', name: 'files', multiple: true })
    const transfer = new DataTransfer()
    transfer.items.add(new File(['The office closes at six.'], '規則 & notes.txt', { type: 'text/plain' }))
    transfer.items.add(new File(['# Leave\n\nTwenty days.'], 'leave.md', { type: 'text/markdown' }))
    input.files = transfer.files
    form.append(input)
    document.body.append(form)
    form.submit()
  })
  await page.waitForURL(/\?shared=1$/)
  await expect(page.getByText('規則 & notes.txt')).toBeVisible()
  await expect(page.getByText('leave.md')).toBeVisible()
})

test('nothing that a host or a browser reads for itself is kept', () => {
  const { files } = describeRelease(buildFolder, noHeaders)
  for (const path of ['_headers', 'sw.js', 'index.html']) expect(Object.keys(files)).not.toContain(path)
  expect(readdirSync(buildFolder)).toContain('_headers')
})
