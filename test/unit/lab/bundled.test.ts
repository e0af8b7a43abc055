import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import samples from '../../../public/samples/samples.json'
import type { DocumentHash } from '../../../src/domain'
import { ingest } from '../../../src/ingest/ingest'
import { bundledSetIds, loadBundledSet } from '../../../src/lab/bundled/bundled'
import { hygieneReport } from '../../../src/lab/hygiene/hygiene'
import { readJsonLines, toJsonLines } from '../../../src/lab/questions/jsonl'
import { normalise } from '../../../src/language/normalise'
import { PieceTokenizer } from '../../../src/retrieval/soft-lexicon/tokenizer'
import { openDatabase } from '../../../src/storage/database'
import { getPage } from '../../../src/storage/pages'
import { shippedLexicon } from '../../fixtures/lexicon'
import { nodePdfEnvironment } from '../../fixtures/read-pdf-in-node'

const squeeze = (text: string) => normalise(text).text.replace(/\s+/g, '')

describe.each(bundledSetIds)('the bundled set %s', (id) => {
  test('is whole, ours, and confirmed; its right answers are spread over the letters', async () => {
    const set = await loadBundledSet(id)
    expect(set).toMatchObject({ id, licence: 'own' })
    expect(readJsonLines(toJsonLines(set)).questions).toEqual(set.questions)
    expect(set.questions.length).toBeGreaterThanOrEqual(16)
    expect(set.questions.every(({ state, language }) => state === 'confirmed' && /^(?:en|ja)$/.test(language))).toBe(
      true,
    )
    const right = set.questions.flatMap((one) => (one.kind === 'choice' ? [one.answer] : []))
    expect(new Set(right).size).toBe(4)
    const serious = hygieneReport(set.questions).filter(({ kind }) =>
      ['duplicate', 'contradiction', 'sameOption', 'symbols', 'language', 'reference', 'optionCount'].includes(kind),
    )
    expect(serious).toEqual([])
  })
})

describe('the addresses of the bundled sets', () => {
  const texts = new Map<string, string>()

  beforeAll(async () => {
    const db = await openDatabase({ name: 'bundled' })
    const tokenizer = new PieceTokenizer(shippedLexicon())
    const dependencies = { db, environment: nodePdfEnvironment, tokenizer: () => Promise.resolve(tokenizer) }
    for (const { id, documents } of samples.collections) {
      await db.put('collections', { id, name: id, created: 0 })
      for (const { file } of documents) {
        const request = { file: new Blob([readFileSync(`public/samples/${file}`)]), name: file, collection: id }
        const { document } = await ingest(request, dependencies, () => undefined, new AbortController().signal)
        for (let page = 1; page <= document.pages; page++)
          texts.set(`${document.hash}/${page}`, (await textOf(db, document.hash, page)) ?? '')
      }
    }
  }, 120_000)

  const textOf = async (db: Awaited<ReturnType<typeof openDatabase>>, hash: DocumentHash, page: number) =>
    (await getPage(db, hash, page))?.text

  test.each(['lantern-row', 'minamo-do'] as const)('of %s lead to characters that hold the answer', async (id) => {
    const { questions } = await loadBundledSet(id)
    for (const question of questions) {
      const right = question.kind === 'choice' ? [question.options[question.answer]!] : question.answers
      if (right.length === 0) continue
      const [{ document, page, start, end }] = question.evidence as [(typeof question.evidence)[0]]
      const held = squeeze(texts.get(`${document}/${page}`)!.slice(start, end))
      // "the 25th" and "green" are told in other words beside them.
      const said = right.map((answer) => squeeze(answer.replace(/^the /, '')))
      expect(
        said.some((answer) => held.includes(answer)),
        `${question.question} ${held}`,
      ).toBe(true)
    }
  })
})
