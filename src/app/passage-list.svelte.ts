import type { Document, Passage } from '../domain'
import { toFumikuraError, type FumikuraError } from '../errors'
import { normalise } from '../language/normalise'

/** Passages drawn at once. */
export const PAGE_LENGTH = 100

/** Where the list gets what it shows. */
export interface PassageListSource {
  /** By ordinal; empty when the document has been removed. */
  passages(document: Document): Promise<readonly Passage[]>
  /** Ordinals of the passages without a vector; undefined where there is no embedder, and so nothing to lack. */
  lacking(document: Document): Promise<ReadonlySet<number> | undefined>
}

/** The passages of one document as the search sees them, filtered, page by page. */
export class PassageList {
  /** Undefined until they have been read. */
  passages = $state.raw<readonly Passage[] | undefined>()
  lacking = $state.raw<ReadonlySet<number> | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  /** Whole texts, not their first lines. */
  whole = $state(false)
  /** The passage that somebody asked for by its ordinal: a new object for each wish. */
  target = $state.raw<{ ordinal: number } | undefined>()
  #filter = $state('')
  #page = $state(0)

  readonly #folded = $derived((this.passages ?? []).map(searchable))
  readonly words = $derived(normalise(this.#filter).text.split(/\s+/).filter(Boolean))
  /** Those that hold every word of the filter, in their text or their headings. */
  readonly found = $derived.by(() => {
    const { words } = this
    const passages = this.passages ?? []
    return words.length ? passages.filter((_, at) => words.every((word) => this.#folded[at]?.includes(word))) : passages
  })
  readonly pages = $derived(Math.max(1, Math.ceil(this.found.length / PAGE_LENGTH)))
  readonly shown = $derived(this.found.slice(this.page * PAGE_LENGTH, (this.page + 1) * PAGE_LENGTH))

  constructor(
    readonly document: Document,
    readonly source: PassageListSource,
  ) {}

  get filter(): string {
    return this.#filter
  }

  set filter(filter: string) {
    this.#filter = filter
    this.#page = 0
  }

  /** From 0. */
  get page(): number {
    return Math.min(this.#page, this.pages - 1)
  }

  set page(page: number) {
    this.#page = Math.max(0, Math.min(page, this.pages - 1))
  }

  /** Reads them; a failure is told by `failure`. */
  async load(): Promise<void> {
    this.failure = undefined
    try {
      this.passages = await this.source.passages(this.document)
      await this.refreshVectors()
    } catch (error) {
      this.failure = toFumikuraError(error)
    }
  }

  /** Without knowing of vectors the passages can be read all the same. */
  async refreshVectors(): Promise<void> {
    this.lacking = await this.source.lacking(this.document).catch(() => undefined)
  }

  /** Brings a passage and its neighbours into view: a filter that hides them is taken away. */
  reveal(ordinal: number): void {
    this.filter = ''
    this.page = Math.floor(ordinal / PAGE_LENGTH)
    this.target = { ordinal }
  }
}

const searchable = ({ headingPath, text }: Passage): string => normalise([...headingPath, text].join('\n')).text
