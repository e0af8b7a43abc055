import type { AnswerAdapter, Language } from '../../domain'
import { adapterName, type AdapterEntry } from '../../engines/llm/adapters/catalogue'
import type { LanguageModel } from '../../engines/llm/language-model'
import type { LabContext } from '../../lab/arms/context'
import { bundledSetIds, loadBundledSet } from '../../lab/bundled/bundled'
import type { QuestionSet, SetPurpose } from '../../lab/question-set'
import { ARMS, defaultSpec, readsPassages, wearsAdapters, type Arm, type RunSpec } from '../../lab/run-spec'
import { getQuestionSet, saveQuestionSet } from '../../storage/lab'
import { worn } from '../adapters/adapter-choice.svelte'
import { labContext, type LabSource } from './context'
import type { Lab } from './lab.svelte'
import { Running, type RunningParts } from './running.svelte'
import { SideBySide } from './side-by-side.svelte'
import { SpecDraft } from './spec-draft.svelte'

export interface LabWorkParts extends Omit<LabSource, 'adapters'>, Pick<RunningParts, 'onend'> {
  model: () => Pick<LanguageModel, 'id' | 'capabilities'> | undefined
  adapters: {
    usable(model: string): readonly AdapterEntry[]
    forModel(model: string): readonly AdapterEntry[]
  }
  lab: Pick<Lab, 'sets'>
  /** Gets an adapter ready that comes with the page. */
  fetchAdapter: (entry: AdapterEntry) => Promise<void>
}

/** Kinds of adapters by how likely they know what the documents say: the first is taken where nobody chooses. */
const KINDS: readonly AdapterEntry['kind'][] = ['domain', 'raft', 'other', 'style', 'format']

/** What the Lab does with the page's model and documents: runs, and single questions side by side. */
export class LabWork {
  readonly running: Running
  readonly sideBySide: SideBySide
  /** What stands in the form for a run, and in the settings beside a single question. */
  readonly draft = new SpecDraft()
  /** Sets of the app, as soon as they are loaded. */
  #bundled = $state.raw<readonly QuestionSet[]>([])
  readonly #parts: LabWorkParts

  constructor(parts: LabWorkParts) {
    this.#parts = parts
    const context = (set: QuestionSet, name: string) => this.context(set, name)
    this.running = new Running({ db: parts.db, context, ...(parts.onend && { onend: parts.onend }) })
    this.sideBySide = new SideBySide({ context })
  }

  /** @throws ModelUnusable where no model is ready */
  context(set: QuestionSet, name: string): LabContext {
    return labContext({ ...this.#parts, adapters: () => this.adapters }, set, name)
  }

  /** Reads the sets that come with the app. */
  async load(): Promise<void> {
    this.#bundled = await Promise.all(bundledSetIds.map(loadBundledSet))
  }

  /** The person's own sets, and those of the app that are not among them. */
  setsFor(purpose: SetPurpose): readonly QuestionSet[] {
    const { sets } = this.#parts.lab
    const others = this.#bundled.filter(({ id }) => !sets.some((set) => set.id === id))
    return [...sets, ...others].filter((set) => set.purpose === purpose)
  }

  /** What one would begin with: a set on the documents that are chosen, else the first one. */
  firstSet(purpose: SetPurpose, language: Language): QuestionSet | undefined {
    const hashes = this.#parts.library.chosen.map(({ hash }) => hash)
    const sets = this.setsFor(purpose)
    const onDocuments = ({ questions }: QuestionSet) =>
      questions.some(({ evidence }) => evidence.some(({ document }) => hashes.includes(document)))
    const spoken = ({ questions: [first] }: QuestionSet) => first?.language === language
    return sets.find(onDocuments) ?? sets.find(spoken) ?? sets[0]
  }

  /** Begins a run; a set of the app is among the person's own from then on. What becomes of it is told by `running`. */
  async start(spec: RunSpec, set: QuestionSet, name: string): Promise<void> {
    await this.running.start(spec, set, name, async () => {
      const { db } = this.#parts
      if (!(await getQuestionSet(db, set.id))) await saveQuestionSet(db, set)
    })
  }

  /** The adapters that the model can wear now. */
  get adapters(): readonly AnswerAdapter[] {
    return this.#usable.map((entry) => worn(entry))
  }

  get hasDocuments(): boolean {
    return this.#parts.library.chosen.length > 0
  }

  /** The adapter that a comparison takes where nobody chooses: on this machine, or coming with the page. */
  firstAdapter(language: Language | undefined): AdapterEntry | undefined {
    const model = this.#parts.model()
    if (!model || model.capabilities.adapters === 'none') return undefined
    const served = this.#parts.adapters.forModel(model.id).filter(({ servedFrom }) => servedFrom !== undefined)
    const rank = ({ kind, languages }: AdapterEntry) =>
      KINDS.indexOf(kind) + (language && !languages.includes(language) ? KINDS.length : 0)
    const first = (entries: readonly AdapterEntry[]) => [...entries].sort((one, other) => rank(one) - rank(other))[0]
    return first(this.#usable) ?? first(served)
  }

  /** The approaches that can be compared now, of the paper's four. */
  armsFor(adapter: AdapterEntry | undefined): Arm[] {
    return ARMS.filter(
      (arm) => arm !== 'long-context' && (!readsPassages(arm) || this.hasDocuments) && (!wearsAdapters(arm) || adapter),
    )
  }

  /** One click: the four approaches on this set, with the first adapter that fits and everything else as it comes. */
  async compareAll(set: QuestionSet, name: string): Promise<void> {
    const adapter = this.firstAdapter(set.questions[0]?.language)
    if (adapter && !this.#usable.includes(adapter)) await this.#parts.fetchAdapter(adapter)
    const here = adapter && this.#usable.some((one) => adapterName(one) === adapterName(adapter)) ? adapter : undefined
    const adapters = here ? [{ adapter: adapterName(here), strength: 1 }] : []
    const spec: RunSpec = { ...defaultSpec, arms: this.armsFor(here), adapters }
    await this.start(spec, set, name)
  }

  get #usable(): readonly AdapterEntry[] {
    const model = this.#parts.model()
    return model && model.capabilities.adapters !== 'none' ? this.#parts.adapters.usable(model.id) : []
  }
}
