import { DeviceLost, FumikuraError, Interrupted, ModelFileMissing, ModelUnusable } from '../../../errors'
import { proxy, type Remote } from '../../../threads/expose'
import type { LoadedLlm, WebLlmApi } from '../../../threads/protocols'
import type { LoadProgress } from '../../model-files/load-progress'
import { ModelFolder } from '../../model-files/store'
import type { LlmEntry } from '../catalogue'
import type { LlmVerdicts } from '../llm-owner'
import { RemoteLanguageModel } from '../remote-language-model'
import { LEAST_PREFERENCE, ORDINARY, preference } from '../self-test'
import { folderName, libraryFile, planName, webLlmPlans, type WebLlmPlan } from './catalogue'
import type { Obstacle } from './device-fit'
import { FIRST_FILES } from './required-files'

/** A worker that is started by its first call, and anew by the next call after it was ended (RestartableWorker). */
export interface WebLlmWorker {
  call<Result>(body: (api: Remote<WebLlmApi>) => Promise<Result>, signal?: AbortSignal): Promise<Result>
  end(): void
}

/** Why a build was passed over. */
export interface PassedOverBuild {
  plan: WebLlmPlan
  /** `obstacles`: the device cannot. `differs`: it finds ordinary text no likelier than its words in no order. */
  reason: 'obstacles' | 'differs' | 'failed'
  obstacles?: Obstacle[]
  /** What the self-test found, where it differs. */
  value?: number
  /** What did not start it; an error of ours. */
  error?: FumikuraError
}

export interface OpenWebLlm {
  model: RemoteLanguageModel<WebLlmPlan>
  /** Better builds that did not do, best first: the user is told. */
  passedOver: PassedOverBuild[]
}

/** Opens models of MLC. One is open at a time; opening another ends the worker, which frees all of its memory. */
export class WebLlmOwner {
  readonly #worker: WebLlmWorker
  readonly #verdicts: LlmVerdicts
  readonly #isKept: (plan: WebLlmPlan) => Promise<boolean>
  #open: RemoteLanguageModel<WebLlmPlan> | undefined

  /**
   * @param verdicts what earlier self-tests found, by model
   * @param isKept whether the first files of a plan are on this machine; loading finds out about the others
   */
  constructor(
    worker: WebLlmWorker,
    verdicts: LlmVerdicts,
    isKept: (plan: WebLlmPlan) => Promise<boolean> = areFirstFilesKept,
  ) {
    this.#worker = worker
    this.#verdicts = verdicts
    this.#isKept = isKept
  }

  /** The model that is open. */
  get current(): RemoteLanguageModel<WebLlmPlan> | undefined {
    return this.#open
  }

  /**
   * Makes a model ready, in the best build whose files are on this machine, that the device can run, and that makes sense.
   * @throws ModelFileMissing, ModelFileDamaged, WrongModelLibrary, ModelUnusable, DeviceLost, Interrupted, AbortError
   */
  async open(entry: LlmEntry, onProgress: (progress: LoadProgress) => void, signal: AbortSignal): Promise<OpenWebLlm> {
    await this.close()
    const passedOver: PassedOverBuild[] = []
    for (const plan of await this.#keptPlans(entry)) {
      const outcome = await this.#try(plan, onProgress, signal)
      if ('contextTokens' in outcome) {
        this.#open = new RemoteLanguageModel<WebLlmPlan>(this.#worker, [plan], outcome)
        return { model: this.#open, passedOver }
      }
      passedOver.push(outcome)
      // A device that failed does not recover.
      this.#worker.end()
    }
    throw passedOver.at(-1)?.error ?? new ModelUnusable({ detail: `${entry.id} cannot be run here` })
  }

  /** Ends the worker and frees all memory of the model. */
  async close(): Promise<void> {
    await this.#open?.unload()
    this.#open = undefined
  }

  async #keptPlans(entry: LlmEntry): Promise<WebLlmPlan[]> {
    const plans = webLlmPlans(entry, { halfPrecision: true })
    const [best] = plans
    if (!best) throw new ModelUnusable({ detail: `${entry.id} has no build of MLC` })
    const kept = await Promise.all(plans.map((plan) => this.#isKept(plan)))
    const usable = plans.filter((_, at) => kept[at])
    if (usable.length === 0) throw new ModelFileMissing({ file: best.build.library })
    return usable
  }

  async #try(
    plan: WebLlmPlan,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<LoadedLlm | PassedOverBuild> {
    try {
      const obstacles = await this.#worker.call((api) => api.obstacles(plan), signal)
      if (obstacles.length > 0) return { plan, reason: 'obstacles', obstacles }
      const loaded = await this.#worker.call((api) => api.load({ plan }, proxy(onProgress), signal), signal)
      const value = await this.#verdict(plan, signal)
      return value < LEAST_PREFERENCE ? { plan, reason: 'differs', value } : loaded
    } catch (error) {
      // What it had loaded by then stays in memory until it ends.
      this.#worker.end()
      const ofDevice = [ModelUnusable, DeviceLost, Interrupted].some((kind) => error instanceof kind)
      if (!ofDevice || signal.aborted) throw error
      return { plan, reason: 'failed', error: error as FumikuraError }
    }
  }

  /** There is nothing to compare a build with, so what is looked at is whether it makes sense. */
  async #verdict(plan: WebLlmPlan, signal: AbortSignal): Promise<number> {
    const key = `ordinary ${planName(plan)}`
    const known = await this.#verdicts.get(key)
    if (known !== undefined) return known
    const { prompt, continuations } = ORDINARY
    const value = preference(await this.#worker.call((api) => api.score(prompt, continuations, signal), signal))
    await this.#verdicts.set(key, value)
    return value
  }
}

const areFirstFilesKept = (plan: WebLlmPlan): Promise<boolean> =>
  new ModelFolder(folderName(plan)).has([...FIRST_FILES, libraryFile(plan)].map(({ path }) => path))
