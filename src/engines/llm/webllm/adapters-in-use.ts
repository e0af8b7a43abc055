import { DeviceLost } from '../../../errors'
import type { AdapterSurvival, AdapterUse } from '../../../lora/adapter'
import { ChangedFiles } from './changed-files'
import type { KeptFiles } from './kept-files-cache'
import { inOrder, planMerge, type LoadAdapter, type MergePlan } from './merge-plan'
import type { ReadyWebLlm } from './ready-web-llm'
import { WeightsInPlace } from './weights-in-place'

/** Loads the model anew, in place of the one that is there. */
export type Reload = (change: KeptFiles['change'], signal: AbortSignal) => Promise<ReadyWebLlm>

/** A model with the adapters that were asked for. */
export interface WithAdapters {
  llm: ReadyWebLlm
  /** Where there are any. */
  survival?: AdapterSurvival
}

/**
 * The adapters that are in the weights of one loaded model. Each request names those that it wants, and only where they are
 * others than the last one's anything is done.
 */
export class AdaptersInUse {
  readonly #load: LoadAdapter
  readonly #reload: Reload
  /** undefined while the weights are in between. */
  #inUse: string | undefined = keyOf([])
  #survival: AdapterSurvival | undefined
  /** Found out when the first adapter is asked for; null: the model has to be loaded anew for each change. */
  #inPlace: WeightsInPlace | null | undefined

  constructor(load: LoadAdapter, reload: Reload) {
    this.#load = load
    this.#reload = reload
  }

  /**
   * @param llm the model as it was given last
   * @throws AdapterUnusable, ModelFileMissing, ModelFileDamaged, AbortError, DeviceLost, ModelUnusable
   */
  async putOn(llm: ReadyWebLlm, wanted: readonly AdapterUse[], signal: AbortSignal): Promise<WithAdapters> {
    const uses = inOrder(wanted)
    const key = keyOf(uses)
    if (this.#inUse === key) return this.#with(llm)
    const plan = await planMerge(llm.layers, uses, this.#load)
    signal.throwIfAborted()
    this.#inUse = undefined
    this.#survival = undefined
    const changed = await this.#change(llm, plan, signal)
    this.#inUse = key
    return this.#with(changed)
  }

  #with(llm: ReadyWebLlm): WithAdapters {
    return { llm, ...(this.#survival && { survival: this.#survival }) }
  }

  async #change(llm: ReadyWebLlm, plan: MergePlan, signal: AbortSignal): Promise<ReadyWebLlm> {
    const inPlace = (this.#inPlace ??= await openInPlace(llm))
    if (inPlace) {
      // Keys and values that the weights before have computed.
      llm.turns.forget()
      await llm.engine.resetChat()
      this.#survival = await llm.device.unlessLost(inPlace.become(plan, signal))
      return llm
    }
    const files = new ChangedFiles(llm.kept, plan)
    const reloaded = await this.#reload((path, bytes) => files.change(path, bytes), signal)
    this.#survival = files.survival
    return reloaded
  }
}

const keyOf = (uses: readonly AdapterUse[]): string => JSON.stringify(uses)

async function openInPlace({ pipeline, kept, layers, device }: ReadyWebLlm): Promise<WeightsInPlace | null> {
  const sizes = layers.map(({ parameter }) => ({ parameter, bytes: kept.codesOf(parameter).nbytes }))
  const smallest = sizes.reduce((least, each) => (each.bytes < least.bytes ? each : least), sizes[0]!)
  const opened = await WeightsInPlace.open(pipeline, kept, smallest.parameter)
  if (device.lost) throw new DeviceLost()
  return opened ?? null
}
