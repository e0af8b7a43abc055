/**
 * What a grammar lets follow, character by character: a pushdown automaton whose states are stacks of what is still to come.
 * It need not be deterministic: a state is the set of all stacks that the text so far leaves open.
 */

/** Characters outside of ASCII are all alike to the grammars of JSON: they stand in strings only. */
export type GrammarSymbol =
  | { kind: 'text'; text: string }
  | { kind: 'character'; allows: (character: string) => boolean }
  /** One of several sequences. */
  | { kind: 'choice'; of: readonly Sequence[] }
  /** `least` to `most` times. */
  | { kind: 'repeat'; what: GrammarSymbol; least: number; most: number }

export type Sequence = readonly GrammarSymbol[]

/** What is still to come, the next first. Never changed; two stacks share what is below. */
interface Stack {
  symbol: GrammarSymbol
  /** Characters of `symbol`, a text, that have come. */
  at: number
  below: Stack | undefined
  /** Characters that it takes at least to come to the end. */
  left: number
}

/** The text so far could be followed in these ways; `undefined` among them: by nothing. */
export interface GrammarState {
  readonly stacks: readonly (Stack | undefined)[]
  /** Characters that it takes at least to come to the end. */
  readonly left: number
}

export const text = (value: string): GrammarSymbol => ({ kind: 'text', text: value })
export const choice = (...of: Sequence[]): GrammarSymbol => ({ kind: 'choice', of })
export const repeat = (what: GrammarSymbol, least = 0, most = Infinity): GrammarSymbol => ({
  kind: 'repeat',
  what,
  least,
  most,
})
export const character = (allows: (character: string) => boolean): GrammarSymbol => ({ kind: 'character', allows })

const lengths = new WeakMap<GrammarSymbol, number>()

/** Characters of the shortest text that a symbol stands for. */
function shortest(symbol: GrammarSymbol): number {
  const known = lengths.get(symbol)
  if (known !== undefined) return known
  const length = computed(symbol)
  lengths.set(symbol, length)
  return length
}

function computed(symbol: GrammarSymbol): number {
  switch (symbol.kind) {
    case 'text':
      return symbol.text.length
    case 'character':
      return 1
    case 'choice':
      return Math.min(...symbol.of.map((sequence) => sequence.reduce((sum, each) => sum + shortest(each), 0)))
    case 'repeat':
      return symbol.least === 0 ? 0 : symbol.least * shortest(symbol.what)
  }
}

const push = (symbol: GrammarSymbol, below: Stack | undefined): Stack => ({
  symbol,
  at: 0,
  below,
  left: shortest(symbol) + (below?.left ?? 0),
})

const pushAll = (sequence: Sequence, below: Stack | undefined): Stack | undefined =>
  sequence.reduceRight<Stack | undefined>((stack, symbol) => push(symbol, stack), below)

/** Before the first character. */
export const begin = (symbol: GrammarSymbol): GrammarState => stateOf([push(symbol, undefined)])

const stateOf = (stacks: readonly (Stack | undefined)[]): GrammarState => ({
  stacks,
  left: Math.min(...stacks.map((stack) => stack?.left ?? 0)),
})

/** Whether the text may end here. */
export const mayEnd = ({ stacks }: GrammarState): boolean => stacks.some((stack) => reachesEnd(stack))

function reachesEnd(stack: Stack | undefined): boolean {
  if (!stack) return true
  return stack.left === 0 && opened(stack).some((each) => reachesEnd(each))
}

const steps = new WeakMap<GrammarState, Map<string, GrammarState | undefined>>()

/** The state after one character more; undefined where it may not follow. The same state and character give the same state. */
export function advance(state: GrammarState, next: string): GrammarState | undefined {
  const known = steps.get(state) ?? new Map<string, GrammarState | undefined>()
  steps.set(state, known)
  const alike = next > '\u007f' ? '\u0080' : next
  if (!known.has(alike)) known.set(alike, step(state, alike))
  return known.get(alike)
}

function step(state: GrammarState, next: string): GrammarState | undefined {
  const after = state.stacks.flatMap((stack) => follow(stack, next))
  if (after.length === 0) return undefined
  // In the middle of a string the state comes back to itself, and whatever is known of it need not be found out again.
  const isSame = after.length === state.stacks.length && after.every((stack, at) => isEqual(stack, state.stacks[at]))
  return isSame ? state : stateOf(after)
}

const isEqual = (one: Stack | undefined, other: Stack | undefined): boolean =>
  one === other ||
  (one !== undefined &&
    other !== undefined &&
    one.symbol === other.symbol &&
    one.at === other.at &&
    one.below === other.below)

function follow(stack: Stack | undefined, next: string): (Stack | undefined)[] {
  if (!stack) return []
  const { symbol, at, below } = stack
  if (symbol.kind === 'character') return symbol.allows(next) ? [below] : []
  if (symbol.kind !== 'text') return opened(stack).flatMap((each) => follow(each, next))
  if (symbol.text[at] !== next) return []
  const isDone = at + 1 === symbol.text.length
  return [isDone ? below : { symbol, at: at + 1, below, left: stack.left - 1 }]
}

/** What a stack may begin with where its top stands for other symbols. */
function opened({ symbol, below }: Stack): (Stack | undefined)[] {
  if (symbol.kind === 'choice') return symbol.of.map((sequence) => pushAll(sequence, below))
  if (symbol.kind !== 'repeat') return []
  const { what, least, most } = symbol
  if (most === 0) return [below]
  // Without a bound it is the same symbol again: states that are alike are then found to be.
  const again = most === Infinity && least === 0 ? symbol : repeat(what, Math.max(0, least - 1), most - 1)
  const once = push(what, push(again, below))
  return least > 0 ? [once] : [below, once]
}
