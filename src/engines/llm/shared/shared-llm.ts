import { Interrupted, ModelReplaced, toFumikuraError, type FumikuraError } from '../../../errors'
import type { LoadProgress } from '../../model-files/load-progress'
import {
  keyOf,
  receivedPassedOver,
  type Announcement,
  type Answer,
  type Message,
  type ModelOpener,
  type Request,
} from './messages'
import { ModelClient } from './model-client'
import { ModelServer } from './model-server'
import { ServedLanguageModel } from './served-language-model'

/** Where the model is that this tab uses. */
export interface SharedState {
  /** `replaced`: another tab has opened another model, and there is room for one. */
  where: 'none' | 'here' | 'elsewhere' | 'replaced'
  /** While it is being opened here. */
  progress?: LoadProgress
  /** Why it could not be opened when the tab that had it was gone. */
  failure?: FumikuraError
}

export interface SharedOptions {
  /** Tabs that use the same name share one model. */
  name?: string
  /** Called after every change of `state`. */
  onState?: (state: SharedState) => void
}

/** What this tab wants to be open. */
interface Want<Wanted> {
  wanted: Wanted
  key: string
}

/** A place in the line of tabs that would own the model; the first has the Web Lock. */
interface Place {
  leave: AbortController
  /** The lock is free again, and so is the memory of the model. */
  left: Promise<void>
}

/**
 * One language model for all tabs: it takes gigabytes of the graphics processor, which has room for one. The tab with the Web
 * Lock opens it and serves it; the others ask that tab over a BroadcastChannel, and stand in line for the lock. The browser
 * gives it to the next one when the tab that had it is closed, killed, or wants no model any more; that one opens the model
 * itself and goes on for all. There are never two owners, and nothing has to be guessed from silence.
 *
 * It has the methods of an owner (LlmOwner), and what it opens is a LanguageModel like any other, which survives the change.
 */
export class SharedLlm<Wanted, Passed extends object> {
  /** Where the model of this tab is. */
  state: SharedState = { where: 'none' }
  readonly #opener: ModelOpener<Wanted, Passed>
  readonly #name: string
  readonly #onState: (state: SharedState) => void
  readonly #channel: BroadcastChannel
  readonly #client: ModelClient<Wanted, Passed>
  #alive: Promise<void> | undefined
  #die: () => void = () => undefined
  readonly #known = new Set<string>()
  #server: ModelServer<Wanted, Passed> | undefined
  #place: Place | undefined
  #want: Want<Wanted> | undefined
  #current: ServedLanguageModel<Wanted, Passed> | undefined

  constructor(opener: ModelOpener<Wanted, Passed>, options: SharedOptions = {}) {
    this.#opener = opener
    this.#name = options.name ?? 'fumikura-llm'
    this.#onState = options.onState ?? (() => undefined)
    this.#channel = new BroadcastChannel(this.#name)
    this.#channel.onmessage = ({ data }: MessageEvent<Message<Wanted, Passed>>) => this.#hear(data)
    this.#client = new ModelClient<Wanted, Passed>((request) => this.#send(request))
  }

  /** The model that this tab has opened, wherever it runs. */
  get current(): ServedLanguageModel<Wanted, Passed> | undefined {
    return this.#current
  }

  /**
   * Makes a model ready, here or where the owner is; one that is open there is shared, any other is replaced, for all tabs.
   * What this tab had opened before is of no use any more.
   * @throws what the opener throws, in whichever tab it does; ModelReplaced where another tab opens another one meanwhile;
   *   AbortError
   */
  async open(
    wanted: Wanted,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<{ model: ServedLanguageModel<Wanted, Passed>; passedOver: readonly Passed[] }> {
    signal.throwIfAborted()
    const want = { wanted, key: keyOf(wanted) }
    this.#letGo()
    this.#want = want
    try {
      await this.#live()
      signal.throwIfAborted()
      if (this.#want !== want) throw new Interrupted()
      const asked = this.#client.ask({ method: 'open', wanted }, { onProgress }, signal)
      this.#channel.postMessage({ what: 'who' })
      this.#standInLine()
      const opened = await asked
      const current: ServedLanguageModel<Wanted, Passed> = new ServedLanguageModel(this.#client, want.key, opened, () =>
        this.#unload(current),
      )
      this.#current = current
      this.#tell({ where: this.#server ? 'here' : 'elsewhere' })
      return { model: current, passedOver: opened.passedOver.map(receivedPassedOver) }
    } catch (error) {
      // Another call of this method may have come meanwhile.
      if (this.#want === want) await this.close()
      throw error
    }
  }

  /** This tab wants no model any more. Where it owns it, its memory is freed, and the next tab in line opens it anew. */
  async close(): Promise<void> {
    this.#letGo()
    await this.#leaveLine()
    if (!this.#want) this.#tell({ where: 'none' })
  }

  /** The end of this tab's part in it, for good. */
  async dispose(): Promise<void> {
    await this.close()
    this.#channel.close()
    this.#die()
  }

  /** A model that this tab has replaced by another is not its own to let go of. */
  async #unload(model: ServedLanguageModel<Wanted, Passed>): Promise<void> {
    if (this.#current === model) await this.close()
  }

  /** What is under way is interrupted, and the model of this tab refuses whatever comes. */
  #letGo(reason?: Error): void {
    this.#want = undefined
    this.#current?.end(reason)
    this.#current = undefined
    this.#client.end(new Interrupted())
  }

  /** Resolves when the other tabs can find out that this one is gone: it holds a lock of its own as long as it lives. */
  #live(): Promise<void> {
    this.#alive ??= new Promise((resolve, reject) => {
      const live = () => (resolve(), new Promise<void>((end) => (this.#die = end)))
      navigator.locks.request(this.#lifeOf(this.#client.id), live).catch(reject)
    })
    return this.#alive
  }

  #standInLine(): void {
    if (this.#place) return
    const leave = new AbortController()
    const { signal } = leave
    const own = () => this.#own(place)
    const left = navigator.locks.request(this.#lockName, { signal }, own).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    const place: Place = { leave, left }
    this.#place = place
  }

  async #leaveLine(): Promise<void> {
    const place = this.#place
    this.#place = undefined
    place?.leave.abort()
    await place?.left
  }

  /** The lock is this tab's, until it leaves its place. */
  async #own({ leave: { signal } }: Place): Promise<void> {
    const want = this.#want
    if (signal.aborted || !want) return
    const server = new ModelServer<Wanted, Passed>(this.#opener, {
      answer: (answer) => this.#send(answer),
      changed: () => this.#announce(),
    })
    this.#server = server
    this.#known.clear()
    const taken = this.#takeOver(server, want, signal)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    await taken
    this.#server = undefined
    await server.end()
  }

  /** What was open in the tab that is gone, or is to be opened for the first time. */
  async #takeOver(server: ModelServer<Wanted, Passed>, want: Want<Wanted>, signal: AbortSignal): Promise<void> {
    this.#tell({ where: 'here' })
    const onProgress = (progress: LoadProgress) => {
      if (this.#want === want) this.#tell({ where: 'here', progress })
    }
    try {
      await server.open(want.wanted, onProgress, signal)
      if (this.#want === want) this.#tell({ where: 'here' })
    } catch (error) {
      // Told by `open` where this tab has just asked for it, and no failure where it has changed its mind.
      if (signal.aborted || this.#want !== want || !this.#current) return
      const failure = toFumikuraError(error)
      this.#letGo(failure)
      void this.#leaveLine()
      this.#tell({ where: 'none', failure })
    }
  }

  #announcement(server: ModelServer<Wanted, Passed>): Announcement {
    const { owner, model, capabilities } = server
    return { what: 'owner', owner, ...(model !== undefined && { model }), ...(capabilities && { capabilities }) }
  }

  #announce(): void {
    const server = this.#server
    if (!server) return
    const announcement = this.#announcement(server)
    this.#channel.postMessage(announcement)
    this.#hearOwner(announcement)
    // Opened for another tab, in vain, and this one wants none.
    if (server.model === undefined && !this.#want) void this.#leaveLine()
  }

  /** What a tab sends to itself takes the same way without the channel, which would not bring it. */
  #send(message: Request<Wanted> | Answer<Passed>): void {
    const isHere = 'owner' in message ? message.owner === this.#server?.owner : message.client === this.#client.id
    if (isHere) this.#hear(structuredClone(message))
    else this.#channel.postMessage(message)
  }

  #hear(message: Message<Wanted, Passed>): void {
    switch (message.what) {
      case 'who':
        return this.#announce()
      case 'owner':
        return this.#hearOwner(message)
      case 'call':
      case 'abort':
        this.#watch(message)
        return this.#server?.hear(message)
      default:
        if (message.client === this.#client.id) this.#client.hear(message)
    }
  }

  #hearOwner({ owner, model, capabilities }: Announcement): void {
    const current = this.#current
    if (current && model !== undefined && model !== current.key) this.#replaced()
    else if (current && model !== undefined && capabilities) current.capabilities = capabilities
    this.#client.hearOwner(owner)
  }

  /** Another tab has opened another model. The owner stays the owner, and any other tab has nothing to wait for. */
  #replaced(): void {
    this.#letGo(new ModelReplaced())
    if (!this.#server) void this.#leaveLine()
    this.#tell({ where: 'replaced' })
  }

  /** Finds out when a tab is gone that has asked something: its lock is free then. */
  #watch({ owner, client }: Request<Wanted>): void {
    const server = this.#server
    if (server?.owner !== owner || client === this.#client.id || this.#known.has(client)) return
    this.#known.add(client)
    void navigator.locks.request(this.#lifeOf(client), { mode: 'shared' }, () => server.forget(client))
  }

  #tell(state: SharedState): void {
    this.state = state
    this.#onState(state)
  }

  get #lockName(): string {
    return `${this.#name} owner`
  }

  #lifeOf(client: string): string {
    return `${this.#name} tab ${client}`
  }
}
