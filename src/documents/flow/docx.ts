import { DamagedFile, FileTooLarge } from '../../errors'
import type { FlowDocument } from './flow'
import { flowOfHtml } from './html'
import { zipEntries } from './zip'

/** The text of a book of 10,000 pages takes some 60 MB of XML; more is a mistake or an attack on memory. */
const LARGEST_XML = 256 * 2 ** 20

/** Word's own styles that mammoth's default map leaves as plain paragraphs. */
const styleMap = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='表題'] => h1:fresh",
  ...[1, 2, 3, 4, 5, 6].map((level) => `p[style-name='見出し ${level}'] => h${level}:fresh`),
]

/**
 * Reads Word's .docx: headings, paragraphs, lists, tables, foot- and endnotes; pictures are left out.
 * @throws DamagedFile when the archive or what is in it cannot be read
 * @throws FileTooLarge when its text would not fit into memory (`bytes`, `limit`)
 */
export async function readDocx(bytes: Uint8Array<ArrayBuffer>): Promise<FlowDocument> {
  const entries = zipEntries(bytes)
  if (!entries) throw new DamagedFile()
  // mammoth unpacks whatever part a relationship names, but for pictures.
  const parts = entries.filter(({ name }) => !/^word\/media\//i.test(name))
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (size > LARGEST_XML) throw new FileTooLarge({ bytes: size, limit: LARGEST_XML })
  return flowOfHtml(await toHtml(bytes))
}

/** mammoth is loaded when a Word file is first read: it is larger than all of our own code. */
async function toHtml(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { default: mammoth } = await import('mammoth/mammoth.browser.js')
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
  try {
    const convertImage = mammoth.images.imgElement(() => Promise.resolve({ src: '' }))
    const { value } = await mammoth.convertToHtml(
      { arrayBuffer: whole },
      { styleMap, convertImage, externalFileAccess: false },
    )
    return value
  } catch (cause) {
    const damaged = new DamagedFile()
    damaged.cause = cause
    throw damaged
  }
}
