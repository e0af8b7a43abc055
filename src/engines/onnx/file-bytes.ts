/** Workers have it; TypeScript knows it in its library of workers only. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer
}

/**
 * A file that the runtime takes for its bytes in memory. It asks external data for their length and for the part of each
 * tensor (`byteLength`, `subarray`), and that is answered here from the file itself: weights go from storage to their
 * place tensor by tensor, no copy of the file stands in memory, and it may be larger than an array can be (2 GB).
 * Works in workers only, where files can be read synchronously.
 */
export class FileBytes extends Uint8Array<ArrayBuffer> {
  readonly #file: Blob

  constructor(file: Blob) {
    super(new ArrayBuffer(0))
    this.#file = file
  }

  override get byteLength(): number {
    return this.#file.size
  }

  /** @throws NotReadableError when the file was removed or changed meanwhile */
  override subarray(begin = 0, end = this.#file.size): Uint8Array<ArrayBuffer> {
    return new Uint8Array(new FileReaderSync().readAsArrayBuffer(this.#file.slice(begin, end)))
  }
}
