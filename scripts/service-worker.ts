import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { build, type Plugin, type ResolvedConfig } from 'vite'
import type { Release } from '../src/pwa/service/release.ts'
import { NETWORK_FOLDER, readHeaders, siteHeadersOf, type SiteHeaders } from './headers.ts'

/** Read by hosts, by the install dialog or by nobody; not needed to run offline. */
const NOT_KEPT = /^_headers$|^sw\.js$|^screenshots\/|\.map$|^pdfjs\/version\.txt$/

/**
 * Not needed to open the page: the runtimes of models, one of 17 or 27 MB as the browser wants it (onnx/runtime.ts) and one of
 * 6, and the models that come with the page. Each is kept once it has been asked for, so that of two builds one is.
 */
const ON_DEMAND = /^assets\/(ort-wasm-.*\.(wasm|mjs)|web-llm-.*\.js)$|^models\//

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')

/** The files of a finished build with the hash of each. index.html is the empty path: hosts redirect its own name there. */
export function describeRelease(folder: string, { site, network }: SiteHeaders): Release {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !NOT_KEPT.test(path))
    .sort()
  const hashes = (wanted: (path: string) => boolean) =>
    Object.fromEntries(
      paths.filter(wanted).map((path) => [path === 'index.html' ? '' : path, sha256(readFileSync(join(folder, path)))]),
    )
  const files = hashes((path) => !ON_DEMAND.test(path))
  const onDemand = hashes((path) => ON_DEMAND.test(path))
  const content = { files, onDemand, headers: site, network: { folder: NETWORK_FOLDER, headers: network } }
  return { version: sha256(JSON.stringify(content)), ...content }
}

/**
 * Vite plugin: when the page and its workers are written, builds workers/service.ts to sw.js with the list of all files in
 * it. It has its own build, and so shares no chunk with the page: a service worker must not change when they do not.
 */
export function serviceWorker(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'fumikura:service-worker',
    apply: 'build',
    configResolved: (resolved) => {
      config = resolved
    },
    writeBundle: {
      order: 'post',
      sequential: true,
      handler: async () => {
        const folder = resolve(config.root, config.build.outDir)
        await buildServiceWorker(config, describeRelease(folder, siteHeadersOf(readHeaders())))
      },
    },
  }
}

async function buildServiceWorker(config: ResolvedConfig, release: Release): Promise<void> {
  await build({
    configFile: false,
    root: config.root,
    publicDir: false,
    logLevel: 'warn',
    define: { __RELEASE__: JSON.stringify(release) },
    build: {
      outDir: config.build.outDir,
      emptyOutDir: false,
      target: config.build.target,
      rolldownOptions: {
        input: join(config.root, 'workers/service.ts'),
        output: { format: 'iife', entryFileNames: 'sw.js' },
        checks: { pluginTimings: false },
      },
    },
  })
}
