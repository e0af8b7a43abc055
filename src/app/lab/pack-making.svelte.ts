import type { Templates } from '../../answering/templates/templates'
import type { Language, Passage } from '../../domain'
import type { LanguageModel } from '../../engines/llm/language-model'
import { isAbort, PromptTooLong, toFumikuraError, type FumikuraError } from '../../errors'
import { questionSetHash, type Question, type QuestionSet } from '../../lab/question-set'
import type { SplitSpec } from '../../lab/run-spec'
import {
  answerOf,
  raftExamples,
  supervisedExamples,
  trainingQuestions,
  type RaftOptions,
} from '../../lab/training/examples'
import { paraphrase, type Paraphrases } from '../../lab/training/paraphrase'
import type { Recipe } from '../../lab/training/recipe'
import type { TrainingPack } from '../../lab/training/training-pack'
import type { Database } from '../../storage/database'
import type { SearchRequest, SearchResult } from '../../threads/protocols'
import { DocumentPassages } from './document-passages'

/** What a pack is made with. */
export interface PackParts {
  db: Database
  search(request: SearchRequest, signal: AbortSignal): Promise<Pick<SearchResult, 'evidence'>>
  /** The model that rewords passages; undefined where none can. */
  model(): LanguageModel | undefined
  /** The texts of the chat's prompts: what an adapter reads in training is what it will be shown. */
  templates(language: Language): Templates
}

/** How a person wishes the pack. */
export interface PackWish {
  kind: 'supervised' | 'raft'
  raft: Omit<RaftOptions, 'templates' | 'seed'>
  /** Wordings of each passage by the model; 0: none. */
  wordings: number
  split: SplitSpec
  recipe: Recipe
  /** Of the texts that explain. */
  language: Language
}

/** A pack with what was left out of it. */
export interface MadePack {
  pack: TrainingPack
  skipped: { question: Question; reason: 'unanswerable' | 'noPassage' }[]
  /** Passages that the model could not read whole. */
  tooLong: number
}

/** How far it is. */
export interface PackProgress {
  stage: 'examples' | 'paraphrases'
  done: number
  all: number
}

/** Passages asked for beyond the distractors: some of those found hold the answer too. */
const SPARE = 6

/**
 * Makes training packs, one at a time. What was made stays until another is begun or a wish has changed, so that a person can look
 * at it before it is saved.
 */
export class PackMaking {
  progress = $state.raw<PackProgress | undefined>()
  made = $state.raw<MadePack | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  /** The last one was stopped by the person. */
  stopped = $state(false)
  readonly #parts: PackParts
  #under: AbortController | undefined

  constructor(parts: PackParts) {
    this.#parts = parts
  }

  /** Whether passages can be reworded now. */
  get canReword(): boolean {
    return this.#parts.model() !== undefined
  }

  /** Begins anew; one under way is given up. What goes wrong is in `failure`. */
  async make(set: QuestionSet, wish: PackWish): Promise<void> {
    this.forget()
    const under = new AbortController()
    this.#under = under
    try {
      const made = await this.#make(set, wish, under.signal)
      if (!under.signal.aborted) this.made = made
    } catch (error) {
      if (this.#under === under && !isAbort(error)) this.failure = toFumikuraError(error)
    } finally {
      if (this.#under === under) this.#end()
    }
  }

  cancel(): void {
    if (!this.#under) return
    this.#under.abort()
    this.#end()
    this.stopped = true
  }

  /** Lets go of what was made and of what is under way: the wish is another now. */
  forget(): void {
    this.#under?.abort()
    this.#end()
    this.made = undefined
    this.failure = undefined
    this.stopped = false
  }

  #end(): void {
    this.#under = undefined
    this.progress = undefined
  }

  async #make(set: QuestionSet, wish: PackWish, signal: AbortSignal): Promise<MadePack> {
    const questions = trainingQuestions(set, wish.split)
    const passages = new DocumentPassages(this.#parts.db)
    const { seed } = wish.recipe
    const raftOptions = { ...wish.raft, seed }
    this.#tell(signal, 'examples', 0, questions.length)
    const raft =
      wish.kind === 'raft' ? await this.#raft(questions, passages, raftOptions, signal) : { examples: [], skipped: [] }
    const model = wish.wordings > 0 ? this.#parts.model() : undefined
    const reworded = model && (await this.#reword(model, questions, passages, wish, signal))
    const hash = await questionSetHash(set)
    const skipped = questions.filter(({ id }) => raft.skipped.includes(id))
    return {
      pack: {
        recipe: wish.recipe,
        supervised: wish.kind === 'supervised' ? supervisedExamples(questions) : [],
        raft: raft.examples,
        paraphrases: reworded?.paraphrases ?? [],
        set: { name: set.name, licence: set.licence, hash },
        split: wish.split,
        ...(wish.kind === 'raft' && { raftOptions }),
        skipped: skipped.length,
        ...(model && { paraphraser: model.name }),
        language: wish.language,
      },
      skipped: skipped.map((question) => ({
        question,
        reason: answerOf(question) === undefined ? 'unanswerable' : 'noPassage',
      })),
      tooLong: reworded?.tooLong ?? 0,
    }
  }

  /** The passages that answer come from the library itself, those beside them from a search as the chat's. */
  async #raft(
    questions: readonly Question[],
    passages: DocumentPassages,
    options: Omit<RaftOptions, 'templates'>,
    signal: AbortSignal,
  ) {
    const { search, templates } = this.#parts
    const documents = await passages.searched(questions)
    const limit = options.distractors + SPARE
    const find = async (question: Question) => {
      this.#tell(signal, 'examples', questions.indexOf(question), questions.length)
      const oracles = await passages.holding(question)
      if (oracles.length === 0) return []
      const { evidence } = await search({ question: question.question, documents, limit }, signal)
      const found = evidence.map(({ passage }) => passage.id)
      return [...evidence, ...oracles.filter(({ passage }) => !found.includes(passage.id))]
    }
    const languages = { en: templates('en'), ja: templates('ja') }
    return raftExamples(questions, find, { ...options, templates: languages }, signal)
  }

  /** The passages that the questions rest on, in other words. */
  async #reword(
    model: LanguageModel,
    questions: readonly Question[],
    held: DocumentPassages,
    { wordings, recipe }: PackWish,
    signal: AbortSignal,
  ): Promise<{ paraphrases: Paraphrases[]; tooLong: number }> {
    const passages: Passage[] = []
    for (const question of questions)
      for (const { passage } of await held.holding(question))
        if (!passages.some(({ id }) => id === passage.id)) passages.push(passage)
    const paraphrases: Paraphrases[] = []
    let tooLong = 0
    for (const passage of passages) {
      this.#tell(signal, 'paraphrases', paraphrases.length + tooLong, passages.length)
      try {
        paraphrases.push(await paraphrase(model, passage, { count: wordings, seed: recipe.seed }, signal))
      } catch (error) {
        if (!(error instanceof PromptTooLong)) throw error
        tooLong++
      }
    }
    return { paraphrases, tooLong }
  }

  /** Nothing is told of one that was given up. */
  #tell(signal: AbortSignal, stage: PackProgress['stage'], done: number, all: number): void {
    signal.throwIfAborted()
    this.progress = { stage, done, all }
  }
}
