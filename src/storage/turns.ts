import type { CollectionId, Turn } from '../domain'
import { announce } from './changes'
import type { Database } from './database'
import { summaryKey } from './settings'
import { write } from './transaction'

/** The history of a collection, oldest question first. */
export async function listTurns(db: Database, collection: CollectionId): Promise<Turn[]> {
  const turns = await db.getAllFromIndex('turns', 'collection', collection)
  return turns.sort((a, b) => a.asked - b.asked)
}

/** Keeps a turn, new or changed. A turn of a collection that was deleted meanwhile is dropped. */
export async function saveTurn(db: Database, turn: Turn): Promise<void> {
  await write(db, ['turns', 'collections'], 'relaxed', async (transaction) => {
    const known = await transaction.objectStore('collections').getKey(turn.collection)
    if (known !== undefined) await transaction.objectStore('turns').put(turn)
  })
  announce(db, { what: 'turns', collection: turn.collection })
}

export async function deleteTurn(db: Database, id: string): Promise<void> {
  await write(db, ['turns', 'settings'], 'strict', async (transaction) => {
    const turn = await transaction.objectStore('turns').get(id)
    await transaction.objectStore('turns').delete(id)
    // It may tell what was said in the turn.
    if (turn) await transaction.objectStore('settings').delete(summaryKey(turn.collection))
  })
  announce(db, { what: 'turns' })
}

/** Deletes the whole history of a collection. */
export async function clearTurns(db: Database, collection: CollectionId): Promise<void> {
  await write(db, ['turns', 'settings'], 'strict', async (transaction) => {
    await transaction.objectStore('settings').delete(summaryKey(collection))
    for await (const cursor of transaction.objectStore('turns').index('collection').iterate(collection))
      await cursor.delete()
  })
  announce(db, { what: 'turns', collection })
}
