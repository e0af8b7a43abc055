import { isAbort } from '../../../errors'
import type { ExpectedFile } from '../read'
import { hubOf } from './open-source'
import type { HubSource, ModelSource } from './source'

/** An entry of the hub's listing of a repository; large files have the SHA-256 of their content. */
interface Entry {
  type: string
  path: string
  size: number
  lfs?: { oid: string; size: number }
}

/**
 * What the hub says about the files of a repository, added to what is known of them: exact sizes, and the hash of each
 * large one. Where the hub does not say it, or a mirror has no such listing, the files stay as they are.
 * @throws AbortError
 */
export async function describeFiles(
  source: ModelSource,
  files: readonly ExpectedFile[],
  signal: AbortSignal,
): Promise<ExpectedFile[]> {
  const isKnown = ({ sha256, exact }: ExpectedFile) => sha256 !== undefined && exact === true
  if (source.kind !== 'huggingFace' || files.every(isKnown)) return [...files]
  const listed = new Map((await listFiles(source, signal)).map((file) => [file.path, file]))
  return files.map((file) => {
    const found = listed.get(file.path)
    return found && !isKnown(file) ? { ...found, ...certain(file) } : file
  })
}

/**
 * All files of a repository, with their exact sizes and the hash of each large one; none where the host has no such listing.
 * @throws AbortError
 */
export async function listFiles(source: HubSource, signal: AbortSignal): Promise<ExpectedFile[]> {
  const listed = await list(source, signal).catch((error: unknown) => {
    if (isAbort(error)) throw error
    return []
  })
  return listed.map(described)
}

const described = ({ path, size, lfs }: Entry): ExpectedFile => ({
  path,
  bytes: lfs?.size ?? size,
  exact: true,
  ...(lfs && { sha256: lfs.oid }),
})

/** What the catalogue knows for certain stands; its estimates of sizes do not. */
const certain = ({ path, bytes, exact, sha256 }: ExpectedFile): ExpectedFile => ({
  path,
  ...(exact && bytes !== undefined && { bytes, exact }),
  ...(sha256 !== undefined && { sha256 }),
})

async function list(source: HubSource, signal: AbortSignal): Promise<Entry[]> {
  const { repository, revision } = source
  const address = `${hubOf(source)}/api/models/${repository}/tree/${encodeURIComponent(revision)}?recursive=true`
  const response = await fetch(address, { credentials: 'omit', signal })
  const entries = response.ok ? ((await response.json()) as unknown) : []
  return Array.isArray(entries) ? entries.filter(isEntry) : []
}

function isEntry(value: unknown): value is Entry {
  const { type, path, size, lfs } = value as Partial<Entry>
  const isHash = lfs === undefined || /^[0-9a-f]{64}$/.test(lfs.oid)
  return type === 'file' && typeof path === 'string' && Number.isSafeInteger(size) && isHash
}
