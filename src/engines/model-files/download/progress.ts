/** How far the download of a model is. */
export interface DownloadProgress {
  /** What an earlier download has left is being hashed, or bytes arrive. */
  stage: 'verifying' | 'downloading'
  /** The file that moved last. */
  file: string
  /** Of all files, those kept already included. */
  bytes: number
  /** In all, where every file's size is known; an estimate where one was computed. */
  total?: number
  /** Of the last seconds; absent until there is something to tell. */
  bytesPerSecond?: number
  secondsLeft?: number
}

/** Speed is that of the last seconds: of the whole download it would remember an hour without a network. */
const WINDOW = 8000
const LEAST_WINDOW = 500
/** A picture can be drawn no more often than this, and the page has other things to do. */
const INTERVAL = 100

interface FileState {
  bytes: number
  total: number | undefined
}

/** Adds up the files of a download, and tells of it ten times a second at most. */
export class ProgressMeter {
  readonly #files = new Map<string, FileState>()
  readonly #tell: (progress: DownloadProgress) => void
  readonly #now: () => number
  /** Bytes that have come over the network, at some moments of the last seconds. */
  #samples: { at: number; arrived: number }[] = []
  #arrived = 0
  #toldAt = -Infinity

  constructor(tell: (progress: DownloadProgress) => void, now = () => performance.now()) {
    this.#tell = tell
    this.#now = now
  }

  /** @param bytes of it that are here already */
  add(file: string, bytes: number, total: number | undefined): void {
    this.#files.set(file, { bytes, total })
  }

  verified(file: string, bytes: number): void {
    this.#move(file, bytes, undefined)
    this.#report('verifying', file)
  }

  arrived(file: string, bytes: number, total: number | undefined): void {
    this.#arrived += Math.max(0, bytes - (this.#files.get(file)?.bytes ?? 0))
    this.#move(file, bytes, total)
    const at = this.#now()
    const last = this.#samples.at(-1)
    if (!last || at - last.at >= INTERVAL) {
      this.#samples.push({ at, arrived: this.#arrived })
      this.#samples = this.#samples.filter((sample) => at - sample.at <= WINDOW)
    }
    this.#report('downloading', file)
  }

  /** The file is here whole. */
  done(file: string): void {
    const state = this.#files.get(file)
    if (state) state.total = state.bytes
    this.#toldAt = -Infinity
    this.#report('downloading', file)
  }

  #move(file: string, bytes: number, total: number | undefined): void {
    this.#files.set(file, { bytes, total: total ?? this.#files.get(file)?.total })
  }

  #report(stage: DownloadProgress['stage'], file: string): void {
    const at = this.#now()
    if (at - this.#toldAt < INTERVAL) return
    this.#toldAt = at
    const states = [...this.#files.values()]
    const bytes = states.reduce((sum, state) => sum + state.bytes, 0)
    const isKnown = states.every(({ total }) => total !== undefined)
    const total = isKnown ? states.reduce((sum, state) => sum + Math.max(state.total!, state.bytes), 0) : undefined
    const speed = this.#speed(at)
    this.#tell({
      stage,
      file,
      bytes,
      ...(total !== undefined && { total }),
      ...(speed !== undefined && { bytesPerSecond: speed }),
      ...(speed && total !== undefined && { secondsLeft: (total - bytes) / speed }),
    })
  }

  #speed(at: number): number | undefined {
    const first = this.#samples[0]
    if (!first || at - first.at < LEAST_WINDOW) return undefined
    return (1000 * (this.#arrived - first.arrived)) / (at - first.at)
  }
}
