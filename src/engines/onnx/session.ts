import { DeviceLost, FumikuraError, ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../errors'
import { FileBytes } from './file-bytes'
import { isWholeOnnx } from './file-check'
import { gpuDevice, ownDevice } from './gpu-device'
import { readGraphInfo, type GraphInfo } from './graph-info'
import { ort } from './runtime'

export type Device = 'webgpu' | 'wasm'

export interface OnnxFile {
  path: string
  bytes: Uint8Array<ArrayBuffer>
}

/** Weights beside a graph: in memory, or as a file that is read tensor by tensor while the session is made. */
export interface WeightsFile {
  path: string
  bytes: Uint8Array<ArrayBuffer> | Blob
}

/** What a graph says of one of its inputs. A dimension that is open has a name. */
export interface OnnxInput {
  type: string
  shape: readonly (number | string)[]
}

/**
 * A session whose failures are errors of ours. It is created here and not by transformers.js, whose queue hands the error
 * of one failed session to every later one.
 */
export interface OnnxSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** By name. */
  readonly inputs: ReadonlyMap<string, OnnxInput>
  /** @throws DeviceLost, ModelUnusable */
  run(feeds: Record<string, ort.Tensor>): Promise<ort.InferenceSession.OnnxValueMapType>
  release(): Promise<void>
}

/**
 * @param graph the .onnx file
 * @param weights files beside it that hold its weights, where it has any; nothing of them is kept
 * @param keepsOnDevice outputs that stay on the graphics processor, to be fed back without crossing to memory
 * @throws ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost
 */
export async function createSession(
  graph: OnnxFile,
  weights: readonly WeightsFile[],
  device: Device,
  keepsOnDevice: (output: string) => boolean = () => false,
): Promise<OnnxSession> {
  if (!isWholeOnnx(graph.bytes)) throw new ModelFileDamaged({ file: graph.path })
  const info = readGraphInfo(graph.bytes)
  checkWeights(graph.path, info.weights, weights)
  // Named in the graph relative to it.
  const externalData = weights.map(({ path, bytes }) => ({
    path: nameOf(path),
    data: bytes instanceof Blob ? new FileBytes(bytes) : bytes,
  }))
  const own = device === 'webgpu' ? await ownDevice() : undefined
  const kept = device === 'webgpu' ? info.outputs.filter(keepsOnDevice) : []
  const session = await ort.InferenceSession.create(graph.bytes, {
    executionProviders: [own ? { name: 'webgpu', device: own } : device],
    ...(externalData.length > 0 && { externalData }),
    ...(kept.length > 0 && { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'])) }),
  }).catch((error: unknown) => {
    throw new ModelUnusable({ detail: messageOf(error) }, { cause: error })
  })
  const lost = device === 'webgpu' ? await whenDeviceIsLost() : undefined
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    inputs: new Map(session.inputMetadata.flatMap((input) => (input.isTensor ? [[input.name, input] as const] : []))),
    run: async (feeds) => {
      const result = session.run(feeds).catch((error: unknown) => {
        throw new ModelUnusable({ detail: messageOf(error) }, { cause: error })
      })
      return lost ? unlessLost(result, lost()) : result
    },
    release: () => session.release(),
  }
}

const nameOf = (path: string): string => path.split('/').at(-1)!

/** The runtime reports weights that are missing or cut short like a graph that it cannot run. */
function checkWeights(graph: string, wanted: GraphInfo['weights'], given: readonly WeightsFile[]): void {
  for (const [name, least] of wanted) {
    const path = [...graph.split('/').slice(0, -1), name].join('/')
    const file = given.find((each) => nameOf(each.path) === name)
    if (!file) throw new ModelFileMissing({ file: path })
    const size = file.bytes instanceof Blob ? file.bytes.size : file.bytes.byteLength
    if (size < least) throw new ModelFileDamaged({ file: path })
  }
}

/** Resolves when the runtime's device is gone; a run that waits for it may otherwise wait for ever. */
async function whenDeviceIsLost(): Promise<() => Promise<never>> {
  const device = await gpuDevice()
  const lost = device.lost.then(({ message }) => {
    throw new DeviceLost({ detail: message })
  })
  lost.catch(() => undefined)
  return () => lost
}

/** Milliseconds within which the loss of a device is told after the first error that comes of it. */
const LOSS_IS_TOLD = 50

/** What a dying device makes of a run (an error, or no answer) is reported as its death. */
async function unlessLost<Result>(result: Promise<Result>, lost: Promise<never>): Promise<Result> {
  try {
    return await Promise.race([lost, result])
  } catch (error) {
    // The run may fail a moment before the device is reported as lost; where it is, this race is over at once.
    await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, LOSS_IS_TOLD))])
    throw error instanceof FumikuraError ? error : new ModelUnusable({ detail: messageOf(error) })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
