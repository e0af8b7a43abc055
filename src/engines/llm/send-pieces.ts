import type { GeneratedPiece, GenerationEnd } from './language-model'

/** What crosses the port: pieces in their order; null follows the last. */
export type PieceMessage = GeneratedPiece[] | null

/** Milliseconds between two messages at least: nobody reads faster, and each one wakes the page, which costs a small model time. */
const PAUSE = 50

/** In the worker: sends an answer over a port as it is produced, and returns how it ended. */
export async function sendPieces(
  answer: AsyncGenerator<GeneratedPiece, GenerationEnd, undefined>,
  port: MessagePort,
): Promise<GenerationEnd> {
  const sender = new PieceSender(port)
  for (;;) {
    const { done, value } = await answer.next()
    if (done) {
      sender.finish()
      return value
    }
    sender.send(value)
  }
}

/** Sends the pieces of an answer: the first at once, later ones several at a time where they come fast. */
export class PieceSender {
  readonly #port: MessagePort
  #waiting: GeneratedPiece[] = []
  #sent = 0

  constructor(port: MessagePort) {
    this.#port = port
  }

  send(piece: GeneratedPiece): void {
    this.#waiting.push(piece)
    if (performance.now() - this.#sent >= PAUSE) this.#flush()
  }

  /** After the last piece. */
  finish(): void {
    if (this.#waiting.length > 0) this.#flush()
    this.#post(null)
  }

  #flush(): void {
    this.#post(this.#waiting)
    this.#waiting = []
    this.#sent = performance.now()
  }

  #post(message: PieceMessage): void {
    this.#port.postMessage(message)
  }
}
