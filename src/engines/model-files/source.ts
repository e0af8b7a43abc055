/**
 * Where the files of a model come from. A source is plain data, so that it can be handed to a worker: `openSource` turns it
 * into something that files are read from.
 */
export type ModelSource =
  /** A folder of our own origin, or a mirror that the user set; ends with a slash. */
  | { kind: 'address'; base: string }
  | { kind: 'huggingFace'; repository: string; revision: string }
  /** A folder that the user picked. */
  | { kind: 'folder'; folder: FileSystemDirectoryHandle }
  /** Files that the user picked or dropped, with their paths below the model's folder. */
  | { kind: 'files'; files: { path: string; file: File }[] }

/** A file as it arrives. */
export interface OpenFile {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>
  /** Its size where the source says it; a stream that ends with another number of bytes was cut short. */
  bytes?: number
}

/** The files of one model, by path below its folder ("onnx/model.onnx"). */
export interface ModelFiles {
  /** @throws ModelFileMissing, ModelUnreachable, AbortError */
  open(path: string, signal: AbortSignal): Promise<OpenFile>
}
