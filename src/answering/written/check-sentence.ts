import type { AnswerSentence, Citation, Support } from '../../domain'
import { detectLanguage, isWordless } from '../../language/detect'
import type { ShownEvidence } from '../../retrieval/widen'
import type { Cite } from '../cite'
import type { Question } from '../question-type'
import { words } from '../words'
import { heldNumbers, unheldNumbers, type HeldNumbers } from './numbers'
import type { WrittenSentence } from './sentence-cutter'
import {
  claimOf,
  compare,
  heldShare,
  namesUnheld,
  shownPassages,
  type Comparison,
  type ShownPassage,
} from './shown-passages'

/** Share of a sentence's words that its passages have to hold, and that a passage must hold to be cited without being named. */
const held = { cited: 0.5, uncited: 0.7 }

/** A second sentence of a passage is cited too when it holds this much more of what is said. */
const secondSentence = 0.25

export interface CheckOptions {
  shown: readonly ShownEvidence[]
  question: string
  cite: Cite
  /** Index of the sentence of a passage that answers best, for passages in another language than what is said of them. */
  answering: (passage: string) => number
}

export type CheckSentence = (sentence: WrittenSentence) => AnswerSentence

/**
 * Ties the sentences that a model wrote to the passages that it was shown. A number that it cites leads to the sentence of
 * the passage that holds most of what is said; numbers that it invented lead nowhere and are dropped. Where the cited
 * passages do not hold the sentence and another one does, that one is cited; where none does, the sentence is marked.
 */
export function sentenceChecker(options: CheckOptions): CheckSentence {
  const passages = shownPassages(options.shown)
  const question = askedWords(options.question)
  return ({ text, numbers }) => {
    const cited = passages.find(({ number }) => numbers.includes(number)) ?? passages[0]
    const language = isWordless(text) && cited ? cited.evidence.passage.language : detectLanguage(text)
    const claim = claimOf(text, language)
    const all = passages.map((passage) => compare(claim, passage))
    const named = all.filter(({ passage }) => numbers.includes(passage.number))
    const by = (comparisons: Comparison[], order: readonly number[]) =>
      order.flatMap((number) => citeFrom(ofNumber(comparisons, number), claim, options))
    if (!claims(claim)) return { text, marks: [], citations: by(named, numbers) }
    const verdict = judge(text, claim, named, question)
    if (verdict.support === 'supported' || verdict.support === 'unchecked')
      return { text, marks: [], citations: by(named, numbers), support: verdict.support }
    const better = strongest(text, claim, all, question)
    if (better !== undefined) return { text, marks: [], citations: by(all, [better]), support: 'supported' }
    const unheld = named.length ? verdict.unheld : judge(text, claim, all, question).unheld
    return {
      text,
      marks: [],
      citations: by(named, numbers),
      support: 'unsupported',
      ...(unheld.length > 0 && { unheldNumbers: unheld }),
    }
  }
}

/** What a sentence may take over from the question without a passage that says it. */
interface AskedWords {
  numbers: HeldNumbers
  /** Norms, by the rules of either language: the sentence may be in the other one. */
  words: ReadonlySet<string>
}

const askedWords = (question: string): AskedWords => ({
  numbers: heldNumbers(question),
  words: new Set((['en', 'ja'] as const).flatMap((language) => words(question, language).map(({ norm }) => norm))),
})

const ofNumber = (comparisons: readonly Comparison[], number: number): Comparison[] =>
  comparisons.filter(({ passage }) => passage.number === number)

/** "As follows:" claims nothing, and neither does a sentence without a word of its own. */
const claims = ({ text, words: found }: Question): boolean =>
  found.some(({ content }) => content) && !/[:：]\s*$/u.test(text)

interface Verdict {
  support: Support
  unheld: [start: number, end: number][]
}

function judge(text: string, claim: Question, named: readonly Comparison[], question: AskedWords): Verdict {
  const unheld = unheldNumbers(text, [question.numbers, ...named.map(({ passage }) => passage.numbers)])
  const sameLanguage = named.filter(({ passage }) => passage.evidence.passage.language === claim.language)
  if (unheld.length > 0 || named.length === 0) return { support: 'unsupported', unheld }
  const allNamed = sameLanguage.length === 0 || !namesUnheld(sameLanguage, claim, question.words)
  if (allNamed && heldShare(sameLanguage) >= held.cited) return { support: 'supported', unheld }
  // Words of two languages cannot be compared; numbers could, and are held.
  return { support: sameLanguage.length < named.length ? 'unchecked' : 'unsupported', unheld }
}

/** The number of the passage that holds the sentence best, if it does so clearly. */
function strongest(
  text: string,
  claim: Question,
  all: readonly Comparison[],
  question: AskedWords,
): number | undefined {
  let best: { number: number; share: number } | undefined
  for (const number of new Set(all.map(({ passage }) => passage.number))) {
    const these = ofNumber(all, number)
    const share = heldShare(these)
    const holds = share >= held.uncited && judge(text, claim, these, question).support === 'supported'
    if (holds && (!best || share > best.share)) best = { number, share }
  }
  return best?.number
}

/** The sentence or two that hold most of the claim, among the passages that were shown under one number. */
function citeFrom(these: readonly Comparison[], claim: Question, { cite, answering }: CheckOptions): Citation[] {
  const best = these.reduce<{ comparison: Comparison; sentence: number; share: number } | undefined>(
    (found, comparison) => {
      const { sentence, share } = bestSentence(comparison)
      return found && found.share >= share ? found : { comparison, sentence, share }
    },
    undefined,
  )
  if (!best) return []
  const own = these.find(({ passage: { evidence } }) => answering(evidence.passage.id) >= 0) ?? best.comparison
  const comparable = best.share > 0 && best.comparison.passage.evidence.passage.language === claim.language
  if (!comparable) return [citeAt(own.passage, Math.max(0, answering(own.passage.evidence.passage.id)), cite)]
  const second = furtherSentence(best.comparison, best.sentence)
  const sentences = second === undefined ? [best.sentence] : [best.sentence, second].sort((a, b) => a - b)
  return sentences.map((sentence) => citeAt(best.comparison.passage, sentence, cite))
}

/** In a table the first row names the columns and says nothing by itself. */
function bestSentence({ passage, overlap }: Comparison): { sentence: number; share: number } {
  const header = passage.evidence.passage.kind === 'table' && overlap.sentences.length > 1 ? 0 : -1
  let sentence = header + 1
  for (const [at, share] of overlap.sentences.entries())
    if (at > header && share > (overlap.sentences[sentence] ?? 0)) sentence = at
  return { sentence, share: overlap.sentences[sentence] ?? 0 }
}

function furtherSentence({ passage, overlap }: Comparison, best: number): number | undefined {
  if (passage.evidence.passage.kind === 'table') return undefined
  const { held: shares, questionTerms, total } = overlap
  const gains = shares.map((sentence, at) =>
    at === best
      ? 0
      : questionTerms.reduce(
          (sum, { weight }, term) => sum + weight * Math.max(0, (sentence[term] ?? 0) - (shares[best]?.[term] ?? 0)),
          0,
        ) / total,
  )
  const most = Math.max(0, ...gains)
  return most >= secondSentence ? gains.indexOf(most) : undefined
}

function citeAt({ evidence }: ShownPassage, sentence: number, cite: Cite): Citation {
  const { passage } = evidence
  const [start, end] = passage.sentences[sentence] ?? [0, passage.text.length]
  const header = passage.kind === 'table' && sentence > 0 ? passage.sentences[0] : undefined
  return cite(evidence, start, end, header)
}
