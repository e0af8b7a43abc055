import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

const QUERY = '?assemblyscript'

const OPTIONS = ['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert', '--runtime', 'stub']

/** The memory is the caller's, and nothing in it is the compiler's: there are no static data, and nothing aborts. */
const BARE = ['--importMemory', '--use', 'abort=', '--enable', 'simd', '--disable', 'mutable-globals']

/**
 * Vite plugin: a file imported with ?assemblyscript becomes a module whose default export is its WebAssembly as a
 * Uint8Array. The few kilobytes stand in the script itself: there is nothing to fetch, so nothing to wait for or to lose.
 * @returns {import('vite').Plugin}
 */
export function assemblyScript() {
  /** @type {Map<string, { source: string, binary: Uint8Array }>} */
  const compiled = new Map()
  return {
    name: 'fumikura:assemblyscript',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(QUERY)) return null
      const path = id.slice(0, -QUERY.length)
      this.addWatchFile(path)
      const source = readFileSync(path, 'utf8')
      const known = compiled.get(path)
      const binary = known?.source === source ? known.binary : await compile(basename(path), source)
      compiled.set(path, { source, binary })
      const base64 = Buffer.from(binary).toString('base64')
      return {
        code: `export default Uint8Array.from(atob('${base64}'), (character) => character.charCodeAt(0))`,
        map: null,
      }
    },
  }
}

/**
 * @param {string} name
 * @param {string} source
 * @returns {Promise<Uint8Array>}
 * @throws {Error} with the compiler's messages
 */
export async function compile(name, source) {
  // The compiler takes a second to load; most commands never need it.
  const { main } = await import('assemblyscript/asc')
  /** @type {Uint8Array | undefined} */
  let binary
  const { error, stderr } = await main([name, '--outFile', 'out.wasm', ...OPTIONS, ...BARE], {
    readFile: (path) => (path === name ? source : null),
    writeFile: (_path, contents) => {
      if (typeof contents !== 'string') binary = contents
    },
    listFiles: () => [],
  })
  if (error || !binary) throw new Error(`${name} does not compile:\n${stderr.toString()}`, { cause: error })
  return binary
}
