import { accessSync, constants, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'msedge',
  'microsoft-edge',
  'microsoft-edge-stable',
]

const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]

/** Where Playwright keeps the browsers that it downloaded: its variable, then its places on Linux and macOS. */
const playwrightFolders = () => [
  ...(process.env.PLAYWRIGHT_BROWSERS_PATH ? [process.env.PLAYWRIGHT_BROWSERS_PATH] : []),
  join(homedir(), '.cache/ms-playwright'),
  join(homedir(), 'Library/Caches/ms-playwright'),
]

/** The browser inside one of Playwright's folders named chromium-1234. */
const PLAYWRIGHT_BINARIES = [
  'chrome-linux/chrome',
  'chrome-linux64/chrome',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
]

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The file that a command name stands for.
 * @param {string} command
 */
export const onPath = (command) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find(isExecutable)

/** @param {string} folder */
function chromiumsIn(folder) {
  try {
    const versions = readdirSync(folder).filter((name) => /^chromium-\d+$/.test(name))
    const newestFirst = versions.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
    return newestFirst.flatMap((name) => PLAYWRIGHT_BINARIES.map((binary) => join(folder, name, binary)))
  } catch {
    return []
  }
}

/**
 * Path of a Chromium-based browser: what the variable CHROMIUM names (a path or a command), one on the PATH, an application
 * on macOS, or one that Playwright installed.
 * @returns {string | undefined}
 */
export function findChromium() {
  const { CHROMIUM } = process.env
  if (CHROMIUM) return CHROMIUM.includes('/') ? CHROMIUM : onPath(CHROMIUM)
  const command = COMMANDS.map(onPath).find((path) => path !== undefined)
  return command ?? [...APPLICATIONS, ...playwrightFolders().flatMap(chromiumsIn)].find(isExecutable)
}

/** Flags for tests: WebGPU on the CPU, and nothing that calls out by itself. */
export const chromiumArguments = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
