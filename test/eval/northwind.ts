import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cutPassages } from '../../src/documents/passages'
import type { Document, Passage } from '../../src/domain'
import { readPdfInNode } from '../fixtures/read-pdf-in-node'
import { sharedData } from '../fixtures/shared-data'

/** A question about the handbook of a fictitious company, and the page that answers it. */
export interface PageQuestion {
  question: string
  file: string
  page: number
}

export interface NorthwindDocument extends Pick<Document, 'hash' | 'name' | 'title'> {
  passages: Passage[]
}

const folder = 'pdf/northwind'

/** The six PDFs, read and cut as the product does; undefined where they are missing. File names serve as hashes. */
export async function readNorthwind(): Promise<NorthwindDocument[] | undefined> {
  const path = sharedData(folder)
  if (path === undefined) return undefined
  const documents: NorthwindDocument[] = []
  for (const name of readdirSync(path).filter((file) => file.endsWith('.pdf'))) {
    const whole = await readPdfInNode(join(path, name))
    const passages = cutPassages(name, whole)
    documents.push({ hash: name, name, passages, ...(whole.title !== undefined && { title: whole.title }) })
  }
  return documents
}

/** The 50 questions; the page is the one that the answer cites ("[file.pdf#page=7]"), the first where it cites several. */
export function readNorthwindQuestions(): PageQuestion[] {
  const path = sharedData(`${folder}/ground_truth.jsonl`)
  if (path === undefined) return []
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  return lines.flatMap((line) => {
    const { question, truth } = JSON.parse(line) as { question: string; truth: string }
    const cited = /\[([^\]#]+\.pdf)#page=(\d+)\]/.exec(truth)
    return cited?.[1] && cited[2] ? [{ question, file: cited[1], page: Number(cited[2]) }] : []
  })
}

export const touches = ({ document, pieces }: Passage, { file, page }: PageQuestion): boolean =>
  document === file && pieces.some((piece) => piece.page === page)
