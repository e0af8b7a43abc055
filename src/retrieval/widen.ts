import type { Evidence, Passage } from '../domain'
import type { PassageSource } from './candidate'

/** A passage of the evidence with its neighbours in the document, in reading order. */
export interface WidenedEvidence {
  evidence: Evidence
  /** One to three passages that follow each other; one of them is that of the evidence. */
  passages: Passage[]
  /** What is told of each, sentences that two of them share told once. */
  texts: string[]
}

/** A passage without any neighbour. */
export const alone = (evidence: Evidence): WidenedEvidence => ({
  evidence,
  passages: [evidence.passage],
  texts: [evidence.passage.text],
})

/** What stands behind a number of a prompt, whatever was told of it. */
export type ShownEvidence = Omit<WidenedEvidence, 'texts'>

export const textOf = ({ texts }: WidenedEvidence): string => texts.join('\n')

/**
 * Puts to each passage the ones before and after it that stand under the same heading, for a model to read: what a
 * sentence refers to often stands just outside. A neighbour that is evidence itself, or neighbour of better
 * evidence, is not told twice. Stops adding when all texts together pass `tokens` (estimated); the evidence itself always
 * stays.
 */
export async function widen(
  evidence: readonly Evidence[],
  source: Pick<PassageSource, 'passage'>,
  tokens: number,
): Promise<WidenedEvidence[]> {
  const told = new Set(evidence.map(({ passage }) => key(passage.document, passage.ordinal)))
  let left = tokens - evidence.reduce((sum, { passage }) => sum + passage.tokens, 0)
  const widened: WidenedEvidence[] = []
  for (const one of evidence) {
    const { document, ordinal } = one.passage
    const passages = [one.passage]
    for (const beside of [ordinal + 1, ordinal - 1]) {
      if (beside < 0 || told.has(key(document, beside))) continue
      const neighbour = await source.passage(document, beside)
      if (!neighbour || !sameSection(neighbour, one.passage) || neighbour.tokens > left) continue
      left -= neighbour.tokens
      told.add(key(document, beside))
      if (beside > ordinal) passages.push(neighbour)
      else passages.unshift(neighbour)
    }
    widened.push({ evidence: one, passages, texts: passages.map(ownText) })
  }
  return widened
}

const key = (document: string, ordinal: number): string => `${document}/${ordinal}`

const sameSection = (one: Passage, other: Passage): boolean =>
  one.headingPath.length === other.headingPath.length &&
  one.headingPath.every((title, at) => title === other.headingPath[at])

/** The text of a passage without what the passage before it has told already. */
function ownText(passage: Passage, at: number, passages: Passage[]): string {
  if (at === 0 || passage.overlap === 0 || passage.ordinal !== passages[at - 1]!.ordinal + 1) return passage.text
  return passage.text.slice(passage.sentences[passage.overlap]?.[0] ?? passage.text.length)
}
