import { t } from '../../i18n/i18n.svelte'

/** What stands for a space at the beginning of a word's first piece. */
const SPACE = '▁'

/** A piece of the soft lexicon as a dictionary would print it: "▁leave" as "leave", "ing" within a word as "-ing". */
export function pieceText(piece: string): string {
  if (piece === SPACE) return t('trace.space')
  if (piece.startsWith(SPACE)) return piece.slice(SPACE.length)
  return /^\p{Script=Latin}/u.test(piece) ? `-${piece}` : piece
}

/** What the terms of the index put before a whole run of kanji or katakana, to tell it from the pairs it consists of. */
const RUN = '='

/** A whole run of kanji or katakana, of which the pairs in it are terms too. */
export const isCompound = (term: string): boolean => term.length > 1 && term.startsWith(RUN)

/** A term of the index as a person writes it. */
export const termText = (term: string): string => (isCompound(term) ? term.slice(RUN.length) : term)
