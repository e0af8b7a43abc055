import { FumikuraError, ModelFileDamaged, ModelUnusable } from '../../errors'
import { readModelFile } from '../model-files/read'
import { ModelFolder } from '../model-files/store'
import { createSession } from '../onnx/session'
import { BatchSize } from './batch-size'
import { filesOf, graphFiles, modelName, type EmbedderPlan } from './catalogue'
import type { ReadyEmbedder } from './embed'
import { createTokenizer } from './tokenize'
import { Turns } from './turns'

export interface LoadProgress {
  stage: 'reading' | 'starting'
  /** Bytes read so far. */
  bytes: number
  /** Bytes in all. */
  total: number
}

/**
 * Reads the kept files of a model and starts it. A file that turns out to be damaged is no longer kept.
 * @throws ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost, AbortError
 */
export async function loadEmbedder(
  plan: EmbedderPlan,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ReadyEmbedder> {
  const { embedder, device } = plan
  const folder = new ModelFolder(modelName(embedder))
  try {
    const files = await readFiles(plan, folder, onProgress, signal)
    const tokenizer = createTokenizer(files, embedder.maxTokens)
    const [graph, ...weights] = graphFiles(plan).map(({ path }) => ({ path, bytes: files.get(path)! }))
    if (!graph) throw new ModelUnusable({ detail: `${embedder.id} has no files of ${plan.dtype}` })
    const session = await createSession(graph, weights, device)
    return { embedder, device, tokenizer, session, turns: new Turns(), batchSize: new BatchSize() }
  } catch (error) {
    if (error instanceof ModelFileDamaged) await folder.discard(fileOf(error))
    throw error
  }
}

async function readFiles(
  plan: EmbedderPlan,
  folder: ModelFolder,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const expected = filesOf(plan)
  const sizes = await Promise.all(expected.map(async ({ path }) => (await folder.file(path))?.size ?? 0))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  let bytes = 0
  for (const file of expected) {
    signal.throwIfAborted()
    const content = await readModelFile(folder, file)
    files.set(file.path, content)
    bytes += content.byteLength
    onProgress({ stage: 'reading', bytes, total })
  }
  signal.throwIfAborted()
  onProgress({ stage: 'starting', bytes, total })
  return files
}

const fileOf = ({ params }: FumikuraError): string => String(params['file'])
