/** A place in the tree of all tokens: what may follow, and the tokens that end here. */
export interface VocabularyNode {
  readonly next: Map<string, VocabularyNode>
  readonly tokens: number[]
}

/**
 * All tokens of a vocabulary by their characters, so that what a grammar refuses is refused once for all tokens that begin so.
 * @param texts of each token; an empty one is never chosen
 */
export function vocabularyOf(texts: readonly string[]): VocabularyNode {
  const root: VocabularyNode = { next: new Map(), tokens: [] }
  texts.forEach((token, id) => {
    if (token === '') return
    let node = root
    for (const character of token) {
      const next = node.next.get(character) ?? { next: new Map<string, VocabularyNode>(), tokens: [] }
      node.next.set(character, next)
      node = next
    }
    node.tokens.push(id)
  })
  return root
}
