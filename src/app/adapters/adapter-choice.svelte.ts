import { SvelteMap } from 'svelte/reactivity'
import type { AnswerAdapter, CollectionId } from '../../domain'
import { adapterName, type AdapterEntry } from '../../engines/llm/adapters/catalogue'
import type { LanguageModel } from '../../engines/llm/language-model'
import type { Database } from '../../storage/database'
import { getCollectionAdapters, setCollectionAdapters } from '../../storage/settings'

/** What is known of the adapters on this machine. */
export interface AdapterRegistry {
  /** Those that are kept here and fit this model. */
  usable(model: string): readonly AdapterEntry[]
  /** By the name that its files are kept under, whether they are here or not; undefined when nobody knows it any more. */
  find(adapter: string): AdapterEntry | undefined
}

/** Why an adapter that was chosen is not worn: the model takes none, it was made for another model, or it has been deleted. */
export type OffReason = 'model' | 'base' | 'gone'

export interface OffAdapter {
  adapter: AnswerAdapter
  reason: OffReason
}

export interface AdapterChoiceParts {
  db: Database
  registry: AdapterRegistry
  /** The collection that is open. */
  collection: () => CollectionId | undefined
  /** The model that is ready. */
  model: () => Pick<LanguageModel, 'id' | 'capabilities'> | undefined
}

const NONE: readonly AnswerAdapter[] = []

export const STRENGTHS = { least: 0, most: 1.5, step: 0.05 } as const

/**
 * The adapters that the chat of the open collection is answered with. Each collection begins with those that were kept for
 * it; what is chosen beside that holds until the page is closed. What cannot be worn just now stays chosen: with the model
 * that it fits it is on again.
 */
export class AdapterChoice {
  /** What each collection begins with. */
  readonly #kept = new SvelteMap<CollectionId, readonly AnswerAdapter[]>()
  /** Of this visit, where it differs from that. */
  readonly #present = new SvelteMap<CollectionId, readonly AnswerAdapter[]>()
  readonly #parts: AdapterChoiceParts

  constructor(parts: AdapterChoiceParts) {
    this.#parts = parts
  }

  /** Takes up what was kept, at start and when another tab has changed it. */
  async load(): Promise<void> {
    const kept = await getCollectionAdapters(this.#parts.db)
    this.#kept.clear()
    for (const [collection, adapters] of kept) this.#kept.set(collection, adapters)
  }

  /** What the open collection begins with. */
  get kept(): readonly AnswerAdapter[] {
    const id = this.#parts.collection()
    return (id !== undefined && this.#kept.get(id)) || NONE
  }

  /** What is chosen in the open collection, whether it can be worn or not. */
  get chosen(): readonly AnswerAdapter[] {
    const id = this.#parts.collection()
    return (id !== undefined && this.#present.get(id)) || this.kept
  }

  /** How adapters change the model that is ready; undefined where none is. */
  get effect(): LanguageModel['capabilities']['adapters'] | undefined {
    return this.#parts.model()?.capabilities.adapters
  }

  /** What can be chosen for the model that is ready. */
  get usable(): readonly AdapterEntry[] {
    const model = this.#parts.model()
    return model && model.capabilities.adapters !== 'none' ? this.#parts.registry.usable(model.id) : []
  }

  /** What the next answer is written with. */
  get on(): readonly AnswerAdapter[] {
    const { usable } = this
    return this.chosen.flatMap(({ adapter, strength }) => {
      const entry = usable.find((one) => adapterName(one) === adapter)
      return entry && strength > 0 ? [worn(entry, strength)] : []
    })
  }

  /** What is chosen and cannot be worn by the model that is ready. */
  get off(): readonly OffAdapter[] {
    const { usable } = this
    const model = this.#parts.model()
    if (!model) return []
    return this.chosen.flatMap((adapter) =>
      usable.some((one) => adapterName(one) === adapter.adapter)
        ? []
        : [{ adapter, reason: this.#whyOff(adapter, model) }],
    )
  }

  #whyOff({ adapter }: AnswerAdapter, model: Pick<LanguageModel, 'id' | 'capabilities'>): OffReason {
    if (model.capabilities.adapters === 'none') return 'model'
    const base = this.#parts.registry.find(adapter)?.base
    return base !== undefined && base !== model.id ? 'base' : 'gone'
  }

  /** Whether the open collection begins with what is chosen. */
  get isKept(): boolean {
    return same(this.chosen, this.kept)
  }

  /** Puts an adapter on, or changes its strength (0 to 1.5). */
  wear(entry: AdapterEntry, strength = 1): void {
    const one = worn(entry, Math.min(STRENGTHS.most, Math.max(STRENGTHS.least, strength)))
    const { chosen } = this
    const known = chosen.some(({ adapter }) => adapter === one.adapter)
    this.#choose(known ? chosen.map((other) => (other.adapter === one.adapter ? one : other)) : [...chosen, one])
  }

  takeOff(adapter: string): void {
    this.#choose(this.chosen.filter((other) => other.adapter !== adapter))
  }

  takeAllOff(): void {
    this.#choose(NONE)
  }

  /** Lets the open collection begin with what is chosen. */
  async keep(): Promise<void> {
    const id = this.#parts.collection()
    if (id === undefined) return
    const { chosen } = this
    this.#kept.set(id, chosen)
    this.#present.delete(id)
    await setCollectionAdapters(this.#parts.db, id, chosen).catch(() => undefined)
  }

  #choose(adapters: readonly AnswerAdapter[]): void {
    const id = this.#parts.collection()
    if (id === undefined) return
    // What is chosen as it is kept follows what another tab keeps.
    if (same(adapters, this.kept)) this.#present.delete(id)
    else this.#present.set(id, adapters)
  }
}

/** An adapter as answers tell it. */
export const worn = (entry: AdapterEntry, strength = 1): AnswerAdapter => ({
  adapter: adapterName(entry),
  name: entry.name,
  kind: entry.kind,
  strength,
})

/** Whether two choices come to the same: strengths that are 0 change nothing, and neither does the order. */
export const same = (one: readonly AnswerAdapter[], other: readonly AnswerAdapter[]): boolean =>
  keyOf(one) === keyOf(other)

const keyOf = (adapters: readonly AnswerAdapter[]): string =>
  adapters
    .filter(({ strength }) => strength > 0)
    .map(({ adapter, strength }) => `${adapter} ${strength.toFixed(2)}`)
    .sort()
    .join(', ')
