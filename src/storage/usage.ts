import type { DocumentHash } from '../domain'
import type { Database } from './database'
import { ofDocument } from './pages'
import { vectorBytes } from './vector-packs'

export interface StorageUsage {
  /** Bytes that this origin uses and may use, as the browser estimates; undefined where it does not say. */
  used?: number
  quota?: number
  /** The browser promised not to clear the data by itself when space runs low. */
  persisted: boolean
}

/** How much room is taken and left. */
export async function storageUsage(): Promise<StorageUsage> {
  const storage = storageOf()
  const [estimate, persisted] = await Promise.all([storage?.estimate?.(), storage?.persisted?.()])
  return {
    ...(estimate?.usage !== undefined && { used: estimate.usage }),
    ...(estimate?.quota !== undefined && { quota: estimate.quota }),
    persisted: persisted ?? false,
  }
}

/** Asks the browser to keep the data when space runs low. It may refuse: show what it said. */
export async function persist(): Promise<boolean> {
  return (await storageOf()?.persist?.()) ?? false
}

export interface DocumentBytes {
  /** The original file. */
  file: number
  /** Pages, passages, postings and vectors, before the browser's own compression: an estimate. */
  reading: number
}

/** Roughly what one document takes on the disk. */
export async function documentBytes(db: Database, hash: DocumentHash): Promise<DocumentBytes> {
  const transaction = db.transaction(['files', 'pages', 'passages', 'segments', 'vectorPacks'])
  const [file, pages, passages, segment, packs] = await Promise.all([
    transaction.objectStore('files').get(hash),
    transaction.objectStore('pages').getAll(ofDocument(hash)),
    transaction.objectStore('passages').getAll(ofDocument(hash)),
    transaction.objectStore('segments').get(hash),
    transaction.objectStore('vectorPacks').index('document').getAll(hash),
  ])
  const vectors = packs.reduce((sum, pack) => sum + vectorBytes(pack, hash), 0)
  return { file: file?.file.size ?? 0, reading: sizeOf(pages) + sizeOf(passages) + sizeOf(segment) + vectors }
}

/** Bytes of a structured-cloneable value: 2 per character, 8 per number, a buffer's own length, names of fields left out. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length * 2
  if (typeof value === 'number') return 8
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (value === undefined) return 0
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item), 0)
}

function storageOf(): Partial<StorageManager> | undefined {
  return typeof navigator === 'undefined' || !('storage' in navigator) ? undefined : navigator.storage
}
