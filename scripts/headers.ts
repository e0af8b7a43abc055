import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Connect, Plugin } from 'vite'

/** One block of a `_headers` file: the headers of every path that the pattern covers. */
export interface HeaderRule {
  /** A path from the root of the site; `*` stands for any characters. */
  pattern: string
  headers: Record<string, string>
}

/**
 * Reads the format that Netlify and Cloudflare Pages share: a path at the start of a line, its headers indented below it,
 * `#` for comments.
 * @throws Error naming the line that is neither.
 */
export function parseHeaders(text: string): HeaderRule[] {
  const rules: HeaderRule[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.trim() || line.trimStart().startsWith('#')) continue
    const header = /^\s+([A-Za-z-]+):\s*(.+?)\s*$/.exec(line)
    const rule = rules.at(-1)
    if (header?.[1] && header[2] && rule) rule.headers[header[1]] = header[2]
    else if (line.startsWith('/')) rules.push({ pattern: line.trim(), headers: {} })
    else throw new Error(`_headers, line ${index + 1}: neither a path nor a header: ${line}`)
  }
  return rules
}

/** The headers of one path, the later rules winning. `path` starts with a slash and has no query. */
export function headersFor(rules: HeaderRule[], path: string): Record<string, string> {
  const matches = ({ pattern }: HeaderRule) =>
    new RegExp(`^${pattern.split('*').map(escapeExpression).join('.*')}$`).test(path)
  return Object.assign({}, ...rules.filter(matches).map((rule) => rule.headers)) as Record<string, string>
}

/** A Content-Security-Policy as directive name → sources. */
export function parsePolicy(policy: string): Map<string, string[]> {
  const directives = policy.split(';').map((directive) => directive.trim().split(/\s+/))
  return new Map(directives.map(([name = '', ...sources]) => [name, sources]))
}

/** Where the build puts the one file that may reach other hosts, below the root of the site. */
export const NETWORK_FOLDER = 'network/'

/** Headers of what may reach other hosts, and of everything else. */
export interface SiteHeaders {
  site: Record<string, string>
  network: Record<string, string>
}

export const siteHeadersOf = (rules: HeaderRule[]): SiteHeaders => ({
  site: headersFor(rules, '/'),
  network: headersFor(rules, `/${NETWORK_FOLDER}`),
})

/** The rules of this site, from public/_headers. */
export const readHeaders = (): HeaderRule[] =>
  parseHeaders(readFileSync(fileURLToPath(new URL('../public/_headers', import.meta.url)), 'utf8'))

/**
 * The policy of `npm run dev`: Vite puts styles into <style> elements and speaks with the page over a WebSocket, and only
 * these two are opened. Scripts stay as strict as in production: no inline, no eval, Trusted Types.
 */
export function developmentPolicy(policy: string): string {
  const directives = parsePolicy(policy)
  directives.get('style-src')?.push("'unsafe-inline'")
  directives.get('connect-src')?.push('ws://127.0.0.1:*', 'ws://localhost:*')
  return [...directives].map((directive) => directive.flat().join(' ')).join('; ')
}

/** Where the development server has what the build puts into NETWORK_FOLDER. */
const NETWORK_SOURCE = '/workers/download.ts'

/** Vite plugin: the development and the preview server answer with the headers of public/_headers. */
export function siteHeaders(): Plugin {
  const rules = readHeaders()
  const { site, network } = siteHeadersOf(rules)
  return {
    name: 'fumikura:headers',
    configureServer: (server) => {
      // Vitest shows its tests in a frame of its own page, which these headers forbid.
      if (process.env.VITEST) return
      server.middlewares.use(
        send((path) => inDevelopment(path === NETWORK_SOURCE ? network : site), server.config.base),
      )
    },
    configurePreviewServer: (server) => {
      server.middlewares.use(send((path) => headersFor(rules, path), server.config.base))
    },
  }
}

/**
 * Vite plugin: narrows the built page from within as well. A host that answers every address with the page sends it with the
 * headers of that address, and so with the wide policy. Workers are not bound by this; theirs come from /assets.
 */
export function narrowPage(): Plugin {
  return {
    name: 'fumikura:narrow-page',
    apply: 'build',
    transformIndexHtml: () => {
      const sources = parsePolicy(siteHeadersOf(readHeaders()).site['Content-Security-Policy'] ?? '').get('connect-src')
      const content = ['connect-src', ...(sources ?? [])].join(' ')
      return [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content }, injectTo: 'head-prepend' }]
    },
  }
}

const send =
  (headers: (path: string) => Record<string, string>, base: string): Connect.NextHandleFunction =>
  (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname.startsWith(base) ? `/${pathname.slice(base.length)}` : pathname
    for (const [name, value] of Object.entries(headers(path))) response.setHeader(name, value)
    next()
  }

function inDevelopment(headers: Record<string, string>): Record<string, string> {
  const policy = headers['Content-Security-Policy']
  return policy ? { ...headers, 'Content-Security-Policy': developmentPolicy(policy) } : headers
}

const escapeExpression = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
