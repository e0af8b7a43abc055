import type { DocumentHash } from '../../domain'
import type { RowRange } from './row-store'

export interface DocumentRange {
  document: DocumentHash
  start: number
  count: number
}

/** Which rows belong to which document. The rows of a document lie together; those of none are holes, filled again first. */
export class DocumentRows {
  readonly #documents = new Map<DocumentHash, DocumentRange>()
  /** Holes in the order of rows, never two that touch, none at the end. */
  #holes: RowRange[] = []
  /** Rows up to the last one in use. */
  #end = 0
  /** In the order of rows; made when it is asked for. */
  #ordered: DocumentRange[] | undefined
  #size = 0

  /** Rows in use. */
  get size(): number {
    return this.#size
  }

  /** Rows that are not, among those that are. */
  get unused(): number {
    return this.#end - this.#size
  }

  get(document: DocumentHash): RowRange | undefined {
    const found = this.#documents.get(document)
    return found && [found.start, found.start + found.count]
  }

  has = (document: DocumentHash): boolean => this.#documents.has(document)

  /** The first row of the place that `assign` takes next for this many rows. */
  place(count: number): number {
    const hole = this.#holes.find(([start, end]) => end - start >= count)
    return hole?.[0] ?? this.#end
  }

  /** Gives a document that has none its rows. */
  assign(document: DocumentHash, count: number): void {
    const start = this.place(count)
    if (start === this.#end) this.#end += count
    else {
      this.#holes = this.#holes.flatMap(([from, to]): RowRange[] => {
        if (from !== start) return [[from, to]]
        return to - from > count ? [[from + count, to]] : []
      })
    }
    this.#documents.set(document, { document, start, count })
    this.#size += count
    this.#ordered = undefined
  }

  release(document: DocumentHash): void {
    const range = this.#documents.get(document)
    if (!range) return
    this.#documents.delete(document)
    this.#size -= range.count
    this.#ordered = undefined
    if (range.count > 0) this.#holes.push([range.start, range.start + range.count])
    this.#holes = merge(this.#holes)
    const last = this.#holes.at(-1)
    if (last?.[1] !== this.#end) return
    this.#end = last[0]
    this.#holes.pop()
  }

  /**
   * Puts the documents one after another from row 0.
   * @param move called for each range of rows that goes to the front, in an order in which nothing is overwritten
   */
  compact(move: (range: RowRange, to: number) => void): void {
    let to = 0
    for (const range of this.#inOrder()) {
      if (range.start !== to) move([range.start, range.start + range.count], to)
      range.start = to
      to += range.count
    }
    this.#holes = []
    this.#end = to
  }

  /** The rows of these documents, or of all, in order; rows that touch are one range. */
  ranges(documents?: readonly DocumentHash[]): RowRange[] {
    const chosen = documents
      ? [...new Set(documents)].flatMap((document) => this.#documents.get(document) ?? [])
      : this.#inOrder()
    return merge(chosen.filter(({ count }) => count > 0).map(({ start, count }): RowRange => [start, start + count]))
  }

  /** The document of a row in use, and the row's number within it. */
  locate(row: number): { document: DocumentHash; ordinal: number } {
    const ordered = this.#inOrder()
    let low = 0
    let high = ordered.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (ordered[middle]!.start <= row) low = middle
      else high = middle - 1
    }
    const { document, start } = ordered[low]!
    return { document, ordinal: row - start }
  }

  /** Without the documents that have no rows. */
  #inOrder(): DocumentRange[] {
    this.#ordered ??= [...this.#documents.values()].filter(({ count }) => count > 0).sort((a, b) => a.start - b.start)
    return this.#ordered
  }
}

function merge(ranges: RowRange[]): RowRange[] {
  const merged: RowRange[] = []
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last?.[1] === start) merged[merged.length - 1] = [last[0], end]
    else merged.push([start, end])
  }
  return merged
}
