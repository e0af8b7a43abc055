import '../../../src/security/trusted-types'
import { filesOf, modelName, type LlmPlan } from '../../../src/engines/llm/catalogue'
import { connect } from '../../../src/threads/expose'
import type { LlmApi } from '../../../src/threads/protocols'
import { answer, never, startMortalWorker } from '../../browser/engines/llm/tiny'
import { fetchFiles, keepModel } from '../../fixtures/keep-model'
import type { BareApi, BareRun } from './bare.worker'

export interface Setting {
  plan: LlmPlan
  /** Name of the folder below the page's origin. */
  folder: string
  rounds: number
  /** Words of a prompt, tokens of an answer. */
  words: number
  maxTokens: number
  turns: number
}

export interface Measured {
  ours: BareRun[]
  bare: BareRun[]
  /** Ours again, on the build of the runtime for browsers that cannot suspend wasm. */
  asyncify: BareRun[]
  promptTokens: number
  /** Milliseconds to the first token of a follow-up, with the prompt before it at hand and without. */
  followUp: { reusing: number[]; fresh: number[] }
  /** Bytes of the runtime's heap, and of the whole page with its workers where the browser tells, at two points of the turns. */
  memory: { turn: number; wasm: number; page?: number }[]
  threads: number
}

const WORDS = ['leave', 'staff', '有給休暇', 'machine', '会議', 'the', 'days', 'water', '規則', 'paid']

/** Text that shares no beginning with that of another number. */
const textOf = (number: number, words: number): string =>
  `${number} ${Array.from({ length: words }, (_, at) => WORDS[(at * 7 + number * 3) % WORDS.length]).join(' ')}`

/** Each has a worker of its own and the same model; they work in turn, so that a busy machine is busy for all. */
async function measure({ plan, folder, rounds, words, maxTokens, turns }: Setting): Promise<Measured> {
  const base = new URL(`/${folder}/`, globalThis.location.href).href
  const paths = filesOf(plan).flatMap(({ path, optional }) => (optional && path.endsWith('jinja') ? [] : [path]))
  await keepModel(modelName(plan.model), await fetchFiles(base, paths))
  const { worker, sideDoor } = startMortalWorker()
  const ours = connect<LlmApi>(worker)
  await ours.load({ plan }, undefined, never())
  const bareWorker = new Worker(new URL('./bare.worker.ts', import.meta.url), { type: 'module' })
  const bare = connect<BareApi>(bareWorker)
  await bare.load(folder)
  const asyncifyWorker = new Worker(new URL('./asyncify.worker.ts', import.meta.url), { type: 'module' })
  const asyncify = connect<LlmApi>(asyncifyWorker)
  await asyncify.load({ plan }, undefined, never())
  const { threads } = await ours.capabilities()
  const measured: Measured = {
    ours: [],
    bare: [],
    asyncify: [],
    promptTokens: 0,
    followUp: { reusing: [], fresh: [] },
    memory: [],
    threads,
  }
  // The first round warms both up.
  for (let round = 0; round <= rounds; round++) {
    const prompt = textOf(round, words)
    // Who goes first has the cooler processor, or the warmer cache.
    const other = round % 2 ? await bare.generate(prompt, maxTokens) : undefined
    const own = await answer(ours, prompt, { maxTokens })
    const theirs = other ?? (await bare.generate(prompt, maxTokens))
    const taken = await answer(asyncify, prompt, { maxTokens })
    if (round === 0) continue
    measured.promptTokens = own.end.promptTokens
    measured.ours.push(runOf(own))
    measured.bare.push(theirs)
    measured.asyncify.push(runOf(taken))
  }
  bareWorker.terminate()
  asyncifyWorker.terminate()
  await measureFollowUps(ours, measured, rounds, words)
  for (let turn = 1; turn <= turns; turn++) {
    await answer(ours, `${textOf(1000 + turn, 8)}${' and'.repeat(turn % 30)}`, { maxTokens: 4 })
    if (turn === turns / 10 || turn === turns) measured.memory.push({ turn, ...(await memoryOf(sideDoor)) })
  }
  worker.terminate()
  return measured
}

const runOf = ({ text, end }: Awaited<ReturnType<typeof answer>>): BareRun => ({
  text,
  tokens: end.generatedTokens,
  firstToken: end.firstToken,
  decoding: end.decoding,
})

async function measureFollowUps(
  ours: ReturnType<typeof connect<LlmApi>>,
  { followUp }: Measured,
  rounds: number,
  words: number,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const first = textOf(200 + round, 2 * words)
    await answer(ours, first, { maxTokens: 16 })
    // Not the answer itself: what random weights write is no text that becomes the same tokens again.
    const next = `${first} ten days.\nuser: ${textOf(400, 8)}`
    const reusing = await answer(ours, next, { maxTokens: 1 })
    await answer(ours, textOf(600 + round, 4), { maxTokens: 1 })
    const fresh = await answer(ours, next, { maxTokens: 1 })
    followUp.reusing.push(reusing.end.firstToken)
    followUp.fresh.push(fresh.end.firstToken)
  }
}

async function memoryOf(sideDoor: ReturnType<typeof startMortalWorker>['sideDoor']) {
  const { wasm } = await sideDoor.memory()
  const performance = globalThis.performance as Performance & {
    measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }>
  }
  const page = globalThis.crossOriginIsolated ? await performance.measureUserAgentSpecificMemory?.() : undefined
  return { wasm, ...(page && { page: page.bytes }) }
}

/** Called by llm.ts through Playwright. */
Object.assign(globalThis, { measure })
