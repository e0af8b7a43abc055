import type { Question } from '../../lab/question-set'
import type { Database } from '../../storage/database'
import { getDocument } from '../../storage/documents'
import { passageAround, type PassageAround } from './evidence-places'
import type { QuestionSets } from './question-sets.svelte'

/** The passage that a draft was made from. */
export interface DraftSource extends PassageAround {
  documentName: string
}

/** The drafts of the open set, one after the other, until a person has judged each. */
export class DraftReview {
  #id = $state<string | undefined>()
  /** What the person judged last, to be taken back. */
  #judged = $state.raw<readonly { set: string; question: string }[]>([])
  readonly #db: Database
  readonly #sets: QuestionSets

  readonly drafts = $derived.by(() => (this.#sets.open?.questions ?? []).filter(({ state }) => state === 'draft'))
  /** The draft that is looked at: the first one, until another was gone to. */
  readonly current = $derived(this.drafts.find(({ id }) => id === this.#id) ?? this.drafts[0])
  /** Its place among the drafts, from 1. */
  readonly place = $derived(this.current ? this.drafts.indexOf(this.current) + 1 : 0)
  readonly canTakeBack = $derived.by(() => this.#judged.some(({ set }) => set === this.#sets.openId))

  constructor(db: Database, sets: QuestionSets) {
    this.#db = db
    this.#sets = sets
  }

  /** Goes `by` drafts on or back, not past the ends. */
  go(by: number): void {
    const at = Math.min(Math.max(0, this.place - 1 + by), this.drafts.length - 1)
    this.#id = this.drafts[at]?.id
  }

  /** Confirms or rejects the draft that is looked at; the next one is looked at then. False where it could not be kept. */
  async judge(state: 'confirmed' | 'rejected'): Promise<boolean> {
    const { current, drafts } = this
    const set = this.#sets.openId
    if (!current || set === undefined) return false
    const next = drafts[this.place] ?? drafts[this.place - 2]
    if (!(await this.#sets.judge(set, [current.id], state))) return false
    this.#judged = [...this.#judged, { set, question: current.id }]
    this.#id = next?.id
    return true
  }

  /** What was judged last in the open set is a draft again, and looked at. False where it could not be kept. */
  async takeBack(): Promise<boolean> {
    const last = this.#judged.findLast(({ set }) => set === this.#sets.openId)
    if (!last || !(await this.#sets.judge(last.set, [last.question], 'draft'))) return false
    this.#judged = this.#judged.filter((judgement) => judgement !== last)
    this.#id = last.question
    return true
  }

  /** The passage that a question rests on; undefined where that is not known, or its document has been removed. */
  async sourceOf({ evidence: [address] }: Question): Promise<DraftSource | undefined> {
    if (!address) return undefined
    const [around, document] = await Promise.all([
      passageAround(this.#db, address),
      getDocument(this.#db, address.document),
    ])
    return around && document && { ...around, documentName: document.name }
  }
}
