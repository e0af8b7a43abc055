import { summarise } from '../../lab/measures/summarise'
import type { Run, RunId } from '../../lab/run'
import type { ConditionSummary } from '../../lab/summary'
import { getQuestionSet, resultsOf } from '../../storage/lab'
import type { Lab } from './lab.svelte'

/** One of the person's own finished runs and its table: the newest, until they choose another, or none. */
export class OwnRun {
  /** Id of the run that was chosen; empty: none is to count; undefined: nothing was chosen. */
  chosen = $state<RunId | ''>()
  summaries = $state.raw<readonly ConditionSummary[]>([])
  readonly #lab: Pick<Lab, 'db' | 'runs'>
  readonly finished = $derived.by(() => this.#lab.runs.filter(({ state }) => state === 'finished'))
  /** The one whose table is wanted; a chosen one that was deleted gives way to the newest. */
  readonly run: Run | undefined = $derived.by(() =>
    this.chosen === '' ? undefined : (this.finished.find(({ id }) => id === this.chosen) ?? this.finished[0]),
  )

  constructor(lab: Pick<Lab, 'db' | 'runs'>) {
    this.#lab = lab
  }

  /** Reads the table of the run. Where another was chosen meanwhile, that one's reading counts. */
  async read(): Promise<void> {
    const { run } = this
    const { db } = this.#lab
    if (!run) {
      this.summaries = []
      return
    }
    const [results, set] = await Promise.all([resultsOf(db, run.id), getQuestionSet(db, run.set)])
    if (this.run?.id === run.id) this.summaries = summarise(results, set?.questions ?? [])
  }
}
