import * as ort from 'onnxruntime-web/webgpu'
import asyncifyGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import suspendingGlue from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url'
import suspendingWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url'
import { wasmThreads } from './devices'

const absolute = (url: string): string => new URL(url, globalThis.location.href).href

/**
 * Whether the browser itself can suspend wasm while a promise is pending (JSPI). The runtime was built twice: the build for
 * such browsers has 17 MB, the other, whose every function can be taken apart and put together again, 27 MB. The script
 * around them is one and the same (the two entries of the package differ in the names of these files and in a check for
 * what is checked here), so one bundle serves both, and a browser fetches the files of one only.
 */
const canSuspend = 'Suspending' in WebAssembly

const [glue, wasm] = canSuspend ? [suspendingGlue, suspendingWasm] : [asyncifyGlue, asyncifyWasm]

/**
 * The runtime, told to take its parts from our own origin: by itself it would ask a CDN. Import `ort` from here and nowhere
 * else.
 */
ort.env.wasm.wasmPaths = { mjs: absolute(glue), wasm: absolute(wasm) }
ort.env.wasm.numThreads = wasmThreads()
ort.env.logLevel = 'error'

export { ort }
