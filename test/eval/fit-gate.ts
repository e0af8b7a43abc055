/**
 * Fits the weights of the refusal gate (src/answering/gate.ts) and prints them with what each threshold would cost:
 *
 *   node -e "import('vite').then(async (vite) => (await vite.runnerImport('./test/eval/fit-gate.ts')).module.fitGate())"
 *
 * On every sixteenth title of jaquad-train and, in English, on pairs/t0qa and the questions made for this project
 * (gate-paragraphs.ts); no set marked "evaluate only" is read.
 */
import type { GateSigns } from '../../src/answering/gate'
import { gateCases, type Case, type GateCase } from './gate-cases'
import { englishGateParagraphs } from './gate-paragraphs'
import { readSet } from './qa'

const signNames = ['surroundings', 'termCoverage', 'missingNames', 'missingNouns'] as const

/** Set by hand (gate.ts says why); the others are fitted as if it were not there. */
const missingNouns = -2
type Weights = Record<keyof GateSigns | 'constant', number>

const odds = (weights: Weights, signs: GateSigns): number =>
  signNames.reduce((sum, name) => sum + weights[name] * signs[name], weights.constant)

/** Logistic regression by plain gradient descent over all signs but the last; answerable and unanswerable weigh the same, and so do the languages. */
export function fitLogistic(cases: GateCase[], steps = 3000, rate = 1.5): Weights {
  const zero: Weights = { constant: 0, surroundings: 0, termCoverage: 0, missingNames: 0, missingNouns: 0 }
  const weights = { ...zero }
  const group = ({ kind, language }: GateCase) => `${language} ${kind === 'answerable'}`
  const sizes = new Map<string, number>()
  for (const one of cases) sizes.set(group(one), (sizes.get(group(one)) ?? 0) + 1)
  for (let step = 0; step < steps; step++) {
    const slope = { ...zero }
    for (const one of cases) {
      const probability = 1 / (1 + Math.exp(-odds(weights, one.signs)))
      const error = (probability - Number(one.kind === 'answerable')) / (sizes.get(group(one))! * sizes.size)
      slope.constant += error
      for (const name of signNames) slope[name] += error * one.signs[name]
    }
    for (const name of ['constant', ...signNames] as const)
      if (name !== 'missingNouns') weights[name] -= rate * slope[name]
  }
  return weights
}

export async function fitGate(): Promise<void> {
  const jaquad = readSet('jaquad-train')
  const english = englishGateParagraphs()
  if (!jaquad || !english) throw new Error('the shared data is not beside the checkout')
  const titles = [...new Set(jaquad.map(({ title }) => title))].filter((_, at) => at % 16 === 1)
  const cases = [
    ...(await gateCases(
      jaquad.filter(({ title }) => titles.includes(title)),
      'ja',
      300,
    )),
    ...(await gateCases(english, 'en', 350)),
  ]
  const weights = { ...fitLogistic(cases), missingNouns }
  console.log(
    Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, Math.round(weight * 100) / 100])),
  )
  for (const threshold of [0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4])
    for (const language of ['ja', 'en'] as const) {
      const refused = (kind: Case) => {
        const these = cases.filter((one) => one.kind === kind && one.language === language)
        const below = these.filter(({ signs }) => 1 / (1 + Math.exp(-odds(weights, signs))) < threshold)
        return these.length ? `${kind} ${((100 * below.length) / these.length).toFixed(1)} %` : ''
      }
      console.log(
        threshold,
        language,
        (['answerable', 'other title', 'paragraph removed'] as const).map(refused).join(', '),
      )
    }
}
