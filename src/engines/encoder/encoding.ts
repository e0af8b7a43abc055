/** A text, or a pair of texts, as a model reads it. */
export interface Encoding {
  /** The numbers of its tokens, special ones included. */
  ids: number[]
  /** Which text of a pair a token belongs to, as the tokenizer counts them; 0 throughout for a single text. */
  types: number[]
}
