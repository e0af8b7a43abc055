import { ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../../errors'
import type { LoadProgress } from '../../model-files/load-progress'
import { readModelFile } from '../../model-files/read'
import { ModelFolder } from '../../model-files/store'
import { createLlmTokenizer, parseModelFile } from '../onnx/tokenizer'
import { CachedTurns } from './cached-turns'
import { folderName, libraryFile, type WebLlmPlan } from './catalogue'
import { configOverrides, contextOf, readChatConfig, type ChatConfig } from './chat-config'
import { describeObstacle, findDevice, obstaclesOn } from './device-fit'
import { DeviceWatch, watchDevices } from './device-watch'
import { ownError } from './engine-errors'
import { MODEL_ADDRESS, serveKeptFiles, type KeptFiles } from './kept-files-cache'
import { KeptMatrices } from './kept-matrices'
import { linearLayers } from './linear-layers'
import type { CreateMlcEngine, MlcConfig, MlcEngine, MlcPipeline } from './mlc-engine'
import { checkModelLibrary } from './model-library'
import { PromptText } from './prompt-text'
import type { ReadyWebLlm } from './ready-web-llm'
import { CHAT_CONFIG, FIRST_FILES, TOKENIZER_FILES } from './required-files'
import { readWeightsIndex, WEIGHTS_INDEX, type Weights } from './weights-index'

/**
 * Starts a model from its kept files. A file that turns out to be damaged is no longer kept.
 * @param change makes other weights of those that are kept, for adapters
 * @throws ModelFileMissing, ModelFileDamaged, WrongModelLibrary, ModelUnusable, DeviceLost, AbortError
 */
export async function loadWebLlm(
  plan: WebLlmPlan,
  createEngine: CreateMlcEngine,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
  change?: KeptFiles['change'],
): Promise<ReadyWebLlm> {
  const folder = new ModelFolder(folderName(plan))
  try {
    const parts = await readParts(plan, folder, signal)
    await checkDevice(plan, parts.weights)
    await checkModelLibrary(plan.build.library, await readModelFile(folder, libraryFile(plan)))
    return await start(plan, folder, parts, { createEngine, onProgress, signal, ...(change && { change }) })
  } catch (error) {
    if (error instanceof ModelFileDamaged) await folder.discard(String(error.params['file']))
    throw error
  }
}

interface Parts {
  config: ChatConfig
  weights: Weights
  texts: Map<string, Uint8Array>
  /** Bytes of all files that web-llm will read. */
  total: number
}

/** What is read here, and whether all the rest is there: web-llm would find out only after minutes. */
async function readParts(plan: WebLlmPlan, folder: ModelFolder, signal: AbortSignal): Promise<Parts> {
  const texts = new Map<string, Uint8Array>()
  for (const file of [...FIRST_FILES, ...TOKENIZER_FILES]) {
    signal.throwIfAborted()
    texts.set(file.path, await readModelFile(folder, file))
  }
  const weights = readWeightsIndex(texts.get(WEIGHTS_INDEX)!)
  let total = 0
  for (const { path } of [...weights.files, libraryFile(plan)]) {
    const file = await folder.file(path)
    if (!file) throw new ModelFileMissing({ file: path })
    total += file.size
  }
  return { config: readChatConfig(texts.get(CHAT_CONFIG)!), weights, texts, total }
}

async function checkDevice({ build }: WebLlmPlan, { largestTensor }: Weights): Promise<void> {
  const [obstacle] = obstaclesOn(await findDevice(), build.dtype, largestTensor)
  if (obstacle) throw new ModelUnusable({ detail: describeObstacle(obstacle) })
}

interface Starting extends Pick<KeptFiles, 'signal' | 'change'> {
  createEngine: CreateMlcEngine
  onProgress: (progress: LoadProgress) => void
}

async function start(plan: WebLlmPlan, folder: ModelFolder, parts: Parts, starting: Starting): Promise<ReadyWebLlm> {
  const { config, weights, texts, total } = parts
  const { createEngine, onProgress, signal, change } = starting
  let bytes = 0
  const onRead = (read: number) => {
    bytes = Math.min(total, bytes + read)
    onProgress({ stage: bytes < total ? 'reading' : 'starting', bytes, total })
  }
  let failure: unknown
  const onFailure = (error: unknown) => (failure ??= error)
  const device = new DeviceWatch()
  const contextTokens = contextOf(config, plan.model.contextTokens)
  const files = { folder, expected: weights.files, onRead, onFailure, signal, ...(change && { change }) }
  const restore = [serveKeptFiles(files), watchDevices(device)]
  try {
    const engine = await createEngine(configOf(plan, configOverrides(config, contextTokens)))
    await device.unlessLost(engine.reload(plan.build.id))
    signal.throwIfAborted()
    const kept = new KeptMatrices(folder, weights.tensors)
    const layers = linearLayers(weights.tensors)
    const pipeline = pipelineOf(engine, plan)
    return { engine, pipeline, device, contextTokens, kept, layers, ...speech(plan, config, texts) }
  } catch (error) {
    throw ownError(failure ?? error)
  } finally {
    for (const putBack of restore) putBack()
  }
}

function configOf({ build }: WebLlmPlan, overrides: object): MlcConfig {
  const record = { model: MODEL_ADDRESS, model_id: build.id, model_lib: MODEL_ADDRESS + build.library, overrides }
  return { appConfig: { model_list: [record], cacheBackend: 'cache' }, logLevel: 'ERROR' }
}

/** The parts that are private to web-llm are looked for here, so that another version of it fails at once and not in an answer. */
function pipelineOf(engine: MlcEngine, { build }: WebLlmPlan): MlcPipeline {
  const pipeline = engine.loadedModelIdToPipeline.get(build.id)
  if (!pipeline) throw new ModelUnusable({ detail: 'web-llm did not load the model' })
  if (!('logitProcessor' in pipeline) || !Array.isArray(pipeline.outputIds))
    throw new ModelUnusable({ detail: 'this version of web-llm is built otherwise' })
  return pipeline
}

function speech({ model }: WebLlmPlan, config: ChatConfig, texts: Map<string, Uint8Array>) {
  const tokenizer = createLlmTokenizer(texts)
  const tokenizerConfig = parseModelFile('tokenizer_config.json', texts.get('tokenizer_config.json'))
  const prompts = new PromptText({
    tokenizer,
    tokenizerConfig,
    template: config.conv_template,
    thinks: model.thinks === true,
  })
  return { tokenizer, prompts, turns: new CachedTurns() }
}
