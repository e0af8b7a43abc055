import type { PiecePostings } from './segment'
import type { PieceTokenizer } from './tokenizer'

/** The postings of one document from the texts of its passages, as they are searched (with what stands above them in front). */
export function buildPieces(texts: readonly string[], tokenizer: PieceTokenizer): PiecePostings {
  const held = new Map<number, number[]>()
  const lengths = new Uint32Array(texts.length)
  texts.forEach((text, ordinal) => {
    const unique = tokenizer.unique(text)
    lengths[ordinal] = unique.size
    for (const id of unique) {
      const ordinals = held.get(id)
      if (ordinals) ordinals.push(ordinal)
      else held.set(id, [ordinal])
    }
  })
  const ids = Uint16Array.from(held.keys()).sort()
  const offsets = new Uint32Array(ids.length + 1)
  const ordinals = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0))
  ids.forEach((id, at) => {
    const found = held.get(id) ?? []
    ordinals.set(found, offsets[at])
    offsets[at + 1] = offsets[at]! + found.length
  })
  return { fingerprint: tokenizer.lexicon.fingerprint, ids, offsets, ordinals, lengths }
}
