import { Interrupted } from '../../../errors'
import type { LoadProgress } from '../../model-files/load-progress'
import type { GeneratedPiece } from '../language-model'
import { receivedError, type Answer, type Call, type Request, type Results } from './messages'

/** What is heard of a request before its end. */
export interface Hooks {
  onProgress?: (progress: LoadProgress) => void
  onPiece?: (piece: GeneratedPiece) => void
}

interface Pending<Wanted> {
  call: Call<Wanted>
  hooks: Hooks
  /** The owner that it was sent to; undefined while none is known. */
  sentTo?: string
  /** The owner is at it, or has been. */
  begun: boolean
  /** Pieces that have come. */
  pieces: number
  resolve: (value: unknown) => void
  reject: (reason: unknown) => void
}

/**
 * The requests of one tab, from their beginning to their end, whoever owns the model meanwhile. A request whose owner is gone
 * is asked again of the next one if the owner had not begun with it. One that was begun is interrupted: it may have been
 * what ended that tab, and part of its answer was shown.
 */
export class ModelClient<Wanted, Passed> {
  readonly id = crypto.randomUUID()
  readonly #send: (request: Request<Wanted>) => void
  readonly #pending = new Map<number, Pending<Wanted>>()
  #owner: string | undefined
  #count = 0

  constructor(send: (request: Request<Wanted>) => void) {
    this.#send = send
  }

  /** @throws what the owner throws, Interrupted when it is gone in the middle, AbortError at once */
  ask<Method extends keyof Results<Passed>>(
    call: Call<Wanted> & { method: Method },
    hooks: Hooks,
    signal?: AbortSignal,
  ): Promise<Results<Passed>[Method]> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const id = this.#count++
    const abort = () => this.#leave(id, signal?.reason)
    const answer = new Promise((resolve, reject) => {
      this.#pending.set(id, { call, hooks, begun: false, pieces: 0, resolve, reject })
      signal?.addEventListener('abort', abort)
      this.#sendOne(id)
    })
    return answer.finally(() => signal?.removeEventListener('abort', abort)) as Promise<Results<Passed>[Method]>
  }

  /** There is an owner, or another one than before: then the one before has ended. */
  hearOwner(owner: string): void {
    this.#owner = owner
    for (const [id, { sentTo, begun }] of this.#pending) {
      if (sentTo === owner) continue
      if (begun) this.#settle(id, ({ reject }) => reject(new Interrupted()))
      else this.#sendOne(id)
    }
  }

  hear(answer: Answer<Passed>): void {
    const pending = this.#pending.get(answer.id)
    if (!pending) return
    switch (answer.what) {
      case 'progress':
        return pending.hooks.onProgress?.(answer.progress)
      case 'begun':
        pending.begun = true
        return
      case 'piece':
        if (answer.at !== pending.pieces) return this.#leave(answer.id, new Interrupted())
        pending.pieces++
        return pending.hooks.onPiece?.(answer.piece)
      case 'done':
        // An answer with a hole in it is none.
        if (answer.pieces !== pending.pieces) return this.#leave(answer.id, new Interrupted())
        return this.#settle(answer.id, ({ resolve }) => resolve(answer.value))
      case 'failed':
        return this.#settle(answer.id, ({ reject }) => reject(receivedError(answer.error)))
    }
  }

  /** Ends all requests for this reason; the owner works on none of them any longer. */
  end(reason: Error): void {
    for (const id of [...this.#pending.keys()]) this.#leave(id, reason)
  }

  #sendOne(id: number): void {
    const pending = this.#pending.get(id)
    const owner = this.#owner
    if (!pending || owner === undefined) return
    pending.sentTo = owner
    try {
      this.#send({ what: 'call', owner, client: this.id, id, call: pending.call })
    } catch (error) {
      this.#settle(id, ({ reject }) => reject(error))
    }
  }

  #leave(id: number, reason: unknown): void {
    const owner = this.#pending.get(id)?.sentTo
    if (owner !== undefined) this.#send({ what: 'abort', owner, client: this.id, id })
    this.#settle(id, ({ reject }) => reject(reason))
  }

  #settle(id: number, how: (pending: Pending<Wanted>) => void): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (pending) how(pending)
  }
}
