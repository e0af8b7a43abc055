import { expose as exposeOn } from 'comlink'
import '../../../../../src/security/trusted-types'
import { WebLlmService } from '../../../../../src/engines/llm/webllm/service'
import { expose } from '../../../../../src/threads/expose'
import { createScriptedEngine, faults, loseDevice, seen, wordsOf } from './scripted-engine'

// As the policy of the site does it with every address that is not our own, here with all of them: nothing may be needed.
globalThis.fetch = (input) => {
  seen.fetched.push(input instanceof Request ? input.url : String(input).slice(0, 80))
  return Promise.reject(new TypeError('Failed to fetch'))
}
globalThis.XMLHttpRequest = class {
  constructor() {
    throw new TypeError('a request by XMLHttpRequest')
  }
} as unknown as typeof XMLHttpRequest

/** The worker of web-llm with a side door: its device can be taken away, and what web-llm was asked can be looked at. */
const misplaceParameters = (misplaced: boolean) => void Object.assign(faults, { misplaced })
const scripted = { loseDevice, misplaceParameters, wordsOf, seen: () => seen }

export type ScriptedApi = typeof scripted

addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports
  if (event.data === 'side door' && port) exposeOn(scripted, port)
})
expose(new WebLlmService(createScriptedEngine))
