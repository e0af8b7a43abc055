import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { headersFor, parseHeaders } from '../../../scripts/headers'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
  '.webmanifest': 'application/manifest+json',
}

export interface StaticServer {
  /** Ends with a slash. */
  url: string
  /** Paths asked for so far. */
  requests: string[]
  /** Serves another folder from now on, as a deployment does. */
  deploy(folder: string): void
  close(): Promise<void>
}

export interface StaticServerOptions {
  /** Whether the host understands the folder's `_headers`; the plain hosts that do not are why the service worker adds them. */
  headers: boolean
  /** The folder of the host that the app lives in: "/" or "/house/". */
  base?: string
}

/** A static host on a free local port. */
export async function serveFolder(folder: string, { headers, base = '/' }: StaticServerOptions): Promise<StaticServer> {
  let root = folder
  const requests: string[] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    requests.push(pathname)
    if (headers) setHeaders(response, root, pathname)
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end()
    sendFile(request, response, pathname.startsWith(base) ? join(root, pathname.slice(base.length)) : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}${base}`,
    requests,
    deploy: (next) => {
      root = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function setHeaders(response: ServerResponse, root: string, path: string): void {
  const rules = parseHeaders(readFileSync(join(root, '_headers'), 'utf8'))
  for (const [name, value] of Object.entries(headersFor(rules, path))) response.setHeader(name, value)
}

function sendFile(request: IncomingMessage, response: ServerResponse, path: string): void {
  const file = path && existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path
  if (!file || !existsSync(file)) return void response.writeHead(404).end('not found')
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
  if (request.method === 'HEAD') response.end()
  else createReadStream(file).pipe(response)
}
