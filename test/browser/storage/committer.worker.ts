import { openDatabase } from '../../../src/storage/database'
import { commitDocument } from '../../../src/storage/documents'
import { prepare } from './prepared'

/** Commits documents of many pages one after another, telling the name of each that was acknowledged. */
addEventListener('message', async (event: MessageEvent<{ name: string; round: number }>) => {
  const db = await openDatabase({ name: event.data.name })
  for (let i = 0; ; i++) {
    const seed = `round ${event.data.round} document ${i}`
    postMessage({ began: seed })
    await commitDocument(db, prepare(seed, { pages: 120, bytes: 200_000 }))
    postMessage({ kept: seed })
  }
})
