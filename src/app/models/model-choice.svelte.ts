import type { LoadProgress } from '../../engines/model-files/load-progress'
import { isAbort, toFumikuraError, type FumikuraError } from '../../errors'
import type { Database } from '../../storage/database'
import { getSetting, setSetting } from '../../storage/settings'

export type ModelState = 'off' | 'opening' | 'ready' | 'failed'

/** What is to be known of a kind of models so that one of them can be chosen and opened. */
export interface ModelKind<Model, Opened> {
  db: Database
  /** Where the id of the chosen one is kept. */
  setting: 'embedder' | 'reranker' | 'llm'
  find: (id: string) => Model | undefined
  /** Used until something else was chosen, and none is something else. */
  first?: () => Model | undefined
  open: (model: Model, onProgress: (progress: LoadProgress) => void, signal: AbortSignal) => Promise<Opened>
  close: () => Promise<void> | void
  /** Before another is opened, or none: what is done with this one has to end. */
  onClosing?: () => Promise<void>
  onOpened?: (opened: Opened) => void
}

/** What the dialog needs of a choice: a list may hold only some of the models that can be chosen. */
export interface ChosenModel<Model, Opened> {
  readonly chosen: { id: string } | undefined
  readonly state: ModelState
  readonly progress: LoadProgress | undefined
  readonly opened: Opened | undefined
  readonly failure: FumikuraError | undefined
  choose(model: Model | undefined): Promise<void>
  reopen(): Promise<void>
}

/** Kept where the person wants none although there is a first one. */
const NONE = 'none'

/** The model of a kind that the person chose, if any: remembered, opened in the background, told of when it cannot be. */
export class ModelChoice<Model extends { id: string }, Opened> {
  chosen = $state.raw<Model | undefined>()
  state = $state<ModelState>('off')
  /** While the model is being opened. */
  progress = $state.raw<LoadProgress | undefined>()
  opened = $state.raw<Opened | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  readonly #kind: ModelKind<Model, Opened>
  #opening: AbortController | undefined

  constructor(kind: ModelKind<Model, Opened>) {
    this.#kind = kind
  }

  /** Takes up what was chosen before, or in another tab. Resolves before the model is open. */
  async load(): Promise<void> {
    const id = await getSetting(this.#kind.db, this.#kind.setting)
    const wanted = id === undefined ? this.#kind.first?.() : this.#kind.find(id)
    if (wanted?.id === this.chosen?.id) return
    void this.#change(wanted).catch(() => undefined)
  }

  /** Uses this model from now on, or none. Its files have to be kept already. Resolves when it is open, or has failed. */
  async choose(model: Model | undefined): Promise<void> {
    const none = this.#kind.first ? NONE : undefined
    await setSetting(this.#kind.db, this.#kind.setting, model?.id ?? none).catch(() => undefined)
    await this.#change(model)
  }

  /** Tries once more to open the chosen one: after its files have come, or to see whether it runs now. */
  async reopen(): Promise<void> {
    await this.#change(this.chosen)
  }

  /** What was open is so no more, for a reason that lies elsewhere. */
  lose(failure: FumikuraError): void {
    if (this.state !== 'ready') return
    this.opened = undefined
    this.failure = failure
    this.state = 'failed'
  }

  async #change(model: Model | undefined): Promise<void> {
    this.#opening?.abort()
    const opening = new AbortController()
    this.#opening = opening
    this.chosen = model
    this.failure = undefined
    this.opened = undefined
    this.state = model ? 'opening' : 'off'
    await this.#kind.onClosing?.()
    if (opening.signal.aborted) return
    if (!model) return void (await this.#kind.close())
    try {
      await this.#open(model, opening.signal)
    } catch (error) {
      if (isAbort(error) || opening.signal.aborted) return
      this.failure = toFumikuraError(error)
      this.state = 'failed'
    } finally {
      if (this.#opening === opening) this.progress = undefined
    }
  }

  async #open(model: Model, signal: AbortSignal): Promise<void> {
    const opened = await this.#kind.open(model, (progress) => (this.progress = progress), signal)
    signal.throwIfAborted()
    this.opened = opened
    this.state = 'ready'
    this.#kind.onOpened?.(opened)
  }
}
