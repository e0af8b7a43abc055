import { tick } from 'svelte'
import { SvelteSet } from 'svelte/reactivity'
import { citations } from '../answering/cite'
import type { Citation, Document, DocumentHash, Passage, Turn } from '../domain'
import { t } from '../i18n/i18n.svelte'
import type { Place } from '../retrieval/selection'
import type { Database } from '../storage/database'
import { getDocument } from '../storage/documents'
import { getPassage, getPassages } from '../storage/passages'
import type { VectorSpace } from '../storage/vector-space'
import { presentVectors } from '../storage/vectors'
import { followChanges } from './follow-changes'
import type { Notices } from './notices.svelte'
import type { PaneId } from './pane-sizes'
import type { Panes } from './panes.svelte'
import { PassageList } from './passage-list.svelte'
import type { QuestionTrace } from './question-trace'

/** What the reader's pane shows: the page of a document, how a question was searched, the passages of a document. */
export type ReaderView = 'page' | 'trace' | 'passages'

/** Where a view was opened from: Escape leads back there. */
interface Origin {
  pane: PaneId
  /** Of the reader's pane. */
  view: ReaderView
  element: HTMLElement | undefined
}

export interface InspectionParts {
  db: Database
  panes: Panes
  notices: Notices
  /** The trace of a question of this visit. */
  traceOf(turn: string): QuestionTrace | undefined
  /** Shows a citation on its page; the focus comes back to `from`. */
  show(citation: Citation, from: HTMLElement | undefined): void
}

/** Looking into a search: its trace, and the passages that it searches. Both are shown in the reader's pane, beside the answer. */
export class Inspection {
  view = $state<ReaderView>('page')
  /** Id of the turn whose trace is open. */
  turn = $state<string | undefined>()
  passages = $state.raw<PassageList | undefined>()
  /** Counts the wishes to look into something: the view that is opened takes the focus at each. */
  opened = $state(0)
  /** What the chosen embedder's vectors mean; without an embedder nothing is said of vectors. */
  space = $state.raw<VectorSpace | undefined>()
  /** Documents of the open trace that have been removed since the search. */
  readonly removed = new SvelteSet<DocumentHash>()

  readonly trace = $derived.by(() => (this.turn === undefined ? undefined : this.#parts.traceOf(this.turn)))
  readonly #parts: InspectionParts
  /** Nothing is drawn of it. */
  readonly #origins: Partial<Record<ReaderView, Origin>> = {}

  constructor(parts: InspectionParts) {
    this.#parts = parts
  }

  /** Follows what becomes of the documents that are looked into. */
  load(): void {
    followChanges(this.#parts.db, {
      documents: () => Promise.all([this.#followRemovals(), this.#closeRemoved()]),
      vectors: () => this.passages?.refreshVectors(),
    })
  }

  /** Opens the trace of a question; pressed again, the button that opened it closes it. */
  toggleTrace(turn: Turn, from: HTMLElement): void {
    if (this.showsTraceOf(turn)) return this.close('trace')
    this.turn = turn.id
    this.removed.clear()
    this.#open('trace', { pane: 'chat', view: 'page', element: from })
    void this.#followRemovals()
  }

  /** Whether the trace of this question is what the reader's pane shows. */
  showsTraceOf(turn: Turn): boolean {
    return this.turn === turn.id && this.view === 'trace' && this.#parts.panes.visible('reader')
  }

  /** Opens the passages of a document, at the one with `ordinal` if it is given. */
  async openPassages(hash: DocumentHash, from: HTMLElement, ordinal?: number): Promise<void> {
    const document = await getDocument(this.#parts.db, hash)
    if (!document) {
      this.#parts.notices.show(t('trace.gone'), { kind: 'failure' })
      return
    }
    // From the library the trace, if one is open, stays behind its tab; from the trace it is what one goes back to.
    const pane: PaneId = from.closest('[data-view]') ? 'reader' : 'library'
    this.#open('passages', { pane, view: this.view, element: from })
    if (this.passages?.document.hash !== hash) await this.#listPassages(document)
    if (ordinal !== undefined) this.passages?.reveal(ordinal)
  }

  /** Opens a passage on its page, with its text highlighted. One whose document has been removed is told of. */
  async openPassage({ document, ordinal }: Place, documentName: string, from?: HTMLElement): Promise<void> {
    const { db, notices } = this.#parts
    const passage = await getPassage(db, document, ordinal)
    if (passage) this.showPassage(passage, documentName, from)
    else notices.show(t('trace.gone'), { kind: 'failure' })
  }

  /** The same for a passage that is at hand. */
  showPassage(passage: Passage, documentName: string, from?: HTMLElement): void {
    const view = this.view
    this.#parts.show(citations()({ passage, documentName }, 0, passage.text.length), from)
    this.#origins.page = { pane: 'reader', view, element: from }
  }

  /** A page is shown, whoever asked for it. */
  showPage(): void {
    this.view = 'page'
    delete this.#origins.page
  }

  /** Shows again what a page was opened from; false where that was outside of this pane. */
  leavePage(): boolean {
    const origin = this.#origins.page
    if (!origin || origin.view === 'page' || !this.#isOpen(origin.view)) return false
    this.view = origin.view
    return true
  }

  /** Gives the focus back to where the shown view was opened from, and shows that place if it is hidden. */
  async leave(): Promise<void> {
    const origin = this.#origins[this.view]
    if (!origin) return
    const { panes } = this.#parts
    if (origin.pane === 'reader') this.view = this.#isOpen(origin.view) ? origin.view : 'page'
    else if (panes.narrow) panes.show(origin.pane)
    await tick()
    origin.element?.focus()
  }

  /** Closes the trace or the passages; the focus goes back to where they were opened from. */
  close(view: Exclude<ReaderView, 'page'>): void {
    const origin = this.#origins[view]
    if (view === 'trace') this.turn = undefined
    else this.passages = undefined
    delete this.#origins[view]
    const other = view === 'trace' ? 'passages' : 'trace'
    if (this.view !== view) return
    this.view = origin?.view === other && this.#isOpen(other) ? other : 'page'
    if (origin && origin.pane !== 'reader' && this.#parts.panes.narrow) this.#parts.panes.show(origin.pane)
    void tick().then(() => origin?.element?.focus())
  }

  #isOpen(view: ReaderView): boolean {
    if (view === 'page') return true
    return view === 'trace' ? this.turn !== undefined : this.passages !== undefined
  }

  #open(view: ReaderView, origin: Origin): void {
    // Going from passage to passage within a view does not make the view its own origin.
    if (origin.view !== view || origin.pane !== 'reader') this.#origins[view] = origin
    this.view = view
    this.opened += 1
    this.#parts.panes.show('reader')
  }

  async #listPassages(document: Document): Promise<void> {
    const { db } = this.#parts
    const list = new PassageList(document, {
      passages: ({ hash }) => getPassages(db, hash),
      lacking: async ({ hash, passages }) => {
        const { space } = this
        if (!space) return undefined
        const present = await presentVectors(db, space, hash)
        return new SvelteSet(present ? present.lacking : Array(passages).keys())
      },
    })
    this.passages = list
    await list.load()
  }

  async #followRemovals(): Promise<void> {
    const hashes = new SvelteSet(this.trace?.candidates.map(({ document }) => document))
    for (const hash of hashes) if (!(await getDocument(this.#parts.db, hash))) this.removed.add(hash)
  }

  async #closeRemoved(): Promise<void> {
    const list = this.passages
    if (!list || (await getDocument(this.#parts.db, list.document.hash))) return
    if (this.passages === list) this.close('passages')
  }
}
