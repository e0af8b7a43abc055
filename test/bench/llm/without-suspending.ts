/** This thread passes for that of a browser that cannot suspend wasm; imported before the runtime, which looks then. */
Reflect.deleteProperty(WebAssembly, 'Suspending')
