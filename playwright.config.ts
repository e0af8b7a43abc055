import { defineConfig, devices } from '@playwright/test'
import { chromiumArguments, findChromium } from './scripts/chromium.mjs'

const executablePath = findChromium()
const port = Number(process.env.E2E_PORT ?? 4319)
/** `npm test` has built it already. */
const isBuilt = process.env.E2E_BUILT === '1'

/** End-to-end tests: the production build, served by the code of `npm start` with its real headers. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  snapshotPathTemplate: '{testDir}/__screenshots__/{arg}{ext}',
  // Two cores, shared: what takes half a second alone may take ten. These tell what hangs, not what is slow.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  globalTimeout: 40 * 60_000,
  retries: 0,
  workers: 2,
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    locale: 'en-US',
    // Recording is slow, and wanted once something has failed: TRACE=on npx playwright test ...
    trace: process.env.TRACE === 'on' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: { args: chromiumArguments, ...(executablePath ? { executablePath } : {}) },
  },
  projects: [{ name: 'chromium', use: { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 } } }],
  webServer: {
    command: `node scripts/start.mjs --strict --port ${port}${isBuilt ? ' --no-build' : ''}`,
    url: `http://127.0.0.1:${port}/`,
    timeout: 120_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 2000 },
  },
})
