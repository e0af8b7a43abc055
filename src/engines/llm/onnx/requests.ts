import { hearMessages } from '../../../threads/hear-messages'

/** Requests of one model, worked off one after the other in the order they came. One that is aborted while it waits leaves at once. */
export class Requests {
  #last: Promise<unknown> = Promise.resolve()

  /** @throws AbortError, and what the work throws */
  run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const before = this.#last
    const done = (async () => {
      await before
      // An abort of this request may have come while the worker was deaf with the one before.
      await hearMessages()
      signal.throwIfAborted()
      return work()
    })()
    this.#last = done.catch(() => undefined)
    return Promise.race([done, abortedBefore(before, signal)])
  }
}

/** Rejects when the signal is aborted before the promise settles; afterwards it is the work that heeds it. */
function abortedBefore(before: Promise<unknown>, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', abort)
    void before.then(() => signal.removeEventListener('abort', abort))
  })
}
