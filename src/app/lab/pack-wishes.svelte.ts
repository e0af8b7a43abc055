import type { Language } from '../../domain'
import type { LlmEntry } from '../../engines/llm/catalogue'
import { bundledSetIds, loadBundledSet } from '../../lab/bundled/bundled'
import type { QuestionSet } from '../../lab/question-set'
import { splitQuestions } from '../../lab/questions/split'
import { confirmed } from '../../lab/question-set'
import { trainingBase } from '../../lab/training/bases'
import { defaultRaftOptions, trainingQuestions } from '../../lab/training/examples'
import { defaultRecipe, type Recipe } from '../../lab/training/recipe'
import type { PackWish } from './pack-making.svelte'

/** What of the page a wish is made from. */
export interface WishPage {
  lab: { sets: readonly QuestionSet[] }
  writer: { catalogue: readonly LlmEntry[]; model: { chosen?: { id: string } | undefined } }
}

/** Names of linear layers, as a person writes them: with commas or spaces between. */
const namesIn = (text: string): string[] => text.split(/[\s,、]+/).filter(Boolean)

/** What a person has chosen for a training pack, from the defaults of the papers on. */
export class PackWishes {
  kind = $state<PackWish['kind']>('raft')
  raft = $state.raw<PackWish['raft']>({
    distractors: defaultRaftOptions.distractors,
    oracleShare: defaultRaftOptions.oracleShare,
    withoutOracle: defaultRaftOptions.withoutOracle,
    quote: true,
  })
  /** Whether passages are reworded, and how often each. */
  rewording = $state(false)
  wordings = $state(3)
  /** Half of the groups: every question trained on is one less to test with. */
  split = $state.raw({ seed: 1, testShare: 0.5 })
  recipe = $state.raw<Recipe>({ ...defaultRecipe, base: '', revision: 'main', name: 'fumikura' })
  /** Id of the model that the adapter is for; empty: one that is not among those that can be chosen. */
  model = $state('')
  /** Sets that come with the app and that the person has not taken up yet. */
  #bundled = $state.raw<readonly QuestionSet[]>([])
  #chosen = $state<string>()
  readonly #page: WishPage

  readonly bundled = $derived.by(() => this.#bundled.filter(({ id }) => this.own.every((set) => set.id !== id)))
  readonly set: QuestionSet | undefined = $derived.by(() => {
    const all = [...this.own, ...this.bundled]
    return all.find(({ id }) => id === this.#chosen) ?? all[0]
  })
  /** Questions that the pack will be made of, and how many are kept for the test. */
  readonly trained = $derived.by(() => (this.set ? trainingQuestions(this.set, this.split) : []))
  readonly tested = $derived.by(() => (this.set ? splitQuestions(confirmed(this.set), this.split).test.length : 0))

  constructor(page: WishPage) {
    this.#page = page
    const { catalogue, model } = page.writer
    this.choose((catalogue.find(({ id }) => id === model.chosen?.id) ?? catalogue[0])?.id ?? '')
  }

  get own(): readonly QuestionSet[] {
    return this.#page.lab.sets
  }

  get models(): readonly LlmEntry[] {
    return this.#page.writer.catalogue
  }

  /** Whether nothing that the recipe needs is missing. */
  get isWhole(): boolean {
    const { base, revision, name, targets } = this.recipe
    return [base, revision, name].every((text) => text.trim()) && targets.length > 0
  }

  /** Reads the sets that come with the app. */
  async load(): Promise<void> {
    this.#bundled = await Promise.all(bundledSetIds.map(loadBundledSet))
  }

  chooseSet(id: string): void {
    this.#chosen = id
  }

  /** Takes a model as the base, with what is known of its training weights. */
  choose(id: string): void {
    this.model = id
    const entry = this.models.find((one) => one.id === id)
    if (entry) this.recipe = { ...this.recipe, ...trainingBase(entry), revision: 'main' }
  }

  setTargets(text: string): void {
    this.recipe = { ...this.recipe, targets: namesIn(text) }
  }

  /** All of it; what was typed is freed of spaces at its ends. */
  wish(language: Language): PackWish {
    const { base, revision, name, ...rest } = this.recipe
    return {
      kind: this.kind,
      raft: this.raft,
      wordings: this.rewording ? this.wordings : 0,
      split: this.split,
      recipe: { ...rest, base: base.trim(), revision: revision.trim(), name: name.trim() },
      language,
    }
  }
}
