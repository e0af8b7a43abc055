import { expose as exposeOn } from 'comlink'
import '../../../../../src/security/trusted-types'
import { WebLlmService } from '../../../../../src/engines/llm/webllm/service'
import { expose } from '../../../../../src/threads/expose'
import { createScriptedEngine, loseDevice, seen } from './scripted-engine'

/** The worker of web-llm with a side door: its device can be taken away, and what web-llm was asked can be looked at. */
const scripted = { loseDevice, seen: () => seen }

export type ScriptedApi = typeof scripted

addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports
  if (event.data === 'side door' && port) exposeOn(scripted, port)
})
expose(new WebLlmService(createScriptedEngine))
