import type { LoraAdapter, LoraFactors } from './adapter'
import type { Branch } from './branches'

/** An adapter with what its change is to be multiplied by. */
export interface WeightedAdapter {
  /** For the person who reads why it does not fit. */
  name: string
  adapter: LoraAdapter
  strength: number
}

/** The factors to be fed to a branch. */
export interface BranchFactors {
  rank: number
  /** inputs × rank, row by row. */
  a: Float32Array<ArrayBuffer>
  /** rank × outputs, row by row, with every scale in it. */
  b: Float32Array<ArrayBuffer>
}

/** A module of an adapter where it works: at which columns of a branch's output, with what factor. */
interface Share {
  factors: LoraFactors
  start: number
  scale: number
}

/** The factors of a module as branches take them. */
interface Turned {
  /** inputs × rank. */
  a: Float32Array<ArrayBuffer>
  /** rank × outputs, multiplied by `scale`. */
  b: Float32Array<ArrayBuffer>
  scale: number
}

/**
 * Turning is most of the work of a change, and the same each time: what was turned stays for as long as the adapter is held.
 * Another strength is a multiplication.
 */
const turned = new WeakMap<LoraFactors, Turned>()

/**
 * The factors with which a branch adds the sum of what all adapters change there. Ranks stand side by side: the sum of the
 * products (x · A₁) · B₁ + (x · A₂) · B₂ is one product of [A₁ A₂] and B₁ above B₂. A part of a packed layer has its columns of
 * B, and zeros in those of the others.
 * @param adapters each of which `checkAgainst` accepts for this graph
 * @returns undefined where none changes anything; the arrays are not the caller's to change
 */
export function compose(
  { inputs, outputs, modules }: Branch,
  adapters: readonly WeightedAdapter[],
): BranchFactors | undefined {
  const shares = adapters.flatMap(({ adapter, strength }) =>
    modules.flatMap(({ module, start }): Share[] => {
      const factors = adapter.modules.get(module)
      return factors && strength !== 0 ? [{ factors, start, scale: strength * factors.scale }] : []
    }),
  )
  const [only] = shares
  if (!only) return undefined
  if (shares.length === 1 && only.factors.outputs === outputs) return { rank: only.factors.rank, ...turn(only) }
  const rank = shares.reduce((sum, { factors }) => sum + factors.rank, 0)
  const [a, b] = [new Float32Array(inputs * rank), new Float32Array(rank * outputs)]
  let at = 0
  for (const share of shares) {
    const own = turn(share)
    addColumns(a, own.a, share.factors, rank, at)
    addRows(b, own.b, share, outputs, at)
    at += share.factors.rank
  }
  return { rank, a, b }
}

function turn({ factors, scale }: Share): Turned {
  const known = turned.get(factors)
  if (known?.scale === scale) return known
  const { rank, inputs, outputs } = factors
  const a = known?.a ?? transposed(factors.a, rank, inputs)
  const b = transposed(factors.b, outputs, rank)
  for (let at = 0; at < b.length; at++) b[at]! *= scale
  const made = { a, b, scale }
  turned.set(factors, made)
  return made
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const turnedValues = new Float32Array(values.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turnedValues[column * rows + row] = values[row * columns + column]!
  return turnedValues
}

/** Puts inputs × rank among the columns of inputs × ranks. */
function addColumns(
  a: Float32Array,
  own: Float32Array,
  { rank, inputs }: LoraFactors,
  ranks: number,
  at: number,
): void {
  for (let input = 0; input < inputs; input++) a.set(own.subarray(input * rank, (input + 1) * rank), input * ranks + at)
}

/** Puts rank × outputs among the rows of ranks × all outputs of the branch. */
function addRows(b: Float32Array, own: Float32Array, { factors, start }: Share, outputs: number, at: number): void {
  for (let row = 0; row < factors.rank; row++)
    b.set(own.subarray(row * factors.outputs, (row + 1) * factors.outputs), (at + row) * outputs + start)
}
