import '../../../src/security/trusted-types'
import { filesOf, modelName, type LlmPlan } from '../../../src/engines/llm/catalogue'
import { connect } from '../../../src/threads/expose'
import type { LlmApi } from '../../../src/threads/protocols'
import { never, startLlmWorker } from '../../browser/engines/llm/tiny'
import { fetchFiles, keepModel } from '../../fixtures/keep-model'
import type { BareApi } from './bare.worker'

export interface Setting {
  plan: LlmPlan
  /** Name of the folder below the page's origin. */
  folder: string
  rounds: number
  /** Words of the context of each question. */
  contexts: number[]
}

export interface Measured {
  words: number
  promptTokens: number
  /** Milliseconds for the options of a question. */
  ours: number[]
  bare: number[]
  /** The same for a second question about the same context, asked right after it. */
  next: number[]
  /** Largest difference between the two, over all scores. */
  difference: number
}

const WORDS = ['leave', 'staff', '有給休暇', 'machine', '会議', 'the', 'days', 'water', '規則', 'paid']
const OPTIONS = [' ten days', ' one month, in writing', ' none', ' three weeks']

const textOf = (number: number, words: number): string =>
  `${number} ${Array.from({ length: words }, (_, at) => WORDS[(at * 7 + number * 3) % WORDS.length]).join(' ')}`

/** Both have a worker of their own and the same model; they work in turn, so that a busy machine is busy for both. */
async function measure({ plan, folder, rounds, contexts }: Setting): Promise<Measured[]> {
  const base = new URL(`/${folder}/`, globalThis.location.href).href
  const paths = filesOf(plan).flatMap(({ path, optional }) => (optional && path.endsWith('jinja') ? [] : [path]))
  await keepModel(modelName(plan.model), await fetchFiles(base, paths))
  const worker = startLlmWorker()
  const ours = connect<LlmApi>(worker)
  await ours.load({ plan }, undefined, never())
  const bareWorker = new Worker(new URL('./bare.worker.ts', import.meta.url), { type: 'module' })
  const bare = connect<BareApi>(bareWorker)
  await bare.load(folder)
  const all: Measured[] = []
  for (const words of contexts) {
    const measured: Measured = { words, promptTokens: 0, ours: [], bare: [], next: [], difference: 0 }
    // The first round warms both up.
    for (let round = 0; round <= rounds; round++) {
      const context = textOf(100 * words + round, words)
      const prompt = `${context}\nQuestion: how long?\nAnswer:`
      const [scores, time] = await timed(async () =>
        (await ours.score(prompt, OPTIONS, never())).map(({ logProbability }) => logProbability),
      )
      const [, next] = await timed(() => ours.score(`${context}\nQuestion: how soon?\nAnswer:`, OPTIONS, never()))
      const [theirs, bareTime] = await timed(() => bare.score(prompt, OPTIONS))
      for (const [at, score] of scores.entries())
        measured.difference = Math.max(measured.difference, Math.abs(score - theirs[at]!))
      if (round === 0) continue
      measured.promptTokens = await ours.countTokens(prompt)
      measured.ours.push(time)
      measured.next.push(next)
      measured.bare.push(bareTime)
    }
    all.push(measured)
  }
  worker.terminate()
  bareWorker.terminate()
  return all
}

async function timed<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const start = performance.now()
  const result = await work()
  return [result, performance.now() - start]
}

/** Called by lab.ts through Playwright. */
Object.assign(globalThis, { measure })
