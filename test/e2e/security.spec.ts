import { expect, test, type Page, type Worker } from '@playwright/test'
import { headersFor, readHeaders } from '../../scripts/headers'
import { buildFolder, builtWorker } from './servers/build'
import { startForeignServer, type ForeignServer } from './servers/foreign-server'
import { serveFolder } from './servers/static-server'

let foreign: ForeignServer
test.beforeEach(async () => {
  foreign = await startForeignServer()
})
test.afterEach(() => foreign.close())

/** Starts a worker on the page as the app does, and hands out its thread. */
async function startWorker(page: Page, url: string): Promise<Worker> {
  const [worker] = await Promise.all([
    page.waitForEvent('worker', (candidate) => candidate.url().endsWith(url)),
    page.evaluate((path) => {
      const started = new Worker(path, { type: 'module' })
      Object.assign(globalThis, { [`worker ${path}`]: started })
    }, url),
  ])
  return worker
}

const fetchText = (url: string): Promise<string> =>
  fetch(url).then(
    (response) => response.text(),
    (error: unknown) => `refused: ${String(error)}`,
  )

test('every kind of response carries the headers, also a worker, an asset and a 404', async ({ page, request }) => {
  await page.goto('./')
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  const paths = ['', builtWorker('ingest'), 'sw.js', 'pdfjs/wasm/openjpeg.wasm', 'manifest.webmanifest', 'none.js']
  for (const path of paths) {
    const headers = (await request.get(path)).headers()
    for (const [name, value] of Object.entries(headersFor(readHeaders(), `/${path}`)))
      expect(headers[name.toLowerCase()], `${name} of /${path}`).toBe(value)
  }
})

test('scripts and wasm come with types that browsers accept', async ({ request }) => {
  const type = async (path: string) => (await request.get(path)).headers()['content-type']
  expect(await type(builtWorker('ingest'))).toContain('text/javascript')
  expect(await type('pdfjs/wasm/openjpeg.wasm')).toBe('application/wasm')
  expect((await request.get('assets/none.js')).status()).toBe(404)
})

test('the app starts without an error, a policy violation or a request to elsewhere', async ({ page, context }) => {
  const problems: string[] = []
  const requests: string[] = []
  context.on('request', (request) => requests.push(request.url()))
  context.on('weberror', (error) => problems.push(String(error.error())))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`)
  })
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`refused ${event.blockedURI} by ${event.effectiveDirective}`),
    ),
  )
  await page.goto('./')
  await expect(page.getByRole('textbox', { name: 'Question' })).toBeVisible()
  await page.evaluate(() => navigator.serviceWorker.ready)
  const { origin } = new URL(page.url())
  expect(requests.filter((url) => new URL(url).origin !== origin && !url.startsWith('data:'))).toEqual([])
  expect(problems).toEqual([])
})

test('a foreign origin cannot be reached from the page', async ({ page }) => {
  await page.goto('./')
  expect(await page.evaluate(fetchText, foreign.url)).toContain('refused')
  await page.evaluate(async (url) => {
    navigator.sendBeacon(`${url}beacon`, 'text')
    const image = new Image()
    const imageFailed = new Promise((resolve) => image.addEventListener('error', resolve))
    image.src = `${url}image.png`
    await imageFailed
    const socket = new WebSocket(url.replace('http', 'ws'))
    await new Promise((resolve) => socket.addEventListener('error', resolve))
    await import(/* @vite-ignore */ `${url}module.js`).catch(() => undefined)
  }, foreign.url)
  expect(foreign.reached).toEqual([])
  // The same fetch from outside the browser: the server does answer.
  expect(await fetchText(foreign.url)).toBe('foreign')
})

test('a foreign origin cannot be reached from our workers', async ({ page }) => {
  await page.goto('./')
  for (const name of ['ingest', 'index']) {
    const worker = await startWorker(page, builtWorker(name))
    expect(await worker.evaluate(fetchText, foreign.url), name).toContain('refused')
    expect(await worker.evaluate(fetchText, new URL('manifest.webmanifest', page.url()).href)).toContain('Fumikura')
  }
  expect(foreign.reached).toEqual([])
})

test('a foreign origin cannot be reached from a blob worker', async ({ page }) => {
  await page.goto('./')
  const answer = await page.evaluate(async (url) => {
    const code = `fetch(${JSON.stringify(url)}).then((r) => r.text(), (e) => 'refused: ' + e).then(postMessage)`
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
    return new Promise((resolve) => worker.addEventListener('message', ({ data }) => resolve(data)))
  }, foreign.url)
  expect(answer).toContain('refused')
  expect(foreign.reached).toEqual([])
})

test('without the headers the same fetches do go through: these tests can fail', async ({ browser }) => {
  const host = await serveFolder(buildFolder, { headers: false })
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  await page.goto(`${host.url}manifest.webmanifest`)
  expect(await page.evaluate(fetchText, foreign.url)).toBe('foreign')
  const worker = await startWorker(page, `/${builtWorker('index')}`)
  expect(await worker.evaluate(fetchText, foreign.url)).toBe('foreign')
  await context.close()
  await host.close()
})

test('scripts in the page, code from text, and foreign workers are refused', async ({ page }) => {
  await page.goto('./')
  const ran = await page.evaluate(async (url) => {
    const ran: string[] = []
    const attempt = (name: string, code: () => unknown) => {
      try {
        code()
        ran.push(name)
      } catch {
        // Refused, as it should be.
      }
    }
    const script = document.createElement('script')
    script.append('globalThis.inlineScriptRan = true')
    document.head.append(script)
    attempt('innerHTML', () => (document.createElement('div').innerHTML = '<img src="x">'))
    attempt('worker', () => new Worker(`${url}worker.js`))
    attempt('data worker', () => new Worker('data:text/javascript,1'))
    // Out of the reach of the debugger's own permission to evaluate.
    await new Promise<void>((resolve) =>
      setTimeout(() => {
        attempt('eval', () => (0, eval)('1'))
        attempt('Function', () => new Function('return 1'))
        resolve()
      }),
    )
    if ('inlineScriptRan' in globalThis) ran.push('inline script')
    return ran
  }, foreign.url)
  expect(ran).toEqual([])
  expect(foreign.reached).toEqual([])
})
