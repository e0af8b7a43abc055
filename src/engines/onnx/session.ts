import { DeviceLost, FumikuraError, ModelFileDamaged, ModelUnusable } from '../../errors'
import { isWholeOnnx } from './file-check'
import { ort } from './runtime'

export type Device = 'webgpu' | 'wasm'

export interface OnnxFile {
  path: string
  bytes: Uint8Array<ArrayBuffer>
}

/**
 * A session whose failures are errors of ours. It is created here and not by transformers.js, whose queue hands the error
 * of one failed session to every later one.
 */
export interface OnnxSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** @throws DeviceLost, ModelUnusable */
  run(feeds: Record<string, ort.Tensor>): Promise<ort.InferenceSession.OnnxValueMapType>
  release(): Promise<void>
}

/**
 * @param graph the .onnx file
 * @param weights files beside it that hold its weights, where it has any
 * @throws ModelFileDamaged, ModelUnusable, DeviceLost
 */
export async function createSession(graph: OnnxFile, weights: OnnxFile[], device: Device): Promise<OnnxSession> {
  if (!isWholeOnnx(graph.bytes)) throw new ModelFileDamaged({ file: graph.path })
  // Named in the graph relative to it.
  const externalData = weights.map(({ path, bytes }) => ({ path: path.split('/').at(-1)!, data: bytes }))
  const options = { executionProviders: [device], ...(externalData.length > 0 && { externalData }) }
  const session = await ort.InferenceSession.create(graph.bytes, options).catch((error: unknown) => {
    throw new ModelUnusable({ detail: messageOf(error) }, { cause: error })
  })
  const lost = device === 'webgpu' ? await whenDeviceIsLost() : undefined
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (feeds) => {
      const result = session.run(feeds).catch((error: unknown) => {
        throw new ModelUnusable({ detail: messageOf(error) }, { cause: error })
      })
      return lost ? unlessLost(result, lost) : result
    },
    release: () => session.release(),
  }
}

/** Resolves when the runtime's device is gone; a run that waits for it may otherwise wait for ever. */
async function whenDeviceIsLost(): Promise<{ promise: Promise<never>; state: { lost: boolean } }> {
  const device = (await ort.env.webgpu.device) as GPUDevice
  const state = { lost: false }
  const promise = device.lost.then(({ message }) => {
    state.lost = true
    throw new DeviceLost({ detail: message })
  })
  promise.catch(() => undefined)
  return { promise, state }
}

/** What a dying device makes of a run (an error, or no answer) is reported as its death. */
async function unlessLost<Result>(
  result: Promise<Result>,
  { promise, state }: { promise: Promise<never>; state: { lost: boolean } },
): Promise<Result> {
  try {
    return await Promise.race([promise, result])
  } catch (error) {
    // The run may fail a moment before the device is reported as lost.
    if (!state.lost) await Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 50))])
    throw error instanceof FumikuraError ? error : new ModelUnusable({ detail: messageOf(error) })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
