import address from 'voy-search/voy_search_bg.wasm?url'

let loading: Promise<WebAssembly.Module> | undefined

/** voy-search's WebAssembly, fetched from our own origin on first use. Only who switches to that index pays for it. */
export function loadVoyModule(): Promise<WebAssembly.Module> {
  loading ??= WebAssembly.compileStreaming(fetch(address)).catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}
