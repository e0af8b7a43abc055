import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { assemblyScript } from './scripts/assemblyscript.mjs'
import { chromiumArguments, findChromium } from './scripts/chromium.mjs'
import { narrowPage, siteHeaders } from './scripts/headers.ts'
import { copyPdfjsAssets } from './scripts/pdfjs-assets.ts'
import { servedModels } from './scripts/served-models.ts'
import { serviceWorker } from './scripts/service-worker.ts'
import { faultyHost } from './test/fixtures/faulty-host.ts'

copyPdfjsAssets()

export default defineConfig({
  // One page and no routes: an address that is not a file is a 404, not the page with status 200.
  appType: 'mpa',
  plugins: [svelte(), assemblyScript(), siteHeaders(), narrowPage(), servedModels(), serviceWorker()],
  // Its build for browsers asks the DOM, which the ingest worker does not have; Vite takes that build for workers too.
  resolve: {
    alias: {
      'decode-named-character-reference': fileURLToPath(
        new URL('node_modules/decode-named-character-reference/index.js', import.meta.url),
      ),
    },
  },
  // What only workers import is found late by the development server, which then reloads the page (and a test) in the middle.
  optimizeDeps: {
    include: [
      '@huggingface/transformers',
      '@mlc-ai/web-llm',
      'chart.js',
      'comlink',
      'fflate',
      'hash-wasm',
      'idb',
      'mammoth/mammoth.browser.js',
      'mdast-util-from-markdown',
      'mdast-util-gfm',
      'micromark-extension-gfm',
      'onnxruntime-web/webgpu',
      'papaparse',
      'parse5',
      'pdfjs-dist/legacy/build/pdf.mjs',
    ],
    // One module per icon, and every test finds new ones: served as they are, they cause no reload.
    // voy-search is taken without its entry, see src/retrieval/vector/voy-search.d.ts.
    exclude: ['@lucide/svelte', 'voy-search'],
  },
  worker: {
    format: 'es',
    // Workers are bundled apart, without the plugins of the page.
    plugins: () => [assemblyScript()],
    rolldownOptions: {
      // The one that may reach other hosts lies apart: public/_headers tells them by their folder.
      output: {
        entryFileNames: ({ name }) => `${name === 'download' ? 'network' : 'assets'}/worker-[name]-[hash].js`,
      },
      checks: { pluginTimings: false },
    },
  },
  build: {
    target: 'es2022',
    // A data: URL in place of a small file is one more thing that the security policy would have to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // pdf.js's parser is 1.3 MB in one piece; it runs in its own thread.
    chunkSizeWarningLimit: 2048,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  test: {
    coverage: { provider: 'v8', include: ['src/**'] },
    projects: [
      {
        extends: true,
        test: { name: 'unit', environment: 'node', include: ['test/unit/**/*.test.ts'] },
      },
      {
        extends: true,
        plugins: [faultyHost()],
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChromium() ?? 'chromium', args: chromiumArguments },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
