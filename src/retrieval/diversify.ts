import type { LoadedCandidate } from './candidate'
import type { Likeness } from './likeness'

/**
 * 1: by score alone. Against that, .95 brings the right page of the Northwind books among the first three .62 instead of .58
 * and loses nothing on question sets; .7, the usual choice, brings .64 but loses .02 among the first five and .002 on sets.
 */
const lambda = 0.95

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998): the next one is that with the best balance of its score (as
 * a share of the best) and its likeness to what has been chosen already. The first stays the first.
 */
export function diversify(candidates: readonly LoadedCandidate[], likeness: Likeness): LoadedCandidate[] {
  const waiting = [...candidates]
  const top = Math.max(Number.MIN_VALUE, ...waiting.map(({ score }) => score))
  const nearest = waiting.map(() => 0)
  const chosen: LoadedCandidate[] = []
  while (waiting.length) {
    const values = waiting.map(({ score }, at) => (lambda * score) / top - (1 - lambda) * nearest[at]!)
    const at = values.reduce((best, value, index) => (value > values[best]! ? index : best), 0)
    const [next] = waiting.splice(at, 1)
    nearest.splice(at, 1)
    chosen.push(next!)
    waiting.forEach(({ passage }, index) => {
      nearest[index] = Math.max(nearest[index]!, likeness(passage.text, next!.passage.text))
    })
  }
  return chosen
}
