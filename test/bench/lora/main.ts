import '../../../src/security/trusted-types'
import { filesOf, modelName, type LlmPlan } from '../../../src/engines/llm/catalogue'
import { connect } from '../../../src/threads/expose'
import { fetchFiles, keepModel } from '../../fixtures/keep-model'
import { makeAdapter, type AdaptedLayer } from '../../fixtures/make-adapter'
import { layersOfLlama, type LlamaShape, type Projection, PROJECTIONS } from '../../fixtures/random-adapter'
import type { LoraBenchApi, Step } from './worker'

export interface Setting {
  plan: LlmPlan
  /** Folder of its files below the page's origin. */
  folder: string
  shape: LlamaShape
  rank: number
  /** How often everything is measured in turn. */
  rounds: number
  /** Changes of adapters over which buffers are counted. */
  swaps: number
  /** Tokens of an answer; 0: none is written. */
  tokens: number
}

export interface Measured {
  /** Bytes of the adapter's factors as they are uploaded. */
  adapterBytes: number
  /** Milliseconds: an adapter in place of another; the first time, from its files; a session with other weights. */
  swap: number[]
  fromDisk: number[]
  start: number[]
  /** By what it was measured with. */
  decode: Record<'plain' | 'none' | 'qv' | 'all', Step[]>
  /** Buffers of the graphics processor before and after the changes. */
  buffers: { before: number; after: number }
}

/** Adapters in the files of PEFT, kept as an import keeps them. */
async function keepAdapter(name: string, layers: AdaptedLayer[], rank: number, seed: number): Promise<void> {
  const { config, weights } = makeAdapter({ layers, rank, alpha: rank, seed, size: 0.05 })
  await keepModel(
    name,
    new Map([
      ['adapter_config.json', config],
      ['adapter_model.safetensors', weights],
    ]),
  )
}

const layersFor = (shape: LlamaShape, targets: readonly Projection[]): AdaptedLayer[] =>
  layersOfLlama(shape, targets).map(({ module, inputs, outputs }) => ({ path: module, inputs, outputs }))

async function measure(setting: Setting): Promise<Measured> {
  const { plan, folder, shape, rank, rounds, swaps, tokens } = setting
  const base = new URL(`/${folder}/`, globalThis.location.href).href
  const paths = filesOf(plan).flatMap(({ path, optional }) => (optional ? [] : [path]))
  await keepModel(modelName(plan.model), await fetchFiles(base, paths))
  // More than the engine keeps read, so that each comes from the disk again.
  const whole = Array.from({ length: 6 }, (_, at) => `adapter-all-${at}@1`)
  for (const [seed, name] of whole.entries()) await keepAdapter(name, layersFor(shape, PROJECTIONS), rank, seed)
  await keepAdapter('adapter-qv@1', layersFor(shape, ['q_proj', 'v_proj']), rank, 99)
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const api = connect<LoraBenchApi>(worker)
  await api.load(plan)
  const use = (adapter: string) => [{ adapter, strength: 1 }]
  await api.swap(use(whole[0]!))
  const factors = layersFor(shape, PROJECTIONS).reduce((sum, { inputs, outputs }) => sum + rank * (inputs + outputs), 0)
  const measured: Measured = {
    adapterBytes: 4 * factors,
    swap: [],
    fromDisk: [],
    start: [],
    decode: { plain: [], none: [], qv: [], all: [] },
    buffers: { before: 0, after: 0 },
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of whole) measured.fromDisk.push(await api.swap(use(name)))
    for (const at of [4, 5, 4, 5]) measured.swap.push(await api.swap(use(whole[at]!)))
    measured.start.push(await api.start())
  }
  const arms = { plain: undefined, none: [], qv: use('adapter-qv@1'), all: use(whole[0]!) }
  // The first round warms all of them up.
  for (let round = 0; round <= rounds && tokens > 0; round++)
    for (const arm of Object.keys(arms) as (keyof typeof arms)[]) {
      const step = await api.decode(arms[arm], tokens)
      if (round > 0) measured.decode[arm].push(step)
    }
  const count = async () => (await api.memory()).bufferCount
  await api.swap(use(whole[5]!))
  measured.buffers.before = await count()
  for (let turn = 0; turn < swaps; turn++) await api.swap(use(whole[4 + (turn % 2)]!))
  measured.buffers.after = await count()
  worker.terminate()
  return measured
}

/** Called by lora.ts through Playwright. */
Object.assign(globalThis, { measure })
