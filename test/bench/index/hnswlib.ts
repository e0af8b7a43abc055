import { openDB } from 'idb'
import { sizeOf } from '../vector-storage/count-written'
import { type Contestant, DIMENSION } from './contestant'
import { eachRow } from './rows'

const FILE = 'rows.dat'

interface Graph {
  initIndex(size: number, m: number, efConstruction: number, seed: number): void
  addItems(items: Float32Array[], replaceDeleted: boolean): number[]
  setEfSearch(ef: number): void
  searchKnn(query: Float32Array, count: number, filter: undefined): { neighbors: number[] }
  writeIndex(file: string): Promise<boolean>
  readIndex(file: string, size: number): Promise<boolean>
}
interface Library {
  HEAP8?: Int8Array
  HierarchicalNSW: new (space: 'ip', dimension: number, file: string) => Graph
}
interface Entry {
  loadHnswlib: (files: 'IDBFS') => Promise<Library>
  syncFileSystem: (direction: 'read' | 'write') => Promise<void>
}

/** @param size rows that the graph may have: it has to be told again when it is read */
export function hnswlib(size: number): Contestant {
  let entry: Entry
  let library: Library
  let graph: Graph
  const open = async () => {
    // Its build asks for a window, which no worker has.
    Object.assign(globalThis, { window: globalThis, document: {} })
    entry = (await import('hnswlib-wasm/dist/hnswlib.js')) as Entry
    library = await entry.loadHnswlib('IDBFS')
    graph = new library.HierarchicalNSW('ip', DIMENSION, '')
  }
  return {
    /** M 16, efConstruction 200, efSearch 64: the usual choice. */
    async build(vectors) {
      await open()
      graph.initIndex(size, 16, 200, 100)
      graph.setEfSearch(64)
      graph.addItems(eachRow(vectors), false)
    },
    search: (query, limit) => graph.searchKnn(query, limit, undefined).neighbors,
    memory: () => library.HEAP8?.byteLength ?? NaN,
    async save() {
      await graph.writeIndex(FILE)
      await entry.syncFileSystem('write')
      return filesBytes()
    },
    async load() {
      await open()
      await entry.syncFileSystem('read')
      await graph.readIndex(FILE, size)
      graph.setEfSearch(64)
    },
  }
}

/** Of the database that the library's file system keeps its files in: it has the name of a folder. */
async function filesBytes(): Promise<number> {
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '')
  const name = names.find((each) => each.startsWith('/'))
  if (!name) throw new Error(`no file was kept among ${names.join()}`)
  const db = await openDB(name)
  const files: unknown[] = await db.getAll(db.objectStoreNames[0]!)
  db.close()
  return sizeOf(files)
}
