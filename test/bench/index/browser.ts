import { chromium, type BrowserContext } from '@playwright/test'
import { chromiumArguments } from '../../../scripts/chromium.mjs'
import { growthOf, markMemory, type MemoryMark } from './process-memory'
import type { IndexBenchApi } from './worker'

/** Seconds that each step of an index may take: building it, asking it all queries, saving it, loading it. */
export const BUDGET = 90

/** Why an index has no figures: what the library threw, or what it did to the browser. */
export class Failure extends Error {}

type Words<Result> = Exclude<Awaited<Result>, { failure: string }>

/** The worker's functions; what a library throws there, a crash and a step over the budget are Failures here. */
export type Session = {
  [Name in keyof IndexBenchApi]: (
    ...args: Parameters<IndexBenchApi[Name]>
  ) => Promise<Words<ReturnType<IndexBenchApi[Name]>>>
} & {
  /** Bytes that the page's process grew by at most while this ran; undefined where the system does not tell. */
  growth<Result>(work: () => Promise<Result>): Promise<[Result, number | undefined]>
}

/** Opens the page in a new browser on a profile, so that nothing is in memory of what was there before. */
export async function inNewBrowser<Result>(
  { executablePath, address, profile }: { executablePath: string; address: string; profile: string },
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [...chromiumArguments, '--js-flags=--expose-gc'],
  })
  try {
    return await use(await openSession(context, address))
  } finally {
    await context.close()
  }
}

async function openSession(context: BrowserContext, address: string): Promise<Session> {
  const page = await context.newPage()
  const crash = new Promise<never>((_, reject) =>
    page.on('crash', () => reject(new Failure('crashed the page (out of memory)'))),
  )
  crash.catch(() => undefined)
  await page.goto(address)
  await page.waitForFunction(() => 'indexes' in globalThis)
  const call = async (name: string, args: unknown[]): Promise<unknown> => {
    const answer = page.evaluate(
      ([name, args]) =>
        (globalThis as unknown as { indexes: Record<string, (...args: unknown[]) => unknown> }).indexes[name]!(...args),
      [name, args] as const,
    )
    answer.catch(() => undefined)
    const given = await withinBudget(name, Promise.race([answer, crash]))
    if (given && typeof given === 'object' && 'failure' in given) throw new Failure(String(given.failure))
    return given
  }
  const growth = async <Result>(work: () => Promise<Result>): Promise<[Result, number | undefined]> => {
    const mark: MemoryMark | undefined = await markMemory(context)
    const result = await work()
    return [result, mark && growthOf(mark)]
  }
  return new Proxy({} as Session, {
    // A promise that resolves to this asks whether it is one itself.
    get: (_, name) =>
      name === 'then' ? undefined : name === 'growth' ? growth : (...args: unknown[]) => call(String(name), args),
  })
}

/** What is made before the measurement takes as long as it takes. */
async function withinBudget<Result>(step: string, work: Promise<Result>): Promise<Result> {
  if (step === 'prepare') return work
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure(`${step}: over the budget of ${BUDGET} s`)), BUDGET * 1000)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
