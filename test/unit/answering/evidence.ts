import type { Evidence, Language, Passage } from '../../../src/domain'
import { sentences } from '../../../src/language/segment'

let made = 0

/** A passage of a one-page document, as the search would hand it over. */
export function evidenceOf(
  text: string,
  language: Language,
  changes: Partial<Passage> & { rank?: number; termCoverage?: number; score?: number; name?: string } = {},
): Evidence {
  const { rank = 1, termCoverage = 0.8, score = 10 / rank, name = 'document.pdf', ...rest } = changes
  const document = rest.document ?? `hash-${name}`
  const passage: Passage = {
    id: `${document}/1/${made++}`,
    document,
    ordinal: rank - 1,
    kind: 'text',
    headingPath: [],
    text,
    pieces: [{ at: 0, page: 1, start: 100, length: text.length }],
    sentences: sentences(text, language),
    overlap: 0,
    tokens: 50,
    language,
    ...rest,
  }
  return { passage, documentName: name, rank, score, termCoverage, matches: [] }
}
