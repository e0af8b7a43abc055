import type { Answerer, AnswerRequest } from '../answering/answerer'
import { remember } from '../answering/memory'
import { quoteAnswerer } from '../answering/quote'
import { readWholeDocuments, wholeEvidence, type WholeTask } from '../answering/whole-document'
import { modelAnswerer, wornBy } from '../answering/write'
import type { Templates } from '../answering/templates/templates'
import type { AnswerAdapter, CollectionId, Document, Evidence, Language, Turn } from '../domain'
import { isWebLlm, type AnyLlmEntry } from '../engines/llm/any-engine-owner'
import { catalogue, modelName, type LlmEntry } from '../engines/llm/catalogue'
import type { LanguageModel } from '../engines/llm/language-model'
import type { PassedOver } from '../engines/llm/llm-owner'
import type { SharedState } from '../engines/llm/shared/shared-llm'
import { webLlmCatalogue } from '../engines/llm/webllm/catalogue'
import type { PassedOverBuild } from '../engines/llm/webllm/owner'
import { ModelReplaced } from '../errors'
import type { LoadProgress } from '../engines/model-files/load-progress'
import type { Dtype } from '../engines/encoder/model'
import type { Device } from '../engines/onnx/session'
import type { Database } from '../storage/database'
import { getPassage, getPassages } from '../storage/passages'
import { getSetting, getSummary, saveSummary, setSetting } from '../storage/settings'
import type { AnyAnswerer } from './asking.svelte'
import { ModelChoice } from './models/model-choice.svelte'
import { PromptTexts } from './prompt-texts.svelte'

/**
 * Who has the language model: the worker of this tab (LlmOwner), or whatever speaks for the tab that has it. What it opens
 * need not run here, it only has to be asked.
 */
export interface WriterOwner {
  open(
    entry: AnyLlmEntry,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<{ model: LanguageModel; passedOver: readonly Pick<PassedOver | PassedOverBuild, 'reason'>[] }>
  close(): Promise<void>
}

export interface OpenWriter {
  model: LanguageModel
  /** How it runs. */
  plan: { model: LlmEntry; device: Device; dtype: Dtype }
  /** Set where it does not run in the best way. */
  fallback?: { reason: 'differs' | 'failed' | 'lost' }
}

/** The model that comes with the page. */
export interface ServedModel {
  /** Used until something else was chosen; undefined where the browser asks to save data. */
  first(): LlmEntry | undefined
  /** Brings its files to where models are kept, where they are not. */
  bring(entry: LlmEntry, signal: AbortSignal): Promise<void>
}

/** What the page tells the writer of beside its own. */
export interface WriterParts {
  /** The adapters that are on now. */
  adapters?: () => readonly AnswerAdapter[]
  served?: ServedModel
}

/** The model that is ready, and how the chat asks it: for whoever is to ask it in the same way. */
export interface WriterManner {
  model: LanguageModel
  /** Of its files. */
  revision: string
  templates: Record<Language, Templates>
  narrow?: LlmEntry['narrow']
  controlTokens?: readonly string[]
}

/** What a question was asked with before, for the next one. */
interface Told {
  collection: CollectionId
  turns: readonly Turn[]
  /** A question in the middle of the conversation is answered again: the summary that is kept tells of later ones too. */
  again?: boolean
}

/** How an answer is wished. */
export interface Answering {
  by?: 'model' | 'quote'
  /** LoRA adapters that the model writes it with; absent: those that are on in the open collection. */
  adapters?: readonly AnswerAdapter[]
}

interface WholeReading {
  task: WholeTask
  adapters: readonly AnswerAdapter[]
  documents: readonly Pick<Document, 'hash' | 'name'>[]
}

/** Of the model's context, what earlier turns may take: the rest is for passages and the answer. */
const MEMORY_SHARE = 0.25

/**
 * The language model that was chosen, if any, and who answers questions: that model, or without one the quotation of sentences.
 *
 * Adapters go with what a person reads. Questions are rewritten (Understanding) and turns summarised without any: what is
 * searched and remembered must not be in JSON or in a style, and two answers that are compared must rest on the same.
 */
export class Writer {
  /** The person's own models, from this machine's disk. */
  own = $state.raw<readonly LlmEntry[]>([])
  /** Answer from the documents or not at all. */
  strict = $state(true)
  /** The model runs in another tab, which answers for this one too. */
  elsewhere = $state(false)
  readonly texts: PromptTexts
  readonly model: ModelChoice<AnyLlmEntry, OpenWriter>
  readonly #db: Database
  readonly #adapters: () => readonly AnswerAdapter[]

  constructor(db: Database, owner: WriterOwner, { adapters = () => [], served }: WriterParts = {}) {
    this.#db = db
    this.#adapters = adapters
    this.texts = new PromptTexts(db)
    this.model = new ModelChoice({
      db,
      setting: 'llm',
      find: (id) => [...this.catalogue, ...webLlmCatalogue].find((entry) => entry.id === id),
      ...(served && { first: () => served.first() }),
      open: async (entry, onProgress, signal): Promise<OpenWriter> => {
        if (!isWebLlm(entry) && entry.servedFrom !== undefined) await served?.bring(entry, signal)
        const { model, passedOver } = await owner.open(entry, onProgress, signal)
        const [first] = passedOver
        const reason = first?.reason === 'obstacles' ? 'failed' : first?.reason
        return { model, plan: planOf(entry, model), ...(reason && { fallback: { reason } }) }
      },
      close: () => owner.close(),
    })
  }

  /** Told by what shares one model among the tabs. */
  shared({ where, failure }: SharedState): void {
    this.elsewhere = where === 'elsewhere'
    if (where === 'replaced') this.model.lose(new ModelReplaced())
    else if (failure) this.model.lose(failure)
  }

  /** All models that can be chosen for the engine `onnx`. */
  get catalogue(): readonly LlmEntry[] {
    return [...this.own, ...catalogue]
  }

  /** The model, where it is ready. */
  get ready(): LanguageModel | undefined {
    return this.model.state === 'ready' ? this.model.opened?.model : undefined
  }

  /** The same, where it may be asked for whatever a language model can do. */
  get general(): LanguageModel | undefined {
    return this.#narrow ? undefined : this.ready
  }

  /** Undefined where no model is ready. */
  get manner(): WriterManner | undefined {
    const { ready: model } = this
    const chosen = this.#chosen
    if (!model || !chosen) return undefined
    const { revision, narrow } = chosen
    return { model, revision, templates: this.#templates, ...(narrow && { narrow }), ...controlTokensOf(model) }
  }

  /** Who answers the next question where nothing else is wished. */
  get usual(): 'model' | 'quote' {
    return this.#usualWith(this.#adapters())
  }

  /** A narrow model has to be wished for, or be given an adapter: quotations score higher. */
  #usualWith(adapters: readonly AnswerAdapter[]): 'model' | 'quote' {
    return this.ready && (!this.#narrow || adapters.length > 0) ? 'model' : 'quote'
  }

  /** The name of the chosen model if it knows its own texts only, answers from documents alone, and nothing else will do. */
  get narrowName(): string | undefined {
    return this.#narrow && this.model.chosen?.name
  }

  get #narrow(): LlmEntry['narrow'] {
    return this.#chosen?.narrow
  }

  /** Takes the settings up, at start and when another tab has changed them. The model is opened in the background. */
  async load(): Promise<void> {
    const [own, open] = await Promise.all([getSetting(this.#db, 'ownLlms'), getSetting(this.#db, 'openAnswers')])
    this.own = own ?? []
    this.strict = !open
    await this.texts.load()
    await this.model.load()
  }

  async setStrict(strict: boolean): Promise<void> {
    this.strict = strict
    await setSetting(this.#db, 'openAnswers', strict ? undefined : true).catch(() => undefined)
  }

  /** Puts a model of the person's own among those that can be chosen, in the place of an earlier one of that name. */
  async add(entry: LlmEntry): Promise<void> {
    await this.#keepOwn([...this.own.filter(({ id }) => id !== entry.id), entry])
  }

  /** Takes a model of the person's own away again, by the name that its files are kept under; those of the catalogue stay. */
  async forget(model: string): Promise<void> {
    const left = this.own.filter((entry) => modelName(entry) !== model)
    if (left.length < this.own.length) await this.#keepOwn(left)
  }

  /** Who answers the next question of a conversation: whoever is wished, but quotation where no model is ready. */
  answerer(told: Told, { by, adapters = this.#adapters() }: Answering = {}): Answerer {
    const narrow = this.#narrow
    const model = (by ?? this.#usualWith(adapters)) === 'model' ? this.ready : undefined
    if (!model) return quoteAnswerer
    const written = modelAnswerer(model, {
      templates: this.#templates,
      strict: this.strict || narrow !== undefined,
      adapters,
      ...controlTokensOf(model),
      ...(narrow ?? { source: { passage: (document, ordinal) => getPassage(this.#db, document, ordinal) } }),
    })
    return { ...written, answer: (request, signal) => this.#answer(model, written, told, request, signal) }
  }

  /** Reads every passage of these documents with the model in place of a search; undefined where none is ready. */
  wholeReader(task: WholeTask, documents: readonly Pick<Document, 'hash' | 'name'>[]): AnyAnswerer | undefined {
    const model = this.general
    if (!model) return undefined
    const adapters = this.#adapters()
    return {
      name: model.name,
      model: model.id,
      ...wornBy(adapters),
      answer: (request, signal) => this.#readWhole(model, { task, adapters, documents }, request, signal),
    }
  }

  async *#answer(model: LanguageModel, written: Answerer, told: Told, request: AnswerRequest, signal: AbortSignal) {
    try {
      const conversation = this.general && (await this.#remember(model, told, request, signal))
      yield* written.answer({ ...request, ...(conversation && { conversation }) }, signal)
    } finally {
      this.#noteDevice(model)
    }
  }

  async *#readWhole(
    model: LanguageModel,
    { task, adapters, documents }: WholeReading,
    { question, language }: AnswerRequest,
    signal: AbortSignal,
  ) {
    try {
      const passages = await this.#allPassages(documents, signal)
      const options = { templates: this.#templates, adapters, ...controlTokensOf(model) }
      yield* readWholeDocuments(model, { question, language, task, passages }, options, signal)
    } finally {
      this.#noteDevice(model)
    }
  }

  async #allPassages(documents: readonly Pick<Document, 'hash' | 'name'>[], signal: AbortSignal): Promise<Evidence[]> {
    const evidence: Evidence[] = []
    for (const { hash, name } of documents) {
      signal.throwIfAborted()
      for (const passage of await getPassages(this.#db, hash))
        evidence.push(wholeEvidence(passage, name, evidence.length + 1))
    }
    return evidence
  }

  /** Earlier turns as the model is to be told them; their summary is kept with the collection. */
  async #remember(
    model: LanguageModel,
    { collection, turns, again = false }: Told,
    { language }: AnswerRequest,
    signal: AbortSignal,
  ): Promise<NonNullable<AnswerRequest['conversation']>> {
    const kept = await getSummary(this.#db, collection).catch(() => undefined)
    const tokens = Math.floor(model.capabilities.contextTokens * MEMORY_SHARE)
    const options = { model, templates: this.texts.of(language), tokens }
    const { conversation, summary } = await remember(turns, kept, options, signal)
    if (summary && summary !== kept && !again) await saveSummary(this.#db, summary).catch(() => undefined)
    return conversation
  }

  /** The model that was chosen, whichever engine is to run it. */
  get #chosen(): LlmEntry | undefined {
    const { chosen } = this.model
    return chosen && modelOf(chosen)
  }

  /** What the model is asked with. */
  get #templates(): Record<Language, Templates> {
    const own = this.#chosen?.templates
    return { en: this.texts.of('en', own?.en), ja: this.texts.of('ja', own?.ja) }
  }

  /** A device that was lost twice has been left for another. */
  #noteDevice(model: LanguageModel): void {
    const { opened, chosen } = this.model
    if (opened?.model !== model || !chosen) return
    const plan = planOf(chosen, model)
    if (plan.device !== opened.plan.device || plan.dtype !== opened.plan.dtype)
      this.model.opened = { model, plan, fallback: { reason: 'lost' } }
  }

  async #keepOwn(own: readonly LlmEntry[]): Promise<void> {
    this.own = own
    await setSetting(this.#db, 'ownLlms', own.length ? [...own] : undefined)
  }
}

function planOf(entry: AnyLlmEntry, { capabilities }: LanguageModel): OpenWriter['plan'] {
  const model = modelOf(entry)
  return { model, device: capabilities.device, dtype: capabilities.dtype as Dtype }
}

const modelOf = (entry: AnyLlmEntry): LlmEntry => (isWebLlm(entry) ? entry.model : entry)

const controlTokensOf = ({ capabilities: { controlTokens } }: LanguageModel) => controlTokens && { controlTokens }
