import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findChromium } from '../../../scripts/chromium.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fumikura-'))
  for (const name of ['CHROMIUM', 'PLAYWRIGHT_BROWSERS_PATH']) vi.stubEnv(name, '')
  vi.stubEnv('PATH', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

function browser(path: string): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  chmodSync(file, 0o755)
  return file
}

test('the variable wins, as a path or as a command', () => {
  const chrome = browser('google-chrome')
  browser('chromium')
  vi.stubEnv('CHROMIUM', '/opt/own/chrome')
  expect(findChromium()).toBe('/opt/own/chrome')
  vi.stubEnv('CHROMIUM', 'google-chrome')
  expect(findChromium()).toBe(chrome)
})

test('Chromium comes before Chrome, and both before what Playwright installed', () => {
  vi.stubEnv('PLAYWRIGHT_BROWSERS_PATH', join(folder, 'pw'))
  browser('pw/chromium-999/chrome-linux/chrome')
  const newest = browser('pw/chromium-1200/chrome-linux64/chrome')
  browser('pw/firefox-1500/firefox')
  if (process.platform !== 'darwin') expect(findChromium()).toBe(newest)
  const edge = browser('msedge')
  expect(findChromium()).toBe(edge)
  const chromium = browser('chromium')
  expect(findChromium()).toBe(chromium)
})

test('a file that cannot be run is no browser', () => {
  writeFileSync(join(folder, 'chromium'), '')
  vi.stubEnv('PLAYWRIGHT_BROWSERS_PATH', join(folder, 'pw'))
  expect(findChromium()).not.toBe(join(folder, 'chromium'))
})
