import type { LoadProgress } from '../model-files/load-progress'
import { FumikuraError, ModelFileDamaged, ModelUnusable } from '../../errors'
import { readModelFile } from '../model-files/read'
import { ModelFolder } from '../model-files/store'
import { createSession } from '../onnx/session'
import { BatchSize } from './batch-size'
import { filesOf, graphFiles, modelName, type EncoderModel, type EncoderPlan } from './model'
import type { ReadyEncoder } from './run'
import { createTokenizer } from './tokenizer'
import { Turns } from './turns'

/**
 * Reads the kept files of a model and starts it. A file that turns out to be damaged is no longer kept.
 * @throws ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost, AbortError
 */
export async function loadEncoder<Model extends EncoderModel>(
  plan: EncoderPlan<Model>,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ReadyEncoder<Model>> {
  const { model, device } = plan
  const folder = new ModelFolder(modelName(model))
  try {
    const files = await readFiles(plan, folder, onProgress, signal)
    const tokenizer = createTokenizer(files, model.maxTokens)
    const [graph, ...weights] = graphFiles(plan).map(({ path }) => ({ path, bytes: files.get(path)! }))
    if (!graph) throw new ModelUnusable({ detail: `${model.id} has no files of ${plan.dtype}` })
    const session = await createSession(graph, weights, device)
    return { model, device, tokenizer, session, turns: new Turns(), batchSize: new BatchSize() }
  } catch (error) {
    if (error instanceof ModelFileDamaged) await folder.discard(fileOf(error))
    throw error
  }
}

async function readFiles(
  plan: EncoderPlan,
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
