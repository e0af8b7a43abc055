/** How failures of a host are borne, in milliseconds. */
export interface Patience {
  /** Without a byte for this long, the connection is given up. */
  stall: number
  /** Before each new attempt in a row that brought no byte; after as many the download fails. */
  pauses: readonly number[]
  /** A host that wants to be left alone for longer is unreachable. */
  longestWait: number
}

/** About a minute in all: a train in a tunnel, a router that starts anew. Later a person presses "resume". */
export const PATIENCE: Patience = {
  stall: 30_000,
  pauses: [500, 1000, 2000, 4000, 8000, 16_000, 30_000],
  longestWait: 120_000,
}

/** Resolves after that time. @throws AbortError */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(new DOMException('aborted', 'AbortError'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

/** A signal that is aborted with another one, and when nothing was heard for too long. */
export class StallWatch {
  readonly signal: AbortSignal
  readonly #controller = new AbortController()
  readonly #milliseconds: number
  #timer: ReturnType<typeof setTimeout>

  constructor(milliseconds: number, signal: AbortSignal) {
    this.#milliseconds = milliseconds
    this.signal = AbortSignal.any([signal, this.#controller.signal])
    this.#timer = this.#start()
  }

  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#start()
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), this.#milliseconds)
  }
}
