import { plansFor, type LlmEntry, type LlmPlan } from '../../engines/llm/catalogue'
import { hubEntry, preferring, PROBED_FILES } from '../../engines/llm/own-entry'
import type { Repository } from '../../engines/model-files/download/repository'
import type { HubSource } from '../../engines/model-files/download/source'
import type { DeviceCapabilities } from '../../engines/onnx/devices'
import { InvalidModelName, isAbort, toFumikuraError, type FumikuraError } from '../../errors'
import { llmEntry, type ModelEntry } from './model-entry'

/** Where it is looked up, and on what it is to run. */
export interface HubPage {
  sources: {
    devices: DeviceCapabilities | undefined
    load(): Promise<void>
    hub(name: string, revision: string): HubSource
  }
  downloads: { inspect(source: HubSource, probed: readonly string[], signal: AbortSignal): Promise<Repository> }
}

/** What a repository offers for this device. */
export interface HubFound {
  entry: LlmEntry
  architecture: string
  /** One for each precision that this device can run, best first, as it would be downloaded. */
  offers: { plan: LlmPlan; entry: ModelEntry }[]
}

const NAME = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/
const PAGE = /^https:\/\/huggingface\.co\/([\w.-]+\/[\w.-]+)(?:\/tree\/([^/?#]+))?\/?$/

/**
 * Which repository a person means by `owner/name`, `owner/name@revision`, or the address of its page.
 * @throws InvalidModelName
 */
export function parseModelName(text: string): { repository: string; revision: string } {
  const name = text.trim()
  const [, repository, revision = 'main'] = PAGE.exec(name) ?? NAME.exec(name) ?? []
  if (repository === undefined || /(^|\/)\.+(\/|$)/.test(`${repository}/${revision}`))
    throw new InvalidModelName({ name })
  return { repository, revision }
}

/** A model of the hub that a person has named, from its name to what it would take. No weights are fetched here. */
export class HubLookup {
  found = $state.raw<HubFound | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  isLooking = $state(false)
  readonly #page: HubPage
  #asking: AbortController | undefined

  constructor(page: HubPage) {
    this.#page = page
  }

  /** At the word of a person; a newer one takes the place of one under way. */
  async look(name: string): Promise<void> {
    this.#asking?.abort()
    const asking = new AbortController()
    this.#asking = asking
    this.found = undefined
    this.failure = undefined
    this.isLooking = true
    try {
      const found = await this.#find(name, asking.signal)
      if (this.#asking === asking) this.found = found
    } catch (error) {
      if (this.#asking === asking && !isAbort(error)) this.failure = toFumikuraError(error)
    } finally {
      if (this.#asking === asking) this.isLooking = false
    }
  }

  /** Nobody looks at it any more. */
  close(): void {
    this.#asking?.abort()
    this.#asking = undefined
    this.found = undefined
    this.failure = undefined
    this.isLooking = false
  }

  /** @throws InvalidModelName, RepositoryMissing, ModelGated, ModelNotOnnx, UnsupportedModel, and what `inspect` throws */
  async #find(name: string, signal: AbortSignal): Promise<HubFound> {
    const { repository, revision } = parseModelName(name)
    const { sources, downloads } = this.#page
    await sources.load()
    const looked = await downloads.inspect(sources.hub(repository, revision), PROBED_FILES, signal)
    const entry = hubEntry(repository, looked)
    const plans = sources.devices ? plansFor(entry, sources.devices) : []
    const best = plans.filter(({ dtype }, at) => plans.findIndex((other) => other.dtype === dtype) === at)
    const offers = best.map((plan) => {
      const model = preferring(entry, plan.dtype)
      return { plan: { ...plan, model }, entry: llmEntry({ ...plan, model }) }
    })
    return { entry, architecture: String(looked.config['model_type']), offers }
  }
}
