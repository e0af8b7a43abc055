/**
 * The default Trusted Types policy. Import this before anything else on the page and in every worker that starts a
 * worker: under `require-trusted-types-for 'script'` the call `new Worker(url)` throws until such a policy stands,
 * and each thread needs its own. Script URLs of our own origin and blob URLs that we made pass; everything else, and any
 * text that wants to become markup or code, is refused by leaving out the other callbacks.
 */
interface PolicyOptions {
  createScriptURL(url: string): string | null
}
interface PolicyFactory {
  readonly defaultPolicy: object | null
  createPolicy(name: string, options: PolicyOptions): object
}

/**
 * The URL itself where a script may come from it, else null (the browser then throws at the place of use).
 * `blob:` URLs carry the origin of the page that made them, so one comparison covers both.
 */
export function ownScriptUrl(url: string, base: string, origin: string): string | null {
  if (!URL.canParse(url, base)) return null
  const { protocol, origin: source } = new URL(url, base)
  return source === origin && ['http:', 'https:', 'blob:'].includes(protocol) ? url : null
}

function installDefaultPolicy(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory }
  if (!trustedTypes || trustedTypes.defaultPolicy) return
  const base = typeof document === 'undefined' ? globalThis.location.href : document.baseURI
  trustedTypes.createPolicy('default', {
    createScriptURL: (url) => ownScriptUrl(url, base, globalThis.origin),
  })
}

installDefaultPolicy()
