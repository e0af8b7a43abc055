/**
 * Fits the weights of the refusal gate (src/answering/gate.ts) and prints them with what each threshold would cost:
 *
 *   node -e "import('vite').then(async (vite) => (await vite.runnerImport('./test/eval/fit-gate.ts')).module.fitGate())"
 *
 * On every fourth title of jaquad-train and on the tuning half of squad2-visible; SQuAD's impossible questions are not
 * fitted on, only shown: no sign that the gate has can tell them apart.
 */
import type { GateSigns } from '../../src/answering/gate'
import { gateCases, type Case, type GateCase } from './gate-cases'
import { readSet, squadTuning } from './qa'

const signNames = ['surroundings', 'termCoverage', 'missingNames'] as const
type Weights = Record<keyof GateSigns | 'constant', number>

const odds = (weights: Weights, signs: GateSigns): number =>
  signNames.reduce((sum, name) => sum + weights[name] * signs[name], weights.constant)

/** Logistic regression by plain gradient descent; answerable and unanswerable weigh the same, and so do the languages. */
export function fitLogistic(cases: GateCase[], steps = 3000, rate = 1.5): Weights {
  const weights: Weights = { constant: 0, surroundings: 0, termCoverage: 0, missingNames: 0 }
  const group = ({ kind, language }: GateCase) => `${language} ${kind === 'answerable'}`
  const sizes = new Map<string, number>()
  for (const one of cases) sizes.set(group(one), (sizes.get(group(one)) ?? 0) + 1)
  for (let step = 0; step < steps; step++) {
    const slope: Weights = { constant: 0, surroundings: 0, termCoverage: 0, missingNames: 0 }
    for (const one of cases) {
      const probability = 1 / (1 + Math.exp(-odds(weights, one.signs)))
      const error = (probability - Number(one.kind === 'answerable')) / (sizes.get(group(one))! * sizes.size)
      slope.constant += error
      for (const name of signNames) slope[name] += error * one.signs[name]
    }
    for (const name of ['constant', ...signNames] as const) weights[name] -= rate * slope[name]
  }
  return weights
}

export async function fitGate(): Promise<void> {
  const jaquad = readSet('jaquad-train')
  const squad = squadTuning(readSet('squad2-visible'), readSet('xquad-en'))
  if (!jaquad || !squad) throw new Error('the shared data is not beside the checkout')
  const titles = [...new Set(jaquad.map(({ title }) => title))].filter((_, at) => at % 4 === 1)
  const cases = [
    ...(await gateCases(
      jaquad.filter(({ title }) => titles.includes(title)),
      'ja',
      800,
    )),
    ...(await gateCases(squad, 'en', 300)),
  ]
  const weights = fitLogistic(cases.filter(({ kind }) => kind !== 'impossible'))
  console.log(
    Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, Math.round(weight * 100) / 100])),
  )
  for (const threshold of [0.1, 0.15, 0.2, 0.25, 0.3, 0.4])
    for (const language of ['ja', 'en'] as const) {
      const refused = (kind: Case) => {
        const these = cases.filter((one) => one.kind === kind && one.language === language)
        const below = these.filter(({ signs }) => 1 / (1 + Math.exp(-odds(weights, signs))) < threshold)
        return these.length ? `${kind} ${((100 * below.length) / these.length).toFixed(1)} %` : ''
      }
      console.log(
        threshold,
        language,
        (['answerable', 'other title', 'paragraph removed', 'impossible'] as const).map(refused).join(', '),
      )
    }
}
