import type { Citation, Document } from '../../domain'
import type { LanguageModel } from '../../engines/llm/language-model'
import { locale, t } from '../../i18n/i18n.svelte'
import type { EvidenceAddress, Question } from '../../lab/question-set'
import type { SplitSpec } from '../../lab/run-spec'
import { listDocuments } from '../../storage/documents'
import type { SearchRequest, SearchResult } from '../../threads/protocols'
import type { Announcer } from '../announcer.svelte'
import type { Notices } from '../notices.svelte'
import { DraftReview } from './draft-review.svelte'
import { Drafting } from './drafting.svelte'
import { citationOf, placeOf, type EvidencePlace } from './evidence-places'
import { EvidenceSearch } from './evidence-search.svelte'
import type { Lab } from './lab.svelte'
import { QuestionForm } from './question-form.svelte'
import { QuestionImport } from './question-import.svelte'
import { QuestionList } from './question-list.svelte'
import { QuestionSets } from './question-sets.svelte'

export interface LabQuestionsParts {
  lab: Lab
  notices: Notices
  announcer: Announcer
  model(): LanguageModel | undefined
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult>
  /** Shows a citation on its page, which leaves the Lab. */
  show(citation: Citation): void
}

/** What is shown of the open set. */
export const SET_VIEWS = ['list', 'drafts', 'split', 'tidiness'] as const
export type SetView = (typeof SET_VIEWS)[number]

/** The Lab's question sets: made, changed, drafted, judged, divided and put in order. Stays while other parts are shown. */
export class LabQuestions {
  view = $state<SetView>('list')
  /** The question that is written or changed. */
  form = $state.raw<QuestionForm | undefined>()
  /** A form with changes stood in the way of something: it says so. */
  heldBack = $state(false)
  /** Counts the wishes to write: the form takes the focus at each. */
  opened = $state(0)
  /** How the split is looked at; every run has its own. */
  split = $state.raw<SplitSpec>({ seed: 1, testShare: 0.5 })
  readonly sets: QuestionSets
  readonly list: QuestionList
  readonly files: QuestionImport
  readonly drafting: Drafting
  readonly review: DraftReview
  readonly evidence: EvidenceSearch
  readonly #parts: LabQuestionsParts

  constructor(parts: LabQuestionsParts) {
    const { lab, notices, announcer, model } = parts
    this.#parts = parts
    this.sets = new QuestionSets(lab, notices)
    this.list = new QuestionList(() => this.sets.open?.questions ?? [])
    this.files = new QuestionImport(this.sets, notices)
    this.drafting = new Drafting({ db: lab.db, sets: this.sets, announcer, model })
    this.review = new DraftReview(lab.db, this.sets)
    this.evidence = new EvidenceSearch({
      documents: () => this.documents(),
      search: (request, signal) => parts.search(request, signal),
    })
  }

  /** All documents of the library, in the order they were added. */
  documents(): Promise<Document[]> {
    return listDocuments(this.#parts.lab.db)
  }

  /** Opens a set, or none, at its list. False where a form with changes is in the way. */
  openSet(id: string | undefined): boolean {
    if (!this.closeForm()) return false
    this.sets.openId = id
    this.view = 'list'
    this.list.state = 'all'
    this.list.words = ''
    return true
  }

  /** Begins a new question of the open set. */
  write(): void {
    if (!this.closeForm()) return
    this.#open(new QuestionForm(() => this.sets.open?.questions ?? [], undefined, locale.language))
  }

  /** Opens a question for changes, among its neighbours in the list. */
  edit(question: Question): void {
    if (this.form?.original?.id !== question.id && !this.closeForm()) return
    this.view = 'list'
    this.list.reveal(question.id)
    if (this.form) this.opened += 1
    else this.#open(new QuestionForm(() => this.sets.open?.questions ?? [], question))
  }

  /** Closes the form, unless changes would be lost by it. */
  closeForm(): boolean {
    // The set of a form may have been deleted in another tab: then there is nothing left to save it to.
    this.heldBack = this.sets.isOwn && (this.form?.changed ?? false)
    if (this.heldBack) {
      this.view = 'list'
      this.opened += 1
      return false
    }
    this.#close()
    return true
  }

  /** Closes the form with whatever is in it. */
  discard(): void {
    this.#close()
  }

  /** Keeps what the form holds; false where something is wrong with it, or it could not be kept: then it stays. */
  async save(): Promise<boolean> {
    const { form, sets } = this
    const question = form?.finish()
    if (!form || !question || sets.openId === undefined) return false
    if (!(await sets.put(sets.openId, question, form.original?.id))) return false
    this.#parts.announcer.say(t('labQuestions.savedQuestion', { id: question.id }))
    this.#close()
    this.list.reveal(question.id)
    return true
  }

  /** What stands at an address; undefined where its document is not here. */
  place(address: EvidenceAddress): Promise<EvidencePlace | undefined> {
    return placeOf(this.#parts.lab.db, address)
  }

  /** Opens the page of an address, its characters highlighted. */
  async show(address: EvidenceAddress): Promise<void> {
    const place = await this.place(address)
    if (place) this.#parts.show(citationOf(address, place))
    else this.#parts.notices.show(t('labQuestions.evidenceGone'), { kind: 'failure' })
  }

  #open(form: QuestionForm): void {
    this.form = form
    this.heldBack = false
    this.opened += 1
  }

  #close(): void {
    this.form = undefined
    this.heldBack = false
    this.evidence.cancel()
  }
}
