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

/** Of what a passage repeats, so much is shown where only its beginning is: its own text is to be seen too. */
const LEAD = 36

/**
 * The text of a passage cut at the edges of what it repeats and of `words` (normalised) found in it.
 * @param whole everything it repeats, not only the end of it
 */
export function passagePieces(
  { text, sentences, overlap }: Pick<Passage, 'text' | 'sentences' | 'overlap'>,
  words: readonly string[],
  whole = true,
): PassagePiece[] {
  const own = overlap > 0 ? (sentences[overlap - 1]?.[1] ?? 0) : 0
  const from = whole || own <= LEAD + 8 ? 0 : own - LEAD
  const marks = words.length ? found(text, words) : []
  const cut = (from: number, to: number, isRepeated: boolean): PassagePiece[] =>
    pieces(
      text.slice(from, to),
      marks.map(([start, end]): [number, number] => [start - from, end - from]),
    ).map((piece) => ({ text: piece.text, isRepeated, isMarked: piece.marked }))
  const omitted: PassagePiece[] = from > 0 ? [{ text: '…', isRepeated: true, isMarked: false }] : []
  return [...omitted, ...cut(from, own, true), ...cut(own, text.length, false)]
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
