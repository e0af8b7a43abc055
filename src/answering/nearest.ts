import type { Citation } from '../domain'
import type { Cite } from './cite'
import type { ReadPassage } from './passages'

/** Nearest passages that a refusal shows. */
const nearestShown = 3

/** Cites a sentence of a passage; a row of a table with its header. */
export function citeSentence({ evidence, reading }: ReadPassage, sentence: number, cite: Cite): Citation {
  const [start, end] = reading.sentences[sentence] ?? [0, reading.text.length]
  const header = evidence.passage.kind === 'table' && sentence > 0 ? reading.sentences[0] : undefined
  return cite(evidence, start, end, header)
}

/** What comes nearest to an answer, for a refusal: in the order of the search; twins told once. */
export function nearest(passages: readonly ReadPassage[], cite: Cite): Citation[] {
  const shown: ReadPassage[] = []
  for (const passage of [...passages].sort((a, b) => a.evidence.rank - b.evidence.rank)) {
    const quoted = (one: ReadPassage) => one.reading.text.slice(...(one.reading.sentences[one.sentence] ?? [0, 0]))
    if (shown.length < nearestShown && !shown.some((one) => quoted(one) === quoted(passage))) shown.push(passage)
  }
  return shown.map((passage) => citeSentence(passage, passage.sentence, cite))
}
