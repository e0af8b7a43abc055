import type { Document, Passage } from '../../domain'
import type { LanguageModel } from '../../engines/llm/language-model'
import { isAbort, toFumikuraError, type FumikuraError } from '../../errors'
import { addDrafts } from '../../lab/drafts/add-drafts'
import { choosePassages } from '../../lab/drafts/choose-passages'
import { draftFromPassages, type DropReason, type PassageDrafts } from '../../lab/drafts/draft'
import { rarityOver } from '../../lab/drafts/specificity'
import type { ChoiceQuestion } from '../../lab/question-set'
import { terms } from '../../language/terms'
import type { Database } from '../../storage/database'
import { getQuestionSet } from '../../storage/lab'
import { getPassages } from '../../storage/passages'
import type { Announcer } from '../announcer.svelte'
import { t } from '../../i18n/i18n.svelte'
import type { QuestionSets } from './question-sets.svelte'

/** From which documents, and from how many of their passages, questions are drafted. */
export interface DraftingWish {
  documents: readonly Pick<Document, 'hash' | 'name'>[]
  passages: number
}

/** What became of the drafts of one passage. */
export interface DraftedPassage {
  passage: Passage
  documentName: string
  kept: readonly ChoiceQuestion[]
  /** `known`: the set asks it already, or a person has rejected it before. */
  dropped: readonly { question: string; reason: DropReason | 'known' }[]
}

export interface DraftingParts {
  db: Database
  sets: QuestionSets
  announcer: Announcer
  /** The language model, where one is ready that can do more than read. */
  model(): LanguageModel | undefined
}

/**
 * Questions drafted by the language model from passages of the person's documents. What a passage gave is kept in the set at
 * once, as drafts that a person has to confirm: whatever ends the work, nothing of it is lost. Goes on while other parts of
 * the page are shown.
 */
export class Drafting {
  /** Id of the set that drafts are made for now. */
  set = $state<string | undefined>()
  done = $state(0)
  of = $state(0)
  /** Passage by passage, the newest first; of this visit only. */
  results = $state.raw<readonly DraftedPassage[]>([])
  /** How the last work ended. */
  ended = $state<'finished' | 'stopped' | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  readonly #parts: DraftingParts
  #work: AbortController | undefined

  constructor(parts: DraftingParts) {
    this.#parts = parts
  }

  get running(): boolean {
    return this.set !== undefined
  }

  get hasModel(): boolean {
    return this.#parts.model() !== undefined
  }

  /** Drafts for a set. Resolves when it is done, was stopped or has failed, which `ended` and `failure` tell. */
  async start(id: string, wish: DraftingWish): Promise<void> {
    const model = this.#parts.model()
    if (this.running || !model) return
    const work = new AbortController()
    this.#work = work
    this.set = id
    this.failure = undefined
    this.ended = undefined
    this.done = this.of = 0
    try {
      await this.#draft(model, id, wish, work.signal)
      this.ended = work.signal.aborted ? 'stopped' : 'finished'
      this.#parts.announcer.say(t('labQuestions.draftsDone', { count: this.done }))
    } catch (error) {
      if (isAbort(error) || work.signal.aborted) this.ended = 'stopped'
      else this.failure = toFumikuraError(error)
    } finally {
      this.set = undefined
    }
  }

  /** Ends the work after what has come; that stays. */
  stop(): void {
    this.#work?.abort()
  }

  async #draft(model: LanguageModel, id: string, { documents, passages: count }: DraftingWish, signal: AbortSignal) {
    const { db, sets } = this.#parts
    const nameOf = (passage: Passage) => documents.find(({ hash }) => hash === passage.document)?.name ?? ''
    const all: Passage[] = []
    for (const { hash } of documents) {
      signal.throwIfAborted()
      all.push(...(await getPassages(db, hash)))
    }
    const set = await getQuestionSet(db, id)
    // Another seed each time: what was drafted before is asked otherwise, not again.
    const seed = set?.questions.length ?? 0
    const passages = choosePassages(all, set?.questions ?? [], { count, seed })
    this.of = passages.length
    const rarity = rarityOver(all.map(({ text }) => terms(text).map(({ term }) => term)))
    for await (const drafts of draftFromPassages(model, passages, { rarity, choose: 'model', seed }, signal)) {
      const kept = await this.#keep(id, drafts.kept)
      // A set that is gone, or a disk that is full, takes no further drafts; the reason has been told.
      if (!kept || !sets.own.some((own) => own.id === id)) return this.stop()
      this.#note(drafts, kept, nameOf(drafts.passage))
      this.done = drafts.done
    }
  }

  /** Those of the drafts that are new to the set, under the ids that they have there. */
  async #keep(id: string, drafts: readonly ChoiceQuestion[]): Promise<ChoiceQuestion[] | undefined> {
    let added: ChoiceQuestion[] = []
    const done = await this.#parts.sets.change(id, (set) => {
      const changed = addDrafts(set, drafts)
      added = changed.questions.slice(set.questions.length).filter((one) => one.kind === 'choice')
      return added.length ? changed : set
    })
    return done ? added : undefined
  }

  #note(
    { passage, kept: drafts, dropped }: PassageDrafts & { passage: Passage },
    kept: ChoiceQuestion[],
    name: string,
  ) {
    const known = drafts
      .filter(({ question }) => !kept.some((one) => one.question === question))
      .map(({ question }) => ({ question, reason: 'known' as const }))
    this.results = [{ passage, documentName: name, kept, dropped: [...dropped, ...known] }, ...this.results]
  }
}
