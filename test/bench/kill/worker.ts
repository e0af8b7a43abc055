import '../../../src/security/trusted-types'
import type { Document, DocumentHash } from '../../../src/domain'
import { sha256 } from '../../../src/documents/hash'
import type { QuantizedVectors } from '../../../src/retrieval/vector/vector-index'
import { checksum } from '../../../src/storage/checksum'
import { createCollection } from '../../../src/storage/collections'
import { compactVectors } from '../../../src/storage/compact-vectors'
import { openDatabase, type Database } from '../../../src/storage/database'
import { deleteDocument, getDocument, listDocuments } from '../../../src/storage/documents'
import { loadDocumentVectors } from '../../../src/storage/load-vectors'
import { spaceId, type VectorSpace } from '../../../src/storage/vector-space'
import { keepVectors } from '../../../src/storage/vectors'
import { expose } from '../../../src/threads/expose'
import { Random } from '../../fixtures/random'

/** What has just been done, or is about to be. */
export type Told =
  | { ingested: DocumentHash }
  | { kept: DocumentHash }
  | { removing: DocumentHash }
  | { removed: DocumentHash }
  | { compacting: number }
  | { compacted: number }

/** Resolves when it is known outside of the browser, where a kill does not reach it. */
export type Tell = (told: Told) => Promise<void>

/** What a browser finds that was started after a kill. */
export interface Finding {
  documents: DocumentHash[]
  /** Documents whose vectors are all there and as they were made. */
  vectors: DocumentHash[]
  packs: number
  /** What is there in part, or belongs to nothing. */
  torn: string[]
  /** Documents whose vectors were damaged, or are not those that were kept. */
  damaged: DocumentHash[]
}

const SPACE: VectorSpace = { model: 'killed', dimension: 384, prefix: '', dtype: 'q8', tokenizer: '1' }

/** Merged more often than in the app, so that kills meet it. */
const COMPACTION = { smallPacks: 12, deadShare: 0.1 }

/** Vectors that follow from the document's hash, so that whoever loads them knows what they must be. */
function vectorsOf(hash: DocumentHash, rows: number): QuantizedVectors {
  const { dimension } = SPACE
  const random = new Random(parseInt(hash.slice(0, 8), 16))
  const words = Int32Array.from({ length: (rows * dimension) / 4 }, () => random.integer(-(2 ** 31), 2 ** 31 - 1))
  const coarse = new Int8Array(words.buffer)
  const scales = Float32Array.from({ length: rows }, () => random.next())
  return {
    dimension,
    coarse,
    fine: coarse.toReversed() as Int8Array<ArrayBuffer>,
    scales,
    residuals: scales.toReversed(),
  }
}

const sumOf = ({ coarse, fine, scales, residuals }: QuantizedVectors) =>
  checksum(residuals, checksum(scales, checksum(fine, checksum(coarse))))

let opened: Promise<Database> | undefined
const database = () => (opened ??= openDatabase())

const api = {
  /** @returns the collection that documents are put into */
  async prepare(): Promise<string> {
    return (await createCollection(await database(), 'killed', 'en')).id
  },

  async keep(hash: DocumentHash, tell: Tell): Promise<void> {
    const db = await database()
    const document = await getDocument(db, hash)
    if (!document) throw new Error('an acknowledged document is not there')
    if (await keepVectors(db, SPACE, hash, vectorsOf(hash, document.passages))) await tell({ kept: hash })
  },

  async remove(hash: DocumentHash, tell: Tell): Promise<void> {
    await tell({ removing: hash })
    await deleteDocument(await database(), hash)
    await tell({ removed: hash })
  },

  async compactForever(tell: Tell): Promise<void> {
    const db = await database()
    for (;;) {
      const packs = await db.count('vectorPacks')
      if (packs > COMPACTION.smallPacks) {
        await tell({ compacting: packs })
        await tell({ compacted: (await compactVectors(db, SPACE, COMPACTION)).written })
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  },

  async find(): Promise<Finding> {
    const db = await database()
    const documents = await listDocuments(db)
    const torn: string[] = []
    for (const document of documents) torn.push(...(await missingOf(db, document)))
    torn.push(...(await belongingToNothing(db, new Set(documents.map(({ hash }) => hash)))))
    const vectors: DocumentHash[] = []
    const wrong: DocumentHash[] = []
    const { damaged } = await loadDocumentVectors(db, SPACE, (hash, found) => {
      const sound = sumOf(found) === sumOf(vectorsOf(hash, found.scales.length))
      ;(sound ? vectors : wrong).push(hash)
    })
    const packs = await db.count('vectorPacks')
    return { documents: documents.map(({ hash }) => hash), vectors, packs, torn, damaged: [...damaged, ...wrong] }
  },
}

/** Which parts of a document are not there, or not as they were. */
async function missingOf(db: Database, { hash, pages, passages }: Document): Promise<string[]> {
  const own = IDBKeyRange.bound([hash], [hash, []])
  const file = (await db.get('files', hash))?.file
  const whole = {
    file: file !== undefined && (await sha256(await file.arrayBuffer())) === hash,
    pages: (await db.count('pages', own)) === pages,
    passages: (await db.count('passages', own)) === passages,
    segment: (await db.get('segments', hash))?.lengths.length === passages,
  }
  return Object.entries(whole).flatMap(([part, there]) => (there ? [] : [`${part} of ${hash}`]))
}

/** Records of documents that are not there, and planes without their pack or packs without their planes. */
async function belongingToNothing(db: Database, documents: ReadonlySet<DocumentHash>): Promise<string[]> {
  const lost: string[] = []
  const check = (store: string, hash: DocumentHash) => {
    if (!documents.has(hash)) lost.push(`${store} of ${hash}, which is gone`)
  }
  for (const store of ['files', 'segments'] as const) {
    for (const hash of await db.getAllKeys(store)) check(store, hash)
  }
  for (const store of ['pages', 'passages'] as const) {
    for (const [hash] of await db.getAllKeys(store)) check(store, hash)
  }
  const packs = await db.getAll('vectorPacks')
  for (const hash of packs.flatMap(({ documents }) => documents)) check('vectors', hash)
  const names = packs.map(({ pack }) => pack).join()
  for (const store of ['coarsePlanes', 'finePlanes'] as const) {
    const keys = await db.getAllKeys(store, IDBKeyRange.bound([spaceId(SPACE)], [spaceId(SPACE), []]))
    if (keys.map(([, pack]) => pack).join() !== names) lost.push(`${store} are not those of the packs`)
  }
  return lost
}

export type KeepingApi = typeof api

expose(api)
