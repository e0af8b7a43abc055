import * as Comlink from 'comlink'
import { FumikuraError, isAbort, reviveError, toFumikuraError, type ErrorParams } from '../errors'

/**
 * What crosses a thread beyond comlink's own: errors keep their class, and an AbortSignal works on the other side.
 * Import this on both sides (`connect` does on the page, `expose` in the worker).
 */
interface ThrownValue {
  value: unknown
}
interface SerializedError {
  abort?: true
  key?: string
  params?: ErrorParams
  stack?: string | undefined
}

const comlinkThrow = Comlink.transferHandlers.get('throw')!

Comlink.transferHandlers.set('throw', {
  canHandle: comlinkThrow.canHandle as (value: unknown) => value is ThrownValue,
  serialize: ({ value }: ThrownValue) => {
    if (isAbort(value)) return [{ abort: true }, []]
    const error = toFumikuraError(value)
    return [{ key: error.key, params: error.params, stack: error.stack }, []]
  },
  deserialize: (serialized: SerializedError): never => {
    if (serialized.abort) throw new DOMException('aborted', 'AbortError')
    const error: FumikuraError = reviveError(serialized.key ?? 'unexpected', serialized.params ?? {})
    if (serialized.stack) error.stack = serialized.stack
    throw error
  },
})

Comlink.transferHandlers.set('AbortSignal', {
  canHandle: (value: unknown): value is AbortSignal => value instanceof AbortSignal,
  serialize: (signal: AbortSignal) => {
    const { port1, port2 } = new MessageChannel()
    if (signal.aborted) port1.postMessage('abort')
    else signal.addEventListener('abort', () => port1.postMessage('abort'), { once: true })
    return [port2, [port2]]
  },
  deserialize: (port: MessagePort) => {
    const controller = new AbortController()
    port.onmessage = () => {
      controller.abort()
      port.close()
    }
    return controller.signal
  },
})

export { proxy, transfer, releaseProxy, type Remote } from 'comlink'

/** In a worker: make `api` callable from the thread that started it. */
export const expose = (api: object): void => Comlink.expose(api)

/** On the page: the worker's api; every method returns a promise. */
export const connect = <Api>(worker: Worker): Comlink.Remote<Api> => Comlink.wrap<Api>(worker)
