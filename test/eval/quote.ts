/**
 * `npm run eval -- quote`: how often the likely answer that quoteAnswerer marks is the right one, beside the sentence that
 * shares most with the question, and how often it refuses.
 */
import { extractAnswer } from '../../src/answering/extract'
import { answerProbability, thresholds } from '../../src/answering/gate'
import { quoteAnswerer } from '../../src/answering/quote'
import type { Answer, Evidence, Language } from '../../src/domain'
import type { Floor, Report } from '../measure/report'
import { bestSentence } from './best-sentence'
import { gateCases, type Case } from './gate-cases'
import { searchParagraphs } from './paragraph-search'
import { answerable, cutAround, readSet, sample, seededRandom, type Example } from './qa'
import { meanScore, scoreAnswer } from '../../src/lab/measures/answer-score'

export const title = 'Marked answers without a model: exact match, F1 and refusals'

const questions = 500
const cut = 128
const sets: { name: string; language: Language; floor: number }[] = [
  { name: 'jsquad-valid', language: 'ja', floor: 52 },
  { name: 'xquad-en', language: 'en', floor: 30 },
]
const caseKinds: Case[] = ['answerable', 'other title', 'paragraph removed', 'impossible']

export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'quote',
    title,
    columns: ['set', 'text given', 'EM', 'F1', 'best sentence F1', 'characters'],
    rows: [],
    floors: [],
    skipped: [],
    notes: [
      'JSQuAD contexts begin with "title [SEP]", which is left in as text.',
      'Weights were fitted on jaquad-train and on English questions made for this project; nothing measured here was fitted on.',
      '"end to end" searches all paragraphs of the set; an answer that was refused counts as wrong.',
    ],
  }
  for (const set of sets) await measureSet(set, report)
  await measureRefusals(report)
  return report
}

async function measureSet({ name, language, floor }: (typeof sets)[number], report: Report): Promise<void> {
  const paragraphs = readSet(name)
  if (!paragraphs) {
    report.skipped?.push(`${name}: no ../shared/data/qa/${name}.jsonl.xz`)
    return
  }
  const random = seededRandom(11)
  const whole = sample(answerable(paragraphs), questions, 1)
  const short = whole.map((example) => cutAround(example, cut, random))
  const shortRow = givenRow(name, `gold passage, ${cut} tokens`, short, language)
  const f1 = Number(shortRow[3])
  const held: Floor = {
    name: `${name}, gold passage cut to ${cut} tokens`,
    floor: `F1 >= ${floor}`,
    value: f1,
    held: f1 >= floor,
  }
  report.floors.push(held)
  report.rows.push(shortRow, givenRow(name, 'gold paragraph', whole, language))
  const { search } = searchParagraphs(paragraphs, language)
  const found: { example: Example; answer: Answer; evidence: Evidence[] }[] = []
  for (const example of whole) {
    const evidence = await search(example.question, 5)
    found.push({ example, evidence, answer: await answerOf(example.question, language, evidence) })
  }
  const { exact, f1: endF1 } = meanScore(
    found.map(({ example, answer }) => scoreAnswer(markedText(answer), example.answers, language)),
  )
  const best = meanScore(
    found.map(({ example, evidence }) => {
      const text = evidence[0]?.passage.text ?? ''
      return scoreAnswer(bestSentence(example.question, text, language), example.answers, language)
    }),
  )
  report.rows.push([name, 'end to end', exact, endF1, best.f1, ''])
  const cites = found.filter(({ example, answer }) =>
    answer.sentences.some(
      ({ text }) => example.context.includes(text) && example.answers.some((right) => text.includes(right)),
    ),
  )
  const refused = found.filter(({ answer }) => answer.refused).length
  report.notes?.push(
    `${name}, end to end: a quoted sentence of the right paragraph holds the answer for ${percent(cites.length, found.length)}; refused ${percent(refused, found.length)}.`,
  )
}

/** EM and F1 of the likely answer within the text of each example, beside the sentence that shares most with the question. */
function givenRow(name: string, given: string, examples: Example[], language: Language): (string | number)[] {
  const marked = meanScore(
    examples.map(({ question, context, answers }) => {
      const answer = extractAnswer(question, context, language)
      return scoreAnswer(answer ? context.slice(answer.start, answer.end) : '', answers, language)
    }),
  )
  const best = meanScore(
    examples.map(({ question, context, answers }) =>
      scoreAnswer(bestSentence(question, context, language), answers, language),
    ),
  )
  const characters = examples.reduce((sum, { context }) => sum + context.length, 0) / examples.length
  return [name, given, marked.exact, marked.f1, best.f1, Math.round(characters)]
}

async function answerOf(question: string, language: Language, evidence: Evidence[]): Promise<Answer> {
  const coverage = { passagesRead: 0, passagesSearched: 0, documentsRead: 0, documentsSearched: 0 }
  for await (const event of quoteAnswerer.answer(
    { question, language, evidence, coverage },
    new AbortController().signal,
  ))
    if (event.type === 'answer') return event.answer
  throw new Error('the answerer ended without an answer')
}

/** The first mark, as the one that is read first. */
function markedText({ sentences: answered }: Answer): string {
  for (const { text, marks } of answered) if (marks[0]) return text.slice(...marks[0])
  return ''
}

/** Share refused of each kind of question, on sets that the gate was not fitted on. */
async function measureRefusals(report: Report): Promise<void> {
  const squad = readSet('squad2-visible')
  const jsquad = readSet('jsquad-valid')
  for (const [name, language, paragraphs] of [
    ['squad2-visible', 'en', squad],
    ['jsquad-valid', 'ja', jsquad],
  ] as const) {
    if (!paragraphs) {
      report.skipped?.push(`refusals on ${name}: no data`)
      continue
    }
    const cases = await gateCases(paragraphs, language, questions)
    const shares = caseKinds.flatMap((kind) => {
      const these = cases.filter((one) => one.kind === kind)
      const refused = these.filter(({ signs }) => answerProbability(signs) < thresholds[language]).length
      return these.length ? [`${kind} ${percent(refused, these.length)} of ${these.length}`] : []
    })
    report.notes?.push(`Refused on ${name}: ${shares.join(', ')}.`)
  }
}

const percent = (part: number, of: number): string => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`
