/**
 * Where the files of a model come from. A source is plain data, so that it can be handed to a worker: `openSource` turns it
 * into something that files are read from.
 */
export type ModelSource =
  /** A folder of our own origin, or of a host that the user set: an absolute address that ends with a slash. */
  | { kind: 'address'; base: string }
  /** `mirror`: a host that serves the same paths as the hub, in its place ("https://hf-mirror.example"). */
  | { kind: 'huggingFace'; repository: string; revision: string; mirror?: string }
  /** A folder that the user picked. */
  | { kind: 'folder'; folder: FileSystemDirectoryHandle }
  /** Files that the user picked or dropped, with their paths below the model's folder. */
  | { kind: 'files'; files: { path: string; file: File }[] }

export type HubSource = Extract<ModelSource, { kind: 'huggingFace' }>

/** A file from some byte on, as it arrives. */
export interface OpenFile {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>
  /** Of the first byte: 0 where the source cannot begin in the middle, or has another version of the file by now. */
  start: number
  /** Size of the whole file where the source says it; a stream that ends before was cut short. */
  total?: number
  /** Names the version of the file, where the source does. */
  etag?: string
}

/** The source's file ends where reading was to begin, or before. */
export interface NothingAfter {
  /** Its size, where the source says it. */
  nothingAfter: number | undefined
  etag?: string
}

/** Where reading is to begin, and in which version of the file. */
export interface From {
  start: number
  etag?: string
}

/** The files of one model, by path below its folder ("onnx/model.onnx"). */
export interface ModelFiles {
  /** @throws ModelFileMissing, ModelUnreachable, HostNotAllowed, TryAgain, AbortError */
  open(path: string, from: From, signal: AbortSignal): Promise<OpenFile | NothingAfter>
  /**
   * Size in bytes; undefined where the source does not say it.
   * @throws ModelFileMissing, ModelUnreachable, HostNotAllowed, TryAgain, AbortError
   */
  size(path: string, signal: AbortSignal): Promise<number | undefined>
}

/** A failure that may be gone in a moment. It does not leave the download: after too many, ModelUnreachable does. */
export class TryAgain extends Error {
  /**
   * @param status of the host's answer, where there was one
   * @param wait milliseconds that the host wants to be left alone
   */
  constructor(
    readonly status?: number,
    readonly wait = 0,
  ) {
    super(`try again (${status ?? 'no answer'})`)
  }
}
