/** One build of the page, as scripts/service-worker.ts writes it into the service worker. */
export interface Release {
  /** SHA-256 over all files: two releases with the same version are the same. */
  version: string
  /** Path below the scope → SHA-256 of the content, in hex. The empty path is the page itself. */
  files: Record<string, string>
  /** Likewise, of files that are large and not needed by everyone: kept when they are first asked for. */
  onDemand: Record<string, string>
  /** The headers that public/_headers gives to the page, and to all that may reach this origin only. */
  headers: Record<string, string>
  /** What may reach other hosts, and sees no document: the download worker of any release lies in this folder. */
  network: { folder: string; headers: Record<string, string> }
}

/** The headers of a path below the scope. An unknown one may turn out to be the page, and gets those of the page. */
export const headersOf = ({ headers, network }: Release, path: string): Record<string, string> =>
  path.startsWith(network.folder) ? network.headers : headers

/** Where a file of a release is kept: a content address, so that releases share what did not change. */
export const contentAddress = (scope: string, path: string, hash: string): string => `${scope}${path}?sha256=${hash}`
