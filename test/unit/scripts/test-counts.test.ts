import { expect, test } from 'vitest'
import {
  addCounts,
  countPlaywright,
  countVitest,
  failed,
  passed,
  perFile,
  resultLine,
} from '../../../scripts/test-counts.mjs'

test('the last line is plain, and speaks of skipped tests only when there are some', () => {
  expect(resultLine(addCounts([passed, passed, failed('lint')]))).toBe('2 passed, 1 failed')
  expect(resultLine({ ...passed, skipped: 3 })).toBe('1 passed, 0 failed, 3 skipped')
})

test("vitest's report: passed, failed and skipped tests, and a file that did not load", () => {
  const report = {
    testResults: [
      {
        name: '/house/test/unit/a.test.ts',
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: ' adds' },
          { status: 'failed', fullName: ' subtracts' },
          { status: 'skipped', fullName: ' reads the shared data' },
        ],
      },
      { name: '/house/test/unit/b.test.ts', status: 'failed', assertionResults: [] },
    ],
  }
  expect(countVitest(JSON.stringify(report), '/house')).toEqual({
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: ['test/unit/a.test.ts › subtracts', 'test/unit/b.test.ts could not be loaded'],
    skips: ['test/unit/a.test.ts › reads the shared data'],
  })
})

test("Playwright's report: nested suites, and an error outside the tests", () => {
  const spec = (title: string, status: string) => ({ title, file: 'offline.spec.ts', tests: [{ status }] })
  const report = {
    suites: [
      {
        specs: [spec('opens', 'expected')],
        suites: [{ specs: [spec('answers', 'unexpected'), spec('wavers', 'flaky'), spec('waits', 'skipped')] }],
      },
    ],
    errors: [{ message: 'the server did not start\nat line 1' }],
  }
  expect(countPlaywright(JSON.stringify(report))).toEqual({
    passed: 1,
    failed: 3,
    skipped: 1,
    failures: ['offline.spec.ts › answers', 'offline.spec.ts › wavers', 'the server did not start'],
    skips: ['offline.spec.ts › waits'],
  })
})

test('skipped tests are told per file', () => {
  expect(perFile(['a.test.ts › one', 'b.spec.ts › two', 'a.test.ts › three'])).toEqual([
    'a.test.ts (2 tests)',
    'b.spec.ts (1 test)',
  ])
})
