/** One build of the page, as scripts/service-worker.ts writes it into the service worker. */
export interface Release {
  /** SHA-256 over all files: two releases with the same version are the same. */
  version: string
  /** Path below the scope → SHA-256 of the content, in hex. The empty path is the page itself. */
  files: Record<string, string>
  /** Likewise, of files that are large and not needed by everyone: kept when they are first asked for. */
  onDemand: Record<string, string>
  /** The headers that public/_headers gives to every file. */
  headers: Record<string, string>
}

/** Where a file of a release is kept: a content address, so that releases share what did not change. */
export const contentAddress = (scope: string, path: string, hash: string): string => `${scope}${path}?sha256=${hash}`
