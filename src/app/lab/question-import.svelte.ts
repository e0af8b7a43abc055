import { t } from '../../i18n/i18n.svelte'
import { toFumikuraError, type FumikuraError } from '../../errors'
import type { QuestionSet } from '../../lab/question-set'
import type { Notices } from '../notices.svelte'
import { baseName, readQuestionFile, textOf, withFreeIds, type ReadFile } from './question-files'
import type { QuestionSets } from './question-sets.svelte'

/** Files of questions on their way in and out. */
export class QuestionImport {
  /** Read, and not yet taken over. */
  files = $state.raw<readonly ReadFile[]>([])
  /** Files that are no question sets at all. */
  failures = $state.raw<readonly { name: string; error: FumikuraError }[]>([])
  readonly #sets: QuestionSets
  readonly #notices: Notices

  constructor(sets: QuestionSets, notices: Notices) {
    this.#sets = sets
    this.#notices = notices
  }

  /**
   * Reads files. One without a fault becomes a set at once; one with faults, or all of them where there is a set that they
   * may join, wait for the person's word.
   */
  async read(files: readonly File[], join?: QuestionSet): Promise<void> {
    this.failures = []
    for (const file of files) {
      try {
        const read = readQuestionFile(file.name, await textOf(file))
        if (read.faults.length === 0 && !join) await this.#make(read)
        else this.files = [...this.files, read]
      } catch (error) {
        this.failures = [...this.failures, { name: file.name, error: toFumikuraError(error) }]
      }
    }
  }

  /** Makes a set of what could be read of a file. */
  async makeSet(file: ReadFile): Promise<void> {
    if (await this.#make(file)) this.drop(file)
  }

  /** Puts what could be read of a file into a set; a question whose id is taken there gets another. */
  async joinSet(file: ReadFile, id: string): Promise<void> {
    const done = await this.#sets.change(id, (set) => ({
      ...set,
      questions: [...set.questions, ...withFreeIds(file.questions, set.questions)],
    }))
    if (!done) return
    this.drop(file)
    this.#notices.show(t('labQuestions.joined', { count: file.questions.length }))
  }

  drop(file: ReadFile): void {
    this.files = this.files.filter((other) => other !== file)
  }

  async #make({ name, set, questions }: ReadFile): Promise<boolean> {
    const made = await this.#sets.create(
      {
        name: set.name ?? baseName(name),
        purpose: set.purpose ?? 'questions',
        licence: set.licence ?? '',
        ...(set.attribution !== undefined && { attribution: set.attribution }),
      },
      questions,
      set.created,
    )
    if (made) this.#notices.show(t('labQuestions.imported', { count: questions.length, name: made.name }))
    return made !== undefined
  }
}
