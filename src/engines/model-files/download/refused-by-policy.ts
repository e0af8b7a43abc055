/** How long the browser may take to tell of a request that it refused; the request itself fails at once. */
const PATIENCE = 300

/** Origins that the security policy of this thread has refused to reach, and that nobody has asked about yet. */
const refused = new Set<string>()
const waiting = new Set<() => void>()

if (typeof addEventListener === 'function')
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    if (effectiveDirective !== 'connect-src' || !URL.canParse(blockedURI)) return
    refused.add(new URL(blockedURI).origin)
    for (const wake of waiting) wake()
  })

/**
 * Whether a request that has just failed was refused by our own policy, because it names neither the address nor one that
 * it was redirected to. To the request both look like a host that does not answer.
 */
export async function wasRefusedByPolicy(url: URL): Promise<boolean> {
  if (!refused.has(url.origin))
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, PATIENCE)
      waiting.add(wake)
    })
  return refused.delete(url.origin)
}
