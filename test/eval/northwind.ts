import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cutPassages } from '../../src/documents/passages'
import type { Document, Passage } from '../../src/domain'
import { readPdfInNode } from '../fixtures/read-pdf-in-node'
import { sharedData } from '../fixtures/shared-data'

/** A question about the papers of a fictitious company, and the pages that its answer cites: one, or two for half of them. */
export interface PageQuestion {
  question: string
  cited: { file: string; page: number }[]
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

/** The 50 questions; an answer cites its pages as "[file.pdf#page=7]". */
export function readNorthwindQuestions(): PageQuestion[] {
  const path = sharedData(`${folder}/ground_truth.jsonl`)
  if (path === undefined) return []
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const { question, truth } = JSON.parse(line) as { question: string; truth: string }
    const cited = [...truth.matchAll(/\[([^\]#]+\.pdf)#page=(\d+)\]/g)]
    return { question, cited: cited.map(([, file = '', page]) => ({ file, page: Number(page) })) }
  })
}

/** Does the passage touch one of the pages? */
export const touches = ({ document, pieces }: Passage, cited: PageQuestion['cited']): boolean =>
  cited.some(({ file, page }) => document === file && pieces.some((piece) => piece.page === page))
