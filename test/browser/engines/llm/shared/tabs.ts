import type { LoadProgress } from '../../../../../src/engines/model-files/load-progress'
import type { LanguageModel } from '../../../../../src/engines/llm/language-model'
import type { ModelOpener } from '../../../../../src/engines/llm/shared/messages'
import { SharedLlm, type SharedOptions } from '../../../../../src/engines/llm/shared/shared-llm'
import type { FumikuraError } from '../../../../../src/errors'
import { connect } from '../../../../../src/threads/expose'
import { FakeLanguageModel } from '../../../../fixtures/fake-language-model'
import type { TabApi } from './tab.worker'

export interface Wanted {
  id: string
}

export interface PassedOver {
  reason: string
  error?: FumikuraError
}

/** Opens fakes, or what it is told to, and counts how many are open. */
export class FakeOpener implements ModelOpener<Wanted, PassedOver> {
  /** Ids of all that was opened, in order. */
  readonly opened: string[] = []
  /** Most that were open at once in all openers that share this. */
  readonly memory: { open: number; most: number }
  readonly #create: (wanted: Wanted, signal: AbortSignal) => LanguageModel | Promise<LanguageModel>
  readonly #passedOver: PassedOver[]
  #model: LanguageModel | undefined

  constructor(
    create: (wanted: Wanted, signal: AbortSignal) => LanguageModel | Promise<LanguageModel> = () =>
      new FakeLanguageModel(),
    memory = { open: 0, most: 0 },
    passedOver: PassedOver[] = [],
  ) {
    this.#create = create
    this.memory = memory
    this.#passedOver = passedOver
  }

  async open(wanted: Wanted, onProgress: (progress: LoadProgress) => void, signal: AbortSignal) {
    await this.close()
    this.opened.push(wanted.id)
    onProgress({ stage: 'reading', bytes: 1, total: 2 })
    const model = await this.#create(wanted, signal)
    this.#model = model
    this.memory.open++
    this.memory.most = Math.max(this.memory.most, this.memory.open)
    return { model, passedOver: this.#passedOver }
  }

  async close(): Promise<void> {
    if (!this.#model) return
    await this.#model.unload()
    this.#model = undefined
    this.memory.open--
  }
}

let count = 0

/** A name that no other test has. */
export const ownName = (): string => `test-llm ${Date.now()} ${count++}`

export const openTab = (
  name: string,
  opener: ModelOpener<Wanted, PassedOver> = new FakeOpener(),
  options: SharedOptions = {},
): SharedLlm<Wanted, PassedOver> => new SharedLlm(opener, { name, ...options })

/** A tab in a thread of its own, that can be killed. */
export function openMortalTab(name: string) {
  const worker = new Worker(new URL('./tab.worker.ts', import.meta.url), { type: 'module' })
  const api = connect<TabApi>(worker)
  return { api, name, open: (id: string) => api.open(name, id), kill: () => worker.terminate() }
}
