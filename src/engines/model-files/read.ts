import { isAbort, ModelFileDamaged, ModelUnreachable } from '../../errors'
import type { ModelFiles } from './source'

/** What is known of a file before it is read. */
export interface ExpectedFile {
  path: string
  /** Size in bytes; `exact` unless it was computed from the model's shape. */
  bytes?: number
  exact?: boolean
  /** Lower-case hex. */
  sha256?: string
}

/**
 * Reads a file whole and checks what is known of it: the size that the source or the catalogue gives, and the hash.
 * @param onBytes told after each piece how many bytes have come
 * @throws ModelFileMissing, ModelUnreachable, ModelFileDamaged, AbortError
 */
export async function readModelFile(
  files: ModelFiles,
  expected: ExpectedFile,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { path } = expected
  const { stream, bytes } = await files.open(path, signal)
  const whole = await collect(stream, bytes, onBytes, signal).catch((error: unknown) => {
    if (isAbort(error) || signal.aborted) throw error
    throw new ModelUnreachable({ file: path })
  })
  const size = expected.exact ? expected.bytes : bytes
  if (size !== undefined && whole.byteLength !== size) throw new ModelFileDamaged({ file: path })
  if (expected.sha256 && (await sha256(whole)) !== expected.sha256) throw new ModelFileDamaged({ file: path })
  return whole
}

/** With a known size the bytes go to their place at once; the file is never in memory twice. */
async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  size: number | undefined,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  let whole = new Uint8Array(size ?? 1 << 16)
  let at = 0
  for await (const piece of stream) {
    signal.throwIfAborted()
    if (at + piece.length > whole.length) whole = grown(whole, at + piece.length)
    whole.set(piece, at)
    at += piece.length
    onBytes(at)
  }
  return at === whole.length ? whole : whole.slice(0, at)
}

function grown(bytes: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, 2 * bytes.length))
  larger.set(bytes)
  return larger
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
