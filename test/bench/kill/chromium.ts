import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chromium, type Browser, type Page } from '@playwright/test'
import { chromiumArguments } from '../../../scripts/chromium.mjs'

/** A Chromium that can be killed as the system kills it: all of its processes at once, without a word. */
export interface KillableChromium {
  page: Page
  kill(): Promise<void>
  close(): Promise<void>
}

/** Playwright starts browsers so that it can end them in order; this one is started here and joined over its protocol. */
export async function startChromium(executablePath: string, profile: string): Promise<KillableChromium> {
  const child = spawn(
    executablePath,
    [
      ...chromiumArguments,
      '--headless',
      '--no-first-run',
      '--no-default-browser-check',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const exited = once(child, 'exit')
  const browser = await chromium.connectOverCDP(await addressOf(child))
  const page = await browser.contexts()[0]!.newPage()
  return {
    page,
    async kill() {
      // Its own group of processes, for it was started detached: the browser, its renderers and its storage service.
      process.kill(-child.pid!, 'SIGKILL')
      await exited
      await leave(browser)
    },
    async close() {
      const session = await browser.newBrowserCDPSession()
      await session.send('Browser.close').catch(() => undefined)
      await exited
      await leave(browser)
    },
  }
}

/** Where the browser says that its protocol listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (address) resolve(address)
    })
    child.once('exit', () => reject(new Error(`Chromium did not start: ${said.slice(-500)}`)))
  })
}

/** The connection may be gone with the browser. */
const leave = (browser: Browser): Promise<void> => browser.close().catch(() => undefined)
