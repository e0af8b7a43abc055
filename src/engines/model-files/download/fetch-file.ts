import { FumikuraError, ModelFileDamaged, ModelFileMissing, ModelUnreachable } from '../../../errors'
import type { KeptFile } from '../manifest'
import type { ExpectedFile } from '../read'
import type { ModelFolder } from '../store'
import { PartFile } from './part-file'
import { pause, StallWatch, type Patience } from './patience'
import { TryAgain, type ModelFiles, type OpenFile } from './source'

/** Told how far a file is. */
export interface FileReport {
  /** The part of an earlier download is being hashed. */
  verified(bytes: number): void
  /** @param total where the host says it */
  arrived(bytes: number, total: number | undefined): void
}

export interface FetchOptions {
  files: ModelFiles
  folder: ModelFolder
  report: FileReport
  patience: Patience
}

interface Arrival {
  /** Absent where the file is not the one that it should be. */
  kept?: KeptFile
  /** Whether anything was asked of the source. */
  fetched: boolean
}

/** The bytes that came are not those of the file, or will not be. */
class Mismatch extends Error {}

/**
 * Brings one file into the store: what an earlier download has left is hashed and gone on with, and the file counts only
 * when its size and hash are right. One that is wrong is thrown away and fetched once more, whole.
 * @throws ModelFileMissing, ModelFileDamaged, ModelUnreachable, HostNotAllowed, StorageFull, AbortError (the part then stays)
 */
export async function fetchFile(expected: ExpectedFile, options: FetchOptions, signal: AbortSignal): Promise<void> {
  const { folder } = options
  const { path } = expected
  for (let fetched = 0; ;) {
    const outcome = await arrive(expected, options, signal)
    if (outcome.kept) return folder.keep(outcome.kept)
    await folder.discard(path)
    // What an earlier download, or a spoilt disk, had left is not held against the host.
    if (outcome.fetched && ++fetched === 2) throw new ModelFileDamaged({ file: path })
  }
}

async function arrive(expected: ExpectedFile, options: FetchOptions, signal: AbortSignal): Promise<Arrival> {
  const { path } = expected
  const part = await PartFile.open(options.folder, path)
  let fetched = false
  try {
    await takeUp(part, expected, options, signal)
    fetched = part.size !== sizeOf(expected)
    await fetchRest(part, expected, options, signal)
    const sha256 = part.finish()
    if (expected.sha256 !== undefined && expected.sha256 !== sha256) return { fetched }
    return { kept: { path, bytes: part.size, sha256, verified: expected.sha256 !== undefined }, fetched }
  } catch (error) {
    if (error instanceof Mismatch) return { fetched }
    throw error
  } finally {
    part.close()
  }
}

/** A part without a hash to be checked at its end, nor a version that its rest has to be of, is not trusted. */
async function takeUp(part: PartFile, expected: ExpectedFile, options: FetchOptions, signal: AbortSignal) {
  if (expected.sha256 ?? (await etagOf(options.folder, expected.path))) {
    await part.takeUp(() => options.report.verified(part.size), signal)
    if (part.size > sizeOf(expected)) await part.restart(undefined)
  } else await part.restart(undefined)
}

const etagOf = async (folder: ModelFolder, path: string): Promise<string | undefined> =>
  (await folder.manifest()).parts.find((part) => part.path === path)?.etag

/** The largest that a file can be: its size where that is known for certain. */
const sizeOf = ({ bytes, exact }: ExpectedFile): number => (exact ? bytes : undefined) ?? Infinity

async function fetchRest(part: PartFile, expected: ExpectedFile, options: FetchOptions, signal: AbortSignal) {
  const { pauses, longestWait } = options.patience
  for (let failures = 0; part.size !== sizeOf(expected);) {
    const before = part.size
    try {
      return await fetchOnce(part, expected, options, signal)
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error
      if (part.size > before) failures = 0
      const { status } = error
      const least = pauses[failures++]
      if (least === undefined || error.wait > longestWait)
        throw new ModelUnreachable({ file: expected.path, ...(status !== undefined && { status }) })
      // Several files that failed together do not come back together.
      await pause(Math.max(error.wait, least * (0.75 + Math.random() / 2)), signal)
    }
  }
}

/** One request, to the end of the file. @throws TryAgain where it ends before */
async function fetchOnce(part: PartFile, expected: ExpectedFile, options: FetchOptions, signal: AbortSignal) {
  const { files, folder, patience, report } = options
  const { path, sha256 } = expected
  const watch = new StallWatch(patience.stall, signal)
  try {
    const etag = await etagOf(folder, path)
    const opened = await files.open(path, { start: part.size, ...(etag !== undefined && { etag }) }, watch.signal)
    // With a hash known, hosts may name the same bytes as they like: the hub and its mirrors do.
    const isSame = sha256 !== undefined || etag === opened.etag
    if ('nothingAfter' in opened) return await endOrRestart(part, isSame, opened.nothingAfter)
    if (opened.start !== part.size || !isSame || part.size === 0) await part.restart(opened.etag)
    if (opened.start > part.size) throw new TryAgain()
    const total = opened.total
    if (total !== undefined && expected.exact && total !== expected.bytes) throw new Mismatch()
    await receive(part, opened, expected, (bytes) => {
      watch.heard()
      report.arrived(bytes, total)
    })
  } catch (error) {
    signal.throwIfAborted()
    throw watch.signal.aborted && !(error instanceof FumikuraError) ? new TryAgain() : error
  } finally {
    watch.end()
  }
}

/** The host has no byte after those that are here: either these are all, or they are of another file. */
async function endOrRestart(part: PartFile, isSame: boolean, total: number | undefined): Promise<void> {
  if (isSame && (total ?? part.size) === part.size) return
  await part.restart(undefined)
  throw new TryAgain()
}

async function receive(
  part: PartFile,
  { stream, total }: OpenFile,
  expected: ExpectedFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const most = sizeOf(expected)
  for await (const piece of piecesOf(stream)) {
    if (part.size === 0 && isPage(piece)) throw new ModelFileMissing({ file: expected.path })
    if (part.size + piece.byteLength > most) throw new Mismatch()
    part.append(piece)
    onBytes(part.size)
  }
  if (part.size < (expected.exact ? most : (total ?? 0))) throw new TryAgain()
}

/** The pieces of a stream; one that breaks off is worth another attempt. */
async function* piecesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new TryAgain()
      })
      if (done) return
      yield value
    }
  } finally {
    // Leaves the connection to others; of one that is broken already nothing is to be had.
    reader.cancel().catch(() => undefined)
  }
}

/** Whether bytes are the beginning of a web page, for hosts that do not say so: no file of a model begins like that. */
const isPage = (bytes: Uint8Array): boolean =>
  /^\s*<(!doctype html|html)\b/i.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64)))
