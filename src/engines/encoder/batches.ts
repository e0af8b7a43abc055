/** Texts that are run together, by their place in the list; `length` is what all of them are padded to, in tokens. */
export interface Batch {
  rows: number[]
  length: number
}

/**
 * Divides texts into batches of one length each, shortest first, so that little padding is computed. Lengths are rounded up
 * to a multiple: a graphics processor prepares anew for every shape that it has not seen.
 * @param lengths tokens of each text
 * @param multiple what lengths are rounded up to
 * @param longest no padded length is above it
 * @param texts how many texts of a length go together, asked anew for every batch
 */
export function* formBatches(
  lengths: readonly number[],
  multiple: number,
  longest: number,
  texts: (length: number) => number,
): Generator<Batch> {
  const padded = (row: number) => Math.min(longest, Math.ceil(Math.max(1, lengths[row]!) / multiple) * multiple)
  const order = lengths.map((_, row) => row).sort((a, b) => lengths[a]! - lengths[b]!)
  for (let at = 0; at < order.length;) {
    const length = padded(order[at]!)
    const most = Math.max(1, texts(length))
    let end = at + 1
    while (end < order.length && end - at < most && padded(order[end]!) === length) end++
    yield { rows: order.slice(at, end), length }
    at = end
  }
}
