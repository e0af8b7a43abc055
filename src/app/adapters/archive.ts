import { crc32 } from 'hash-wasm'
import { zipEntries, type ZipEntry } from '../../documents/flow/zip'
import { FileTooLarge } from '../../errors'
import { refusal } from '../../lora/refusal'

type Bytes = Uint8Array<ArrayBuffer>

const LOCAL = 0x04034b50

/**
 * The files that a .zip holds, by its directory. Nothing is unpacked.
 * @throws AdapterUnusable with reason archive, or archivePath where a file would lie outside of where it is unpacked to: we
 *   write none of them under its own name, but an archive with such a path was not made to be read
 */
export function filesInArchive(archive: Bytes): ZipEntry[] {
  let entries: ZipEntry[] | undefined
  try {
    entries = zipEntries(archive)
  } catch {
    // A directory that points beyond the end of the file.
  }
  if (!entries) throw refusal('archive')
  const outside = entries.find(({ name }) => /^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)/.test(name))
  if (outside) throw refusal('archivePath', { path: outside.name })
  return entries.filter(({ name }) => !name.endsWith('/'))
}

/**
 * Unpacks one file of an archive and checks it against its checksum. No more is unpacked than the directory tells, so that
 * an archive that lies about its sizes fills no memory.
 * @param limit bytes that the file may have
 * @throws FileTooLarge, AdapterUnusable (archive)
 */
export async function unpack(archive: Bytes, entry: ZipEntry, limit: number): Promise<Bytes> {
  if (entry.size > limit) throw new FileTooLarge({ bytes: entry.size, limit })
  const packed = packedBytes(archive, entry)
  const bytes = entry.method === 0 ? packed.slice() : await inflate(packed, entry.size)
  const isWhole = bytes.byteLength === entry.size && parseInt(await crc32(bytes), 16) === entry.crc32
  if (!isWhole) throw refusal('archive')
  return bytes
}

function packedBytes(archive: Bytes, { offset, packed, method, encrypted }: ZipEntry): Bytes {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength)
  const isReadable = (method === 0 || method === 8) && !encrypted && offset + 30 <= archive.byteLength
  if (!isReadable || view.getUint32(offset, true) !== LOCAL) throw refusal('archive')
  // Its name and its extra fields need not be as long here as in the directory.
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  if (start + packed > archive.byteLength) throw refusal('archive')
  return archive.subarray(start, start + packed)
}

async function inflate(packed: Bytes, size: number): Promise<Bytes> {
  const bytes = new Uint8Array(size)
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  let at = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return bytes.subarray(0, at)
      if (at + value.byteLength > size) throw refusal('archive')
      bytes.set(value, at)
      at += value.byteLength
    }
  } catch {
    throw refusal('archive')
  } finally {
    reader.cancel().catch(() => undefined)
  }
}
