import '../../../src/security/trusted-types'
import type { EmbedderPlan } from '../../../src/engines/embedding/catalogue'
import { filesOf, modelName } from '../../../src/engines/encoder/model'
import { connect } from '../../../src/threads/expose'
import type { EmbedApi } from '../../../src/threads/protocols'
import { fetchFiles, keepModel } from '../../fixtures/keep-model'
import type { BareApi } from './bare.worker'

export interface Setting {
  plan: EmbedderPlan
  /** Address of the model's folder. */
  base: string
  texts: string[]
  rounds: number
}

export interface Speeds {
  /** Milliseconds of each round, ours and the bare loop's in turn. */
  ours: number[]
  bare: number[]
  /** Lowest cosine between the vectors of the two. */
  cosine: number
  /** Threads of both. */
  threads: number
}

/** Both have a worker of their own and the same model; they work in turn, so that a busy machine is busy for both. */
async function measure({ plan, base, texts, rounds }: Setting): Promise<Speeds> {
  const workers = [
    new Worker(new URL('../../../workers/embed.ts', import.meta.url), { type: 'module' }),
    new Worker(new URL('./bare.worker.ts', import.meta.url), { type: 'module' }),
  ] as const
  const ours = connect<EmbedApi>(workers[0])
  const bare = connect<BareApi>(workers[1])
  const { signal } = new AbortController()
  const paths = filesOf(plan).map(({ path }) => path)
  await keepModel(modelName(plan.model), await fetchFiles(base, paths))
  await ours.load({ plan }, undefined, signal)
  await bare.load(base, plan)
  const { threads } = await ours.capabilities()
  const speeds: Speeds = { ours: [], bare: [], cosine: 0, threads }
  for (let round = 0; round <= rounds; round++) {
    const [one, vectors] = await timed(() => ours.embed(texts, 'passage', signal))
    const [other, expected] = await timed(() => bare.embed(texts))
    speeds.cosine = lowest(vectors, expected, plan.model.dimension)
    // The first round compiles, and finds the size of the batches.
    if (round > 0) {
      speeds.ours.push(one)
      speeds.bare.push(other)
    }
  }
  for (const worker of workers) worker.terminate()
  return speeds
}

async function timed<Result>(work: () => Promise<Result>): Promise<[milliseconds: number, result: Result]> {
  const start = performance.now()
  const result = await work()
  return [performance.now() - start, result]
}

/** Both sides give vectors of length 1. */
function lowest(one: Float32Array, other: Float32Array, dimension: number): number {
  let least = 1
  for (let row = 0; row < one.length; row += dimension) {
    let product = 0
    for (let i = row; i < row + dimension; i++) product += one[i]! * other[i]!
    least = Math.min(least, product)
  }
  return least
}

/** Called by embed.ts through Playwright. */
Object.assign(globalThis, { measure })
