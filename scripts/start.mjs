/**
 * `npm start`: builds the page and serves it, with its real headers, on this machine only.
 *
 *   --port N     begin looking for a free port at N (default 4173); with --strict take N or fail
 *   --out DIR    where the build goes, or is (default dist)
 *   --no-build   serve what is there
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, preview } from 'vite'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4173' },
    strict: { type: 'boolean', default: false },
    out: { type: 'string', default: 'dist' },
    build: { type: 'boolean', default: true },
  },
  allowNegative: true,
})

/** @type {import('vite').InlineConfig} */
const config = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'warn',
  build: { outDir: values.out, emptyOutDir: true },
  preview: { host: '127.0.0.1', port: Number(values.port), strictPort: values.strict, cors: false },
}

/** @param {unknown} error */
const fail = (error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

if (values.build) await build(config).catch(fail)
const server = (await preview(config).catch(fail)) ?? process.exit(1)
console.log(`Fumikura is at ${server.resolvedUrls?.local[0] ?? 'an unknown address'} (Ctrl+C ends it)`)

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    // Browsers keep connections open; they are not waited for.
    void server.close().finally(() => process.exit(0))
    setTimeout(() => process.exit(0), 1000).unref()
  })
}
