import { expect, test, vi } from 'vitest'
import { Announcer } from '../../../src/app/announcer.svelte'
import type { Ingest } from '../../../src/app/ingest'
import { Library } from '../../../src/app/library.svelte'
import { Notices } from '../../../src/app/notices.svelte'
import { sha256 } from '../../../src/documents/hash'
import type { IngestRequest } from '../../../src/threads/protocols'
import type { Database } from '../../../src/storage/database'
import { commitDocument } from '../../../src/storage/documents'
import { temporaryDatabase } from '../storage/fixtures'
import { prepare } from '../storage/prepared'

interface Opened {
  library: Library
  notices: Notices
  requests: IngestRequest[]
}

/** A library that keeps, for each file, a document with the file's own hash, name and size. */
async function open(db: Database): Promise<Opened> {
  const requests: IngestRequest[] = []
  const ingest: Ingest = async (request) => {
    requests.push(request)
    const prepared = prepare(request.name)
    const hash = await sha256(await request.file.arrayBuffer())
    const { name, collection, replaces, queueId } = request
    const document = { ...prepared.document, hash, name, bytes: request.file.size, collections: [collection] }
    const options = { ...(replaces !== undefined && { replaces }), ...(queueId !== undefined && { queueId }) }
    const kept = await commitDocument(
      db,
      { ...prepared, document, pages: [], passages: [], segment: { ...prepared.segment, document: hash } },
      options,
    )
    return { document: kept, known: false }
  }
  const notices = new Notices()
  const library = new Library(db, ingest, notices, new Announcer())
  await library.load()
  return { library, notices, requests }
}

const file = (name: string, content = name) => new File([content], name)
const names = (library: Library) => library.documents.map((document) => document.name)

async function add(library: Library, ...files: File[]): Promise<void> {
  await library.add(files)
  await library.queue.run()
  await library.refresh()
}

test('the first file makes the first collection', async () => {
  const { library } = await open(await temporaryDatabase())
  expect(library.empty).toBe(true)
  await add(library, file('a.pdf'))
  expect(library.collections.list.map((collection) => collection.name)).toEqual(['My documents'])
  expect(names(library)).toEqual(['a.pdf'])
  expect(library.empty).toBe(false)
})

test('the same file again is recognised and not read', async () => {
  const { library, notices, requests } = await open(await temporaryDatabase())
  await add(library, file('a.pdf'))
  await add(library, file('a.pdf'))
  expect(requests).toHaveLength(1)
  expect(notices.list.map((notice) => notice.text)).toEqual(['“a.pdf” is in this collection already.'])
})

test.each([
  ['replace', ['a.pdf'], 1],
  ['keep', ['a.pdf', 'a.pdf'], 1],
  ['cancel', ['a.pdf'], 0],
] as const)('a taken name with other content is asked about: %s', async (answer, expected, read) => {
  const { library, requests } = await open(await temporaryDatabase())
  await add(library, file('a.pdf', 'old'))
  const old = library.documents[0]?.hash
  await add(library, file('a.pdf', 'new'))
  expect(requests).toHaveLength(1)
  const [question] = library.versionQuestions
  await library.answerVersion(question!, answer)
  await library.queue.run()
  await library.refresh()
  expect(library.versionQuestions).toEqual([])
  expect(requests).toHaveLength(1 + read)
  expect(requests[1]?.replaces).toBe(answer === 'replace' ? old : undefined)
  expect(names(library)).toEqual(expected)
  expect(library.documents.some((document) => document.hash === old)).toBe(answer !== 'replace')
})

test('boxes that are not ticked keep documents out of questions, also after a reload', async () => {
  const db = await temporaryDatabase()
  const { library } = await open(db)
  await add(library, file('a.pdf'), file('b.pdf'))
  const [a] = library.documents
  await library.choose([a!.hash], false)
  expect(library.chosen.map((document) => document.name)).toEqual(['b.pdf'])

  const { library: reloaded } = await open(db)
  expect(reloaded.isChosen(a!.hash)).toBe(false)
  expect(reloaded.chosen.map((document) => document.name)).toEqual(['b.pdf'])
  await reloaded.choose([a!.hash], true)
  expect(reloaded.chosen).toHaveLength(2)
})

test('collections are apart, and the one that was open is open again', async () => {
  const db = await temporaryDatabase()
  const { library } = await open(db)
  await add(library, file('a.pdf'))
  await library.createCollection('規程')
  expect(names(library)).toEqual([])
  await add(library, file('b.pdf'))
  expect(names(library)).toEqual(['b.pdf'])
  await vi.waitFor(async () => expect(await db.get('settings', 'selectedCollection')).toBeDefined())

  const { library: reloaded } = await open(db)
  expect(reloaded.collections.current?.name).toBe('規程')
  expect(names(reloaded)).toEqual(['b.pdf'])
  await reloaded.removeCollection(reloaded.collections.current!.id)
  expect(reloaded.collections.current?.name).toBe('My documents')
  expect(names(reloaded)).toEqual(['a.pdf'])
})

test('removing a document says so', async () => {
  const { library, notices } = await open(await temporaryDatabase())
  await add(library, file('a.pdf'))
  await library.remove(library.documents[0]!)
  expect(names(library)).toEqual([])
  expect(notices.list.at(-1)?.text).toBe('“a.pdf” was removed.')
})

test('files go where they were dropped, and are compared with what is there, whatever is opened meanwhile', async () => {
  const { library, notices } = await open(await temporaryDatabase())
  await library.createCollection('one')
  await add(library, file('a.pdf'))
  await library.createCollection('two')
  const two = library.collections.current!.id
  const added = library.add([file('b.pdf'), file('a.pdf')])
  await library.select(library.collections.list.find(({ name }) => name === 'one')!.id)
  await added
  await library.queue.run()
  expect([notices.list, library.versionQuestions]).toEqual([[], []])
  await library.select(two)
  expect(names(library).sort()).toEqual(['a.pdf', 'b.pdf'])
})
