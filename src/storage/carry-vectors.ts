import type { DocumentHash, Passage } from '../domain'
import type { QuantizedVectors } from '../retrieval/vector/vector-index'
import type { CONTENT_STORES } from './removal'
import { ofDocument } from './pages'
import { readSlices } from './read-pack'
import type { PreparedDocument, VectorSpaceId } from './schema'
import type { Transaction } from './transaction'
import { makePack, PACK_ROWS, type VectorSlice, type WholePack } from './vector-packs'
import { joinParts, rowsOf } from './vector-parts'

type Replacing = Transaction<(typeof CONTENT_STORES)[number]>

/** What a passage's vector is made of, in whatever document it stands. */
const embeddedText = ({ headingPath, text }: Passage): string => JSON.stringify([headingPath, text])

/** Vectors of single passages by what they were made of. */
type Carried = Map<string, QuantizedVectors>

/**
 * Within the transaction that puts `to` in the place of other documents, before these are removed: packs with the vectors
 * of those passages of `to` that stand unchanged in one of them, in every space. They are to be put once the others are
 * gone. The document is whole in a space only when every passage was found; until then `documentsWithoutVectors` lists it
 * and `presentVectors` says what need not be embedded again.
 */
export async function carryVectors(
  transaction: Replacing,
  from: Iterable<DocumentHash>,
  to: PreparedDocument,
): Promise<WholePack[]> {
  const carried = new Map<VectorSpaceId, Carried>()
  for (const document of from) {
    const read = await readSlices(transaction, document)
    if (!read.length) continue
    const passages = await transaction.objectStore('passages').getAll(ofDocument(document))
    const texts = new Map(passages.map((passage) => [passage.ordinal, embeddedText(passage)]))
    for (const { space, slice, vectors } of read) {
      const rows: Carried = carried.get(space) ?? new Map()
      carried.set(space, rows)
      for (let i = 0; i < slice.count; i++) {
        const text = texts.get(slice.first + i)
        if (text !== undefined) rows.set(text, rowsOf(vectors, slice.row + i, 1))
      }
    }
  }
  return [...carried].flatMap(([space, rows]) => carriedPacks(space, rows, to))
}

function carriedPacks(space: VectorSpaceId, rows: Carried, to: PreparedDocument): WholePack[] {
  const found = to.passages.flatMap((passage) => {
    const vectors = rows.get(embeddedText(passage))
    return vectors ? [{ ordinal: passage.ordinal, vectors }] : []
  })
  const packs: WholePack[] = []
  for (let start = 0; start < found.length; start += PACK_ROWS) {
    const portion = found.slice(start, start + PACK_ROWS)
    const parts = portion.map(({ vectors }, at) => ({ at, vectors }))
    const slices = runs(
      portion.map(({ ordinal }) => ordinal),
      to,
    )
    packs.push(makePack(space, slices, joinParts(found[0]!.vectors.dimension, portion.length, parts)))
  }
  return packs
}

/** A slice for each run of neighbouring passages, whose vectors lie one after another. */
function runs(ordinals: readonly number[], { document, passages }: PreparedDocument): VectorSlice[] {
  const slices: VectorSlice[] = []
  ordinals.forEach((ordinal, row) => {
    const last = slices.at(-1)
    if (last && last.first + last.count === ordinal) last.count++
    else slices.push({ document: document.hash, row, first: ordinal, count: 1, of: passages.length })
  })
  return slices
}
