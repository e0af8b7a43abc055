import { defineConfig } from 'vite'
import { assemblyScript } from '../../../scripts/assemblyscript.mjs'

/**
 * Without the site's policy: hnswlib-wasm compiles code from strings, which it forbids. Isolated, for a timer of 5 µs. A file
 * of its own, since a plugin that came with the measurement could load no compiler: the runner that read it is closed by then.
 */
export default defineConfig({
  plugins: [assemblyScript()],
  cacheDir: 'node_modules/.vite-bench-index',
  logLevel: 'error',
  optimizeDeps: { include: ['@orama/orama', 'comlink', 'idb'], exclude: ['voy-search', 'hnswlib-wasm'] },
  server: {
    port: 0,
    hmr: false,
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  },
})
