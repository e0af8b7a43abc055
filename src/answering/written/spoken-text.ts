/** What ends an answer although the model did not see it as its end: the marks of its chat template. */
const templateMarks = [
  '<|im_end|>',
  '<|im_start|>',
  '<|eot_id|>',
  '<|end|>',
  '<|endoftext|>',
  '<|start_header_id|>',
  '<end_of_turn>',
  '<start_of_turn>',
  '</s>',
  '[/INST]',
]

const thinking = { open: ['<think>', '<thinking>'], close: ['</think>', '</thinking>'] }

/**
 * Of what a model produces, piece by piece, the part that is said: without blocks in which it thinks, and ended by the first
 * of its stop texts. What may still turn out to be the beginning of such a mark is held back.
 */
export class SpokenText {
  /** A stop text has come: whatever follows is no longer part of the answer. */
  ended = false
  readonly #stops: readonly string[]
  #thinking: boolean
  #pending = ''

  /** `thinking`: the prompt itself ends with an opened block, so the first text is thought. */
  constructor(stops: readonly string[] = [], thinking = false) {
    this.#stops = [...templateMarks, ...stops.filter((stop) => stop !== '')]
    this.#thinking = thinking
  }

  /** The text that this piece lets be said. */
  take(piece: string): string {
    this.#pending += piece
    return this.#release(false)
  }

  /** What was held back, once nothing more comes. */
  end(): string {
    return this.#release(true)
  }

  #release(last: boolean): string {
    let said = ''
    while (!this.ended) {
      const marks = this.#thinking ? thinking.close : [...this.#stops, ...thinking.open, ...thinking.close]
      const found = firstOf(this.#pending, marks)
      if (!found) {
        const certain = last ? this.#pending.length : this.#pending.length - heldBack(this.#pending, marks)
        if (!this.#thinking) said += this.#pending.slice(0, certain)
        this.#pending = this.#pending.slice(certain)
        return said
      }
      if (!this.#thinking) said += this.#pending.slice(0, found.at)
      this.#pending = this.#pending.slice(found.at + found.mark.length)
      if (this.#stops.includes(found.mark) && !this.#thinking) this.ended = true
      else this.#thinking = thinking.open.includes(found.mark)
    }
    return said
  }
}

function firstOf(text: string, marks: readonly string[]): { at: number; mark: string } | undefined {
  let first: { at: number; mark: string } | undefined
  for (const mark of marks) {
    const at = text.indexOf(mark)
    if (at >= 0 && (!first || at < first.at)) first = { at, mark }
  }
  return first
}

/** Length of the longest end of the text that a mark begins with. */
function heldBack(text: string, marks: readonly string[]): number {
  let longest = 0
  for (const mark of marks)
    for (let length = Math.min(mark.length - 1, text.length); length > longest; length--)
      if (text.endsWith(mark.slice(0, length))) longest = length
  return longest
}
