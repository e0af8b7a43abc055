/** WebAssembly compiled from AssemblyScript by scripts/assemblyscript.mjs. */
declare module '*?assemblyscript' {
  const binary: Uint8Array<ArrayBuffer>
  export default binary
}
