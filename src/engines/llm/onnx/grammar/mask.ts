import type { TokenMask } from '../../language-model'
import { advance, begin, mayEnd, type GrammarState, type GrammarSymbol } from './grammar'
import type { VocabularyNode } from './vocabulary'

/** A token that may follow, and how many characters it then takes at least to come to the end. */
interface Following {
  token: number
  left: number
}

export interface MaskedVocabulary {
  tree: VocabularyNode
  /** Text of each token. */
  texts: readonly string[]
  /** The tokens that end an answer. */
  ends: ReadonlySet<number>
}

/**
 * Lets only those tokens follow that a grammar allows, and those only after which there is room to come to its end: every
 * character that it needs is a token of its own in the worst case. The answer ends where the grammar does.
 * @param maxTokens of the answer; where the shortest text is longer than that, it is cut off all the same
 */
export function grammarMask(
  grammar: GrammarSymbol,
  { tree, texts, ends }: MaskedVocabulary,
  maxTokens: number,
): TokenMask {
  let state: GrammarState | undefined = begin(grammar)
  let read = 0
  return (chosen) => {
    for (; read < chosen.length; read++)
      for (const character of texts[chosen[read]!] ?? '') state = state && advance(state, character)
    if (!state) return [...ends]
    const room = maxTokens - chosen.length - 1
    const all = followingOf(state, tree)
    const fitting = all.filter(({ left }) => left <= room)
    // Where even the shortest text is too long for the answer, it is at least written as far as it goes.
    const allowed = (fitting.length > 0 || mayEnd(state) ? fitting : all).map(({ token }) => token)
    return mayEnd(state) ? [...allowed, ...ends] : allowed
  }
}

/** The same state comes again with every character of a string. */
const known = new WeakMap<VocabularyNode, WeakMap<GrammarState, readonly Following[]>>()

function followingOf(state: GrammarState, tree: VocabularyNode): readonly Following[] {
  const ofTree = known.get(tree) ?? new WeakMap<GrammarState, readonly Following[]>()
  known.set(tree, ofTree)
  const before = ofTree.get(state)
  if (before) return before
  const found: Following[] = []
  collect(state, tree, found)
  ofTree.set(state, found)
  return found
}

function collect(state: GrammarState, node: VocabularyNode, found: Following[]): void {
  for (const [character, child] of node.next) {
    const after = advance(state, character)
    if (!after) continue
    for (const token of child.tokens) found.push({ token, left: after.left })
    if (child.next.size > 0) collect(after, child, found)
  }
}
