/**
 * Fits the weights of the rule-based extractor and writes models/starter/extractor/{ja,en}.json.
 * Run from the repository root, with the shared data beside the checkout:
 *
 *   node -e "import('vite').then(async (vite) => (await vite.runnerImport('./test/eval/fit-extractor.ts')).module.fitExtractor())"
 *
 * Japanese: questions of jaquad-train (a tenth of the titles held out). English: the tuning half of squad2-visible, judged by
 * four folds over its paragraphs. Contexts are cut to 128 tokens around the answer, as in the evaluation.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { candidates } from '../../src/answering/candidates'
import { describe, read } from '../../src/answering/features'
import { analyseQuestion } from '../../src/answering/question-type'
import type { Language } from '../../src/domain'
import { sentences } from '../../src/language/segment'
import { fitRanking, rankingScores, restrict, strongest, type Ranking } from './log-linear'
import { answerable, cutAround, readSet, sample, seededRandom, squadTuning, type Example } from './qa'
import { meanScore, scoreAnswer, type Score } from './score'

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
}

const recipes: Record<Language, Recipe> = {
  ja: { questions: 20_000, features: 2_000, fewest: 10, epochs: 5, rate: 0.1 },
  en: { questions: 5_000, features: 1000, fewest: 3, epochs: 6, rate: 0.1 },
}

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
    group: language === 'ja' ? example.title : String(example.paragraph),
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
  const wide = fitRanking(data, size, { epochs: 3, rate: recipe.rate, l1: 1e-3 })
  const kept = strongest(data, wide, recipe.features, recipe.fewest)
  const numbers = new Map(kept.map((feature, at) => [feature, at]))
  const narrow = data.map((one) => restrict(one, numbers))
  return { kept, weights: fitRanking(narrow, kept.length, { epochs: recipe.epochs, rate: recipe.rate, l1: 0 }) }
}

function judgeHeldOut(
  data: Labelled[],
  size: number,
  recipe: Recipe,
  fold: (group: string) => number,
  folds: number[],
): { exact: number; f1: number }[] {
  return folds.map((held) => {
    const { kept, weights } = fitted(
      data.filter(({ group }) => fold(group) !== held),
      size,
      recipe,
    )
    const numbers = new Map(kept.map((feature, at) => [feature, at]))
    return judge(
      data.filter(({ group }) => fold(group) === held).map((one) => restrict(one, numbers)),
      weights,
    )
  })
}

/** The questions that weights of a language are fitted on. */
export function tuningExamples(language: Language): Example[] {
  const random = seededRandom(5)
  const paragraphs =
    language === 'ja' ? readSet('jaquad-train') : squadTuning(readSet('squad2-visible'), readSet('xquad-en'))
  if (!paragraphs) throw new Error('the shared data is not beside the checkout')
  const chosen = sample(answerable(paragraphs), recipes[language].questions, 1)
  return chosen.map((example) => cutAround(example, 128, random))
}

/** Fits one language, prints how it does on held-out questions and writes its weights. */
export function fitExtractor(languages: Language[] = ['en', 'ja'], write = true): void {
  for (const language of languages) {
    const recipe = recipes[language]
    const names = new FeatureNames()
    const random = seededRandom(3)
    const data = tuningExamples(language).map((example) =>
      label(example, language, names, language === 'ja' ? random : undefined),
    )
    const groups = new Map([...new Set(data.map(({ group }) => group))].map((group, at) => [group, at]))
    const folds = language === 'ja' ? [0] : [0, 1, 2, 3]
    const foldOf = (group: string) => groups.get(group)! % (language === 'ja' ? 10 : 4)
    console.log(
      language,
      data.length,
      'questions',
      names.names.length,
      'features; held out:',
      judgeHeldOut(data, names.names.length, recipe, foldOf, folds),
    )
    if (write) writeWeights(language, names, fitted(data, names.names.length, recipe))
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
