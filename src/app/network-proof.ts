/** One request that the browser recorded for this page. */
export interface RecordedRequest {
  address: string
  own: boolean
  kind: string
  /** Bytes over the network; 0 from a cache. */
  bytes: number
}

/** What this page (not its workers) has requested since it was opened, in order. */
export function recordedRequests(): RecordedRequest[] {
  return performance
    .getEntriesByType('resource')
    .filter((entry) => entry instanceof PerformanceResourceTiming)
    .map((entry) => {
      const url = new URL(entry.name, location.href)
      const own = url.origin === location.origin
      return { address: own ? url.pathname : entry.name, own, kind: entry.initiatorType, bytes: entry.transferSize }
    })
}

/** Reserved for documentation (RFC 2606): it can never be anybody's server. */
const FOREIGN = 'https://fumikura.invalid/'

/**
 * Whether the browser itself refuses a connection from this page to another site. The probe is either stopped by the
 * policy before anything is sent, or goes to a name that cannot exist.
 */
export function refusesForeignRequests(): Promise<boolean> {
  return new Promise((resolve) => {
    const refused = (event: SecurityPolicyViolationEvent) => {
      if (event.effectiveDirective === 'connect-src' && event.blockedURI.startsWith(FOREIGN.slice(0, -1))) settle(true)
    }
    const settle = (result: boolean) => {
      document.removeEventListener('securitypolicyviolation', refused)
      resolve(result)
    }
    document.addEventListener('securitypolicyviolation', refused)
    // The event is fired in a task of its own, after the promise has been rejected.
    fetch(FOREIGN, { mode: 'no-cors' }).then(
      () => settle(false),
      () => setTimeout(() => settle(false), 300),
    )
  })
}
