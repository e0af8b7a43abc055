import { isAbort, ModelFileDamaged, ModelFileMissing, ModelUnreachable, RepositoryMissing } from '../../../errors'
import type { ExpectedFile } from '../read'
import { ask, filesBelow, refuseFailures } from './http-files'
import { listFiles } from './hub'
import { baseOf, hubOf } from './open-source'
import { TryAgain, type HubSource } from './source'

/** What a repository on the Hugging Face hub, or on its mirror, consists of. */
export interface Repository {
  /** The commit that was looked at where the host tells it, else the revision that was asked for. */
  revision: string
  /** Where its page says it. */
  licence?: string
  config: Record<string, unknown>
  /** With sizes, and hashes where the host tells them. */
  files: ExpectedFile[]
}

const CONFIG = 'config.json'
/** What kind of thing the hub lacks, or refuses: both are 401 or 404. */
const REASON = 'x-error-code'
const COMMIT = 'x-repo-commit'

/**
 * Looks at a repository that nothing is known of: reads its config.json and the list of its files; no weights are fetched.
 * @param probed paths that are asked for one by one where the host has no list
 * @throws RepositoryMissing, ModelGated, ModelFileMissing, ModelFileDamaged, ModelUnreachable, HostNotAllowed, AbortError
 */
export async function inspectRepository(
  source: HubSource,
  probed: readonly string[],
  signal: AbortSignal,
): Promise<Repository> {
  try {
    const { config, commit } = await readConfig(source, signal)
    const revision = commit ?? source.revision
    const pinned = { ...source, revision }
    const [listed, licence] = await Promise.all([listFiles(pinned, signal), licenceOf(pinned, signal)])
    const files = listed.length > 0 ? listed : await probe(pinned, probed, signal)
    return { revision, config, files, ...(licence !== undefined && { licence }) }
  } catch (error) {
    throw error instanceof TryAgain ? new ModelUnreachable({ file: CONFIG, status: error.status ?? 0 }) : error
  }
}

async function readConfig(source: HubSource, signal: AbortSignal) {
  const response = await ask(new URL(CONFIG, baseOf(source)), CONFIG, { signal })
  refuseUnknown(response, source)
  refuseFailures(response, CONFIG)
  const config = await response.json().catch((error: unknown) => {
    if (isAbort(error)) throw error
    return undefined
  })
  if (typeof config !== 'object' || config === null) throw new ModelFileDamaged({ file: CONFIG })
  return { config: config as Record<string, unknown>, commit: response.headers.get(COMMIT) ?? undefined }
}

/** The hub says 401 of what does not exist and of what is gated; only its code tells them apart. */
function refuseUnknown({ status, headers }: Response, { repository, revision }: HubSource): void {
  const reason = headers.get(REASON)
  const name = revision === 'main' ? repository : `${repository}@${revision}`
  if (reason === 'RepoNotFound' || reason === 'RevisionNotFound') throw new RepositoryMissing({ name })
  // A mirror without such codes: with the file that every model has, the model is missing.
  if (status === 404 && reason !== 'EntryNotFound') throw new RepositoryMissing({ name })
}

/** As the page of the model states it; it is not needed to run the model. */
async function licenceOf(source: HubSource, signal: AbortSignal): Promise<string | undefined> {
  const { repository, revision } = source
  const url = new URL(`${hubOf(source)}/api/models/${repository}/revision/${encodeURIComponent(revision)}`)
  try {
    const response = await ask(url, repository, { signal })
    const { cardData } = (response.ok ? await response.json() : {}) as { cardData?: { license?: unknown } }
    return typeof cardData?.license === 'string' ? cardData.license : undefined
  } catch (error) {
    if (isAbort(error)) throw error
    return undefined
  }
}

/** @throws what `size` throws, but for files that are not there */
async function probe(source: HubSource, paths: readonly string[], signal: AbortSignal): Promise<ExpectedFile[]> {
  const files = filesBelow(baseOf(source))
  const found = await Promise.all(
    paths.map(async (path): Promise<ExpectedFile[]> => {
      try {
        const bytes = await files.size(path, signal)
        return [{ path, ...(bytes !== undefined && { bytes }) }]
      } catch (error) {
        if (error instanceof ModelFileMissing) return []
        throw error
      }
    }),
  )
  return found.flat()
}
