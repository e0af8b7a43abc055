import { ModelFileDamaged, WrongModelLibrary } from '../../../errors'

/** What web-llm 0.2.86 gives to a model library, by module; a library that asks for more was built for another version. */
export const PROVIDED: Readonly<Record<string, readonly string[]>> = (() => {
  const system = [
    'TVMFFIWasmFunctionDeleter',
    'TVMFFIWasmSafeCall',
    'clock_time_get',
    'emscripten_notify_memory_growth',
    'environ_get',
    'environ_sizes_get',
    'fd_close',
    'fd_read',
    'fd_seek',
    'fd_write',
    'proc_exit',
  ]
  return { env: [...system, '__console_log', '__cxa_thread_atexit'], wasi_snapshot_preview1: system }
})()

/** What it calls in one before it does anything with a model. */
const CALLED = [
  'TVMFFIFunctionCall',
  'TVMFFIFunctionGetGlobal',
  'TVMFFIFunctionSetGlobal',
  'TVMFFIWasmGetLastError',
  'TVMWasmAllocSpace',
  'TVMWasmFreeSpace',
]

/**
 * Finds out whether a model library fits this version of web-llm before web-llm is given it: by itself it fails with a
 * LinkError that names a mangled symbol, or somewhat later with nothing that says why.
 * @throws WrongModelLibrary, ModelFileDamaged when it is no WebAssembly
 */
export async function checkModelLibrary(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const library = await WebAssembly.compile(bytes).catch((error: unknown) => {
    throw new ModelFileDamaged({ file }, { cause: error })
  })
  const strange = WebAssembly.Module.imports(library).find(({ module, name }) => !PROVIDED[module]?.includes(name))
  if (strange) throw new WrongModelLibrary({ file, detail: `it asks for ${strange.module}.${strange.name}` })
  const exported = new Set(WebAssembly.Module.exports(library).map(({ name }) => name))
  const lacking = CALLED.find((name) => !exported.has(name))
  if (lacking) throw new WrongModelLibrary({ file, detail: `it has no ${lacking}` })
}
