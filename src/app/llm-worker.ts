import { AnyEngineOwner, type AnyLlmEntry } from '../engines/llm/any-engine-owner'
import { LlmOwner, type LlmVerdicts, type PassedOver } from '../engines/llm/llm-owner'
import { SharedLlm, type SharedState } from '../engines/llm/shared/shared-llm'
import { WebLlmOwner, type PassedOverBuild } from '../engines/llm/webllm/owner'
import type { LlmApi } from '../threads/protocols'
import { RestartableWorker } from './restartable-worker'
import { createWebLlmWorker } from './web-llm-worker'

/** An abort is heard between two parts of a prompt; ending the worker sooner would cost loading the model again. */
const PATIENCE = 60_000

/** The worker of language models that onnxruntime runs. It is started by the first call. */
export const createLlmWorker = (): RestartableWorker<LlmApi> =>
  new RestartableWorker<LlmApi>(
    () => new Worker(new URL('../../workers/llm.ts', import.meta.url), { type: 'module', name: 'llm' }),
    PATIENCE,
  )

/** Opens language models on the engine `onnx`, one at a time. */
export const createLlmOwner = (verdicts: LlmVerdicts): LlmOwner =>
  new LlmOwner(createLlmWorker(), createLlmWorker, verdicts)

/** Of either engine, one for all tabs: the others ask the tab that has the model. */
export const createSharedLlm = (
  verdicts: LlmVerdicts,
  onState?: (state: SharedState) => void,
): SharedLlm<AnyLlmEntry, PassedOver | PassedOverBuild> => {
  const owner = new AnyEngineOwner(createLlmOwner(verdicts), new WebLlmOwner(createWebLlmWorker(), verdicts))
  return new SharedLlm<AnyLlmEntry, PassedOver | PassedOverBuild>(owner, { ...(onState && { onState }) })
}
