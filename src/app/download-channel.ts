import { reviveError, type ErrorParams } from '../errors'
import type { DownloadState } from './download-state'

/** An error loses its class on the way to another tab, so its key and figures are sent. */
type SentState = Exclude<DownloadState, { kind: 'failed' }> | { kind: 'failed'; key: string; params: ErrorParams }

type Message =
  | { what: 'state'; model: string; key: string; state: SentState }
  /** A tab that was opened, and wants to know who downloads what. */
  | { what: 'ask' }
  /** Files of the model were deleted. */
  | { what: 'changed'; model: string }

export interface DownloadListener {
  told(model: string, key: string, state: DownloadState): void
  asked(): void
  changed(model: string): void
}

/** How the tabs of this origin tell each other about their downloads. */
export class DownloadChannel {
  #isOpen = true
  readonly #channel = new BroadcastChannel('fumikura-model-downloads')

  constructor(listener: DownloadListener) {
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.what === 'ask') listener.asked()
      else if (data.what === 'changed') listener.changed(data.model)
      else listener.told(data.model, data.key, received(data.state))
    }
  }

  tell(model: string, key: string, state: DownloadState): void {
    this.#post({ what: 'state', model, key, state: sent(state) })
  }

  ask(): void {
    this.#post({ what: 'ask' })
  }

  change(model: string): void {
    this.#post({ what: 'changed', model })
  }

  close(): void {
    this.#isOpen = false
    this.#channel.close()
  }

  #post(message: Message): void {
    if (this.#isOpen) this.#channel.postMessage(message)
  }
}

const sent = (state: DownloadState): SentState =>
  state.kind === 'failed' ? { kind: 'failed', key: state.error.key, params: state.error.params } : state

const received = (state: SentState): DownloadState =>
  state.kind === 'failed' ? { kind: 'failed', error: reviveError(state.key, state.params) } : state
