import { RestartableWorker } from '../../../../../src/app/restartable-worker'
import { RemoteLanguageModel } from '../../../../../src/engines/llm/remote-language-model'
import { folderName, type WebLlmPlan } from '../../../../../src/engines/llm/webllm/catalogue'
import type { ModelFolder } from '../../../../../src/engines/model-files/store'
import { connect, type Remote } from '../../../../../src/threads/expose'
import type { WebLlmApi } from '../../../../../src/threads/protocols'
import { emptyStore, fetchFiles, keepModel } from '../../../../fixtures/keep-model'
import { tinyWebLlmFiles, tinyWebLlmPlan } from '../../../../fixtures/tiny-web-llm'
import type { ScriptedApi } from './scripted.worker'

const TOKENIZER = ['tokenizer.json', 'tokenizer_config.json']

export const tinyMlcFiles = async (): Promise<Map<string, Uint8Array<ArrayBuffer>>> =>
  tinyWebLlmFiles(await fetchFiles(new URL('/models/tiny/llm/', globalThis.location.href).href, TOKENIZER))

/** Makes these files, or those of the tiny model of MLC, the only ones in the store. */
export async function keepTinyMlc(files?: Map<string, Uint8Array<ArrayBuffer>>): Promise<ModelFolder> {
  await emptyStore()
  return keepModel(folderName(tinyWebLlmPlan), files ?? (await tinyMlcFiles()))
}

/** Workers of the scripted engine, each with its side door; the last one started is told. */
export class ScriptedWorkers {
  readonly worker = new RestartableWorker<WebLlmApi>(() => this.#start())
  started = 0
  #sideDoor: Remote<ScriptedApi> | undefined

  get sideDoor(): Remote<ScriptedApi> {
    return this.#sideDoor!
  }

  #start(): Worker {
    this.started += 1
    const worker = new Worker(new URL('./scripted.worker.ts', import.meta.url), { type: 'module' })
    const { port1, port2 } = new MessageChannel()
    worker.postMessage('side door', [port2])
    this.#sideDoor = connect<ScriptedApi>(port1 as unknown as Worker)
    return worker
  }
}

/** The tiny model, ready, behind the page's side of every engine. */
export async function openScripted(
  workers: ScriptedWorkers,
  plan: WebLlmPlan = tinyWebLlmPlan,
): Promise<RemoteLanguageModel<WebLlmPlan>> {
  const loaded = await workers.worker.call((api) => api.load({ plan }, undefined, new AbortController().signal))
  return new RemoteLanguageModel<WebLlmPlan>(workers.worker, [plan], loaded)
}
