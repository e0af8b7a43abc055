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
