import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import samples from '../../public/samples/samples.json'
import source from '../../samples/questions.json'
import { quoteAnswerer } from '../../src/answering/quote'
import { ingest } from '../../src/ingest/ingest'
import type { Answer, DocumentHash, Language } from '../../src/domain'
import { normalise } from '../../src/language/normalise'
import { IndexService } from '../../src/retrieval/service'
import { PieceTokenizer } from '../../src/retrieval/soft-lexicon/tokenizer'
import { openDatabase, type Database } from '../../src/storage/database'
import { shippedLexicon } from '../fixtures/lexicon'
import { nodePdfEnvironment } from '../fixtures/read-pdf-in-node'

const never = new AbortController().signal
const lexicon = shippedLexicon()
const tokenizer = () => Promise.resolve(new PieceTokenizer(lexicon))
const squeeze = (text: string) => normalise(text).text.replace(/\s+/g, '')

async function add(db: Database, collection: string, file: string): Promise<DocumentHash> {
  const request = { file: new Blob([readFileSync(`public/samples/${file}`)]), name: file, collection }
  const dependencies = { db, environment: nodePdfEnvironment, tokenizer }
  const { document } = await ingest(request, dependencies, () => undefined, never)
  return document.hash
}

describe.each(samples.collections)('the ready questions of $name', ({ id, language, documents }) => {
  const { questions } = source.collections.find((collection) => collection.id === id)!
  const hashes: DocumentHash[] = []
  let service: IndexService

  beforeAll(async () => {
    const db = await openDatabase({ name: id })
    await db.put('collections', { id, name: id, created: 0 })
    for (const { file } of documents) hashes.push(await add(db, id, file))
    service = new IndexService(
      () => Promise.resolve(db),
      () => Promise.resolve(lexicon),
    )
    expect((await service.sync()).rebuilt).toBe(0)
  })

  async function ask(question: string): Promise<Answer> {
    const found = await service.search({ question, documents: hashes, limit: 20 }, never)
    for await (const event of quoteAnswerer.answer({ question, language: language as Language, ...found }, never))
      if (event.type === 'answer') return event.answer
    throw new Error('no answer')
  }

  test.each(questions.filter(({ answer }) => answer !== null))(
    '$question is answered from its page',
    async ({ question, answer, file, page }) => {
      const { refused, sentences } = await ask(question)
      expect(refused).toBe(false)
      const first = sentences[0]!
      expect(squeeze(first.text)).toContain(squeeze(answer!))
      const [mark] = first.marks.map(([start, end]) => squeeze(first.text.slice(start, end)))
      expect(squeeze(answer!)).toContain(mark)
      const [citation] = first.citations
      expect([citation?.documentName, citation?.spans[0]?.page]).toEqual([file, page])
    },
  )

  test.each(questions.filter(({ answer }) => answer === null))('$question is refused', async ({ question }) => {
    const { refused, nearest } = await ask(question)
    expect(refused).toBe(true)
    expect(nearest.length).toBeGreaterThan(0)
  })
})
