import { expect, test, vi } from 'vitest'
import { compactVectors } from '../../../src/storage/compact-vectors'
import type { Database } from '../../../src/storage/database'
import { commitDocument, deleteDocument } from '../../../src/storage/documents'
import { loadDocumentVectors, loadVectors } from '../../../src/storage/load-vectors'
import type { VectorPack } from '../../../src/storage/schema'
import { documentsWithoutVectors, getVectors, keepVectors } from '../../../src/storage/vectors'
import { temporaryDatabase, withCollections } from './fixtures'
import { hashOf, prepare } from './prepared'
import { loadAll, packCounts, SPACE, vectorsOf } from './vectors'

const MERGED = ['a', 'b']
const SINGLE = ['c', 'd']

/** Two documents in one merged pack, two in packs of their own. */
async function withPacks(): Promise<{ db: Database; merged: VectorPack }> {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  for (const seed of [...MERGED, ...SINGLE]) await commitDocument(db, prepare(seed))
  for (const seed of MERGED) await keepVectors(db, SPACE, hashOf(seed), vectorsOf(seed, 3))
  await compactVectors(db, SPACE, { smallPacks: 1 })
  for (const seed of SINGLE) await keepVectors(db, SPACE, hashOf(seed), vectorsOf(seed, 3))
  const packs = await db.getAll('vectorPacks')
  return { db, merged: packs.find(({ documents }) => documents.length === 2)! }
}

const damages: Record<string, (db: Database, merged: VectorPack) => Promise<unknown>> = {
  'a flipped bit in the coarse plane': async (db, { space, pack }) => {
    const plane = (await db.get('coarsePlanes', [space, pack]))!
    plane.coarse[17]! ^= 4
    await db.put('coarsePlanes', plane)
  },
  'a flipped bit in a scale': async (db, { space, pack }) => {
    const plane = (await db.get('coarsePlanes', [space, pack]))!
    new Uint8Array(plane.scales.buffer)[5]! ^= 1
    await db.put('coarsePlanes', plane)
  },
  'a flipped bit in the fine plane': async (db, { space, pack }) => {
    const plane = (await db.get('finePlanes', [space, pack]))!
    plane.fine[95]! ^= -128
    await db.put('finePlanes', plane)
  },
  'a plane cut short': async (db, { space, pack }) => {
    const plane = (await db.get('finePlanes', [space, pack]))!
    await db.put('finePlanes', { ...plane, fine: plane.fine.slice(0, 80) })
  },
  'a missing plane': (db, { space, pack }) => db.delete('coarsePlanes', [space, pack]),
  'a changed place in the directory': async (db, entry) => {
    const places = entry.places.slice()
    places[0] = 2
    await db.put('vectorPacks', { ...entry, places })
  },
}

test.each(Object.entries(damages))('%s is reported, and costs the documents of that pack only', async (_, damage) => {
  const { db, merged } = await withPacks()
  await damage(db, merged)
  const delivered = new Set<string>()
  const loaded = await loadDocumentVectors(db, SPACE, (document) => delivered.add(document))
  expect(loaded.damaged.sort()).toEqual(MERGED.map(hashOf))
  expect(loaded).toMatchObject({ documents: 2, rows: 6 })
  expect([...delivered].sort()).toEqual(SINGLE.map(hashOf))
  expect((await documentsWithoutVectors(db, SPACE)).map(({ name }) => name).sort()).toEqual(['a.pdf', 'b.pdf'])
  expect(await packCounts(db)).toEqual([2, 2, 2])
  for (const seed of MERGED) await keepVectors(db, SPACE, hashOf(seed), vectorsOf(seed, 3))
  expect((await loadAll(db)).vectors.size).toBe(4)
})

test.each(Object.entries(damages))('%s: loading plane by plane reports it too', async (_, damage) => {
  const { db, merged } = await withPacks()
  await damage(db, merged)
  const fine = new Set<string>()
  const loaded = await loadVectors(db, SPACE, ({ plane, slices }) => {
    if (plane === 'fine') for (const { document } of slices) fine.add(document)
  })
  expect(loaded.damaged.sort()).toEqual(MERGED.map(hashOf))
  for (const seed of SINGLE) expect(fine).toContain(hashOf(seed))
  expect(await packCounts(db)).toEqual([2, 2, 2])
})

test.each(Object.entries(damages))('%s: a single document is not given out', async (_, damage) => {
  const { db, merged } = await withPacks()
  await damage(db, merged)
  expect(await getVectors(db, SPACE, hashOf('a'))).toBeUndefined()
  expect(await getVectors(db, SPACE, hashOf('c'))).toEqual(vectorsOf('c', 3))
})

test.each(Object.entries(damages))('%s: compaction merges the sound packs and reports the other', async (_, damage) => {
  const { db, merged } = await withPacks()
  await damage(db, merged)
  const { damaged } = await compactVectors(db, SPACE, { smallPacks: 1 })
  expect(damaged.sort()).toEqual(MERGED.map(hashOf))
  expect(await packCounts(db)).toEqual([1, 1, 1])
  expect([...(await loadAll(db)).vectors.keys()].sort()).toEqual(SINGLE.map(hashOf))
  expect(await documentsWithoutVectors(db, SPACE)).toHaveLength(2)
})

test('removing a document from a damaged entry does not vouch for the rest of it', async () => {
  const { db, merged } = await withPacks()
  await damages['a changed place in the directory']!(db, merged)
  await deleteDocument(db, hashOf('a'))
  expect((await documentsWithoutVectors(db, SPACE)).map(({ name }) => name)).toEqual(['b.pdf'])
  expect(await packCounts(db)).toEqual([2, 2, 2])
})

test('a record that the browser cannot read at all costs its own documents, and loading begins again', async () => {
  const { db, merged } = await withPacks()
  const unreadable = (query: unknown) => {
    const broken = [merged.space, merged.pack]
    return query instanceof IDBKeyRange ? query.includes(broken) : String(query) === String(broken)
  }
  const spies = (['get', 'getAll'] as const).map((name) => {
    const original = IDBObjectStore.prototype[name] as (this: IDBObjectStore, ...args: unknown[]) => IDBRequest
    return vi.spyOn(IDBObjectStore.prototype, name).mockImplementation(function (
      this: IDBObjectStore,
      ...args: unknown[]
    ) {
      const there = this.name === 'finePlanes' && !deleted && unreadable(args[0])
      if (there) throw new DOMException('Data lost due to missing file.', 'NotReadableError')
      return original.apply(this, args)
    })
  })
  let deleted = false
  const original = IDBObjectStore.prototype.delete
  const deleting = vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (
    this: IDBObjectStore,
    query,
  ) {
    deleted ||= unreadable(query)
    return original.call(this, query)
  })
  const onRestart = vi.fn()
  const delivered: string[] = []
  const loaded = await loadDocumentVectors(db, SPACE, (document) => delivered.push(document), { onRestart })
  for (const spy of [...spies, deleting]) spy.mockRestore()
  expect(onRestart).toHaveBeenCalledOnce()
  expect(loaded.damaged.sort()).toEqual(MERGED.map(hashOf))
  expect(delivered.sort()).toEqual(SINGLE.map(hashOf))
  expect(await documentsWithoutVectors(db, SPACE)).toHaveLength(2)
})

test('what the receiver throws is thrown, and nothing is deleted for it', async () => {
  const { db } = await withPacks()
  const refuse = () => {
    throw new Error('no room in memory')
  }
  await expect(loadVectors(db, SPACE, refuse)).rejects.toThrow('no room in memory')
  expect(await packCounts(db)).toEqual([3, 3, 3])
})
