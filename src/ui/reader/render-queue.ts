interface Job {
  distance: () => number
  start: () => void
}

/**
 * Runs few pieces of work at a time, each time the one whose page is nearest to the view just then: whoever scrolls fast
 * through a book waits for the page where the scrolling ends, not for all those that flew past.
 */
export class RenderQueue {
  #waiting: Job[] = []
  #running = 0

  constructor(readonly parallel: number) {}

  /**
   * @param distance how far the work is from the view, asked whenever a place becomes free
   * @throws the signal's reason when it is aborted before the work has begun; then whatever `work` throws
   */
  run<T>(distance: () => number, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job: Job = {
        distance,
        start: () => {
          this.#running++
          work()
            .then(resolve, reject)
            .finally(() => {
              this.#running--
              this.#startNext()
            })
        },
      }
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== job)
        reject(signal.reason as Error)
      })
      this.#waiting.push(job)
      // Pages that come into view together are all known before the nearest is chosen.
      queueMicrotask(() => this.#startNext())
    })
  }

  #startNext(): void {
    while (this.#running < this.parallel && this.#waiting.length > 0) {
      const nearest = this.#waiting.reduce((best, job) => (job.distance() < best.distance() ? job : best))
      this.#waiting = this.#waiting.filter((job) => job !== nearest)
      nearest.start()
    }
  }
}
