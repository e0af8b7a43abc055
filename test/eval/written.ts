/**
 * `npm run eval -- written`: how well the check of written sentences tells passages that hold a statement from others, where its
 * citation leads, and how often a question that stands alone is taken for a follow-up.
 */
import { citations } from '../../src/answering/cite'
import { leansOnContext } from '../../src/answering/follow-up/rewrite'
import { analyseQuestion } from '../../src/answering/question-type'
import { sentenceChecker } from '../../src/answering/written/check-sentence'
import type { AnswerSentence, Evidence, Language } from '../../src/domain'
import { sentences } from '../../src/language/segment'
import type { Report } from '../measure/report'
import { answerable, readSet, sample, type Example, type ParagraphRecord } from './qa'

export const title =
  'Sentences that a model writes: support told from passages that hold them and from others, follow-ups'

const statements = 300

const sets: [name: string, language: Language][] = [
  ['squad2-visible', 'en'],
  ['xquad-en', 'en'],
  ['jsquad-valid', 'ja'],
  ['jaquad-dev', 'ja'],
]

const floors = { own: 0.9, others: 0.1, number: 0.9, name: 0.9, cited: 0.85, alone: 0.05 }

export default function run(): Promise<Report> {
  const report: Report = {
    name: 'written',
    title,
    columns: [
      'set',
      'own',
      'same title',
      'other title',
      'wrong number',
      'wrong name',
      'cited',
      'taken for a follow-up',
    ],
    rows: [],
    floors: [],
    skipped: [],
    notes: [
      `${statements} statements made of a question and its answer ("was the bridge finished 1934"), which people wrote in other`,
      'words than the paragraph. own, same title, other title: share called supported by its own paragraph (should be 1), by another',
      'of the same article and of another one (0). wrong number: share marked of those whose number was changed; wrong name: of',
      'those whose answer was changed for a name from elsewhere. cited: share whose citation is the sentence that holds the',
      'answer. The last: share of questions written beside a paragraph; many of those do lean on it ("Who wrote this hymn?").',
    ],
  }
  for (const [name, language] of sets) {
    const paragraphs = readSet(name)
    if (paragraphs) addSet(report, name, language, paragraphs)
    else report.skipped?.push(`${name}: no data`)
  }
  return Promise.resolve(report)
}

function addSet(report: Report, name: string, language: Language, paragraphs: ParagraphRecord[]): void {
  const measured = measure(paragraphs, language)
  const alone = new Share()
  for (const { qas } of paragraphs) for (const { q } of qas) alone.add(leansOnContext(q, language))
  const { own, same, other, number, name: renamed, cited } = measured
  report.rows.push([name, ...[own, same, other, number, renamed, cited, alone].map(String)])
  report.floors.push(
    bound(`${name}: supported by its own paragraph`, own, '>=', floors.own),
    bound(`${name}: supported by another article`, other, '<=', floors.others),
    bound(`${name}: wrong number marked`, number, '>=', floors.number),
    bound(`${name}: wrong name marked`, renamed, '>=', floors.name),
    bound(`${name}: cited sentence holds the answer`, cited, '>=', floors.cited),
    bound(`${name}: taken for a follow-up`, alone, '<=', floors.alone),
  )
}

type Measured = Record<'own' | 'same' | 'other' | 'number' | 'name' | 'cited', Share>

function measure(paragraphs: ParagraphRecord[], language: Language): Measured {
  const measured: Measured = {
    own: new Share(),
    same: new Share(),
    other: new Share(),
    number: new Share(),
    name: new Share(),
    cited: new Share(),
  }
  const examples = sample(answerable(paragraphs), statements, 41)
  for (const [at, example] of examples.entries()) {
    const supportIn = (one: Example, context: string) =>
      check(statementOf(one, language), context, language, example.question)
    const checked = supportIn(example, example.context)
    measured.own.add(checked.support === 'supported')
    if (checked.support === 'supported')
      measured.cited.add(checked.citations.some(({ quote }) => quote.includes(example.answers[0] ?? '')))
    const beside = paragraphs.find((one, index) => one.title === example.title && index !== example.paragraph)
    if (beside) measured.same.add(supportIn(example, beside.context).support === 'supported')
    const far = paragraphs[(example.paragraph + 7 * (at + 1)) % paragraphs.length]
    if (far && far.title !== example.title) measured.other.add(supportIn(example, far.context).support === 'supported')
    const renamed = withWrongName(example, examples[(at + 1) % examples.length])
    if (renamed) measured.name.add(supportIn(renamed, example.context).support === 'unsupported')
    const changed = withWrongNumber(example)
    if (changed) measured.number.add(supportIn(changed, example.context).support === 'unsupported')
  }
  return measured
}

class Share {
  #part = 0
  #of = 0

  add(counts: boolean): void {
    this.#of++
    if (counts) this.#part++
  }

  get value(): number {
    return this.#of ? this.#part / this.#of : NaN
  }

  toString(): string {
    return this.#of ? this.value.toFixed(3) : ''
  }
}

const bound = (name: string, share: Share, sign: '>=' | '<=', limit: number): Report['floors'][number] => ({
  name,
  floor: `${sign} ${limit}`,
  value: String(share),
  held: Number.isNaN(share.value) || (sign === '>=' ? share.value >= limit : share.value <= limit),
})

/** The question with its answer in place of the question word. */
function statementOf({ question, answers }: Example, language: Language): string {
  const { words, asked } = analyseQuestion(question, language)
  const [answer = ''] = answers
  const start = words[asked[0]]?.start ?? question.length
  const end = words[asked[1] - 1]?.end ?? question.length
  const around = [question.slice(0, start), answer, question.slice(end)].join(language === 'en' ? ' ' : '')
  return around.replace(/[?？]\s*$/u, '').trim()
}

/** The example with the number of its answer changed to one that its paragraph does not have. */
function withWrongNumber(example: Example): Example | undefined {
  const [answer = ''] = example.answers
  const changed = answer.replace(/\d+/, (digits) => String(Number(digits) + 7))
  const number = /\d+/.exec(changed)?.[0]
  if (number === undefined || changed === answer || `${example.context} ${example.question}`.includes(number))
    return undefined
  return { ...example, answers: [changed] }
}

/** The example with an answer of another one in which a name stands that neither paragraph nor question have. */
function withWrongName(example: Example, other: Example | undefined): Example | undefined {
  const name = /(?<!^)\b\p{Lu}\p{L}{2,}|^\p{Lu}\p{L}+ \p{Lu}\p{L}+|[ァ-ヶー]{3,}/u.exec(other?.answers[0] ?? '')?.[0]
  const known = !name || `${example.context} ${example.question}`.includes(name)
  return known || !other ? undefined : { ...example, answers: other.answers }
}

function check(text: string, paragraph: string, language: Language, question: string): AnswerSentence {
  const evidence: Evidence = {
    passage: {
      id: 'p/1/0-1',
      document: 'p',
      ordinal: 0,
      kind: 'text',
      headingPath: [],
      text: paragraph,
      pieces: [{ at: 0, page: 1, start: 0, length: paragraph.length }],
      sentences: sentences(paragraph, language),
      overlap: 0,
      tokens: 0,
      language,
    },
    documentName: '',
    rank: 1,
    score: 1,
    termCoverage: 0,
    matches: [],
  }
  const shown = [{ evidence, passages: [evidence.passage] }]
  return sentenceChecker({ shown, question, cite: citations(), answering: () => -1 })({ text, numbers: [1] })
}
