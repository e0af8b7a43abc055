import { find } from '../../src/retrieval/find'
import type { RankedList } from '../../src/retrieval/fuse'
import { buildSegment } from '../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import type { Place } from '../../src/retrieval/selection'
import type { InstalledEmbedder } from './dense'
import { passageOf } from './pools'
import { addSegment, softSearch } from './soft-search'
import type { Asked, Task } from './tasks'

/** The name of the one document that all paragraphs of a pool belong to. */
const pool = 'pool'

/** Asks every question of a task, in the product's way (find.ts); yields what each way of searching found. */
export async function* searchTask(
  { paragraphs, questions }: Task,
  installed?: InstalledEmbedder,
): AsyncGenerator<{ asked: Asked; lists: RankedList[] }> {
  const lexical = new LexicalIndex()
  const soft = softSearch()
  addSegment(buildSegment({ hash: pool, name: '' }, paragraphs.map(passageOf), soft.tokenizer), lexical, soft)
  const dense = await installed?.embedDocuments(new Map([[pool, paragraphs]]))
  const { signal } = new AbortController()
  for (const asked of questions) {
    const { lists, times } = await find(asked.question, [pool], { lexical, soft, ...(dense && { dense }) }, signal)
    const failed = dense && times.find(({ stage, skipped }) => stage === 'meaning' && skipped !== undefined)
    // The product goes on by words; a measurement must not.
    if (failed) throw new Error(`${asked.question}: ${failed.skipped}`)
    yield { asked, lists }
  }
}

/** The rank of the first right paragraph among the first ten, from 1; Infinity where none is. */
export function rankOf(hits: readonly Place[], { right, itself }: Asked): number {
  const others = hits.filter(({ ordinal }) => ordinal !== itself)
  const at = others.slice(0, 10).findIndex(({ ordinal }) => right.includes(ordinal))
  return at < 0 ? Infinity : at + 1
}
