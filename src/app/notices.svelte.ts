/** A short message at the edge of the window, with at most one thing to do about it. */
export interface Notice {
  id: number
  text: string
  kind: 'done' | 'failure'
  action?: { label: string; run: () => void }
}

/** Long enough to read two lines and reach for "Undo"; failures stay until they are closed. */
const SHOWN_FOR = 8000

/** Messages about things that happened outside the focus: added, removed (undo), failed. */
export class Notices {
  list = $state.raw<readonly Notice[]>([])
  #count = 0

  show(text: string, options: { kind?: Notice['kind']; action?: Notice['action'] } = {}): number {
    const { kind = 'done', action } = options
    const id = ++this.#count
    this.list = [...this.list, { id, text, kind, ...(action && { action }) }].slice(-4)
    if (kind === 'done') setTimeout(() => this.close(id), SHOWN_FOR)
    return id
  }

  close(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id)
  }
}
