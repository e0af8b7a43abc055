import { EmbeddingBacklog, type BacklogProgress } from '../../engines/embedding/backlog'
import { backlogOf } from '../../ingest/embedding-backlog'
import { compactVectors } from '../../storage/compact-vectors'
import type { Database } from '../../storage/database'
import { webLocks } from '../../storage/transaction'
import { deleteOtherSpaces, type VectorSpace } from '../../storage/vector-space'

/** Held by the tab that embeds, as long as it is open and has a model; another tab waits for it. */
const LOCK = 'fumikura-embedding'

const IDLE: BacklogProgress = { state: 'idle', passages: 0, done: 0, documents: 0 }

type EmbedPassages = (texts: string[], signal: AbortSignal) => Promise<Float32Array<ArrayBuffer>>

/** Calls back when the page has nothing better to do. */
const whenIdle = (work: () => void): void => {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(work, { timeout: 10_000 })
  else setTimeout(work, 1000)
}

const left = ({ passages, done }: BacklogProgress): number => passages - done

/** Embedding in the background: in one tab at a time, in pauses of the person's choice, with the store tidied up behind it. */
export class EmbeddingWork {
  progress = $state.raw<BacklogProgress>(IDLE)
  /** Passages since there was something to do, and how many of them are embedded. */
  total = $state(0)
  readonly done = $derived(this.total - left(this.progress))
  /** Another tab is at it; what it makes is found here too. */
  elsewhere = $state(false)
  paused = $state(false)
  readonly #db: Database
  readonly #embed: EmbedPassages
  readonly #idle: (work: () => void) => void
  #backlog: EmbeddingBacklog | undefined
  #stop: AbortController | undefined
  #done: Promise<unknown> = Promise.resolve()

  constructor(db: Database, embed: EmbedPassages, idle = whenIdle) {
    this.#db = db
    this.#embed = embed
    this.#idle = idle
  }

  /** Begins with what has no vector in this space, now or when the tab that is at it is closed. Ends what went on before. */
  start(space: VectorSpace): void {
    const stop = new AbortController()
    this.#stop?.abort()
    this.#stop = stop
    const earlier = this.#done
    this.#done = earlier.then(() => this.#whenAlone(() => this.#work(space, stop.signal), stop.signal))
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stop?.abort()
    await this.#done
  }

  /** Looks again: documents have come. */
  wake(): void {
    this.#backlog?.wake()
  }

  async pause(): Promise<void> {
    this.paused = true
    await this.#backlog?.pause()
  }

  resume(): void {
    this.paused = false
    this.#backlog?.resume()
  }

  async #whenAlone(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const locks = webLocks()
    if (!locks) return work()
    const began = await locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await work()
      return lock !== null
    })
    if (began || signal.aborted) return
    this.elsewhere = true
    await locks.request(LOCK, { signal }, work).catch(() => undefined)
    this.elsewhere = false
  }

  /** Until the signal is aborted. */
  async #work(space: VectorSpace, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    this.elsewhere = false
    const backlog = new EmbeddingBacklog(backlogOf(this.#db, space), this.#embed, (progress) => {
      const finished = progress.state === 'idle' && this.progress.state !== 'idle'
      this.#tell(progress)
      if (finished) this.#idle(() => void this.#tidy(space, signal))
    })
    this.#backlog = backlog
    if (this.paused) await backlog.pause()
    else {
      this.progress = { ...IDLE, state: 'embedding' }
      backlog.wake()
    }
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    await backlog.pause()
    this.#backlog = undefined
    this.#tell(IDLE)
  }

  /** What has come meanwhile counts to the whole, so that the share that is done does not jump back at every document. */
  #tell(progress: BacklogProgress): void {
    const more = left(progress) - left(this.progress)
    if (progress.state === 'idle') this.total = 0
    else if (more > 0) this.total += more
    this.progress = progress
  }

  /** Every document has its vectors in this space: those of others have served, and small packs are merged. */
  async #tidy(space: VectorSpace, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.progress.state !== 'idle') return
    try {
      await deleteOtherSpaces(this.#db, [space])
      const { damaged } = await compactVectors(this.#db, space, { signal })
      if (damaged.length) this.wake()
    } catch {
      // No room for a merged pack, or the database was closed: the next time will do.
    }
  }
}
