const waiting: (() => void)[] = []
let channel: MessageChannel | undefined

/**
 * Lets messages in: without it a worker that goes from one long step to the next would hear of an abort only at the end.
 * A message to oneself comes after those that wait already, and unlike a timer it is not held up by 4 ms.
 */
export function hearMessages(): Promise<void> {
  if (!channel) {
    channel = new MessageChannel()
    channel.port1.onmessage = () => waiting.shift()?.()
  }
  const { port2 } = channel
  return new Promise((resolve) => {
    waiting.push(resolve)
    port2.postMessage(null)
  })
}

/** How long a worker may be deaf, in milliseconds: shorter than anybody notices. */
const DEAFNESS = 50

let heard = 0

/** Lets messages in where that is due: a turn of the event loop costs up to a millisecond, a step of a small model takes few. */
export async function hearMessagesNowAndThen(): Promise<void> {
  if (performance.now() - heard < DEAFNESS) return
  await hearMessages()
  heard = performance.now()
}
