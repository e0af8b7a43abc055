import { ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../../errors'
import type { LoadProgress } from '../../model-files/load-progress'
import { readModelFile, type ExpectedFile } from '../../model-files/read'
import { ModelFolder } from '../../model-files/store'
import { createSession, type WeightsFile } from '../../onnx/session'
import { filesOf, graphFiles, modelName, type LlmPlan } from '../catalogue'
import type { AttentionRows } from '../../../lora/linear-layers'
import { Adapters, type GraphFiles, type LoadAdapter } from './adapters/adapters'
import { Decoder } from './decoder'
import type { ReadyLlm } from './ready-llm'
import { createLlmTokenizer, parseModelFile } from './tokenizer'

/**
 * Starts a model from its kept files. A file that turns out to be damaged is no longer kept. Weights beside the graph go from
 * the disk to the device tensor by tensor; the graph itself is held in memory until the session is made.
 * @param loadAdapter reads the adapters that requests name
 * @throws ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost, AbortError
 */
export async function loadLlm(
  plan: LlmPlan,
  loadAdapter: LoadAdapter,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ReadyLlm> {
  const folder = new ModelFolder(modelName(plan.model))
  try {
    return await startLlm(plan, folder, loadAdapter, onProgress, signal)
  } catch (error) {
    if (error instanceof ModelFileDamaged) await folder.discard(String(error.params['file']))
    throw error
  }
}

async function startLlm(
  plan: LlmPlan,
  folder: ModelFolder,
  loadAdapter: LoadAdapter,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ReadyLlm> {
  const sizes = await Promise.all(filesOf(plan).map(async ({ path }) => (await folder.file(path))?.size ?? 0))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const reading = new Reading(folder, total, onProgress, signal)
  const texts = await readTexts(reading, plan)
  const tokenizer = createLlmTokenizer(texts)
  const config = parseModelFile('config.json', texts.get('config.json'))
  const files = await readGraph(reading, plan)
  reading.starting()
  const start = ({ graph, weights }: GraphFiles) =>
    createSession(graph, weights, plan.device, (output) => output.startsWith('present'))
  const decoder = new Decoder(await start(files))
  signal.throwIfAborted()
  const readAgain = (stop: AbortSignal) => readGraph(new Reading(folder, total, () => undefined, stop), plan)
  const source = { device: plan.device, attention: attentionOf(config), read: readAgain, start }
  return {
    decoder,
    adapters: new Adapters(source, loadAdapter),
    cache: decoder.newCache(),
    tokenizer,
    contextTokens: contextOf(plan, config),
    ends: endsOf(config, texts, tokenizer.end),
  }
}

/** By their names alone: in a folder of a person's own they may lie a level down. */
async function readTexts(reading: Reading, { model }: LlmPlan): Promise<Map<string, Uint8Array>> {
  const texts = new Map<string, Uint8Array>()
  for (const file of model.textFiles) {
    const bytes = await reading.bytes(file).catch((error: unknown) => {
      if (file.optional && error instanceof ModelFileMissing) return undefined
      throw error
    })
    if (bytes) texts.set(file.path.split('/').at(-1)!, bytes)
  }
  return texts
}

async function readGraph(reading: Reading, plan: LlmPlan): Promise<GraphFiles & { file: File }> {
  const [graph, ...beside] = graphFiles(plan)
  if (!graph) throw new ModelUnusable({ detail: `${plan.model.id} has no files of ${plan.dtype}` })
  const bytes = await reading.bytes(graph)
  const weights: WeightsFile[] = []
  for (const file of beside) weights.push({ path: file.path, bytes: await reading.file(file) })
  return { graph: { path: graph.path, bytes }, file: await reading.lying(graph), weights }
}

/** The tokens that end an answer: generation_config.json names more than the tokenizer knows of. */
function endsOf(
  config: Record<string, unknown>,
  texts: ReadonlyMap<string, Uint8Array>,
  end: number | undefined,
): ReadonlySet<number> {
  const path = 'generation_config.json'
  const generation = texts.has(path) ? parseModelFile(path, texts.get(path)) : {}
  const named = [generation['eos_token_id'] ?? config['eos_token_id'], end].flat()
  return new Set(named.filter((each): each is number => typeof each === 'number'))
}

/** Ours is the smaller one where a model could take more than a browser has memory for. */
function contextOf({ model }: LlmPlan, config: Record<string, unknown>): number {
  const own = config['max_position_embeddings']
  return typeof own === 'number' ? Math.min(own, model.contextTokens) : model.contextTokens
}

/** How many rows of a packed layer are queries, keys and values. */
function attentionOf(config: Record<string, unknown>): AttentionRows | undefined {
  const [heads, pairs, width, hidden] = ['num_attention_heads', 'num_key_value_heads', 'head_dim', 'hidden_size'].map(
    (name) => (typeof config[name] === 'number' ? config[name] : undefined),
  )
  const each = width ?? (hidden && heads ? hidden / heads : undefined)
  return heads && each ? { queries: heads * each, keys: (pairs ?? heads) * each } : undefined
}

/** Reads files one after the other and tells how far all of them are. */
class Reading {
  readonly #folder: ModelFolder
  readonly #onProgress: (progress: LoadProgress) => void
  readonly #signal: AbortSignal
  readonly #total: number
  #done = 0

  constructor(folder: ModelFolder, total: number, onProgress: (progress: LoadProgress) => void, signal: AbortSignal) {
    this.#folder = folder
    this.#total = total
    this.#onProgress = onProgress
    this.#signal = signal
  }

  async bytes(file: ExpectedFile): Promise<Uint8Array<ArrayBuffer>> {
    this.#signal.throwIfAborted()
    const bytes = await readModelFile(this.#folder, file)
    this.#add(bytes.byteLength)
    return bytes
  }

  /** Its hash was compared when it came, and its length is compared here. */
  async file(expected: ExpectedFile): Promise<File> {
    this.#signal.throwIfAborted()
    const { path, bytes, exact } = expected
    const file = await this.lying(expected)
    if (exact && file.size !== bytes) throw new ModelFileDamaged({ file: path })
    this.#add(file.size)
    return file
  }

  /** As it lies on the disk; nothing of it is read. */
  async lying({ path }: ExpectedFile): Promise<File> {
    const file = await this.#folder.file(path)
    if (!file) throw new ModelFileMissing({ file: path })
    return file
  }

  starting(): void {
    this.#tell('starting')
  }

  #add(bytes: number): void {
    this.#done += bytes
    this.#tell('reading')
  }

  #tell(stage: LoadProgress['stage']): void {
    this.#onProgress({ stage, bytes: this.#done, total: this.#total })
  }
}
