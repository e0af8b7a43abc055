import { StorageUnavailable } from '../../errors'

/**
 * The origin private file system: folders and files that only this origin sees and that no person browses. Both the page
 * and workers reach it; only workers have access handles, which write in place.
 */

/** Writes in place and at once; one per file at a time. TypeScript knows it in its library of workers only. */
export interface AccessHandle {
  read(buffer: Uint8Array, options?: { at: number }): number
  write(buffer: Uint8Array, options?: { at: number }): number
  truncate(size: number): void
  getSize(): number
  flush(): void
  close(): void
}

export interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<AccessHandle>
}

const ROOT = 'fumikura-models'

/** A name of any characters as that of one file or folder; `..` and some endings are refused as they are. */
export const encodeName = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E')
export const decodeName = (name: string): string => decodeURIComponent(name)

/**
 * The folder that holds those of all models; it is made where it is not there.
 * @throws StorageUnavailable in private windows of some browsers
 */
export async function modelsFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true })
  } catch {
    throw new StorageUnavailable()
  }
}

/** The result, or undefined where the file or folder does not exist. */
export async function unlessAbsent<Result>(result: Promise<Result>): Promise<Result | undefined> {
  try {
    return await result
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** What lies in a folder; nothing where it is deleted meanwhile. */
export async function entriesOf(folder: FileSystemDirectoryHandle): Promise<[name: string, FileSystemHandle][]> {
  const entries: [string, FileSystemHandle][] = []
  const collect = async () => {
    for await (const entry of folder.entries()) entries.push(entry)
  }
  await unlessAbsent(collect())
  return entries
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof DOMException && ['NotFoundError', 'TypeMismatchError'].includes(error.name)

/**
 * Puts a text in place of what a file held. With a writable stream the old text is there until the new one is whole;
 * Safari before 26 has none, and a text cut short there has to be found out by who reads it.
 */
export async function replaceText(handle: FileSystemFileHandle, text: string): Promise<void> {
  if ('createWritable' in handle) {
    const writable = await handle.createWritable()
    await writable.write(text)
    return writable.close()
  }
  const access = await (handle as WorkerFileHandle).createSyncAccessHandle()
  try {
    access.truncate(0)
    access.write(new TextEncoder().encode(text), { at: 0 })
    access.flush()
  } finally {
    access.close()
  }
}
