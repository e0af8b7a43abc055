import { expect, test } from 'vitest'
import { FileTooLarge } from '../../../src/errors'
import { getFile } from '../../../src/storage/files'
import { proxy } from '../../../src/threads/expose'
import { storesMentioning } from '../storage/fixtures'
import { Library } from './library'

const library = new Library()
const MEGABYTE = 2 ** 20

test('a PDF of 300 MB is read and kept', { timeout: 120_000 }, async () => {
  const comment = new Blob([`%${'.'.repeat(MEGABYTE - 2)}\n`])
  const file = library.pdf('large', 3, { padding: Array.from({ length: 300 }, () => comment) })
  const start = performance.now()
  const request = { file, name: 'large.pdf', collection: library.one }
  const { document } = await library.api.ingest(
    request,
    proxy(() => undefined),
    new AbortController().signal,
  )
  library.forget(document.hash)
  console.info(`300 MB in ${Math.round(performance.now() - start)} ms`)
  expect(document).toMatchObject({ pages: 3, bytes: file.size })
  expect((await getFile(library.db, document.hash))?.size).toBe(file.size)
})

test('300 MB of plain text are refused with one error, and nothing is kept', { timeout: 60_000 }, async () => {
  const file = new Blob(Array.from({ length: 300 }, () => `${'words '.repeat(MEGABYTE / 6)}\n`))
  const request = { file, name: 'words.txt', collection: library.one }
  const reading = library.api.ingest(
    request,
    proxy(() => undefined),
    new AbortController().signal,
  )
  await expect(reading).rejects.toBeInstanceOf(FileTooLarge)
  await expect(reading).rejects.toMatchObject({ params: { bytes: file.size, limit: 64 * MEGABYTE } })
  expect(await storesMentioning(library.db, 'words.txt')).toEqual([])
})
