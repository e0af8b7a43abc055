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

/**
 * The factors with which a branch adds the sum of what all adapters change there. Ranks stand side by side: the sum of the
 * products (x · A₁) · B₁ + (x · A₂) · B₂ is one product of [A₁ A₂] and B₁ above B₂. A part of a packed layer has its columns of
 * B, and zeros in those of the others.
 * @param adapters each of which `checkAgainst` accepts for this graph
 * @returns undefined where none changes anything
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
  const rank = shares.reduce((sum, { factors }) => sum + factors.rank, 0)
  if (rank === 0) return undefined
  const [a, b] = [new Float32Array(inputs * rank), new Float32Array(rank * outputs)]
  let at = 0
  for (const share of shares) {
    addColumns(a, share.factors, rank, at)
    addRows(b, share, outputs, at)
    at += share.factors.rank
  }
  return { rank, a, b }
}

/** Turns rank × inputs into columns of inputs × ranks. */
function addColumns(a: Float32Array, { rank, inputs, a: factor }: LoraFactors, ranks: number, at: number): void {
  for (let input = 0; input < inputs; input++) {
    const row = input * ranks + at
    for (let own = 0; own < rank; own++) a[row + own] = factor[own * inputs + input]!
  }
}

/** Turns outputs × rank into rows of ranks × all outputs of the branch. */
function addRows(b: Float32Array, { factors, start, scale }: Share, outputs: number, at: number): void {
  const { rank, b: factor } = factors
  for (let own = 0; own < rank; own++) {
    const row = (at + own) * outputs + start
    for (let output = 0; output < factors.outputs; output++) b[row + output] = scale * factor[output * rank + own]!
  }
}
