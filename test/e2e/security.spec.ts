import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test, type Page, type Worker } from '@playwright/test'
import { headersFor, readHeaders } from '../../scripts/headers'
import { buildFolder, builtWorker } from './servers/build'
import { startForeignServer, type ForeignServer } from './servers/foreign-server'
import { serveFolder } from './servers/static-server'

/** Never asked: the tests answer in its place. */
const MODEL_FILE = 'https://huggingface.co/a/b/resolve/1/onnx/model.onnx'

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
  const paths = [
    '',
    builtWorker('ingest'),
    builtWorker('download'),
    'sw.js',
    'pdfjs/wasm/openjpeg.wasm',
    'manifest.webmanifest',
    'none.js',
  ]
  for (const path of paths) {
    const headers = (await request.get(path)).headers()
    for (const [name, value] of Object.entries(headersFor(readHeaders(), `/${path}`)))
      expect(headers[name.toLowerCase()], `${name} of /${path}`).toBe(value)
  }
})

test('every built file has the narrow policy, but for the download worker, which lies alone in its folder', () => {
  const rules = readHeaders()
  const policyOf = (path: string) => headersFor(rules, `/${path}`)['Content-Security-Policy']
  const paths = readdirSync(buildFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '_headers')
    .map((entry) => relative(buildFolder, join(entry.parentPath, entry.name)))
  expect(paths.filter((path) => policyOf(path) !== policyOf(''))).toEqual([builtWorker('download')])
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
  for (const name of ['ingest', 'index', 'embed', 'rerank', 'llm', 'webllm']) {
    const worker = await startWorker(page, builtWorker(name))
    expect(await worker.evaluate(fetchText, foreign.url), name).toContain('refused')
    expect(await worker.evaluate(fetchText, new URL('manifest.webmanifest', page.url()).href)).toContain('Fumikura')
  }
  expect(foreign.reached).toEqual([])
})

test('the download worker reaches the hosts that the policy names and no other, and brings a model into the store', async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({ serviceWorkers: 'block', baseURL: baseURL! })
  const bytes = Buffer.from('the weights of a model')
  await context.route('https://huggingface.co/**', (route) =>
    route.request().url() === MODEL_FILE
      ? route.fulfill({ body: bytes, headers: { 'access-control-allow-origin': '*' } })
      : route.fulfill({ status: 404, headers: { 'access-control-allow-origin': '*' } }),
  )
  const page = await context.newPage()
  await page.goto('./')
  const worker = await startWorker(page, builtWorker('download'))
  expect(await worker.evaluate(fetchText, MODEL_FILE)).toBe(String(bytes))
  expect(await worker.evaluate(fetchText, foreign.url)).toContain('refused')
  const other = await startWorker(page, builtWorker('index'))
  expect(await other.evaluate(fetchText, MODEL_FILE)).toContain('refused')
  expect(await page.evaluate(fetchText, MODEL_FILE)).toContain('refused')

  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const files = [{ path: 'onnx/model.onnx', bytes: bytes.length, exact: true, sha256 }]
  const request = (source: object) => ({ model: 'tested@1', source, files })
  const named = request({ kind: 'huggingFace', repository: 'a/b', revision: '1' })
  expect(await page.evaluate(callDownload, { path: builtWorker('download'), request: named })).toBe('kept')
  const kept = await page.evaluate(async () => {
    let folder = await navigator.storage.getDirectory()
    for (const name of ['fumikura-models', 'tested%401', 'files']) folder = await folder.getDirectoryHandle(name)
    return (await (await folder.getFileHandle('onnx%2Fmodel%2Eonnx')).getFile()).text()
  })
  expect(kept).toBe(String(bytes))

  const unnamed = { ...request({ kind: 'address', base: foreign.url }), model: 'other@1' }
  expect(await page.evaluate(callDownload, { path: builtWorker('download'), request: unnamed })).toEqual({
    key: 'hostNotAllowed',
    host: new URL(foreign.url).host,
  })
  expect(foreign.reached).toEqual([])
  await context.close()
})

/** On the page: asks the worker that `startWorker` has started for a download, in the messages of comlink. */
function callDownload({ path, request }: { path: string; request: object }): Promise<unknown> {
  const worker = (globalThis as unknown as Record<string, InstanceType<typeof globalThis.Worker>>)[`worker ${path}`]!
  const [progress, signal] = [new MessageChannel(), new MessageChannel()]
  const argumentList = [
    { type: 'RAW', value: request },
    { type: 'HANDLER', name: 'proxy', value: progress.port2 },
    { type: 'HANDLER', name: 'AbortSignal', value: signal.port2 },
  ]
  const id = crypto.randomUUID()
  return new Promise((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent) => {
      if (data.id !== id) return
      if (data.name === 'throw') resolve({ key: data.value.key, host: data.value.params?.host })
      else resolve('kept')
    })
    worker.postMessage({ id, type: 'APPLY', path: ['download'], argumentList }, [progress.port2, signal.port2])
  })
}

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

test('a host that sends the page without its headers, or with others, does not widen it', async ({ browser }) => {
  const host = await serveFolder(buildFolder, { headers: false })
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  await page.goto(host.url)
  expect(await page.evaluate(fetchText, foreign.url)).toContain('refused')
  await context.close()
  await host.close()
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
