import { untrack } from 'svelte'
import type { DownloadState } from '../download-state'
import type { ChosenModel } from './model-choice.svelte'

type Reopened = Pick<ChosenModel<unknown, unknown>, 'state' | 'failure' | 'reopen'>

/** Opens the chosen model once more when files come that it could not be opened without. */
export class FilesCome {
  readonly #choice: () => Reopened
  /** The model whose files were seen on their way. */
  #lacking: string | undefined

  constructor(choice: () => Reopened) {
    this.#choice = choice
  }

  /** @param state where the files of the chosen model are now; to be told again whenever it changes */
  see(model: string, { kind }: DownloadState): void {
    if (kind !== 'kept') {
      // Until somebody has looked they are absent, wherever they are.
      if (kind !== 'absent') this.#lacking = model
      return
    }
    const hasCome = this.#lacking === model
    this.#lacking = undefined
    untrack(() => {
      const choice = this.#choice()
      // Nobody may have looked while they came.
      if (choice.state === 'failed' && (hasCome || choice.failure?.key === 'modelFileMissing')) void choice.reopen()
    })
  }
}
