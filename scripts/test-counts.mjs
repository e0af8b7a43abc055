import { relative } from 'node:path'

/**
 * How the tests went. `failures` and `skips` name each one.
 * @typedef {{ passed: number, failed: number, skipped: number, failures: string[], skips: string[] }} Counts
 */

/** @type {Counts} */
export const passed = { passed: 1, failed: 0, skipped: 0, failures: [], skips: [] }

/**
 * One failure.
 * @param {string} name
 * @returns {Counts}
 */
export const failed = (name) => ({ passed: 0, failed: 1, skipped: 0, failures: [name], skips: [] })

/**
 * @param {Counts[]} parts
 * @returns {Counts}
 */
export const addCounts = (parts) => ({
  passed: parts.reduce((sum, part) => sum + part.passed, 0),
  failed: parts.reduce((sum, part) => sum + part.failed, 0),
  skipped: parts.reduce((sum, part) => sum + part.skipped, 0),
  failures: parts.flatMap((part) => part.failures),
  skips: parts.flatMap((part) => part.skips),
})

/**
 * The last line of `npm test`.
 * @param {Counts} counts
 */
export const resultLine = (counts) =>
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`

/**
 * Names of the form "file › test" as one line per file with the number of its tests.
 * @param {string[]} names
 */
export function perFile(names) {
  const files = names.map((name) => name.split(' › ')[0] ?? name)
  return [...new Set(files)].map((file) => {
    const count = files.filter((other) => other === file).length
    return `${file} (${count} ${count === 1 ? 'test' : 'tests'})`
  })
}

/**
 * Counts of vitest's JSON reporter. A file that could not be loaded has no tests and counts as one failure.
 * @param {string} json
 * @param {string} root paths are named from here
 * @returns {Counts}
 */
export function countVitest(json, root) {
  /** @type {{ testResults: { name: string, status: string, assertionResults: { status: string, fullName: string }[] }[] }} */
  const report = JSON.parse(json)
  return addCounts(
    report.testResults.flatMap(({ name, status, assertionResults }) => {
      const file = relative(root, name)
      if (!assertionResults.length && status === 'failed') return [failed(`${file} could not be loaded`)]
      return assertionResults.map((test) => countOne(test.status, `${file} › ${test.fullName.trim()}`))
    }),
  )
}

/**
 * Counts of Playwright's JSON reporter; an error outside any test (a server that did not start) counts as one failure.
 * @param {string} json
 * @returns {Counts}
 */
export function countPlaywright(json) {
  /** @typedef {{ title: string, file: string, specs?: { title: string, file: string, tests: { status: string }[] }[], suites?: Suite[] }} Suite */
  /** @type {{ suites: Suite[], errors: { message?: string }[] }} */
  const report = JSON.parse(json)
  /** @type {(suite: Suite) => Counts[]} */
  const countSuite = ({ specs = [], suites = [] }) => [
    ...specs.flatMap(({ title, file, tests }) => tests.map(({ status }) => countOne(status, `${file} › ${title}`))),
    ...suites.flatMap(countSuite),
  ]
  return addCounts([
    ...report.suites.flatMap(countSuite),
    ...report.errors.map(({ message }) => failed((message ?? 'an error outside the tests').split('\n')[0] ?? '')),
  ])
}

/**
 * Both reporters' words for one result. A flaky test is a failed one: we do not retry.
 * @param {string} status
 * @param {string} name
 * @returns {Counts}
 */
function countOne(status, name) {
  if (status === 'passed' || status === 'expected') return passed
  if (['skipped', 'pending', 'todo', 'disabled'].includes(status))
    return { passed: 0, failed: 0, skipped: 1, failures: [], skips: [name] }
  return failed(name)
}
