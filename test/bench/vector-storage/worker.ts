import { openDB } from 'idb'
import '../../../src/security/trusted-types'
import type { QuantizedVectors } from '../../../src/retrieval/vector/vector-index'
import { compactVectors } from '../../../src/storage/compact-vectors'
import { openDatabase } from '../../../src/storage/database'
import { loadVectors } from '../../../src/storage/load-vectors'
import { keepVectors } from '../../../src/storage/vectors'
import { expose } from '../../../src/threads/expose'
import { countWritten, type Written } from './count-written'
import { documentRecord, hexHash, spaceOf } from './library'

export interface Size {
  documents: number
  /** Passages of each document. */
  passages: number
  dimension: number
}

export interface Saved {
  /** Milliseconds for a document's strict transaction. */
  keeping: number[]
  written: Written
}

export interface Loaded {
  /** Milliseconds, opening the database left out. */
  elapsed: number
  /** Of that, until every coarse plane was there: when a first search can begin. */
  coarse: number
  rows: number
  damaged: number
}

/** Bytes of a row in both planes, with its scale and residual. */
const rowBytes = (dimension: number) => 2 * dimension + 8

/** Random, or the browser would compress what real vectors do not let it compress. */
function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, length)))
  return bytes
}

function randomVectors(rows: number, dimension: number): QuantizedVectors {
  const plane = () => new Int8Array(randomBytes(rows * dimension).buffer)
  const floats = () => new Float32Array(new Uint32Array(randomBytes(rows * 4).buffer).map((bits) => bits >>> 8))
  return { dimension, coarse: plane(), fine: plane(), scales: floats(), residuals: floats() }
}

const openRaw = () => openDB('raw', 1, { upgrade: (db) => void db.createObjectStore('packs') })

const api = {
  /** Keeps vectors of `documents` documents, each in its own transaction. */
  async save(name: string, { documents, passages, dimension }: Size): Promise<Saved> {
    const db = await openDatabase()
    const keeping: number[] = []
    const counter = countWritten()
    for (let at = 0; at < documents; at++) {
      const hash = hexHash(name, at)
      counter.pause()
      await db.put('documents', documentRecord(hash, passages))
      const vectors = randomVectors(passages, dimension)
      counter.resume()
      const start = performance.now()
      if (!(await keepVectors(db, spaceOf(dimension), hash, vectors))) throw new Error('not kept')
      keeping.push(performance.now() - start)
    }
    db.close()
    return { keeping, written: counter.end() }
  },

  async compact(dimension: number) {
    const db = await openDatabase()
    const counter = countWritten()
    const start = performance.now()
    const { written: packs } = await compactVectors(db, spaceOf(dimension))
    const elapsed = performance.now() - start
    db.close()
    return { packs, elapsed, written: counter.end() }
  },

  /** As many bytes in as few records, with nothing but their keys. */
  async saveRaw(rows: number, dimension: number, rowsOfPack: number): Promise<void> {
    const db = await openRaw()
    for (let first = 0; first < rows; first += rowsOfPack) {
      const count = Math.min(rowsOfPack, rows - first)
      await db.put('packs', randomBytes(count * rowBytes(dimension)).buffer, first)
    }
    db.close()
  },

  /** Into one memory, as a search wants them. */
  async load(rows: number, dimension: number): Promise<Loaded> {
    const db = await openDatabase()
    const [coarse, fine] = [new Int8Array(rows * dimension), new Int8Array(rows * dimension)]
    const [scales, residuals] = [new Float32Array(rows), new Float32Array(rows)]
    let [rowsOfCoarse, rowsOfFine, coarseReady] = [0, 0, 0]
    const start = performance.now()
    const loaded = await loadVectors(db, spaceOf(dimension), (batch) => {
      if (batch.plane === 'coarse') {
        coarse.set(batch.coarse, rowsOfCoarse * dimension)
        scales.set(batch.scales, rowsOfCoarse)
        residuals.set(batch.residuals, rowsOfCoarse)
        rowsOfCoarse += batch.scales.length
      } else {
        coarseReady ||= performance.now() - start
        fine.set(batch.fine, rowsOfFine * dimension)
        rowsOfFine += batch.fine.length / dimension
      }
    })
    const elapsed = performance.now() - start
    db.close()
    return { elapsed, coarse: coarseReady, rows: loaded.rows, damaged: loaded.damaged.length }
  },

  /** @returns milliseconds, and the bytes read */
  async loadRaw(): Promise<{ elapsed: number; bytes: number }> {
    const db = await openRaw()
    const start = performance.now()
    const packs = (await db.getAll('packs')) as ArrayBuffer[]
    const elapsed = performance.now() - start
    db.close()
    return { elapsed, bytes: packs.reduce((sum, pack) => sum + pack.byteLength, 0) }
  },
}

export type VectorStorageApi = typeof api

expose(api)
