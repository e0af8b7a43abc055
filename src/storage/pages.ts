import type { Direction, DocumentHash, Page, Run } from '../domain'
import type { Database } from './database'
import type { StoredPage } from './schema'

/** Key range of everything whose key is [document, number]: an array sorts after every number. */
export const ofDocument = (hash: DocumentHash): IDBKeyRange => IDBKeyRange.bound([hash], [hash, []])

/** Page `number` (from 1), or undefined. */
export async function getPage(db: Database, hash: DocumentHash, number: number): Promise<Page | undefined> {
  const stored = await db.get('pages', [hash, number])
  return stored && unpackPage(stored)
}

/** Pages `from` to `to`, both included and from 1; by default all of them, in order. */
export async function getPages(db: Database, hash: DocumentHash, from = 1, to = Infinity): Promise<Page[]> {
  const stored = await db.getAll('pages', IDBKeyRange.bound([hash, from], [hash, to]))
  return stored.map(unpackPage)
}

/** The page as it is kept. Coordinates become 32-bit floats: at most 0.0001 of a point off on any real page. */
export function packPage(document: DocumentHash, page: Page): StoredPage {
  const { runs, ...rest } = page
  const runOffsets = new Uint32Array(runs.length * 2)
  const runRects = new Float32Array(runs.length * 4)
  const runDirections = new Uint8Array(runs.length)
  runs.forEach((run, i) => {
    runOffsets.set([run.start, run.end], i * 2)
    runRects.set(run.rect, i * 4)
    runDirections[i] = run.direction
  })
  return { ...rest, document, runOffsets, runRects, runDirections }
}

/** The inverse of `packPage`. */
export function unpackPage(stored: StoredPage): Page {
  const { runOffsets, runRects, runDirections, ...rest } = stored
  const runs: Run[] = Array.from(runDirections, (direction, i) => ({
    start: runOffsets[i * 2]!,
    end: runOffsets[i * 2 + 1]!,
    rect: [runRects[i * 4]!, runRects[i * 4 + 1]!, runRects[i * 4 + 2]!, runRects[i * 4 + 3]!],
    direction: direction as Direction,
  }))
  const page: Page & { document?: DocumentHash } = { ...rest, runs }
  delete page.document
  return page
}
