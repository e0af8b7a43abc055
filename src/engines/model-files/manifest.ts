import { replaceText, unlessAbsent } from './origin-files'

/** A file of a model that is on this machine from its first to its last byte. */
export interface KeptFile {
  path: string
  bytes: number
  /** Of the bytes as they came, lower-case hex. */
  sha256: string
  /** Whether that hash was known beforehand and compared; else only the size was, where it was known. */
  verified: boolean
}

/** A file that has begun to arrive: what has to be told to the host so that it goes on with the same bytes. */
export interface Part {
  path: string
  /** Address of the host's version, as in the ETag header. */
  etag?: string
}

/** What is known of the files in a model's folder. What it does not name is not there, whatever lies in the folder. */
export interface Manifest {
  files: KeptFile[]
  parts: Part[]
}

const NAME = 'manifest.json'

/** An unreadable manifest is an empty one: the files are then hashed again by the next download and not fetched. */
export async function readManifest(folder: FileSystemDirectoryHandle): Promise<Manifest> {
  const handle = await unlessAbsent(folder.getFileHandle(NAME))
  const file = handle && (await unlessAbsent(handle.getFile()))
  try {
    const value = JSON.parse((await file?.text()) ?? '') as Partial<Manifest>
    if (Array.isArray(value.files) && Array.isArray(value.parts)) return value as Manifest
  } catch {
    // Told below.
  }
  return { files: [], parts: [] }
}

export async function writeManifest(folder: FileSystemDirectoryHandle, manifest: Manifest): Promise<void> {
  await replaceText(await folder.getFileHandle(NAME, { create: true }), JSON.stringify(manifest))
}
