import { ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../../errors'
import type { LoadProgress } from '../../embedding/load'
import { readModelFile, type ExpectedFile } from '../../model-files/read'
import type { ModelFiles } from '../../model-files/source'
import { createSession, type WeightsFile } from '../../onnx/session'
import { graphFiles, type LlmPlan } from '../catalogue'
import { Decoder } from './decoder'
import type { ReadyLlm } from './ready-llm'
import { createLlmTokenizer, parseModelFile } from './tokenizer'

/**
 * Reads the files of a model and starts it. Weights that are files on this machine go from there to the device in parts;
 * what comes over a stream is held in memory until the session is made.
 * @throws ModelFileMissing, ModelFileDamaged, ModelUnreachable, ModelUnusable, DeviceLost, AbortError
 */
export async function loadLlm(
  plan: LlmPlan,
  files: ModelFiles,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ReadyLlm> {
  const { model, device } = plan
  const reader = new Reader(files, plan, onProgress, signal)
  const texts = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const file of model.textFiles) {
    const bytes = await reader.text(file)
    if (bytes) texts.set(file.path, bytes)
  }
  const tokenizer = createLlmTokenizer(texts)
  const config = parseModelFile('config.json', texts.get('config.json'))
  const generation = texts.has('generation_config.json')
    ? parseModelFile('generation_config.json', texts.get('generation_config.json'))
    : {}
  const [graph, ...weights] = graphFiles(plan)
  if (!graph) throw new ModelUnusable({ detail: `${model.id} has no files of ${plan.dtype}` })
  const bytes = { path: graph.path, bytes: await reader.bytes(graph) }
  const beside: WeightsFile[] = []
  for (const file of weights) beside.push({ path: file.path, bytes: await reader.fileOrBytes(file) })
  reader.starting()
  const session = await createSession(bytes, beside, device, (output) => output.startsWith('present'))
  const decoder = new Decoder(session)
  return {
    decoder,
    cache: decoder.newCache(),
    tokenizer,
    contextTokens: contextOf(plan, config),
    ends: new Set([...numbers(generation['eos_token_id'] ?? config['eos_token_id']), ...numbers(tokenizer.end)]),
  }
}

const numbers = (value: unknown): number[] =>
  [value].flat().filter((each): each is number => typeof each === 'number')

/** Ours is the smaller one where a model could take more than a browser has memory for. */
function contextOf({ model }: LlmPlan, config: Record<string, unknown>): number {
  const own = config['max_position_embeddings']
  return typeof own === 'number' ? Math.min(own, model.contextTokens) : model.contextTokens
}

/** Reads files one after the other and tells how far all of them are. */
class Reader {
  readonly #files: ModelFiles
  readonly #onProgress: (progress: LoadProgress) => void
  readonly #signal: AbortSignal
  readonly #total: number | undefined
  #done = 0

  constructor(files: ModelFiles, plan: LlmPlan, onProgress: (progress: LoadProgress) => void, signal: AbortSignal) {
    this.#files = files
    this.#onProgress = onProgress
    this.#signal = signal
    const sizes = [...plan.model.textFiles, ...graphFiles(plan)].map(({ bytes }) => bytes)
    this.#total = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined
  }

  /** @returns undefined for a file that not every model has */
  async text(file: ExpectedFile & { optional?: true }): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await this.bytes(file)
    } catch (error) {
      if (file.optional && error instanceof ModelFileMissing) return undefined
      throw error
    }
  }

  async bytes(file: ExpectedFile): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await readModelFile(this.#files, file, (read) => this.#tell('reading', this.#done + read), this.#signal)
    this.#done += bytes.byteLength
    return bytes
  }

  /** A file on this machine as it is; its hash was checked when it was kept, and its length is checked here. */
  async fileOrBytes(expected: ExpectedFile): Promise<Uint8Array<ArrayBuffer> | File> {
    const { file, stream } = await this.#files.open(expected.path, this.#signal)
    await stream.cancel()
    if (!file) return this.bytes(expected)
    if (expected.exact && file.size !== expected.bytes) throw new ModelFileDamaged({ file: expected.path })
    this.#done += file.size
    this.#tell('reading', this.#done)
    return file
  }

  starting(): void {
    this.#tell('starting', this.#done)
  }

  #tell(stage: LoadProgress['stage'], bytes: number): void {
    this.#onProgress({ stage, bytes, ...(this.#total !== undefined && { total: this.#total }) })
  }
}
