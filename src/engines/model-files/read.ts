import { ModelFileDamaged } from '../../errors'
import type { ModelFolder } from './store'

/** What is known of a file before it is read. */
export interface ExpectedFile {
  path: string
  /** Size in bytes; `exact` unless it was computed from the model's shape. */
  bytes?: number
  exact?: boolean
  /** Lower-case hex. */
  sha256?: string
  /** Not every model has it; without it the model runs as well. */
  optional?: true
}

/** A file that is kept and is the one that is expected; its content is not read. */
export async function findKept(folder: ModelFolder, expected: ExpectedFile): Promise<File | undefined> {
  const { path, bytes, exact, sha256 } = expected
  const file = await folder.file(path)
  const kept = (await folder.manifest()).files.find((entry) => entry.path === path)
  const isOther = (exact && file?.size !== bytes) || (sha256 !== undefined && kept?.sha256 !== sha256)
  return isOther ? undefined : file
}

/**
 * Reads a kept file into memory and checks it against what is known of it, or else against the hash that it had when it
 * came: a disk may spoil what it keeps, and a model with spoilt weights answers nonsense.
 * A file that is not what it should be is no longer kept, so that the next download fetches it, and only it, again.
 * @throws ModelFileMissing, ModelFileDamaged
 */
export async function readModelFile(folder: ModelFolder, expected: ExpectedFile): Promise<Uint8Array<ArrayBuffer>> {
  const { path } = expected
  const bytes = await folder.read(path)
  const kept = (await folder.manifest()).files.find((file) => file.path === path)
  const hash = expected.sha256 ?? kept?.sha256
  const isRight = (!expected.exact || bytes.byteLength === expected.bytes) && (!hash || (await sha256(bytes)) === hash)
  if (isRight) return bytes
  await folder.discard(path)
  throw new ModelFileDamaged({ file: path })
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).reduce(
    (hex, byte) => hex + byte.toString(16).padStart(2, '0'),
    '',
  )
}
