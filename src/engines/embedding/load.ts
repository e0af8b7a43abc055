import { ModelFileDamaged, ModelUnusable } from '../../errors'
import { openSource } from '../model-files/open-source'
import { readModelFile, type ExpectedFile } from '../model-files/read'
import { shelfOf, type Shelf } from '../model-files/shelf'
import type { ModelFiles, ModelSource } from '../model-files/source'
import { createSession } from '../onnx/session'
import { BatchSize } from './batch-size'
import { graphFiles, type EmbedderPlan } from './catalogue'
import type { ReadyEmbedder } from './embed'
import { createTokenizer } from './tokenize'
import { Turns } from './turns'

export interface LoadProgress {
  stage: 'reading' | 'starting'
  /** Bytes read so far. */
  bytes: number
  /** Bytes in all, where every file's size is known; an estimate if one was computed. */
  total?: number
}

/**
 * Reads the files of a model, from the shelf where they are there already, and starts it.
 * A model that does not start is taken off the shelf, so that the next attempt reads it anew.
 * @throws ModelFileMissing, ModelFileDamaged, ModelUnreachable, ModelUnusable, DeviceLost, AbortError
 */
export async function loadEmbedder(
  plan: EmbedderPlan,
  source: ModelSource,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ReadyEmbedder> {
  const { embedder, device } = plan
  const shelf = shelfOf(`${embedder.id}@${embedder.revision}`)
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const report = reporter(plan, files, onProgress)
  try {
    for (const file of [...embedder.tokenizerFiles, ...graphFiles(plan)])
      files.set(file.path, await takeFile(file, openSource(source), shelf, report, signal))
    onProgress({ stage: 'starting', bytes: sizeOf(files) })
    const tokenizer = createTokenizer(files, embedder.maxTokens)
    const [graph, ...weights] = graphFiles(plan).map(({ path }) => ({ path, bytes: files.get(path)! }))
    if (!graph) throw new ModelUnusable({ detail: `${embedder.id} has no files of ${plan.dtype}` })
    const session = await createSession(graph, weights, device)
    return { embedder, device, tokenizer, session, turns: new Turns(), batchSize: new BatchSize() }
  } catch (error) {
    if (error instanceof ModelFileDamaged || error instanceof ModelUnusable) await shelf.clear()
    throw error
  }
}

/** Kept files were verified when they were read. Those of our own origin are kept by the service worker, if at all. */
async function takeFile(
  file: ExpectedFile,
  files: ModelFiles,
  shelf: Shelf,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const kept = await shelf.get(file.path)
  if (kept) return kept
  const bytes = await readModelFile(files, file, onBytes, signal)
  await shelf.put(file.path, bytes)
  return bytes
}

const sizeOf = (files: Map<string, Uint8Array>): number =>
  [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)

function reporter(
  plan: EmbedderPlan,
  files: Map<string, Uint8Array>,
  onProgress: (progress: LoadProgress) => void,
): (bytes: number) => void {
  const sizes = [...plan.embedder.tokenizerFiles, ...graphFiles(plan)].map(({ bytes }) => bytes)
  const total = sizes.reduce<number | undefined>(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  )
  return (bytes) =>
    onProgress({ stage: 'reading', bytes: sizeOf(files) + bytes, ...(total !== undefined && { total }) })
}
