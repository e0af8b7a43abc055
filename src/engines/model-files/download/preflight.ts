import { ModelUnreachable } from '../../../errors'
import { findKept, type ExpectedFile } from '../read'
import { ModelFolder } from '../store'
import type { DownloadRequest } from './download'
import { describeFiles } from './hub'
import { openSource } from './open-source'
import { TryAgain, type ModelFiles } from './source'

/** What a download will take, known before its first byte. */
export interface Preflight {
  /** Of all files of the model. */
  bytes: number
  /** That still have to come. */
  missing: number
  /** Whether every size is known; else the figures are the least that it takes. */
  sizesKnown: boolean
  /**
   * Room that the browser gives to this origin, where it says so. Chromium says 10 GiB to everyone, so that nobody is known
   * by the size of his disk: what it says no to does not fit, what it says yes to may not fit either (StorageFull then).
   */
  free?: number
  /** Whether what is missing fits there; true also where the browser does not say. */
  fits: boolean
}

/** Left for documents, their index, and what the browser itself needs to write. */
const MARGIN = 50_000_000

/**
 * Sizes from the catalogue, from the hub's listing, or asked of the host file by file, and the room that there is.
 * @throws ModelFileMissing, ModelUnreachable, HostNotAllowed, AbortError
 */
export async function preflight({ model, source, files }: DownloadRequest, signal: AbortSignal): Promise<Preflight> {
  const folder = new ModelFolder(model)
  const origin = openSource(source)
  const described = await describeFiles(source, files, signal)
  const sizes = await Promise.all(described.map((file) => sizeOf(file, folder, origin, signal)))
  const bytes = sum(sizes.map(({ size }) => size ?? 0))
  const missing = sum(sizes.map(({ size, here }) => Math.max(0, (size ?? 0) - here)))
  const free = await freeBytes()
  const fits = hasRoom(missing, free)
  const sizesKnown = sizes.every(({ size }) => size !== undefined)
  return { bytes, missing, sizesKnown, fits, ...(free !== undefined && { free }) }
}

/** @param free undefined where the browser does not say */
export const hasRoom = (missing: number, free: number | undefined): boolean =>
  missing === 0 || free === undefined || missing + MARGIN <= free

/** Bytes that this origin may still write, as the browser estimates. */
async function freeBytes(): Promise<number | undefined> {
  const { quota, usage } = await navigator.storage.estimate()
  return quota === undefined ? undefined : Math.max(0, quota - (usage ?? 0))
}

async function sizeOf(file: ExpectedFile, folder: ModelFolder, origin: ModelFiles, signal: AbortSignal) {
  const { path, bytes, optional } = file
  const kept = await findKept(folder, file)
  if (kept) return { size: kept.size, here: kept.size }
  const here = (await folder.data(path))?.size ?? 0
  return { size: bytes ?? (optional ? 0 : await askSize(origin, path, signal)), here }
}

async function askSize(origin: ModelFiles, path: string, signal: AbortSignal): Promise<number | undefined> {
  return origin.size(path, signal).catch((error: unknown) => {
    throw error instanceof TryAgain ? new ModelUnreachable({ file: path }) : error
  })
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
