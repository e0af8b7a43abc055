import { t } from '../../i18n/i18n.svelte'

/** What stands for a space at the beginning of a word's first piece. */
const SPACE = '▁'

/** A piece of the soft lexicon as a dictionary would print it: "▁leave" as "leave", "ing" within a word as "-ing". */
export function pieceText(piece: string): string {
  if (piece === SPACE) return t('trace.space')
  if (piece.startsWith(SPACE)) return piece.slice(SPACE.length)
  return /^\p{Script=Latin}/u.test(piece) ? `-${piece}` : piece
}
