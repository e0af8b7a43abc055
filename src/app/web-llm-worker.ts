import type { WebLlmApi } from '../threads/protocols'
import { RestartableWorker } from './restartable-worker'

/** Reading a prompt cannot be broken off, and ending the worker costs loading the model again. */
const PATIENCE = 60_000

/** The worker of language models that web-llm runs. It is started by the first call. */
export const createWebLlmWorker = (): RestartableWorker<WebLlmApi> =>
  new RestartableWorker<WebLlmApi>(
    () => new Worker(new URL('../../workers/webllm.ts', import.meta.url), { type: 'module', name: 'webllm' }),
    PATIENCE,
  )
