import '../../../src/security/trusted-types'
import { dispatchCount, memory } from '../../fixtures/watch-memory'
import { loadAdapter } from '../../../src/engines/llm/adapters/load'
import { graphFiles, modelName, type LlmPlan } from '../../../src/engines/llm/catalogue'
import { generate } from '../../../src/engines/llm/onnx/generate'
import { loadLlm } from '../../../src/engines/llm/onnx/load'
import type { ReadyLlm } from '../../../src/engines/llm/onnx/ready-llm'
import { ModelFolder } from '../../../src/engines/model-files/store'
import { createSession } from '../../../src/engines/onnx/session'
import type { AdapterUse } from '../../../src/lora/adapter'
import { expose } from '../../../src/threads/expose'

const never = new AbortController().signal
let plain: ReadyLlm
let adapted: ReadyLlm
let plan: LlmPlan

const load = (): Promise<ReadyLlm> => loadLlm(plan, loadAdapter, () => undefined, never)

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

export interface Step {
  step: number
  dispatches: number
}

async function run(
  adapters: AdapterUse[] | undefined,
  maxTokens: number,
): Promise<{ decoding: number; dispatches: number }> {
  const before = dispatchCount()
  const options = { maxTokens, ...(adapters && { adapters }) }
  const pieces = generate(adapters ? adapted : plain, 'The staff may leave early', options, never)
  for (;;) {
    const next = await pieces.next()
    if (next.done) return { decoding: next.value.decoding, dispatches: dispatchCount() - before }
  }
}

/** The engine of the product, with a clock at places that no request passes alone. */
const api = {
  /** The model twice: as it is, and for adapters. */
  async load(given: LlmPlan): Promise<void> {
    plan = given
    plain = await load()
    adapted = await load()
  },

  /** Milliseconds until the model answers with these, computed and uploaded; the first time it is started anew. */
  swap: (uses: AdapterUse[]): Promise<number> => timed(() => adapted.adapters.use(adapted, uses, never)),

  /** Milliseconds to start a session with other weights of the same size, from files on the disk: what a merged adapter takes. */
  async start(): Promise<number> {
    const folder = new ModelFolder(modelName(plan.model))
    const [graph, ...beside] = graphFiles(plan)
    let release: () => Promise<void> = () => Promise.resolve()
    const time = await timed(async () => {
      const weights = []
      for (const { path } of beside) weights.push({ path, bytes: (await folder.file(path))! })
      const bytes = await folder.read(graph!.path)
      const session = await createSession({ path: graph!.path, bytes }, weights, plan.device, (output) =>
        output.startsWith('present'),
      )
      release = () => session.release()
    })
    await release()
    return time
  },

  /** Milliseconds of a token and computations given to the graphics processor for it; without adapters: of the plain graph. */
  async decode(uses: AdapterUse[] | undefined, tokens: number): Promise<Step> {
    // The second time the prompt's last token is all that is read of it, as here.
    const [one, all] = [await run(uses, 1), await run(uses, tokens)]
    return { step: all.decoding / (tokens - 1), dispatches: (all.dispatches - one.dispatches) / (tokens - 1) }
  },

  memory,
}

export type LoraBenchApi = typeof api

expose(api)
