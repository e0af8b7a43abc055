/**
 * `npm run eval -- gate`: what each threshold of the refusal gate costs and gains on sets that it was not fitted on, and how it
 * does between languages.
 */
import { answerProbability, thresholds } from '../../src/answering/gate'
import { meansTheSame } from '../../src/answering/other-language'
import type { Language } from '../../src/domain'
import { readJsonLines } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'
import type { Report } from '../measure/report'
import { gateCases, type Case } from './gate-cases'
import { searchParagraphs } from './paragraph-search'
import { readPool } from './pools'
import { readSet, sample, type ParagraphRecord } from './qa'

export const title = 'The refusal gate: questions refused with and without an answer in the documents, by threshold'

const questions = 300
const kinds: Case[] = ['answerable', 'other title', 'paragraph removed', 'impossible']
const steps = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]

export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'gate',
    title,
    columns: ['set', 'threshold', ...kinds],
    rows: [],
    floors: [],
    skipped: [],
    notes: [
      `Share refused of ${questions} questions of each kind; * the threshold in use. Answerable should be 0, the others 1.`,
      'other title: the documents on its subject are left out. paragraph removed: only its own is. impossible: written to look',
      'answerable by its paragraph (SQuAD 2.0).',
    ],
  }
  await addCurve(report, 'squad2-visible', 'en', readSet('squad2-visible'))
  await addCurve(report, 'jsquad-valid', 'ja', readSet('jsquad-valid'))
  await addAcrossLanguages(report)
  return report
}

async function addCurve(
  report: Report,
  name: string,
  language: Language,
  paragraphs: ParagraphRecord[] | undefined,
): Promise<void> {
  if (!paragraphs) {
    report.skipped?.push(`${name}: no data`)
    return
  }
  const cases = await gateCases(paragraphs, language, questions)
  const probabilities = new Map(
    kinds.map((kind) => [kind, cases.filter((one) => one.kind === kind).map(({ signs }) => answerProbability(signs))]),
  )
  for (const threshold of [...new Set([...steps, thresholds[language]])].sort((a, b) => a - b)) {
    const refused = kinds.map((kind) => {
      const these = probabilities.get(kind) ?? []
      return these.length ? share(these.filter((probability) => probability < threshold).length, these.length) : ''
    })
    report.rows.push([name, `${threshold}${threshold === thresholds[language] ? ' *' : ''}`, ...refused])
  }
}

/** English questions over Japanese texts: sentences with their translation, and paragraphs that have nothing on them. */
async function addAcrossLanguages(report: Report): Promise<void> {
  const path = sharedData('qa/en-ja-sentences.jsonl.xz')
  const [english, japanese] = [readPool('xquad-en'), readSet('jaquad-dev')]
  if (path === undefined || !english || !japanese) {
    report.skipped?.push('between languages: no data')
    return
  }
  const pairs = readJsonLines<{ q: string; p: string }>(path)
  const sentences = pairs.map(({ p }, at) => ({ title: String(at), context: p, qas: [] }))
  const refused = async (paragraphs: ParagraphRecord[], asked: string[]): Promise<string> => {
    const { search } = searchParagraphs(paragraphs, 'ja')
    let count = 0
    for (const question of asked) {
      const evidence = await search(question, 5)
      if (!evidence.some((one) => meansTheSame({ language: 'en' }, { evidence: one }))) count++
    }
    return share(count, asked.length)
  }
  const answerable = await refused(
    sentences,
    sample(pairs, questions, 31).map(({ q }) => q),
  )
  const nothing = sample(english.questions, questions, 32).map(({ question }) => question)
  report.rows.push(['English to Japanese', 'meaning *', answerable, await refused(japanese, nothing), '', ''])
}

const share = (part: number, of: number): string => (part / of).toFixed(3)
