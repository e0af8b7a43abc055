import { expose as exposeOn } from 'comlink'
import '../../../../../src/security/trusted-types'
import { WebLlmService } from '../../../../../src/engines/llm/webllm/service'
import { expose } from '../../../../../src/threads/expose'

/** The worker as it is shipped, with web-llm as it is shipped, in a thread that can fetch nothing and says what it wanted. */
const fetched: string[] = []
globalThis.fetch = (input) => {
  fetched.push(input instanceof Request ? input.url : String(input).slice(0, 80))
  return Promise.reject(new TypeError('Failed to fetch'))
}
const door = { fetched: () => fetched, caches: async () => (await caches.keys()).length }

export type RealApi = typeof door

addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports
  if (event.data === 'side door' && port) exposeOn(door, port)
})
expose(new WebLlmService())
