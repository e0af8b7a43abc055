import type { Evidence } from '../domain'
import type { PassageSource } from './candidate'
import type { FoundLists } from './find'

/** Enough to see whether anything is worth a look. */
const shown = 3

/**
 * Passages that are like the question in meaning and not among the evidence, for a list beside it: of a model whose likeness
 * is too weak to be counted with the words (its weight is 0), and still finds what is said in other words or languages.
 */
export async function similarTo(
  { lists }: FoundLists,
  evidence: readonly Evidence[],
  source: PassageSource,
): Promise<Evidence[]> {
  const meaning = lists.find(({ name, weight }) => name === 'meaning' && weight === 0)
  const known = new Set(evidence.map(({ passage }) => `${passage.document}/${passage.ordinal}`))
  const hits = (meaning?.found.hits ?? []).filter(({ document, ordinal }) => !known.has(`${document}/${ordinal}`))
  const passages = await Promise.all(
    hits.slice(0, shown).map(async ({ document, ordinal, score }, at): Promise<Evidence | undefined> => {
      const passage = await source.passage(document, ordinal)
      const dense = { score, rank: (meaning?.found.hits.indexOf(hits[at]!) ?? 0) + 1 }
      const documentName = source.documentName(document)
      return passage && { passage, documentName, rank: at + 1, score, dense, termCoverage: 0, matches: [] }
    }),
  )
  return passages.filter((passage) => passage !== undefined)
}
