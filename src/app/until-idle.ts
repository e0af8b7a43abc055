/** Longer than this nothing in the background waits for a page that is never idle. */
const PATIENCE = 3000

/**
 * Resolves when the browser has nothing more urgent to do. Safari does not tell, and gets a moment.
 * @throws AbortError
 */
export async function untilIdle(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: PATIENCE })
    else setTimeout(resolve, PATIENCE / 10)
  })
  signal.throwIfAborted()
}
