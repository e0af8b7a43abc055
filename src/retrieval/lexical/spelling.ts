/** Shortest term that is looked for under another spelling; of shorter ones too many differ by a letter. */
const shortest = 5
const latin = /^\p{Script=Latin}+$/u

/**
 * The term of `vocabulary` to search instead of one that no passage holds: of those that differ by one letter added, left
 * out, replaced or by two exchanged, and begin with the same letter, the one with the most passages. Meets slips ("servises") and
 * forms that the stemmer keeps apart ("belief", "believes"). Undefined where there is none.
 */
export function nearestTerm(
  term: string,
  vocabulary: Iterable<string>,
  passagesOf: (term: string) => number,
): string | undefined {
  if (term.length < shortest || !latin.test(term)) return undefined
  let nearest: string | undefined
  let most = 0
  for (const candidate of vocabulary) {
    if (candidate.charCodeAt(0) !== term.charCodeAt(0) || !withinOneEdit(term, candidate) || !latin.test(candidate))
      continue
    const passages = passagesOf(candidate)
    if (passages > most || (passages === most && passages > 0 && nearest !== undefined && candidate < nearest)) {
      nearest = candidate
      most = passages
    }
  }
  return nearest
}

/** Is the Damerau–Levenshtein distance of two strings at most 1? */
export function withinOneEdit(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false
  let at = 0
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at++
  const [rest, otherRest] = [one.slice(at), other.slice(at)]
  return (
    rest.slice(1) === otherRest.slice(1) ||
    rest === otherRest.slice(1) ||
    rest.slice(1) === otherRest ||
    (rest[0] === otherRest[1] && rest[1] === otherRest[0] && rest.slice(2) === otherRest.slice(2))
  )
}
