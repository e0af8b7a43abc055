import type { DocumentType } from '../domain'
import { DamagedFile, EmptyFile, FileTooLarge } from '../errors'
import { fileType, likelyType } from './file-type'
import { readDocx } from './flow/docx'
import type { FlowDocument } from './flow/flow'
import { readHtml } from './flow/html'
import { readMarkdown } from './flow/markdown'
import { outlineOf } from './flow/outline'
import { toParts } from './flow/parts'
import { readText } from './flow/text'
import type { PdfEnvironment } from './pdf/open'
import { readPdf } from './pdf/read-pdf'
import type { ReadDocument, ReadOptions } from './reading'

/** Chromium's largest ArrayBuffer, and the most that one read of a Blob gives. */
export const LARGEST_FILE = 2 ** 31 - 1

/** Bytes from which a type is guessed. */
const HEAD = 4096

/** Formats whose text is the file: ten times the longest novel. Word files also hold pictures. */
const largest: Record<DocumentType, number> = {
  pdf: LARGEST_FILE,
  docx: 512 * 2 ** 20,
  text: 64 * 2 ** 20,
  markdown: 64 * 2 ** 20,
  html: 64 * 2 ** 20,
}

const flowReaders = { text: readText, markdown: readMarkdown, html: readHtml, docx: readDocx }

export interface ReadFileOptions extends ReadOptions {
  environment: PdfEnvironment
  /** The file's bytes where they are in memory already. They are used up: a PDF's go to the parser. */
  data?: ArrayBuffer
}

/**
 * Reads a file of any type that we know into pages, or into numbered parts where it has none.
 * @param name the file's name, for its extension
 * @throws EmptyFile, UnsupportedFile, DamagedFile, FileTooLarge (`bytes`, `limit`); of a PDF also PasswordNeeded and
 *   WrongPassword; the signal's reason when it is aborted
 */
export async function read(file: Blob, name: string, options: ReadFileOptions): Promise<ReadDocument> {
  const { environment, data = await bytesOf(file, name), ...reading } = options
  const bytes = new Uint8Array(data)
  const type = fileType(bytes, name)
  reading.signal?.throwIfAborted()
  if (type === 'pdf') return readPdf(data, { ...reading, environment })
  return placeOnParts(type, await readFlow(type, bytes), reading)
}

/**
 * All bytes of a file, in one buffer. What can be told from its beginning and size is refused before that.
 * @throws EmptyFile, UnsupportedFile
 * @throws FileTooLarge when it is longer than a file of its type may be, or memory for it cannot be had
 * @throws DamagedFile when it is not what its name says, or the disk does not give it: it was moved, changed or deleted
 *   since it was chosen
 */
export async function bytesOf(file: Blob, name: string): Promise<ArrayBuffer> {
  if (file.size === 0) throw new EmptyFile()
  const type = likelyType(new Uint8Array(await load(file.slice(0, HEAD))), name)
  if (file.size > largest[type]) throw new FileTooLarge({ bytes: file.size, limit: largest[type] })
  return load(file)
}

async function load(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer()
  } catch (cause) {
    // Chromium answers NotReadableError to both; below this size it is not memory that is missing.
    const memory = file.size > 2 ** 28
    const failure = memory ? new FileTooLarge({ bytes: file.size }) : new DamagedFile({ reason: 'unreadable' })
    failure.cause = cause
    throw failure
  }
}

async function readFlow(type: Exclude<DocumentType, 'pdf'>, bytes: Uint8Array<ArrayBuffer>): Promise<FlowDocument> {
  try {
    return await flowReaders[type](bytes)
  } catch (error) {
    // Nesting so deep that the parsers of Markdown and XML, which recurse, run out of stack.
    if (error instanceof RangeError) throw new DamagedFile({ detail: error.message })
    throw error
  }
}

async function placeOnParts(
  type: Exclude<DocumentType, 'pdf'>,
  { title, blocks }: FlowDocument,
  { previous, onProgress }: ReadOptions,
): Promise<ReadDocument> {
  const pages = await toParts(blocks)
  onProgress?.(pages.length, pages.length)
  const known = new Set(previous?.map(({ fingerprint }) => fingerprint))
  return {
    type,
    ...(title !== undefined && { title }),
    pages,
    outline: outlineOf(pages),
    locked: false,
    unreadablePages: [],
    ...(previous && { changedPages: pages.filter(({ fingerprint }) => !known.has(fingerprint)).length }),
  }
}
