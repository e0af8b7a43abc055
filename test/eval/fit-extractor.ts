/**
 * Fits the weights of the rule-based extractor and writes models/starter/extractor/{ja,en}.json.
 * Run from the repository root, with the shared data beside the checkout:
 *
 *   node -e "import('vite').then(async (vite) => (await vite.runnerImport('./test/eval/fit-extractor.ts')).module.fitExtractor())"
 *
 * Japanese: questions of jaquad-train (a tenth of the titles held out). English: questions and answers made for this project
 * (english-questions.ts), judged by five folds over their paragraphs, with questions made by rule (cloze.ts) beside them.
 * Contexts are cut to 128 tokens around the answer, as in the evaluation. No set marked "evaluate only" is read.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { candidates } from '../../src/answering/candidates'
import { describe } from '../../src/answering/features'
import { read } from '../../src/answering/reading'
import { analyseQuestion } from '../../src/answering/question-type'
import type { Language } from '../../src/domain'
import { sentences } from '../../src/language/segment'
import { clozeExamples } from './cloze'
import { englishQuestions } from './english-questions'
import { fitRanking, rankingScores, restrict, strongest, type Ranking } from './log-linear'
import { answerable, cutAround, readSet, sample, seededRandom, type Example } from './qa'
import { meanScore, scoreAnswer, type Score } from '../../src/lab/measures/answer-score'

interface Labelled extends Ranking {
  scores: Score[]
  /** Examples of one group stay on one side of a split. */
  group: string
}

interface Recipe {
  questions: number
  /** Features kept, and the fewest questions that one must occur in. */
  features: number
  fewest: number
  epochs: number
  rate: number
  l1: number
  /** Parts that the examples are divided into, and how many of them are held out in turn. */
  parts: number
  folds: number
}

const recipes: Record<Language, Recipe> = {
  ja: { questions: 20_000, features: 2_000, fewest: 10, epochs: 5, rate: 0.1, l1: 1e-3, parts: 10, folds: 1 },
  en: { questions: 5_000, features: 1_000, fewest: 3, epochs: 6, rate: 0.1, l1: 5e-3, parts: 5, folds: 5 },
}

/** Questions made by rule from each text: few, beside the real ones; they teach what books and manuals look like. */
const clozes = { factbook: 100, books: 120, 'docs-en': 120, peps: 60 }

/** Wrong candidates kept per question; leaving the others out at random changes the fit little and the time much. */
const wrongKept = 160

/** Numbers the names of features in order of appearance; after `close` unknown names get -1. */
export class FeatureNames {
  readonly names: string[] = []
  private readonly numbers = new Map<string, number>()
  private closed = false

  close(): void {
    this.closed = true
  }

  number(name: string): number {
    const known = this.numbers.get(name)
    if (known !== undefined) return known
    if (this.closed) return -1
    this.numbers.set(name, this.names.length)
    return this.names.push(name) - 1
  }
}

/** All candidates of an example with their features and how right they are; wrong ones thinned when `random` is given. */
export function label(example: Example, language: Language, names: FeatureNames, random?: () => number): Labelled {
  const { question, context, answers } = example
  const reading = read(analyseQuestion(question, language), context, sentences(context, language), language)
  const all = candidates(reading.text, reading.words, reading.sentences, language)
  const offsets = [0]
  const features: number[] = []
  const values: number[] = []
  const scores: Score[] = []
  for (const candidate of all) {
    const text = context.slice(reading.words[candidate.first]!.start, reading.words[candidate.end - 1]!.end)
    const score = scoreAnswer(text, answers, language)
    if (random && score.f1 === 0 && random() > wrongKept / all.length) continue
    describe(reading, candidate, (name, value) => {
      const number = value === 0 ? -1 : names.number(name)
      if (number < 0) return
      features.push(number)
      values.push(value)
    })
    offsets.push(features.length)
    scores.push(score)
  }
  const gains = scores.map(({ exact, f1 }) => (exact ? 1 : f1 > 0.3 ? 0.6 * f1 * f1 : 0))
  return {
    offsets: Uint32Array.from(offsets),
    features: Uint32Array.from(features),
    values: Float32Array.from(values),
    gains: Float32Array.from(gains),
    scores,
    group: example.title,
  }
}

/** Exact match and F1 of the highest-scoring candidates. */
function judge(data: Labelled[], weights: Float64Array): { exact: number; f1: number } {
  return meanScore(
    data.map((one) => {
      const odds = rankingScores(one, weights)
      const best = odds.reduce((chosen, score, at) => (score > (odds[chosen] ?? -Infinity) ? at : chosen), 0)
      return one.scores[best] ?? { exact: 0, f1: 0 }
    }),
  )
}

/** Fits on everything, keeps the strongest features and fits those again. */
function fitted(data: Labelled[], size: number, recipe: Recipe): { kept: number[]; weights: Float64Array } {
  const wide = fitRanking(data, size, { epochs: 3, rate: recipe.rate, l1: recipe.l1 })
  const kept = strongest(data, wide, recipe.features, recipe.fewest)
  const numbers = new Map(kept.map((feature, at) => [feature, at]))
  const narrow = data.map((one) => restrict(one, numbers))
  return { kept, weights: fitRanking(narrow, kept.length, { epochs: recipe.epochs, rate: recipe.rate, l1: 0 }) }
}

export /** Exact match and F1 of each fold, fitted on the other parts and on `beside`. */
function judgeHeldOut(
  data: Labelled[],
  beside: Labelled[],
  size: number,
  recipe: Recipe,
): { exact: number; f1: number }[] {
  const groups = new Map([...new Set(data.map(({ group }) => group))].map((group, at) => [group, at]))
  const partOf = ({ group }: Labelled) => groups.get(group)! % recipe.parts
  return Array.from({ length: recipe.folds }, (_, held) => {
    const others = data.filter((one) => partOf(one) !== held)
    const { kept, weights } = fitted([...others, ...beside], size, recipe)
    const numbers = new Map(kept.map((feature, at) => [feature, at]))
    return judge(
      data.filter((one) => partOf(one) === held).map((one) => restrict(one, numbers)),
      weights,
    )
  })
}

/** The questions that weights of a language are fitted on. */
export function tuningExamples(language: Language): Example[] {
  const paragraphs = language === 'ja' ? readSet('jaquad-train') : undefined
  const examples = language === 'ja' ? paragraphs && answerable(paragraphs) : englishQuestions()
  return cut(sample(present(examples), recipes[language].questions, 1))
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the shared data is not beside the checkout')
  return value
}

function cut(examples: Example[]): Example[] {
  const random = seededRandom(5)
  return examples.map((example) => cutAround(example, 128, random))
}

/** Fits one language, prints how it does on held-out questions and writes its weights. */
export function fitExtractor(languages: Language[] = ['en', 'ja'], write = true): void {
  for (const language of languages) {
    const recipe = recipes[language]
    const names = new FeatureNames()
    const random = seededRandom(3)
    const thinned = (example: Example) => label(example, language, names, random)
    const data = tuningExamples(language).map((example) =>
      language === 'ja' ? thinned(example) : label(example, language, names),
    )
    const beside = language === 'en' ? cut(present(clozeExamples(clozes, 3))).map(thinned) : []
    const size = names.names.length
    const heldOut = judgeHeldOut(data, beside, size, recipe)
    console.log(language, data.length, 'questions', size, 'features; held out:', heldOut)
    if (write) writeWeights(language, names, fitted([...data, ...beside], size, recipe))
  }
}

function writeWeights(
  language: Language,
  names: FeatureNames,
  { kept, weights }: { kept: number[]; weights: Float64Array },
): void {
  const entries = kept
    .map((feature, at): [string, number] => [names.names[feature]!, Math.round(weights[at]! * 100) / 100])
    .filter(([, weight]) => weight !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const path = resolve(import.meta.dirname, `../../models/starter/extractor/${language}.json`)
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`)
}
