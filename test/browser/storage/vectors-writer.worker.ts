import { compactVectors } from '../../../src/storage/compact-vectors'
import { openDatabase } from '../../../src/storage/database'
import { commitDocument, deleteDocument } from '../../../src/storage/documents'
import { keepVectors } from '../../../src/storage/vectors'
import { hashOf, prepare } from './prepared'
import { PASSAGES, SPACE, vectorsOf } from './vectors'

/** Told after each step that is on the disk. */
export type Kept = { kept: string } | { removed: string } | { compacted: number }

/** Keeps documents with their vectors, removes some, and compacts all the while. */
addEventListener('message', async (event: MessageEvent<{ name: string; round: number }>) => {
  const db = await openDatabase({ name: event.data.name })
  const tell = (kept: Kept) => postMessage(kept)
  for (let i = 0; ; i++) {
    const seed = `round ${event.data.round} document ${i}`
    await commitDocument(db, prepare(seed, { pages: PASSAGES }))
    await keepVectors(db, SPACE, hashOf(seed), vectorsOf(seed, PASSAGES))
    tell({ kept: seed })
    if (i % 5 === 4) {
      const early = `round ${event.data.round} document ${i - 3}`
      await deleteDocument(db, hashOf(early))
      tell({ removed: early })
    }
    const { written } = await compactVectors(db, SPACE, { smallPacks: 4, deadShare: 0.05 })
    if (written) tell({ compacted: written })
  }
})
