import type { Passage } from '../../domain'
import { normalise } from '../../language/normalise'
import { pieces } from '../chat/pieces'

/** A stretch of a passage that is all repeated or all its own, all marked or not at all. */
export interface PassagePiece {
  text: string
  /** It repeats the end of the passage before, or a table's header. */
  isRepeated: boolean
  isMarked: boolean
}

/** Of what a passage repeats, so much is shown where only some lines of it are: its own text is to be seen too. */
const LEAD = 36
/** So much before the first mark, where that would else lie beyond the lines that are shown. */
const BEFORE_MARK = 30
const SHOWN = 110

/**
 * The text of a passage cut at the edges of what it repeats and of `words` (normalised) found in it.
 * @param whole all of it; else from a place where its own text, or the first mark, is soon to be seen
 */
export function passagePieces(
  { text, sentences, overlap }: Pick<Passage, 'text' | 'sentences' | 'overlap'>,
  words: readonly string[],
  whole = true,
): PassagePiece[] {
  const own = overlap > 0 ? (sentences[overlap - 1]?.[1] ?? 0) : 0
  const marks = words.length ? found(text, words) : []
  const from = whole ? 0 : beginning(own, marks[0]?.[0])
  const cut = (start: number, end: number, isRepeated: boolean): PassagePiece[] =>
    pieces(
      text.slice(start, end),
      marks.map(([first, last]): [number, number] => [first - start, last - start]),
    ).map((piece) => ({ text: piece.text, isRepeated, isMarked: piece.marked }))
  const omitted: PassagePiece[] = from > 0 ? [{ text: '…', isRepeated: from < own, isMarked: false }] : []
  return [...omitted, ...cut(Math.min(from, own), own, true), ...cut(Math.max(from, own), text.length, false)]
}

function beginning(own: number, mark: number | undefined): number {
  const from = own > LEAD + BEFORE_MARK ? own - LEAD : 0
  if (mark === undefined || (mark >= from && mark < from + SHOWN)) return from
  return Math.max(0, mark - BEFORE_MARK)
}

/** Where the words stand, whatever their width, case or form: ascending, not overlapping. */
function found(text: string, words: readonly string[]): [start: number, end: number][] {
  const normalised = normalise(text)
  const ranges: [number, number][] = []
  for (const word of words)
    for (let at = normalised.text.indexOf(word); at >= 0; at = normalised.text.indexOf(word, at + word.length))
      ranges.push([normalised.sourceStart(at), normalised.sourceEnd(at + word.length)])
  return ranges.sort((a, b) => a[0] - b[0])
}
