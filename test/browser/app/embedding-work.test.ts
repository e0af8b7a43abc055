import { afterEach, expect, test } from 'vitest'
import { EmbeddingWork } from '../../../src/app/meaning/embedding-work.svelte'
import { commitDocument } from '../../../src/storage/documents'
import type { VectorSpace } from '../../../src/storage/vector-space'
import { documentsWithVectors } from '../../../src/storage/vectors'
import { temporaryDatabase, withCollections } from '../storage/fixtures'
import { prepare } from '../storage/prepared'

const space: VectorSpace = { model: 'm@1', dimension: 16, prefix: '', dtype: 'fp32', tokenizer: '1' }
const tabs: EmbeddingWork[] = []

afterEach(() => Promise.all(tabs.splice(0).map((tab) => tab.stop())))

test('of two tabs one embeds, the other says so, and takes over when the first is closed', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const counts = [0, 0]
  const [first, second] = counts.map((_, at) => {
    const tab = new EmbeddingWork(db, (texts) => {
      counts[at]! += texts.length
      return Promise.resolve(new Float32Array(texts.length * 16).fill(1))
    })
    tabs.push(tab)
    return tab
  })
  const embedded = async () => (await documentsWithVectors(db, space)).size
  await commitDocument(db, prepare('one'))
  first!.start(space)
  await expect.poll(embedded).toBe(1)
  second!.start(space)
  await expect.poll(() => second!.elsewhere).toBe(true)
  expect(first!.elsewhere).toBe(false)
  await commitDocument(db, prepare('two'))
  first!.wake()
  second!.wake()
  await expect.poll(embedded).toBe(2)
  expect(counts).toEqual([6, 0])
  await first!.stop()
  await expect.poll(() => second!.elsewhere).toBe(false)
  await commitDocument(db, prepare('three'))
  second!.wake()
  await expect.poll(embedded).toBe(3)
  expect(counts).toEqual([6, 3])
})
