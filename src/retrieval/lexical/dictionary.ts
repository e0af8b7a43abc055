/** Terms with the segments that hold them; a segment is known by the slot it lies in. */
export class Dictionary {
  /** For each term slot, index of the term in the segment of that slot, next slot, index and so on. */
  #holders = new Map<string, number[]>()
  /** Terms by their first character, made when first asked for. */
  #byInitial: Map<string, string[]> | undefined

  /** Adds the terms of the segment in `slot`; `terms[i]` has index i. */
  add(slot: number, terms: readonly string[]): void {
    this.#byInitial = undefined
    terms.forEach((term, index) => {
      const holders = this.#holders.get(term)
      if (holders) holders.push(slot, index)
      else this.#holders.set(term, [slot, index])
    })
  }

  /** Forgets the segment in `slot`, going through the whole dictionary once. */
  remove(slot: number): void {
    this.#byInitial = undefined
    for (const [term, holders] of this.#holders) {
      const at = slotAt(holders, slot)
      if (at < 0) continue
      if (holders.length === 2) this.#holders.delete(term)
      else holders.splice(at, 2)
    }
  }

  /** Slot, index, slot, index: where a term is. */
  holders(term: string): readonly number[] {
    return this.#holders.get(term) ?? []
  }

  /** All terms that begin with the same character as `term`. */
  sharingInitial(term: string): readonly string[] {
    this.#byInitial ??= groupByInitial(this.#holders.keys())
    return this.#byInitial.get(term.charAt(0)) ?? []
  }
}

function slotAt(holders: readonly number[], slot: number): number {
  for (let at = 0; at < holders.length; at += 2) if (holders[at] === slot) return at
  return -1
}

function groupByInitial(terms: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const term of terms) {
    const group = groups.get(term.charAt(0))
    if (group) group.push(term)
    else groups.set(term.charAt(0), [term])
  }
  return groups
}
