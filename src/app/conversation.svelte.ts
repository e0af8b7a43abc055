import { SvelteMap } from 'svelte/reactivity'
import type { Answerer } from '../answering/answerer'
import type { Rewritten } from '../answering/follow-up/rewrite'
import type { WholeTask } from '../answering/whole-document'
import type {
  Alternative,
  Answer,
  AnswerAdapter,
  AnswerSentence,
  CollectionId,
  Document,
  Evidence,
  Turn,
} from '../domain'
import type { FumikuraError } from '../errors'
import { t } from '../i18n/i18n.svelte'
import { detectLanguage } from '../language/detect'
import type { Database } from '../storage/database'
import { readEvidence } from '../storage/evidence'
import { deleteAlternative, deleteTurn, listTurns, saveAlternative, saveTurn } from '../storage/turns'
import type { Announcer } from './announcer.svelte'
import { Asking, type AnyAnswerer, type AskingParts, type Search } from './asking.svelte'
import { coalesce } from './coalesce'
import { markersOf } from './markers'
import { followChanges } from './follow-changes'
import type { Library } from './library.svelte'
import type { Notices } from './notices.svelte'
import type { QuestionTrace } from './question-trace'

export interface ConversationParts {
  db: Database
  library: Library
  understand: (turn: Turn, turns: readonly Turn[], signal: AbortSignal) => Promise<Rewritten>
  search: Search
  /** Who answers a question that follows on these turns; `again`: one that has its answer, and perhaps turns after it. */
  answerer: (
    told: { collection: CollectionId; turns: readonly Turn[]; again?: boolean },
    wish: Pick<Wish, 'by' | 'adapters'>,
  ) => Answerer
  /** Who reads whole documents, where somebody can. */
  wholeReader?: (task: WholeTask, documents: readonly Document[]) => AnyAnswerer | undefined
  announcer: Announcer
  notices: Notices
}

/** By whom an answer is wished: the model where one is ready (default), or by quoting. */
export type AnsweredBy = 'model' | 'quote'

/** How a question is to be answered, where it is not as usual. */
export interface Wish {
  by?: AnsweredBy
  /** The adapters that a model is to wear; absent: those that are on. */
  adapters?: readonly AnswerAdapter[]
  /** All passages are read for this, in place of a search. */
  whole?: WholeTask
}

/** Questions and answers of the open collection, and the one that is being answered. */
export class Conversation {
  /** The question being answered, in whatever collection it was asked. */
  asking = $state.raw<Asking | undefined>()
  /** What stands in the question box. */
  question = $state('')
  #kept = $state.raw<readonly Turn[]>([])
  /** Of this visit only: they are not kept with the turns. */
  readonly evidence = new SvelteMap<string, readonly Evidence[]>()
  readonly similar = new SvelteMap<string, readonly Evidence[]>()
  readonly traces = new SvelteMap<string, QuestionTrace>()
  readonly failures = new SvelteMap<string, FumikuraError>()

  /** Answers of this visit: reading the history may give a turn as it was before its answer was kept. */
  readonly #answered = new SvelteMap<string, Turn>()
  readonly #parts: ConversationParts
  readonly #collection = $derived.by(() => this.#parts.library.collections.current?.id)
  /** Oldest first; the one being answered is the last. */
  readonly turns = $derived.by(() => {
    const live = this.asking?.alternative === undefined ? this.asking?.turn : undefined
    const kept = this.#kept
      .filter((turn) => turn.collection === this.#collection && turn.id !== live?.id)
      .map((turn) => (turn.answer ? turn : (this.#answered.get(turn.id) ?? turn)))
    return live && live.collection === this.#collection ? [...kept, live] : kept
  })

  constructor(parts: ConversationParts) {
    this.#parts = parts
  }

  async load(): Promise<void> {
    followChanges(this.#parts.db, { turns: this.refresh, documents: this.refresh, collections: this.refresh })
    await this.refresh()
  }

  /** Reads the history of the open collection; called also when another is opened. */
  readonly refresh = coalesce(async () => {
    const id: CollectionId | undefined = this.#collection
    this.#kept = id === undefined ? [] : await listTurns(this.#parts.db, id)
  })

  /** Whether a question can be asked now; `question` may still be empty. */
  get ready(): boolean {
    return this.#parts.library.chosen.length > 0
  }

  /** Asks in the open collection. A question that is still being answered is stopped: the newest wins. */
  async ask(question: string, wish: Wish = {}): Promise<void> {
    const { library, db } = this.#parts
    const collection = this.#collection
    const text = question.trim()
    if (!text || collection === undefined || !this.ready) return
    this.asking?.stop()
    const documents = library.chosen.map((document) => document.hash)
    const turn: Turn = {
      id: crypto.randomUUID(),
      collection,
      // Later than the last, whatever the clock says: the history is ordered by it.
      asked: Math.max(Date.now(), (this.turns.at(-1)?.asked ?? 0) + 1),
      question: text,
      language: detectLanguage(text),
      ...(documents.length < library.documents.length && { documents }),
    }
    const parts = this.#partsFor(wish, collection)
    const asking = new Asking(turn, documents.length)
    this.asking = asking
    await saveTurn(db, turn).catch(() => undefined)
    const finished = await asking.run(documents, parts, (sentence) => this.#announceSentence(asking, sentence))
    await this.#finish(asking, finished)
  }

  /**
   * Has the model answer the question of a turn once more, with these adapters: from the same passages and after the same
   * turns, so that nothing else differs. The answer is kept beside the one there is.
   */
  async answerAgain(turn: Turn, adapters: readonly AnswerAdapter[]): Promise<void> {
    const { answer } = turn
    if (!answer) return
    this.asking?.stop()
    const asking = new Asking(unanswered(turn), answer.coverage.documentsSearched, crypto.randomUUID())
    this.asking = asking
    const parts = this.#partsAgain(turn, answer, adapters)
    const finished = await asking.run([], parts, (sentence) => this.#announceSentence(asking, sentence))
    await this.#finishAgain(asking, finished)
  }

  stop(): void {
    this.asking?.stop()
  }

  #partsFor({ whole, ...wish }: Wish, collection: CollectionId): AskingParts {
    const { library, understand, search, answerer, wholeReader } = this.#parts
    const turns = this.turns.filter(({ answer }) => answer)
    const reader = whole && wholeReader?.(whole, library.chosen)
    if (reader) return { understand: ({ question }) => Promise.resolve({ text: question }), answerer: reader }
    return {
      understand: (asked, signal) => understand(asked, turns, signal),
      search,
      answerer: answerer({ collection, turns }, wish),
    }
  }

  #partsAgain(turn: Turn, { coverage }: Answer, adapters: readonly AnswerAdapter[]): AskingParts {
    const { db, answerer } = this.#parts
    const { question, standalone, evidence = [], collection, asked } = turn
    const turns = this.turns.filter((other) => other.answer && other.asked < asked)
    return {
      understand: () => Promise.resolve(standalone ?? { text: question }),
      search: async () => ({ evidence: await readEvidence(db, evidence), coverage }),
      answerer: answerer({ collection, turns, again: true }, { by: 'model', adapters }),
    }
  }

  async remove(turn: Turn): Promise<void> {
    const { db, notices } = this.#parts
    if (this.asking?.turn.id === turn.id) this.asking.stop()
    await deleteTurn(db, turn.id)
    await this.refresh()
    notices.show(t('chat.removed'), { action: { label: t('chat.undo'), run: () => void this.#restore(turn) } })
  }

  /** Takes one of the other answers of a turn away. */
  async removeAlternative(turn: Turn, alternative: Alternative): Promise<void> {
    const { db, notices } = this.#parts
    await deleteAlternative(db, turn.id, alternative.id)
    await this.refresh()
    const run = () => void saveAlternative(db, turn.id, alternative).then(this.refresh)
    notices.show(t('chat.removedAnswer'), { action: { label: t('chat.undo'), run } })
  }

  async #restore(turn: Turn): Promise<void> {
    await saveTurn(this.#parts.db, turn)
    await this.refresh()
  }

  async #finish(asking: Asking, turn: Turn): Promise<void> {
    if (asking.evidence) this.evidence.set(turn.id, asking.evidence)
    if (asking.similar) this.similar.set(turn.id, asking.similar)
    if (asking.trace) this.traces.set(turn.id, asking.trace)
    if (asking.failure) this.failures.set(turn.id, asking.failure)
    this.#answered.set(turn.id, turn)
    this.#kept = [...this.#kept.filter((other) => other.id !== turn.id), turn].sort((a, b) => a.asked - b.asked)
    if (this.asking === asking) this.asking = undefined
    if (turn.answer && !turn.stopped) this.#announceAnswer(turn.answer)
    await saveTurn(this.#parts.db, turn).catch(() => undefined)
  }

  async #finishAgain(asking: Asking, { answer, stopped }: Turn): Promise<void> {
    const { alternative: id = '', turn, failure } = asking
    // One that was stopped before it began leaves nothing.
    if (answer || failure) {
      if (failure) this.failures.set(id, failure)
      const alternative: Alternative = {
        id,
        asked: Date.now(),
        ...(answer && { answer }),
        ...(stopped && { stopped }),
      }
      if (answer && !stopped) this.#announceAnswer(answer)
      // Read anew, since a reading that was under way may not have seen it; without room for it, it is of this visit only.
      await saveAlternative(this.#parts.db, turn.id, alternative)
        .then(this.refresh)
        .catch(() => {
          this.#kept = this.#kept.map((kept) => (kept.id === turn.id ? withAlternative(kept, alternative) : kept))
        })
    }
    if (this.asking === asking) this.asking = undefined
  }

  #announceSentence(asking: Asking, sentence: AnswerSentence): void {
    if (this.asking === asking) this.#parts.announcer.say(sentence.text, asking.turn.language)
  }

  #announceAnswer(answer: Answer): void {
    const count = markersOf(answer).length
    this.#parts.announcer.say(answer.refused ? t('chat.finishedRefused') : t('chat.finished', { count }))
  }
}

function unanswered(turn: Turn): Turn {
  const asked = { ...turn }
  delete asked.answer
  delete asked.stopped
  delete asked.alternatives
  return asked
}

const withAlternative = (turn: Turn, alternative: Alternative): Turn => ({
  ...turn,
  alternatives: [...(turn.alternatives ?? []).filter(({ id }) => id !== alternative.id), alternative],
})
