import { Interrupted } from '../errors'
import { connect, type Remote } from '../threads/expose'

/** How long a worker may take to answer an abort before it is ended. Laying out one dense page takes up to a second. */
const ABORT_PATIENCE = 2000

/**
 * A worker that may be ended at any time: it is started by the first call, and started anew by the next call after it
 * died. Ending it is also the only way to free all of its memory.
 */
export class RestartableWorker<Api> {
  #worker: Worker | undefined
  #api: Remote<Api> | undefined
  readonly #start: () => Worker
  readonly #patience: number

  constructor(start: () => Worker, patience = ABORT_PATIENCE) {
    this.#start = start
    this.#patience = patience
  }

  /**
   * Runs `body` against the worker's api.
   * @throws Interrupted when the worker dies meanwhile
   * @throws AbortError when `signal` is aborted: at once if the worker answers, else after its patience, by ending it
   */
  call<Result>(body: (api: Remote<Api>) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted) return Promise.reject(new DOMException('aborted', 'AbortError'))
    const { worker, api } = this.#running()
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        worker.removeEventListener('error', died)
        worker.removeEventListener('messageerror', died)
        signal?.removeEventListener('abort', aborted)
        settle()
      }
      const died = () => {
        this.#endIf(worker)
        finish(() => reject(new Interrupted()))
      }
      const aborted = () => {
        timer = setTimeout(() => {
          this.#endIf(worker)
          finish(() => reject(new DOMException('aborted', 'AbortError')))
        }, this.#patience)
      }
      worker.addEventListener('error', died)
      worker.addEventListener('messageerror', died)
      signal?.addEventListener('abort', aborted)
      body(api).then(
        (result) => finish(() => resolve(result)),
        (error: unknown) => finish(() => reject(error)),
      )
    })
  }

  /** Ends the worker; calls under way stay unanswered unless they are aborted. */
  end(): void {
    this.#worker?.terminate()
    this.#worker = undefined
    this.#api = undefined
  }

  #endIf(worker: Worker): void {
    if (worker === this.#worker) this.end()
  }

  #running(): { worker: Worker; api: Remote<Api> } {
    if (!this.#worker || !this.#api) {
      this.#worker = this.#start()
      this.#api = connect<Api>(this.#worker)
    }
    return { worker: this.#worker, api: this.#api }
  }
}
