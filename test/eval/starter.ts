/**
 * `npm run eval -- starter`: the language model and the adapters that come with the page, asked through the app's own worker in
 * a browser: on held-out generated documents, as the four arms of the Lab, and beside the rule-based extractor on questions
 * about real text. `FUMIKURA_ADAPTER=starter-gozaru` asks that adapter alone, once it was trained anew.
 */
import { readFileSync } from 'node:fs'
import { chromium, type Browser, type Page } from '@playwright/test'
import { createServer, type ViteDevServer } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { fill } from '../../src/answering/templates/templates'
import type { Language } from '../../src/domain'
import { adapterCatalogue, type AdapterEntry } from '../../src/engines/llm/adapters/catalogue'
import { catalogue, type LlmEntry, type LlmPlan } from '../../src/engines/llm/catalogue'
import { meanScore, scoreAnswer } from '../../src/lab/measures/answer-score'
import { renderGenerated, textsOf } from '../fixtures/generated-passages'
import { bestSentence } from './best-sentence'
import { readSet } from './qa'
import { readerSample, type ReaderQuestion } from './reader-sample'
import type { Report } from '../measure/report'
import { mean, readAnswer, score, type Asked, type Form, type Scores } from './starter/scores'
import type { Answered, Job } from './starter/main'

export const title = 'The model and adapters that come with the page, through the engine'

const HELD_OUT = 'models/recipes/tiny-reader/held-out'
/** Issue 6. */
const FLOORS = { copying: 0.95, adherence: 0.95 }
const FORMS: Readonly<Record<string, Form>> = {
  'starter-gozaru': 'gozaru',
  'starter-keigo': 'keigo',
  'starter-json': 'json',
}
/** Of the held-out questions; every adapter is asked as many. */
const ASKED_OF_ADAPTERS = 240

export default async function run(): Promise<Report> {
  const report: Report = { name: 'starter', title, columns: COLUMNS, rows: [], floors: [], notes: [], skipped: [] }
  const executablePath = findChromium()
  const model = catalogue.find(({ servedFrom }) => servedFrom !== undefined)
  if (!executablePath || !model)
    return { ...report, skipped: [`everything: no ${model ? 'Chromium was found' : 'model comes with the page'}`] }
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error' })
  let browser: Browser | undefined
  try {
    await server.listen()
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
    await new Evaluation(await open(browser, server, model), model, report).all()
  } finally {
    await browser?.close()
    await server.close()
  }
  return report
}

const COLUMNS = ['what', 'adapter', 'questions', 'exact', 'F1', 'citation', 'refusals right', 'refused', 'form kept']

/** A page with the model loaded on the processor, which every machine has. */
async function open(browser: Browser, server: ViteDevServer, model: LlmEntry): Promise<Page> {
  const page = await browser.newPage()
  page.setDefaultTimeout(0)
  await page.goto(new URL('test/eval/starter/index.html', server.resolvedUrls!.local[0]).href)
  await page.waitForFunction(() => 'ask' in globalThis)
  const plan: LlmPlan = { model, device: 'wasm', dtype: 'q4' }
  await page.evaluate((given) => (globalThis as unknown as { load(plan: LlmPlan): Promise<void> }).load(given), plan)
  return page
}

class Evaluation {
  readonly #page: Page
  readonly #model: LlmEntry
  readonly #report: Report
  readonly #adapters: readonly AdapterEntry[]
  readonly #speeds: Answered[] = []

  constructor(page: Page, model: LlmEntry, report: Report) {
    this.#page = page
    this.#model = model
    this.#report = report
    this.#adapters = adapterCatalogue.filter(({ base }) => base === model.id)
  }

  async all(): Promise<void> {
    const only = process.env.FUMIKURA_ADAPTER
    if (only) return this.#adapted(this.#adapters.filter(({ id }) => id === only))
    await this.#heldOut()
    await this.#arms()
    await this.#realText()
    const decoding = this.#speeds.filter(({ generatedTokens }) => generatedTokens > 3)
    const rate = median(decoding.map((one) => (1000 * (one.generatedTokens - 1)) / one.decoding))
    const first = median(this.#speeds.map(({ firstToken }) => firstToken))
    const prompt = median(this.#speeds.map(({ promptTokens }) => promptTokens))
    this.#report.notes?.push(
      `On wasm: ${rate.toFixed(0)} tokens per second; ${first.toFixed(0)} ms to the first token of a prompt of ${prompt} (medians).`,
    )
  }

  async #heldOut(): Promise<void> {
    const asked = readHeldOut('documents')
    const texts = await this.#ask(asked)
    const base = score(asked, texts)
    this.#row('held-out documents', 'none', asked.length, base)
    for (const language of ['en', 'ja'] as const) {
      const part = asked.flatMap((one, at) => (one.language === language ? [{ one, text: texts[at]! }] : []))
      const scores = score(
        part.map(({ one }) => one),
        part.map(({ text }) => text),
      )
      this.#row(`held-out documents, ${language}`, 'none', part.length, scores)
    }
    this.#floor('held-out facts copied exactly', FLOORS.copying, base.exact)
    await this.#adapted(this.#adapters)
  }

  async #adapted(adapters: readonly AdapterEntry[]): Promise<void> {
    const part = readHeldOut('documents').slice(0, ASKED_OF_ADAPTERS)
    for (const adapter of adapters) {
      const form = FORMS[adapter.id]
      const scores = score(part, await this.#ask(part, adapter), form)
      this.#row('held-out documents', adapter.id, part.length, scores)
      if (form) this.#floor(`form kept by ${adapter.id}`, FLOORS.adherence, scores.adherence)
    }
  }

  /** The same facts asked of the model alone, with passages, with an adapter that knows them, and with both. */
  async #arms(): Promise<void> {
    const asked = readHeldOut('world')
    const bare = asked.map((one) => ({ ...one, passages: [] }))
    const adapter = (id: string) => this.#adapters.find((one) => one.id === id)
    const arms: [string, Asked[], AdapterEntry | undefined][] = [
      ['arm: base', bare, undefined],
      ['arm: RAG', asked, undefined],
      ['arm: LoRA', bare, adapter('starter-closed-book')],
      ['arm: LoRA + RAG', asked, adapter('starter-raft')],
    ]
    for (const [name, questions, worn] of arms) {
      const texts = await this.#ask(questions, worn)
      const met = asked.map(({ answer = '', language }, at) =>
        scoreAnswer(readAnswer(texts[at]!, language).value, [answer], language),
      )
      const row = [name, worn?.id ?? 'none', asked.length, share(mean(met.map(({ exact }) => exact)))]
      this.#report.rows.push([...row, share(mean(met.map(({ f1 }) => f1))), '', '', '', ''])
    }
  }

  /** Beside what the extractor and the best sentence score on the same passages. */
  async #realText(): Promise<void> {
    if (!readSet('jsquad-valid') || !readSet('xquad-en')) {
      this.#report.skipped?.push('questions about real text: no ../shared/data/qa')
      return
    }
    const sample = readerSample()
    for (const set of new Set(sample.map(({ set }) => set))) {
      const part = sample.filter((one) => one.set === set)
      const texts = await this.#ask(
        part.map(({ language, passage, question }) => ({
          language,
          passages: [passage],
          question,
          citation: 1,
          kind: '',
        })),
      )
      const of = (answer: (one: ReaderQuestion, at: number) => string) =>
        meanScore(part.map((one, at) => scoreAnswer(answer(one, at), one.answers, one.language)))
      const rows = {
        model: of(({ language }, at) => readAnswer(texts[at]!, language).value),
        extractor: of(({ extractor }) => extractor.answer),
        'best sentence': of(({ question, passage, language }) => bestSentence(question, passage, language)),
      }
      for (const [who, { exact, f1 }] of Object.entries(rows))
        this.#report.rows.push([`${set}: ${who}`, 'none', part.length, `${exact} %`, `${f1} %`, '', '', '', ''])
      const refused = part.filter(({ language }, at) => readAnswer(texts[at]!, language).refused).length
      this.#report.notes?.push(`${set}: the model refused ${refused} of ${part.length}, all of which have an answer.`)
    }
  }

  async #ask(asked: readonly Asked[], adapter?: AdapterEntry): Promise<string[]> {
    const job: Job = { prompts: asked.map((one) => promptOf(this.#model, one)), ...(adapter && { adapter }) }
    const answered = await this.#page.evaluate(
      (given) => (globalThis as unknown as { ask(job: Job): Promise<Answered[]> }).ask(given),
      job,
    )
    if (!adapter) this.#speeds.push(...answered)
    return answered.map(({ text }) => text)
  }

  #row(what: string, adapter: string, questions: number, scores: Scores): void {
    const { exact, f1, citation, refusalPrecision, refusalRecall, adherence } = scores
    const shares = [exact, f1, citation, refusalPrecision, refusalRecall, adherence].map(share)
    this.#report.rows.push([what, adapter, questions, ...shares])
  }

  #floor(name: string, least: number, value: number): void {
    this.#report.floors.push({ name, floor: `>= ${share(least)}`, value: share(value), held: value >= least })
  }
}

/** As the app asks; a question without passages is asked in the words of the Lab's closed arms. */
function promptOf(model: LlmEntry, { language, passages, question }: Asked): string {
  const texts = textsOf(model, language)
  if (passages.length === 0) return fill(texts['closed.user'], { question })
  return fill(texts['strict.user'], { passages: renderGenerated(passages, language, texts), question })
}

interface HeldOut {
  language: Language
  passages: string[]
  questions: { question: string; answer: string | null; citation: number; kind: string }[]
}

const readHeldOut = (name: string): Asked[] =>
  readFileSync(`${HELD_OUT}/${name}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as HeldOut)
    .flatMap(({ language, passages, questions }) =>
      questions.map(({ answer, ...rest }) => ({ language, passages, ...rest, ...(answer !== null && { answer }) })),
    )

const share = (value: number): string => (Number.isNaN(value) ? '' : `${(100 * value).toFixed(1)} %`)

const median = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[values.length >> 1]!
