import type { LanguageModel } from '../../src/engines/llm/language-model'
import { runArms } from '../../src/lab/arms/run-arms'
import { summarise } from '../../src/lab/measures/summarise'
import type { Question } from '../../src/lab/question-set'
import { readJsonLines } from '../../src/lab/questions/jsonl'
import { defaultSpec } from '../../src/lab/run-spec'
import { labContext, resultsIn, eventsOf } from '../fixtures/lab-context'
import { questionSet } from '../fixtures/lab-questions'
import { RandomModel } from '../fixtures/random-model'
import { readXz } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'
import type { Report } from '../measure/report'
import { share } from './ranking'

export const title =
  'Log-likelihood accuracy of models that know nothing: chance, on the five MMLU subjects in both languages'

const SETS = ['mmlu-five-subjects', 'jmmlu-five-subjects']

/** The run of the Lab itself, from the file to the table. The models only guess, each in its way. */
export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'chance',
    title,
    columns: ['set', 'questions', 'model', 'accuracy', '95 %', 'by length', '95 %', 'chance'],
    rows: [],
    floors: [],
    skipped: [],
    notes: [
      'random: every option by chance, so that by length long ones win. by token: every token by chance, as in a model that knows nothing;',
      'then short options win, and the accuracy by length is chance. Right answers are a little longer than wrong ones in these sets.',
    ],
  }
  for (const name of SETS) {
    const path = sharedData(`qa/${name}.jsonl.xz`)
    if (path === undefined) report.skipped?.push(`../shared/data/qa/${name}.jsonl.xz is missing`)
    else await measure(report, name, tested(readJsonLines(readXz(path)).questions, readXz(path)))
  }
  return report
}

/** Those of MMLU that are marked as examples are left out. */
const tested = (questions: readonly Question[], text: string): Question[] => {
  const lines = text.split('\n').filter((line) => line.trim())
  return questions.filter((_, at) => (JSON.parse(lines[at]!) as { split?: string }).split !== 'dev')
}

async function measure(report: Report, name: string, questions: Question[]): Promise<void> {
  const models: [string, LanguageModel][] = [
    ['random', new RandomModel(1)],
    [
      'by token',
      new RandomModel(1, ({ length }, chance) => ({ logProbability: -length * (5 + chance), tokens: length })),
    ],
  ]
  for (const [called, model] of models) {
    const spec = { ...defaultSpec, arms: ['base' as const] }
    const events = await eventsOf(
      runArms(spec, labContext(questionSet(questions), model), new AbortController().signal),
    )
    const [row] = summarise(resultsIn(events), questions)
    const { accuracy, normalisedAccuracy } = row!.measures
    const [one, other] = [accuracy!, normalisedAccuracy!]
    const interval = ({ low, high }: typeof one) => `${share(low)} to ${share(high)}`
    const figures = [share(one.mean), interval(one), share(other.mean), interval(other), share(row!.chance!)]
    report.rows.push([name, questions.length, called, ...figures])
    if (called !== 'random') continue
    const within = one.low <= row!.chance! && row!.chance! <= one.high
    report.floors.push({
      name: `${name}: chance lies within the interval`,
      floor: interval(one),
      value: share(row!.chance!),
      held: within,
    })
  }
}
