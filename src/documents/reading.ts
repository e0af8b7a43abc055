/** What every reader takes and gives, whatever the type of the file. */
import type { DocumentType, OutlineItem, Page } from '../domain'

export interface ReadOptions {
  /** Of an encrypted PDF; other types ignore it. */
  password?: string
  /** Called when `page` of `pages` (both from 1) has been read. */
  onProgress?: (page: number, pages: number) => void
  /** Reading stops at the next page and rejects with the signal's reason. */
  signal?: AbortSignal
  /** Pages of the version that this file replaces: those whose fingerprint is unchanged are taken over without layout. */
  previous?: Page[]
}

/** A file read whole: pages of a PDF, or numbered parts of a document without pages. */
export interface ReadDocument {
  type: DocumentType
  /** As the file itself states it, where that is a title and not the name of the program that wrote it. */
  title?: string
  pages: Page[]
  outline: OutlineItem[]
  /** The file asks for a password whenever it is opened. */
  locked: boolean
  /** Numbers of pages that the parser could not read; they stand in `pages` without text. */
  unreadablePages: number[]
  /** With `previous`: how many pages had to be laid out anew. */
  changedPages?: number
}
