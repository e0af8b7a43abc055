/** The package's glue without its entry, which imports WebAssembly as a module: no browser does, and nor does Vite. */
declare module 'voy-search/voy_search_bg.js' {
  export { Voy } from 'voy-search'
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void
}
