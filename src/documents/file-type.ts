import type { DocumentType } from '../domain'
import { DamagedFile, UnsupportedFile } from '../errors'
import { isText } from './flow/decode'
import { zipEntries } from './flow/zip'

/** How far into a file the mark of a PDF may stand: mail programs and servers put junk before it. */
const PDF_MARK_WITHIN = 1024

const extensions: Partial<Record<string, DocumentType>> = {
  '.pdf': 'pdf',
  '.docx': 'docx',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.xhtml': 'html',
  '.txt': 'text',
  '.text': 'text',
  '.log': 'text',
  // README, LICENSE and the like.
  '': 'text',
}

/**
 * What a file looks like from its first bytes: by its content where that tells (PDF, an archive that may be Word's), else by
 * its extension. What an archive really is, `fileType` finds out from the whole file.
 * @throws DamagedFile when the content is not what the extension promises
 * @throws UnsupportedFile for everything we do not read: `extension`
 */
export function likelyType(head: Uint8Array, name: string): DocumentType {
  if (isPdf(head)) return 'pdf'
  if (isZip(head) || isOle(head)) return 'docx'
  const type = extensions[extensionOf(name)]
  if (!type) throw new UnsupportedFile({ extension: extensionOf(name) })
  if (type === 'pdf' || type === 'docx' || !isText(head)) throw new DamagedFile()
  return type
}

/**
 * What to read a whole file as.
 * @throws DamagedFile when the content is not what the extension promises
 * @throws UnsupportedFile for everything we do not read: `extension`, and `reason` "encrypted" for a Word file with a
 *   password, "legacy" for the formats of Office before 2007
 */
export function fileType(bytes: Uint8Array, name: string): DocumentType {
  const extension = extensionOf(name)
  if (isOle(bytes)) throw new UnsupportedFile({ extension, reason: isEncryptedOffice(bytes) ? 'encrypted' : 'legacy' })
  if (isZip(bytes) && !isWord(bytes)) {
    if (extensions[extension]) throw new DamagedFile()
    throw new UnsupportedFile({ extension })
  }
  return likelyType(bytes, name)
}

const extensionOf = (name: string): string => /\.[^./\\]+$/.exec(name)?.[0].toLowerCase() ?? ''

const startsWith = (bytes: Uint8Array, mark: readonly number[]): boolean => mark.every((byte, i) => bytes[i] === byte)

const isZip = (bytes: Uint8Array): boolean => startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])

const isOle = (bytes: Uint8Array): boolean => startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])

const latin = (bytes: Uint8Array): string => new TextDecoder('windows-1252').decode(bytes)

const isPdf = (bytes: Uint8Array): boolean => latin(bytes.subarray(0, PDF_MARK_WITHIN)).includes('%PDF')

const isWord = (bytes: Uint8Array): boolean =>
  zipEntries(bytes)?.some(({ name }) => /^word\/document\d*\.xml$/.test(name)) ?? false

/** An encrypted Office file is an OLE container with a stream of this name (MS-OFFCRYPTO 2.3.1), written in UTF-16. */
const isEncryptedOffice = (bytes: Uint8Array): boolean => latin(bytes).includes([...'EncryptedPackage'].join('\0'))
