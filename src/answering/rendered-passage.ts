import type { Evidence, Passage } from '../domain'
import { spansOf } from '../documents/spans'
import { textOf, type WidenedEvidence } from '../retrieval/widen'
import { quotedLine, quotedPassage } from './quoted-text'
import { stateCells } from './table'
import { fill, type Templates } from './templates/templates'

/** A passage as a model is shown it: its number, where it stands, and its text as data. */
export const renderPassage = (
  widened: WidenedEvidence,
  number: number,
  templates: Templates,
  controlTokens?: readonly string[],
): string => {
  const { evidence, passages } = widened
  return fill(templates.passage, {
    number,
    source: quotedLine(sourceLine({ ...evidence, passage: passages[0] ?? evidence.passage }, templates), controlTokens),
    text: quotedPassage(toldText(widened, templates), controlTokens),
  })
}

/** The text of passages, before it is made data: of tables their cells as statements, where the templates have one for them. */
export const toldText = ({ passages, texts }: WidenedEvidence, templates: Templates): string =>
  texts.map((text, at) => toldOf(passages[at]!, text, templates['table.cell'])).join('\n')

function toldOf(passage: Passage, text: string, statement: string): string {
  if (!statement || passage.kind !== 'table') return text
  const header = passage.text.slice(...(passage.sentences[0] ?? [0, 0]))
  return stateCells(text, header, (cell) => fill(statement, cell))
}

/** "handbook.pdf, page 12, Leave > Annual leave"; without pages, the paragraph in place of the page. */
export function sourceLine({ passage, documentName }: Evidence, templates: Templates): string {
  const page = spansOf(passage, 0, passage.text.length)[0]?.page
  const place =
    passage.paragraph !== undefined
      ? fill(templates['place.paragraph'], { paragraph: passage.paragraph })
      : page !== undefined
        ? fill(templates['place.page'], { page: passage.pageLabels?.[page] ?? page })
        : ''
  return [documentName, place, passage.headingPath.join(' > ')].filter(Boolean).join(', ')
}

/**
 * The sentences of a passage around what was asked for, about `share` (0 to 1) of its text: for a context that does not hold
 * one passage whole. At least one sentence stays.
 */
export function cutToTokens(widened: WidenedEvidence, share: number): WidenedEvidence {
  const { evidence } = widened
  const { passage, matches } = evidence
  const wanted = textOf(widened).length * Math.min(1, Math.max(0, share) * 0.95)
  const held = passage.sentences.map(([start, end]) =>
    matches.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)), 0),
  )
  const centre = held.indexOf(Math.max(0, ...held))
  const at = (index: number) => passage.sentences[index]
  let [first, last] = [Math.max(0, centre), Math.max(0, centre)]
  const length = (from: number, to: number) => (at(to)?.[1] ?? passage.text.length) - (at(from)?.[0] ?? 0)
  for (let grown = true; grown;) {
    grown = false
    if (last + 1 < passage.sentences.length && length(first, last + 1) <= wanted) [last, grown] = [last + 1, true]
    if (first > 0 && length(first - 1, last) <= wanted) [first, grown] = [first - 1, true]
  }
  const cut = passage.text.slice(at(first)?.[0] ?? 0, at(last)?.[1])
  return { evidence, passages: [passage], texts: [cut] }
}
