import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { BrowserContext } from '@playwright/test'

export interface MemoryMark {
  pid: number
  bytes: number
}

/**
 * The memory of the page's process now, and from now on its peak: what engines, libraries and garbage take all together.
 * Linux tells it; elsewhere undefined.
 */
export async function markMemory(context: BrowserContext): Promise<MemoryMark | undefined> {
  const pid = await largestRenderer(context)
  if (pid === undefined) return undefined
  // Makes the peak the present (proc(5), clear_refs).
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  return { pid, bytes: status(pid, 'VmRSS') }
}

/** Bytes from the mark up to the peak since. */
export const growthOf = ({ pid, bytes }: MemoryMark): number => Math.max(0, status(pid, 'VmHWM') - bytes)

/** There are spare ones beside the page's, which are empty. */
async function largestRenderer(context: BrowserContext): Promise<number | undefined> {
  const browser = await context.browser()?.newBrowserCDPSession()
  if (!browser || !existsSync('/proc/self/clear_refs')) return undefined
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
  await browser.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  return renderers.toSorted((a, b) => status(b, 'VmRSS') - status(a, 'VmRSS'))[0]
}

function status(pid: number, name: string): number {
  const [, kilobytes] =
    new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}
