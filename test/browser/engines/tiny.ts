import type { Device } from '../../../src/engines/onnx/session'
import type { EmbedderPlan } from '../../../src/engines/embedding/catalogue'
import type { ModelSource } from '../../../src/engines/model-files/source'
import { connect } from '../../../src/threads/expose'
import type { EmbedApi } from '../../../src/threads/protocols'
import { tinyEmbedder } from '../../fixtures/tiny-embedder'

/** Where the development server has the tiny model. */
export const tinySource: ModelSource = {
  kind: 'address',
  base: new URL('/models/tiny/embedder/', globalThis.location.href).href,
}

export const tinyPlan = (device: Device = 'wasm', change: Partial<EmbedderPlan['embedder']> = {}): EmbedderPlan => ({
  embedder: { ...tinyEmbedder, ...change },
  device,
  dtype: 'fp32',
})

export const startEmbedWorker = (): Worker =>
  new Worker(new URL('../../../workers/embed.ts', import.meta.url), { type: 'module', name: 'embed' })

export const never = (): AbortSignal => new AbortController().signal

/** Nothing kept from an earlier test may stand in for what this one reads. */
export const emptyShelves = (): Promise<boolean> => caches.delete('fumikura-models')

let shared: ReturnType<typeof connect<EmbedApi>> | undefined

/** Runs `body` with the api of the one worker of this file: starting one compiles 27 MB. */
export function withWorker<Result>(body: (api: ReturnType<typeof connect<EmbedApi>>) => Promise<Result>) {
  return body((shared ??= connect<EmbedApi>(startEmbedWorker())))
}
