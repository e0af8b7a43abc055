import * as ort from 'onnxruntime-web/webgpu'
import glueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import { wasmThreads } from './devices'

const absolute = (url: string): string => new URL(url, globalThis.location.href).href

/**
 * The runtime, told to take its parts from our own origin: by itself it would ask a CDN. Import `ort` from here and nowhere
 * else.
 */
ort.env.wasm.wasmPaths = { mjs: absolute(glueUrl), wasm: absolute(wasmUrl) }
ort.env.wasm.numThreads = wasmThreads()
ort.env.logLevel = 'error'

export { ort }
