import { ModelReplaced } from '../../../errors'
import type { LoadProgress } from '../../model-files/load-progress'
import type { GenerationEnd, LanguageModel, ModelCapabilities } from '../language-model'
import { Requests } from '../onnx/requests'
import {
  keyOf,
  sentError,
  sentPassedOver,
  type Answer,
  type Call,
  type ModelOpener,
  type OpenedModel,
  type Request,
  type Results,
} from './messages'

type OnProgress = (progress: LoadProgress) => void

/** The model that is open, or being opened. */
interface Serving<Passed> {
  key: string
  opened: Promise<{ model: LanguageModel; passedOver: readonly Passed[] }>
  /** Set once it is open. */
  model?: LanguageModel
  /** Who waits for it. */
  waiting: Set<OnProgress>
  stop: AbortController
}

/** Where answers go. */
export interface Outlet<Passed> {
  answer: (answer: Answer<Passed>) => void
  /** Another model is served, or none, or the same in another way. */
  changed: () => void
}

type Ask<Wanted> = Extract<Request<Wanted>, { what: 'call' }>
type Work<Wanted> = Exclude<Call<Wanted>, { method: 'open' }>

/**
 * The owner's side: opens the one model, and works off the requests of all tabs, its own among them, one after the other in
 * the order they came. Ends with the Web Lock that its tab holds meanwhile (shared-llm.ts).
 */
export class ModelServer<Wanted, Passed extends object> {
  readonly owner = crypto.randomUUID()
  readonly #opener: ModelOpener<Wanted, Passed>
  readonly #outlet: Outlet<Passed>
  readonly #requests = new Requests()
  readonly #running = new Map<string, AbortController>()
  #serving: Serving<Passed> | undefined
  #ended = false

  constructor(opener: ModelOpener<Wanted, Passed>, outlet: Outlet<Passed>) {
    this.#opener = opener
    this.#outlet = outlet
  }

  /** Key of the model that is open, or being opened. */
  get model(): string | undefined {
    return this.#serving?.key
  }

  get capabilities(): ModelCapabilities | undefined {
    return this.#serving?.model?.capabilities
  }

  hear(request: Request<Wanted>): void {
    if (this.#ended || request.owner !== this.owner) return
    if (request.what === 'abort') this.#running.get(nameOf(request))?.abort()
    else void this.#answer(request)
  }

  /** A tab is gone, and nobody waits for what it asked. */
  forget(client: string): void {
    for (const [name, controller] of this.#running) if (name.startsWith(`${client} `)) controller.abort()
  }

  /**
   * Opens a model in place of any other; joins those who wait where it is the same.
   * @throws what its opener throws, and AbortError; nothing is opened any longer when nobody waits for it
   */
  async open(wanted: Wanted, onProgress: OnProgress, signal: AbortSignal): Promise<OpenedModel<Passed>> {
    signal.throwIfAborted()
    const key = keyOf(wanted)
    const serving = this.#serving?.key === key ? this.#serving : this.#begin(key, wanted)
    // A function of its own: two who wait may have the same.
    const waiter: OnProgress = (progress) => onProgress(progress)
    serving.waiting.add(waiter)
    try {
      const { model, passedOver } = await unlessAborted(serving.opened, signal)
      return { id: model.id, name: model.name, capabilities: model.capabilities, passedOver }
    } catch (error) {
      const isReplaced = this.#serving !== undefined && this.#serving !== serving
      throw isReplaced && !signal.aborted ? new ModelReplaced() : error
    } finally {
      serving.waiting.delete(waiter)
      if (!serving.model && serving.waiting.size === 0) serving.stop.abort()
    }
  }

  /** Ends what is under way and frees all memory of the model. Who waits for an answer hears of the next owner. */
  async end(): Promise<void> {
    this.#ended = true
    this.#serving?.stop.abort()
    for (const controller of this.#running.values()) controller.abort()
    await this.#serving?.opened.catch(() => undefined)
    this.#serving = undefined
    await this.#opener.close()
  }

  #begin(key: string, wanted: Wanted): Serving<Passed> {
    const before = this.#serving
    const stop = new AbortController()
    const waiting = new Set<OnProgress>()
    if (!before?.model) before?.stop.abort()
    const open = async () => {
      // An opener does one thing at a time.
      await before?.opened.catch(() => undefined)
      stop.signal.throwIfAborted()
      const tell = (progress: LoadProgress) => {
        for (const waiter of waiting) waiter(progress)
      }
      const opened = await this.#opener.open(wanted, tell, stop.signal)
      serving.model = opened.model
      this.#outlet.changed()
      return opened
    }
    const serving: Serving<Passed> = { key, opened: open(), waiting, stop }
    this.#serving = serving
    serving.opened.catch(() => {
      if (this.#serving !== serving) return
      this.#serving = undefined
      this.#outlet.changed()
    })
    this.#outlet.changed()
    return serving
  }

  async #answer(request: Ask<Wanted>): Promise<void> {
    const { client, id, call } = request
    const name = nameOf(request)
    const controller = new AbortController()
    this.#running.set(name, controller)
    const tell = (answer: DistributiveOmit<Answer<Passed>, 'client' | 'id'>) => {
      if (!this.#ended && !controller.signal.aborted) this.#outlet.answer({ ...answer, client, id })
    }
    let pieces = 0
    const onPiece: Told['onPiece'] = (piece) => tell({ what: 'piece', at: pieces++, piece })
    const told: Told = {
      onPiece,
      onProgress: (progress) => tell({ what: 'progress', progress }),
      onBegun: () => tell({ what: 'begun' }),
    }
    try {
      const value = await this.#work(call, told, controller.signal)
      tell({ what: 'done', value, pieces })
    } catch (error) {
      tell({ what: 'failed', error: sentError(error) })
      // It may be a device that was lost once too often.
      if (!this.#ended && this.#serving?.model) this.#outlet.changed()
    } finally {
      this.#running.delete(name)
    }
  }

  async #work(call: Call<Wanted>, told: Told, signal: AbortSignal): Promise<Results<Passed>[keyof Results<Passed>]> {
    if (call.method === 'open') {
      const opened = await this.open(call.wanted, told.onProgress, signal)
      return { ...opened, passedOver: opened.passedOver.map(sentPassedOver) }
    }
    if (call.method === 'countTokens') return (await this.#model(call, signal)).countTokens(call.text)
    if (call.method === 'applyTemplate') return (await this.#model(call, signal)).applyTemplate(call.messages)
    return this.#requests.run(async () => {
      const model = await this.#model(call, signal)
      told.onBegun()
      if (call.method === 'score') return model.score(call.prompt, call.continuations, signal, call.adapters)
      return readThrough(model.generate(call.prompt, call.options, signal), told.onPiece)
    }, signal)
  }

  /** @throws ModelReplaced where another one has come in its place */
  async #model(call: Work<Wanted>, signal: AbortSignal): Promise<LanguageModel> {
    const serving = this.#serving
    if (serving?.key !== call.model) throw new ModelReplaced()
    return (await unlessAborted(serving.opened, signal)).model
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never

interface Told {
  onPiece: (piece: Extract<Answer<unknown>, { what: 'piece' }>['piece']) => void
  onProgress: OnProgress
  onBegun: () => void
}

const nameOf = ({ client, id }: Pick<Request<unknown>, 'client' | 'id'>): string => `${client} ${id}`

async function readThrough(
  answer: ReturnType<LanguageModel['generate']>,
  onPiece: Told['onPiece'],
): Promise<GenerationEnd> {
  for (;;) {
    const { done, value } = await answer.next()
    if (done) return value
    onPiece(value)
  }
}

/** What a promise comes to, or an AbortError as soon as the signal is aborted. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted()
  let abort: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error)
  })
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
