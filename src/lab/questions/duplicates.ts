import { normalise } from '../../language/normalise'

/** Two texts that are nearly the same, by their places in the list. */
export interface LikePair {
  one: number
  other: number
  /** Jaccard of their shingles: 0 to 1. */
  likeness: number
}

/** Characters of a shingle: long enough to tell word order, short enough for a question of twenty characters. */
const LENGTH = 3

/**
 * The pairs of texts whose shingles (runs of three characters after folding, white space and marks left out) have a Jaccard
 * index of at least `threshold`; exact, all pairs. Texts without a shingle in common are never compared: two sets with that
 * index share one of the rarest few of each (prefix filtering: Chaudhuri et al. 2006). Texts with other numbers in them are
 * no duplicates: "page 3" and "page 4" ask for two things.
 */
export function nearDuplicates(texts: readonly string[], threshold: number): LikePair[] {
  const sets = texts.map(shinglesOf)
  const numbers = texts.map(numbersOf)
  const frequency = new Map<string, number>()
  for (const set of sets) for (const one of set) frequency.set(one, (frequency.get(one) ?? 0) + 1)
  const seen = new Map<string, number[]>()
  const pairs: LikePair[] = []
  for (const [other, set] of sets.entries()) {
    const candidates = new Set<number>()
    for (const shingle of rarest(set, frequency, threshold)) {
      const holders = seen.get(shingle)
      for (const one of holders ?? []) candidates.add(one)
      if (holders) holders.push(other)
      else seen.set(shingle, [other])
    }
    for (const one of [...candidates].sort((a, b) => a - b)) {
      const likeness = jaccard(sets[one]!, set)
      if (likeness >= threshold && numbers[one] === numbers[other]) pairs.push({ one, other, likeness })
    }
  }
  return pairs
}

/** How alike two texts are: 0 to 1; two without any shingle are equal when they are the same after folding. */
export const textLikeness = (one: string, other: string): number => jaccard(shinglesOf(one), shinglesOf(other))

/** Whether two questions ask the same: as alike as `threshold`, and with the same numbers in them. */
export const asksTheSame = (one: string, other: string, threshold: number): boolean =>
  textLikeness(one, other) >= threshold && numbersOf(one) === numbersOf(other)

const numbersOf = (text: string): string => (text.normalize('NFKC').match(/\d+(?:[.,]\d+)*/gu) ?? []).join(' ')

const rarest = (set: ReadonlySet<string>, frequency: ReadonlyMap<string, number>, threshold: number): string[] => {
  const needed = set.size - Math.ceil(threshold * set.size) + 1
  const rank = (shingle: string) => frequency.get(shingle) ?? 0
  return [...set].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).slice(0, needed)
}

/** Shorter texts are one shingle as a whole. */
function shinglesOf(text: string): Set<string> {
  const characters = [...normalise(text).text.replace(/[^\p{L}\p{N}\p{M}]/gu, '')]
  if (characters.length <= LENGTH) return new Set(characters.length ? [characters.join('')] : [])
  return new Set(
    Array.from({ length: characters.length - LENGTH + 1 }, (_, at) => characters.slice(at, at + LENGTH).join('')),
  )
}

function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [fewer, more] = one.size <= other.size ? [one, other] : [other, one]
  let common = 0
  for (const shingle of fewer) if (more.has(shingle)) common++
  const all = one.size + other.size - common
  return all === 0 ? 0 : common / all
}
