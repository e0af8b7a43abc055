/**
 * `npm test`: types, lint, unit and browser tests, the production build, end-to-end tests. A failure does not stop what
 * comes after it; the last line counts everything. Needs a Chromium, and installs Debian's where it may.
 */
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium } from './chromium.mjs'
import { installChromium } from './install-chromium.mjs'
import { runCommand } from './run-command.mjs'
import { addCounts, countPlaywright, countVitest, failed, passed, perFile, resultLine } from './test-counts.mjs'

/** @typedef {import('./test-counts.mjs').Counts} Counts */

const root = fileURLToPath(new URL('..', import.meta.url))
const results = mkdtempSync(join(tmpdir(), 'fumikura-test-'))
const MINUTE = 60_000

/**
 * @param {string} title
 * @param {string[]} command a command of node_modules/.bin with its arguments
 * @param {{ minutes: number, env?: Record<string, string> }} options
 */
function run(title, [name = '', ...rest], { minutes, env = {} }) {
  console.log(`\n── ${title}`)
  return runCommand(join(root, 'node_modules/.bin', name), rest, { cwd: root, env, timeout: minutes * MINUTE })
}

/**
 * The counts of a reporter's file; one failure where the runner died before it wrote one, or after.
 * @param {string} title
 * @param {string} file
 * @param {(report: string) => Counts} count
 * @param {boolean} succeeded
 */
function read(title, file, count, succeeded) {
  if (!existsSync(file)) return failed(`${title} did not finish`)
  const counts = count(readFileSync(file, 'utf8'))
  return succeeded || counts.failed ? counts : addCounts([counts, failed(`${title} ended with an error`)])
}

/** A port that nothing listens on: another run may be under way on this machine. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}

async function types() {
  const command = ['svelte-check', '--tsgo', '--tsconfig', './tsconfig.json', '--output', 'human']
  return (await run('Types', command, { minutes: 5 })) ? passed : failed('types')
}

async function lint() {
  const rules = await run('Lint', ['eslint', '.'], { minutes: 5 })
  const format = await run('Format', ['prettier', '--check', '.', '--log-level', 'warn'], { minutes: 5 })
  return rules && format ? passed : failed('lint')
}

async function unitAndBrowser() {
  const file = join(results, 'vitest.json')
  const command = ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const succeeded = await run('Unit and browser tests', command, { minutes: 25 })
  return read('vitest', file, (report) => countVitest(report, root), succeeded)
}

async function buildAndEndToEnd() {
  if (!(await run('Production build', ['vite', 'build', '--logLevel', 'warn'], { minutes: 5 })))
    return addCounts([failed('build'), failed('end-to-end tests: not run without a build')])
  const file = join(results, 'playwright.json')
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file, E2E_BUILT: '1', E2E_PORT: String(await freePort()) }
  const succeeded = await run('End-to-end tests', ['playwright', 'test', '--reporter=list,json'], { minutes: 42, env })
  return addCounts([passed, read('playwright', file, countPlaywright, succeeded)])
}

if (!findChromium() && !(await installChromium())) {
  console.error(
    'The tests need a Chromium: install Chromium or Google Chrome (Debian: apt-get install chromium fonts-noto-cjk; macOS: brew install --cask google-chrome), or set CHROMIUM to the path of one.',
  )
  process.exit(1)
}

const counts = addCounts([await types(), await lint(), await unitAndBrowser(), await buildAndEndToEnd()])
rmSync(results, { recursive: true })

console.log()
for (const name of counts.failures) console.log(`Failed: ${name}`)
if (!existsSync(join(root, '../shared/data')) && counts.skips.length) {
  console.log('Skipped, because the test data in ../shared/data is absent:')
  for (const line of perFile(counts.skips)) console.log(`  ${line}`)
} else for (const name of counts.skips) console.log(`Skipped: ${name}`)
console.log(resultLine(counts))
process.exit(counts.failed ? 1 : 0)
