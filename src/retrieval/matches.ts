import { questionTerms, terms, type Term } from '../language/terms'
import { pieceWeight } from './soft-lexicon/lexicon'
import type { PieceTokenizer } from './soft-lexicon/tokenizer'

/** Weight of a term that stands in one passage of twenty: hiragana more frequent than that is grammar, not a word. */
const rareEnough = Math.log(20)

const ideograph = /^\p{Script=Han}$/u
const hiragana = /^[\u3041-\u309f]+$/
const mixedWithHiragana = /[\u3041-\u309f]/

/**
 * The terms of a question that are worth showing where they stand. Ranking uses more of them: single kanji also where they are
 * part of a longer word, and kanji with the particle behind it, which would light up half a page. `weights` and `substitutes` are
 * those of the search.
 */
export function shownTerms(
  question: string,
  weights: ReadonlyMap<string, number>,
  substitutes: ReadonlyMap<string, string>,
): Set<string> {
  const found = questionTerms(question)
  const whole = found.filter(({ term }) => !ideograph.test(term) && !mixedWithHiragana.test(term))
  const shown = found.filter((term) => {
    if (hiragana.test(term.term)) return (weights.get(term.term) ?? 0) >= rareEnough
    if (mixedWithHiragana.test(term.term)) return false
    return !ideograph.test(term.term) || !whole.some((other) => covers(other, term))
  })
  return new Set(shown.map(({ term }) => substitutes.get(term) ?? term))
}

const covers = (outer: Term, inner: Term): boolean => outer.start <= inner.start && inner.end <= outer.end

/** A piece is shown if it weighs at least this part of the heaviest of its question: the rest is grammar. */
const heavyEnough = 0.4
/** How near a neighbour has to be to be shown (of 255): below, it is more often chance than a word of like meaning. */
const nearEnough = 0.35 * 255

/** Finds in a text what is like the words of a question, as the soft lexicon knows: 休暇 for "vacation". */
export function likeMatches(question: string, tokenizer: PieceTokenizer): (text: string) => ReturnType<typeof matches> {
  const { lexicon } = tokenizer
  const sought = [...tokenizer.unique(question)].map((id) => ({ id, weight: pieceWeight(lexicon, id) }))
  const heaviest = sought.reduce((most, { weight }) => Math.max(most, weight), 0)
  const shown = new Set<number>()
  for (const { id, weight } of sought) {
    if (weight < heavyEnough * heaviest) continue
    shown.add(id)
    for (let at = lexicon.offsets[id]!; at < lexicon.offsets[id + 1]! && lexicon.nearness[at]! >= nearEnough; at++)
      shown.add(lexicon.neighbours[at]!)
  }
  return (text) => merge(tokenizer.pieces(text).filter(({ id }) => shown.has(id)))
}

/** Where the terms stand in a text, as ascending [start, end) that neither overlap nor touch. */
export function matches(text: string, wanted: ReadonlySet<string>): [start: number, end: number][] {
  return merge(terms(text).filter(({ term }) => wanted.has(term)))
}

function merge(found: readonly { start: number; end: number }[]): [start: number, end: number][] {
  const ranges = found
    .map(({ start, end }): [number, number] => [start, end])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const merged: [number, number][] = []
  for (const range of ranges) {
    const last = merged.at(-1)
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1])
    else merged.push(range)
  }
  return merged
}
