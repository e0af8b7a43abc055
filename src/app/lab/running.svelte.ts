import { isAbort, toFumikuraError, type FumikuraError } from '../../errors'
import { diffRuns, type RunDifference } from '../../lab/arms/compare'
import type { LabContext } from '../../lab/arms/context'
import { runArms } from '../../lab/arms/run-arms'
import { runIdOf, stampOf } from '../../lab/arms/stamp'
import type { QuestionSet } from '../../lab/question-set'
import type { Result, Run, RunEvent, RunId, Split } from '../../lab/run'
import type { RunSpec } from '../../lab/run-spec'
import type { Database } from '../../storage/database'
import { keepSnapshot, setOfRun } from './snapshots'

export interface RunningParts {
  db: Database
  /** What a run is made with now (labContext). @throws ModelUnusable */
  context: (set: QuestionSet, name: string) => LabContext
  /** Called when a run has ended: finished, stopped or failed. */
  onend?: (running: Running) => void
  /** Milliseconds; for tests. */
  now?: () => number
}

/** A run that cannot go on as it is, with what has changed since. */
export interface Blocked {
  run: RunId
  differences: readonly RunDifference[]
}

/** Results are shown in heaps: intervals over all of them are computed anew each time. */
const SHOWN_EVERY = 1000

/** The run that is being made, one at a time. It goes on whatever the page shows. */
export class Running {
  /** The one under way, or the last one of this visit. */
  run = $state.raw<Run | undefined>()
  busy = $state(false)
  done = $state(0)
  planned = $state(0)
  /** Those shown so far, without the last second's. */
  results = $state.raw<readonly Result[]>([])
  split = $state.raw<Split | undefined>()
  /** Until the end, as far as it can be told. */
  secondsLeft = $state<number | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  blocked = $state.raw<Blocked | undefined>()
  /** Id of the run whose results are looked at. */
  opened = $state<RunId | undefined>()

  readonly #parts: RunningParts
  #controller: AbortController | undefined
  #collected: Result[] = []
  #shown = -Infinity
  /** When the first result of this sitting came, and how many there were then. */
  #pace: { since: number; from: number } | undefined

  constructor(parts: RunningParts) {
    this.#parts = parts
  }

  /**
   * Makes a run to its end, or goes on with the same one. Whatever becomes of it is told by the state of this object; while
   * one is under way, nothing is begun.
   * @param before what has to be done first; where it fails, so does the run
   */
  async start(spec: RunSpec, set: QuestionSet, name: string, before?: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.#begin()
    const controller = new AbortController()
    this.#controller = controller
    try {
      await before?.()
      await keepSnapshot(this.#parts.db, set)
      const context = this.#parts.context(set, name)
      for await (const event of runArms($state.snapshot(spec) as RunSpec, context, controller.signal)) this.#take(event)
    } catch (error) {
      if (!isAbort(error)) this.failure = toFumikuraError(error)
    } finally {
      this.#end()
    }
  }

  /** Goes on with a run that was stopped or failed. Where something it is made of has changed, it tells what. */
  async resume(run: Run): Promise<void> {
    if (this.busy) return
    this.#begin()
    try {
      const set = await setOfRun(this.#parts.db, run)
      if (!set) {
        this.blocked = { run: run.id, differences: [{ path: 'set', one: run.stamp.set, other: undefined }] }
        return
      }
      const stamp = await stampOf(run.spec, this.#parts.context(set, run.name))
      if ((await runIdOf(stamp)) === run.id) {
        this.busy = false
        return await this.start(run.spec, set, run.name)
      }
      this.blocked = { run: run.id, differences: diffRuns(run, { spec: run.spec, stamp }) }
    } catch (error) {
      this.failure = toFumikuraError(error)
    } finally {
      this.busy = false
    }
  }

  /** Ends the run after what is under way; what there is stays, and the run can go on later. */
  stop(): void {
    this.#controller?.abort()
  }

  #begin(): void {
    this.busy = true
    this.failure = undefined
    this.blocked = undefined
    this.run = undefined
    this.split = undefined
    this.secondsLeft = undefined
    this.done = 0
    this.planned = 0
    this.#collected = []
    this.results = []
    this.#pace = undefined
  }

  #take(event: RunEvent): void {
    switch (event.type) {
      case 'planned':
        this.run = event.run
        this.opened = event.run.id
        this.split = event.split
        this.done = event.run.done
        this.planned = event.run.planned
        this.#collected = [...event.kept]
        return this.#show()
      case 'result':
        this.#collected.push(event.result)
        this.done = event.done
        this.#measurePace()
        if (this.#now() - this.#shown >= SHOWN_EVERY) this.#show()
        return
      case 'finished':
        this.run = event.run
    }
  }

  /** The first result is left out: it pays for what is loaded and compiled. */
  #measurePace(): void {
    this.#pace ??= { since: this.#now(), from: this.done }
    const made = this.done - this.#pace.from
    if (made > 0) this.secondsLeft = ((this.#now() - this.#pace.since) / made / 1000) * (this.planned - this.done)
  }

  #show(): void {
    this.#shown = this.#now()
    this.results = [...this.#collected]
  }

  #end(): void {
    this.#show()
    this.#controller = undefined
    this.secondsLeft = undefined
    this.busy = false
    this.#parts.onend?.(this)
  }

  #now(): number {
    return (this.#parts.now ?? performance.now.bind(performance))()
  }
}
