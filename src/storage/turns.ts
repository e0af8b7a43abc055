import type { Alternative, Answer, CollectionId, Turn } from '../domain'
import { announce } from './changes'
import type { Database } from './database'
import { lasting } from './removal'
import { summaryKey } from './settings'
import { write, type Transaction } from './transaction'

/** The history of a collection, oldest question first. */
export async function listTurns(db: Database, collection: CollectionId): Promise<Turn[]> {
  const turns = await db.getAllFromIndex('turns', 'collection', collection)
  return turns.map(renewed).sort((a, b) => a.asked - b.asked)
}

/** Earlier versions knew one adapter of an answer, by its name alone, at full strength. */
function renewed(turn: Turn): Turn {
  if (!turn.answer || !('adapter' in turn.answer)) return turn
  const { adapter, ...answer }: Answer & { adapter?: unknown } = turn.answer
  if (typeof adapter !== 'string') return { ...turn, answer }
  return { ...turn, answer: { adapters: [{ adapter, name: adapter, strength: 1 }], ...answer } }
}

/**
 * Keeps a turn, new or changed. A turn of a collection that was deleted meanwhile is dropped, and so is one whose answer quotes
 * a document that was.
 */
export async function saveTurn(db: Database, turn: Turn): Promise<void> {
  await write(db, ['turns', 'collections', 'documents'], 'relaxed', async (transaction) => {
    const known = await transaction.objectStore('collections').getKey(turn.collection)
    if (known !== undefined) await keep(transaction, turn)
  })
  announce(db, { what: 'turns', collection: turn.collection })
}

async function keep(transaction: Transaction<'turns' | 'documents', 'readwrite'>, turn: Turn): Promise<void> {
  const turns = transaction.objectStore('turns')
  const left = await lasting(transaction, turn)
  await (left ? turns.put(left) : turns.delete(turn.id))
}

/** Keeps another answer to the question of a turn, unless the turn has been deleted meanwhile. */
export const saveAlternative = (db: Database, turn: string, alternative: Alternative): Promise<void> =>
  changeAlternatives(db, turn, (others) =>
    [...others.filter(({ id }) => id !== alternative.id), alternative].sort((a, b) => a.asked - b.asked),
  )

export const deleteAlternative = (db: Database, turn: string, alternative: string): Promise<void> =>
  changeAlternatives(db, turn, (others) => others.filter(({ id }) => id !== alternative))

/** Read and written in one transaction: two tabs may answer the same question again. */
async function changeAlternatives(
  db: Database,
  id: string,
  change: (alternatives: readonly Alternative[]) => readonly Alternative[],
): Promise<void> {
  await write(db, ['turns', 'documents'], 'relaxed', async (transaction) => {
    const turn = await transaction.objectStore('turns').get(id)
    if (!turn) return
    const { alternatives = [], ...rest } = turn
    const changed = change(alternatives)
    await keep(transaction, { ...rest, ...(changed.length > 0 && { alternatives: changed }) })
  })
  announce(db, { what: 'turns' })
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
