import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { quoteAnswerer } from '../../../src/answering/quote'
import { ingest } from '../../../src/ingest/ingest'
import type { Answer, Language } from '../../../src/domain'
import { IndexService } from '../../../src/retrieval/service'
import { openDatabase } from '../../../src/storage/database'
import { nodePdfEnvironment } from '../../fixtures/read-pdf-in-node'
import { sharedData } from '../../fixtures/shared-data'

const never = new AbortController().signal

/** The answer from a PDF, through reading, search and quoting as in the product. */
async function answerFrom(path: string, question: string, language: Language): Promise<Answer> {
  const db = await openDatabase({ name: question })
  await db.put('collections', { id: 'c', name: 'c', created: 0 })
  const request = { file: new Blob([readFileSync(path)]), name: 'document.pdf', collection: 'c' }
  const { document } = await ingest(request, { db, environment: nodePdfEnvironment }, () => undefined, never)
  const service = new IndexService(() => Promise.resolve(db))
  await service.sync()
  const found = await service.search({ question, documents: [document.hash], limit: 20 }, never)
  for await (const event of quoteAnswerer.answer({ question, language, ...found }, never))
    if (event.type === 'answer') return event.answer
  throw new Error('no answer')
}

describe('answers from the samples', () => {
  it('the row of the code that was asked for', async () => {
    const question = 'E-04と表示されたらどうすればよいですか'
    const { sentences } = await answerFrom('public/samples/ja/bean-paste-machine-manual.pdf', question, 'ja')
    expect(sentences[0]?.text).toContain('E-04')
    expect(sentences.some(({ text }) => text.includes('E-05'))).toBe(false)
  })

  it('nothing about pensions, of which the handbook does not speak', async () => {
    const question = 'How much does the co-operative pay into my pension?'
    expect((await answerFrom('public/samples/en/staff-handbook.pdf', question, 'en')).refused).toBe(true)
  })
})

const handbook = sharedData('pdf/northwind/employee_handbook.pdf')

describe.runIf(handbook)('answers from an English handbook (needs ../shared/data/pdf/northwind)', () => {
  it('how often', async () => {
    const { sentences } = await answerFrom(handbook!, 'How often are performance reviews conducted?', 'en')
    const first = sentences[0]!
    expect(first.text).toBe(
      'Performance reviews are conducted annually and are an important part of your career development.',
    )
    expect(first.marks.map(([start, end]) => first.text.slice(start, end))).toEqual(['annually'])
  })

  it.each([
    ['What is the number of the Compliance Hotline?', '1-800-555-1212'],
    ['Who do I contact to make changes to my personal information?', 'privacy@contoso.com'],
  ])('%s', async (question, expected) => {
    const { sentences } = await answerFrom(handbook!, question, 'en')
    expect(sentences[0]?.text).toContain(expected)
  })
})
