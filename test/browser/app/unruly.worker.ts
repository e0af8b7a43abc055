import { DamagedFile } from '../../../src/errors'
import { expose } from '../../../src/threads/expose'

let calls = 0

/** A worker that answers, refuses, hangs or dies on demand. */
export interface Unruly {
  /** How often this instance has been called. */
  count(): Promise<number>
  refuse(): Promise<never>
  hang(signal: AbortSignal): Promise<never>
  stopPolitely(signal: AbortSignal): Promise<never>
  die(): Promise<never>
}

const unruly = {
  count: () => ++calls,
  refuse: () => {
    throw new DamagedFile({ page: 3 })
  },
  /** Deaf to its signal, as a parser in an endless loop is. */
  hang: () => {
    for (;;);
  },
  stopPolitely: (signal: AbortSignal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  die: () => {
    setTimeout(() => {
      throw new Error('out of the blue')
    })
    return new Promise(() => undefined)
  },
}

expose(unruly)
