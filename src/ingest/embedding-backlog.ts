import type { BacklogStore, BacklogWork } from '../engines/embedding/backlog'
import { passageText } from '../engines/embedding/passage-text'
import { quantize } from '../retrieval/vector/quantize'
import type { QuantizedVectors } from '../retrieval/vector/vector-index'
import type { Database } from '../storage/database'
import { getPassages } from '../storage/passages'
import { joinParts, rowsOf, type VectorPart } from '../storage/vector-parts'
import type { VectorSpace } from '../storage/vector-space'
import { documentsWithoutVectors, keepVectors, presentVectors, type PresentVectors } from '../storage/vectors'

/** The passages of a library that have no vector in a space yet, as work for the backlog of an embedder. */
export function backlogOf(db: Database, space: VectorSpace): BacklogStore {
  return {
    waiting: async () => (await documentsWithoutVectors(db, space)).map(({ hash, passages }) => ({ hash, passages })),
    begin: async (document): Promise<BacklogWork | undefined> => {
      const [passages, present] = await Promise.all([getPassages(db, document), presentVectors(db, space, document)])
      if (!passages.length) return undefined
      // A new version has the vectors of the passages that it took over from the one before.
      const lacking = present?.vectors.scales.length === passages.length ? present.lacking : [...passages.keys()]
      if (!lacking.length) return undefined
      return {
        texts: lacking.map((ordinal) => passageText(passages[ordinal]!)),
        keep: (vectors) => {
          const made = quantize(vectors, space.dimension)
          return keepVectors(db, space, document, complete(made, lacking, passages.length, present))
        },
      }
    },
  }
}

/** New vectors at the places of the passages that lacked one, beside those that were there. */
function complete(
  made: QuantizedVectors,
  lacking: readonly number[],
  passages: number,
  present: PresentVectors | undefined,
): QuantizedVectors {
  if (lacking.length === passages || !present) return made
  const parts = lacking.map((ordinal, at): VectorPart => ({ at: ordinal, vectors: rowsOf(made, at, 1) }))
  return joinParts(made.dimension, passages, [{ at: 0, vectors: present.vectors }, ...parts])
}
