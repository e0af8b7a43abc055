import type { GeneratedPiece, GenerationEnd } from './language-model'
import type { PieceMessage } from './send-pieces'

/**
 * The pieces that a worker sends over a port, as they come, up to the null that follows the last.
 * @param end rejects when the worker fails, or is gone: then no null comes
 */
export async function* receivePieces(
  port: MessagePort,
  end: Promise<GenerationEnd>,
): AsyncGenerator<GeneratedPiece, void, undefined> {
  const come: (GeneratedPiece | null)[] = []
  let failure: { error: unknown } | undefined
  let wake: () => void = () => undefined
  port.onmessage = ({ data }: MessageEvent<PieceMessage>) => {
    come.push(...(data ?? [null]))
    wake()
  }
  end.catch((error: unknown) => {
    failure = { error }
    wake()
  })
  for (;;) {
    if (come.length === 0 && !failure) await new Promise<void>((resolve) => (wake = resolve))
    const piece = come.shift()
    if (piece) yield piece
    else if (piece === null) return
    else if (failure) throw failure.error
  }
}
