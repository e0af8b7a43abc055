import { Interrupted } from '../errors'
import { connect, type Remote } from '../threads/expose'

/** How long a worker may take to answer an abort before it is ended. Laying out one dense page takes up to a second. */
const ABORT_PATIENCE = 2000

const aborted = () => new DOMException('aborted', 'AbortError')

/** A worker with the calls that it still owes an answer. */
interface Running<Api> {
  worker: Worker
  api: Remote<Api>
  pending: Set<(reason: unknown) => void>
}

/**
 * A worker that may be ended at any time: it is started by the first call, and started anew by the next call after it
 * died. Ending it is also the only way to free all of its memory.
 */
export class RestartableWorker<Api> {
  #running: Running<Api> | undefined
  readonly #start: () => Worker
  readonly #patience: number

  constructor(start: () => Worker, patience = ABORT_PATIENCE) {
    this.#start = start
    this.#patience = patience
  }

  /**
   * Runs `body` against the worker's api.
   * @throws Interrupted when the worker dies meanwhile, or is ended for the sake of another call
   * @throws AbortError when `signal` is aborted: at once if the worker answers, else after its patience, by ending it
   */
  async call<Result>(body: (api: Remote<Api>) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted) throw aborted()
    const running = (this.#running ??= this.#run())
    let reject: (reason: unknown) => void = () => undefined
    const failed = new Promise<never>((_resolve, refuse) => {
      reject = refuse
    })
    let timer: ReturnType<typeof setTimeout> | undefined
    const wait = () => {
      timer = setTimeout(() => {
        reject(aborted())
        this.#end(running)
      }, this.#patience)
    }
    running.pending.add(reject)
    signal?.addEventListener('abort', wait)
    try {
      return await Promise.race([body(running.api), failed])
    } finally {
      clearTimeout(timer)
      running.pending.delete(reject)
      signal?.removeEventListener('abort', wait)
    }
  }

  /** Ends the worker; calls under way are interrupted. */
  end(): void {
    if (this.#running) this.#end(this.#running)
  }

  #run(): Running<Api> {
    const worker = this.#start()
    const running: Running<Api> = { worker, api: connect<Api>(worker), pending: new Set() }
    worker.addEventListener('error', () => this.#end(running))
    worker.addEventListener('messageerror', () => this.#end(running))
    return running
  }

  #end(running: Running<Api>): void {
    running.worker.terminate()
    if (this.#running === running) this.#running = undefined
    for (const reject of running.pending) reject(new Interrupted())
  }
}
