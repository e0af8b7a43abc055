/** One file in a zip archive, as its central directory states it. */
export interface ZipEntry {
  name: string
  /** Bytes after decompression. */
  size: number
  /** Bytes in the archive. */
  packed: number
  /** 0: stored, 8: deflated. */
  method: number
  encrypted: boolean
  /** Of the bytes after decompression. */
  crc32: number
  /** Where its local header begins. */
  offset: number
}

const END = 0x06054b50
const ENTRY = 0x02014b50
/** The end record is the last thing in the file but for a comment of at most 65,535 bytes. */
const LONGEST_TAIL = 22 + 0xffff

/**
 * The entries of a zip archive (PKWARE APPNOTE 4.3.12 and 4.3.16), or undefined when the directory at its end is missing or
 * cut short. Nothing is decompressed.
 */
export function zipEntries(bytes: Uint8Array): ZipEntry[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endRecord(view)
  if (end === undefined) return undefined
  const entries: ZipEntry[] = []
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) return undefined
    const nameLength = view.getUint16(at + 28, true)
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength))
    entries.push({
      name,
      size: view.getUint32(at + 24, true),
      packed: view.getUint32(at + 20, true),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      crc32: view.getUint32(at + 16, true),
      offset: view.getUint32(at + 42, true),
    })
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return entries
}

function endRecord(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - LONGEST_TAIL)
  for (let at = view.byteLength - 22; at >= first; at--) if (view.getUint32(at, true) === END) return at
  return undefined
}
