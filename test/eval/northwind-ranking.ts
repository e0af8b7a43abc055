import { passageText } from '../../src/engines/embedding/passage-text'
import { buildSegment } from '../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import type { Reranker } from '../../src/retrieval/rerank'
import { retrieve, type Retrieval } from '../../src/retrieval/retrieve'
import type { InstalledEmbedder } from './dense'
import { readNorthwindQuestions, touches, type NorthwindDocument } from './northwind'
import { addSegment, softSearch } from './soft-search'

/** Questions about whole books through all stages of the product, and by vectors alone; ranks as in search-task.ts. */
export async function measureNorthwind(
  documents: NorthwindDocument[],
  { embedDocuments }: InstalledEmbedder,
  reranker?: Reranker,
): Promise<{ passages: number; questions: number; ranks: Map<string, number[]> }> {
  const lexical = new LexicalIndex()
  const soft = softSearch()
  for (const document of documents) addSegment(buildSegment(document, document.passages, soft.tokenizer), lexical, soft)
  const passages = new Map(documents.map((document) => [document.hash, document.passages]))
  const dense = await embedDocuments(new Map([...passages].map(([hash, all]) => [hash, all.map(passageText)])))
  const source = {
    passage: (document: string, ordinal: number) => Promise.resolve(passages.get(document)?.[ordinal]),
    documentName: (document: string) => document,
  }
  const questions = readNorthwindQuestions()
  const among = [...passages.keys()]
  const ranks = new Map<string, number[]>()
  const measure = async (search: string, rank: (asked: (typeof questions)[number]) => Promise<number>) => {
    const noted: number[] = []
    for (const asked of questions) noted.push(await rank(asked))
    ranks.set(search, noted)
  }
  const throughAll = (retrieval: Omit<Retrieval, 'source'>) => async (asked: (typeof questions)[number]) => {
    const request = { question: asked.question, documents: among, limit: 10 }
    const { evidence } = await retrieve(request, { ...retrieval, source })
    return rankFrom(evidence.findIndex(({ passage }) => touches(passage, asked.cited)))
  }
  await measure('words', throughAll({ lexical }))
  await measure('meaning', async ({ question, cited }) => {
    const { hits } = await dense.search(question, { documents: among, limit: 10 }, new AbortController().signal)
    return rankFrom(hits.findIndex(({ document, ordinal }) => touches(passages.get(document)![ordinal]!, cited)))
  })
  await measure('all together', throughAll({ lexical, soft, dense }))
  if (reranker) await measure('reranked', throughAll({ lexical, soft, dense, reranker }))
  return { passages: lexical.passages, questions: questions.length, ranks }
}

const rankFrom = (index: number): number => (index < 0 ? Infinity : index + 1)
