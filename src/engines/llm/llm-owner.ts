import { DeviceLost, FumikuraError, Interrupted, ModelFileMissing, ModelUnusable } from '../../errors'
import { proxy } from '../../threads/expose'
import type { LoadedLlm } from '../../threads/protocols'
import type { LoadProgress } from '../model-files/load-progress'
import { ModelFolder } from '../model-files/store'
import { filesOf, graphFiles, modelName, nameOf, plansFor, type LlmEntry, type LlmPlan } from './catalogue'
import { RemoteLanguageModel, type LlmWorker } from './remote-language-model'
import {
  KNOWN_PROMPT,
  LEAST_CORRELATION,
  LEAST_PREFERENCE,
  lowestCorrelation,
  ORDINARY,
  preference,
  STEPS,
} from './self-test'

/** What earlier self-tests found, by test, adapter and model, so that each is made once and not at every start. */
export interface LlmVerdicts {
  get(key: string): Promise<number | undefined>
  set(key: string, value: number): Promise<void>
}

/** Why a plan was passed over. */
export interface PassedOver {
  plan: LlmPlan
  /** `differs`: its figures are not those that they should be. `failed`: it did not start. */
  reason: 'differs' | 'failed'
  /** What the self-test found, where it differs. */
  value?: number
  /** What did not start it; an error of ours. */
  error?: FumikuraError
}

export interface OpenLlm {
  model: RemoteLanguageModel
  /** Better plans that did not do, best first: the user is told. */
  passedOver: PassedOver[]
}

/** Bytes of a model that wasm can still hold, twice while it loads, in the 4 GB that it has. */
const MOST_ON_WASM = 1.2e9

/** Verdicts of another version of the test say nothing. */
const TEST_VERSION = 1

/**
 * Opens language models: chooses how to run them, and trusts a graphics processor only after a known answer. One model is
 * open at a time; opening another ends the worker, which is the only way to free all of its memory.
 */
export class LlmOwner {
  readonly #worker: LlmWorker
  readonly #reference: () => LlmWorker
  readonly #verdicts: LlmVerdicts
  readonly #isKept: (plan: LlmPlan) => Promise<boolean>
  #open: RemoteLanguageModel | undefined

  /**
   * @param worker give it a patience of a minute (RestartableWorker): an abort is heard between two parts of a prompt, and
   *   ending the worker instead costs loading the model again
   * @param reference starts a second worker, used for one comparison and ended
   * @param isKept whether all files of a plan are on this machine
   */
  constructor(
    worker: LlmWorker,
    reference: () => LlmWorker,
    verdicts: LlmVerdicts,
    isKept: (plan: LlmPlan) => Promise<boolean> = areFilesKept,
  ) {
    this.#worker = worker
    this.#reference = reference
    this.#verdicts = verdicts
    this.#isKept = isKept
  }

  /** The model that is open. */
  get current(): RemoteLanguageModel | undefined {
    return this.#open
  }

  /**
   * Makes a model ready, in the best way whose files are on this machine and that gives the figures that it should.
   * @throws ModelFileMissing when no way has all of its files, ModelFileDamaged, ModelUnusable, DeviceLost, Interrupted, AbortError
   */
  async open(entry: LlmEntry, onProgress: (progress: LoadProgress) => void, signal: AbortSignal): Promise<OpenLlm> {
    await this.close()
    const capabilities = await this.#worker.call((api) => api.capabilities(), signal)
    const plans = await this.#keptPlans(plansFor(entry, capabilities))
    const passedOver: PassedOver[] = []
    for (const [at, plan] of plans.entries()) {
      const outcome = await this.#try(plan, capabilities.webgpu?.adapter ?? '', onProgress, signal)
      if ('contextTokens' in outcome) {
        const usable = plans.slice(at).filter((each) => each === plan || each.device === 'wasm')
        this.#open = new RemoteLanguageModel(this.#worker, usable, outcome)
        return { model: this.#open, passedOver }
      }
      passedOver.push(outcome)
      // A runtime that failed does not recover.
      this.#worker.end()
    }
    throw passedOver.at(-1)?.error ?? new ModelUnusable({ detail: `${entry.id} cannot be run here` })
  }

  /** Ends the worker and frees all memory of the model. */
  async close(): Promise<void> {
    await this.#open?.unload()
    this.#open = undefined
  }

  async #keptPlans(plans: readonly LlmPlan[]): Promise<LlmPlan[]> {
    const [best] = plans
    if (!best) throw new ModelUnusable({ detail: 'it needs a graphics processor' })
    const kept = await Promise.all(plans.map((plan) => this.#isKept(plan)))
    const usable = plans.filter((_, at) => kept[at])
    if (usable.length === 0) throw new ModelFileMissing({ file: graphFiles(best)[0]?.path ?? best.dtype })
    return usable
  }

  async #try(
    plan: LlmPlan,
    adapter: string,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<LoadedLlm | PassedOver> {
    try {
      if (plan.device === 'webgpu') {
        const { value, least } = await this.#verdict(plan, adapter, onProgress, signal)
        if (value < least) return { plan, reason: 'differs', value }
      }
      return await this.#load(this.#worker, plan, onProgress, signal)
    } catch (error) {
      const ofDevice = [ModelUnusable, DeviceLost, Interrupted].some((kind) => error instanceof kind)
      if (!ofDevice || signal.aborted) throw error
      return { plan, reason: 'failed', error: error as FumikuraError }
    }
  }

  async #verdict(
    plan: LlmPlan,
    adapter: string,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<{ value: number; least: number }> {
    const compares = canCompare(plan)
    const least = compares ? LEAST_CORRELATION : LEAST_PREFERENCE
    const key = [TEST_VERSION, compares ? 'compared' : 'ordinary', adapter, nameOf(plan)].join(' ')
    const known = await this.#verdicts.get(key)
    if (known !== undefined) return { value: known, least }
    const value = compares
      ? await this.#compare(plan, onProgress, signal)
      : await this.#preference(plan, onProgress, signal)
    await this.#verdicts.set(key, value)
    return { value, least }
  }

  /** The answer of wasm first, in a worker that is gone before the device's own needs its memory. */
  async #compare(plan: LlmPlan, onProgress: (progress: LoadProgress) => void, signal: AbortSignal): Promise<number> {
    const reference = this.#reference()
    const examination = { prompt: KNOWN_PROMPT, steps: STEPS }
    let expected
    try {
      await this.#load(reference, { ...plan, device: 'wasm' }, onProgress, signal)
      expected = await reference.call((api) => api.examine(examination, signal), signal)
    } finally {
      reference.end()
    }
    await this.#load(this.#worker, plan, onProgress, signal)
    const forced = { ...examination, forced: expected.tokens }
    return lowestCorrelation(expected, await this.#worker.call((api) => api.examine(forced, signal), signal))
  }

  async #preference(plan: LlmPlan, onProgress: (progress: LoadProgress) => void, signal: AbortSignal): Promise<number> {
    await this.#load(this.#worker, plan, onProgress, signal)
    const { prompt, continuations } = ORDINARY
    return preference(await this.#worker.call((api) => api.score(prompt, continuations, signal), signal))
  }

  #load(
    worker: LlmWorker,
    plan: LlmPlan,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<LoadedLlm> {
    return worker.call((api) => api.load({ plan }, proxy(onProgress), signal), signal)
  }
}

/** Whether wasm can run the same weights. */
function canCompare({ model, dtype }: LlmPlan): boolean {
  const bytes = graphFiles({ model, dtype }).reduce((sum, file) => sum + (file.bytes ?? 0), 0)
  return bytes <= MOST_ON_WASM && model.pairs.some(([device, other]) => device === 'wasm' && other === dtype)
}

const areFilesKept = (plan: LlmPlan): Promise<boolean> =>
  new ModelFolder(modelName(plan.model)).has(
    filesOf(plan)
      .filter(({ optional }) => !optional)
      .map(({ path }) => path),
  )
