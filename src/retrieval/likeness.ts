import { countTerms } from '../language/terms'

/** How alike two texts are, 0 to 1: the share of their different terms that both hold (Jaccard). */
export type Likeness = (one: string, other: string) => number

/** A likeness that cuts each text into terms once. */
export function likeness(): Likeness {
  const known = new Map<string, ReadonlySet<string>>()
  const termsOf = (text: string): ReadonlySet<string> => {
    const terms = known.get(text) ?? new Set(countTerms(text).keys())
    known.set(text, terms)
    return terms
  }
  return (one, other) => {
    const [fewer, more] = [termsOf(one), termsOf(other)].sort((a, b) => a.size - b.size) as [
      ReadonlySet<string>,
      ReadonlySet<string>,
    ]
    let common = 0
    for (const term of fewer) if (more.has(term)) common++
    const all = fewer.size + more.size - common
    return all === 0 ? 0 : common / all
  }
}
