import { isAbort, ModelFileMissing, StorageFull, toFumikuraError, type FumikuraError } from '../../../errors'
import { findKept, type ExpectedFile } from '../read'
import { ModelFolder, whileOwned } from '../store'
import { fetchFile } from './fetch-file'
import { describeFiles } from './hub'
import { openSource } from './open-source'
import type { Patience } from './patience'
import { ProgressMeter, type DownloadProgress } from './progress'
import type { ModelSource } from './source'

/** A model that is to be brought into the store. */
export interface DownloadRequest {
  /** "id@revision": the folder of the store that its files come into. */
  model: string
  source: ModelSource
  files: readonly ExpectedFile[]
}

/** Files that come at once: one alone seldom fills a line, and more would share it to no gain. */
const CONCURRENT = 3

/**
 * Brings the files of a model into the store, verified; those that are there already are not asked for. Nothing is lost by
 * an abort or a failure: the next download of the model goes on where this one stopped.
 * @throws ModelBusy, ModelFileMissing, ModelFileDamaged, ModelUnreachable, HostNotAllowed, StorageFull, AbortError
 */
export async function downloadModel(
  request: DownloadRequest,
  onProgress: (progress: DownloadProgress) => void,
  signal: AbortSignal,
  patience: Patience,
): Promise<void> {
  await whileOwned(request.model, async () => {
    const folder = new ModelFolder(request.model)
    const files = openSource(request.source)
    const meter = new ProgressMeter(onProgress)
    const missing: ExpectedFile[] = []
    const here = await Promise.all(request.files.map(async (file) => (await findKept(folder, file))?.size))
    for (const [at, file] of request.files.entries()) {
      meter.add(file.path, here[at] ?? 0, here[at] ?? file.bytes)
      if (here[at] === undefined) missing.push(file)
    }
    const wanted = await describeFiles(request.source, missing, signal)
    for (const { path, bytes } of wanted) meter.add(path, 0, bytes)
    await eachOf(wanted, signal, async (file, either) => {
      const report = {
        verified: (bytes: number) => meter.verified(file.path, bytes),
        arrived: (bytes: number, total: number | undefined) => meter.arrived(file.path, bytes, total),
      }
      await fetchFile(file, { files, folder, report, patience }, either).catch((error: unknown) => {
        if (!file.optional || !(error instanceof ModelFileMissing)) throw error
      })
      meter.done(file.path)
    }).catch(async (error: unknown) => {
      if (isAbort(error)) throw error
      // The manifest may be what found no room.
      const failure = toFumikuraError(error)
      throw failure instanceof StorageFull ? await withFigures(failure, wanted, folder) : failure
    })
  })
}

/** Runs `work` for a few files at a time. The first that fails stops the others, which have ended when this rejects. */
async function eachOf(
  files: readonly ExpectedFile[],
  signal: AbortSignal,
  work: (file: ExpectedFile, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const waiting = [...files]
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  let failure: { error: unknown } | undefined
  const run = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      either.throwIfAborted()
      await work(file, either)
    }
  }
  const runs = Array.from({ length: CONCURRENT }, () =>
    run().catch((error: unknown) => {
      failure ??= { error }
      stop.abort()
    }),
  )
  await Promise.all(runs)
  signal.throwIfAborted()
  if (failure) throw failure.error
}

/** Says how much room is needed, where that is known. */
async function withFigures(error: FumikuraError, files: readonly ExpectedFile[], folder: ModelFolder) {
  const sizes = files.map(({ bytes }) => bytes)
  if (sizes.includes(undefined)) return error
  const here = await Promise.all(files.map(async ({ path }) => (await folder.data(path))?.size ?? 0))
  const bytes = sizes.reduce<number>((sum, size, at) => sum + Math.max(0, (size ?? 0) - here[at]!), 0)
  return new StorageFull({ reason: 'model', bytes })
}
