import type { Passage } from '../../../src/domain'
import { sentences } from '../../../src/language/segment'

/** A passage of `document` with this text and no pages; what else a test needs is given in `rest`. */
export const passage = (document: string, ordinal: number, text: string, rest: Partial<Passage> = {}): Passage => ({
  id: `${document}/1/${ordinal}-${ordinal + 1}`,
  document,
  ordinal,
  kind: 'text',
  headingPath: [],
  text,
  pieces: [],
  sentences: sentences(text, 'en'),
  overlap: 0,
  tokens: 0,
  language: 'en',
  ...rest,
})

/** Passages of one document, one for each text. */
export const passagesOf = (document: string, texts: string[]): Passage[] =>
  texts.map((text, ordinal) => passage(document, ordinal, text))
