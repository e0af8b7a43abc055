import type { GenerateOptions, TokenMask } from '../../language-model'
import type { ReadPrompt, ReadyLlm } from '../ready-llm'
import type { LlmTokenizer } from '../tokenizer'
import { grammarOf } from './json-schema'
import { grammarMask } from './mask'
import { vocabularyOf, type VocabularyNode } from './vocabulary'

const read = new WeakMap<LlmTokenizer, { texts: readonly string[]; tree: VocabularyNode }>()

/**
 * What a request's JSON schema lets follow; undefined where it has none. The texts of all tokens are read at the first such
 * request, which takes a second or so for a vocabulary of 150,000.
 * @throws UnexpectedError for a schema that says what is not heeded (json-schema.ts)
 */
export function schemaMask(
  llm: Pick<ReadyLlm, 'tokenizer' | 'ends' | 'contextTokens'>,
  { tokens, logits }: ReadPrompt,
  { schema, maxTokens }: GenerateOptions,
): TokenMask | undefined {
  if (!schema) return undefined
  const grammar = grammarOf(schema)
  const { tokenizer, ends, contextTokens } = llm
  const vocabulary = read.get(tokenizer) ?? readVocabulary(tokenizer, logits.length)
  read.set(tokenizer, vocabulary)
  return grammarMask(grammar, { ...vocabulary, ends }, Math.min(maxTokens, contextTokens - tokens.length))
}

/** A token's text is what it adds to another: alone, some tokenizers take the space at its beginning away. */
function readVocabulary(tokenizer: LlmTokenizer, size: number) {
  const [anchor] = tokenizer.encodeContinuation('a')
  const before = anchor === undefined ? '' : tokenizer.decode([anchor])
  const textOf = (token: number) =>
    tokenizer.decode(anchor === undefined ? [token] : [anchor, token]).slice(before.length)
  const texts = Array.from({ length: size }, (_, token) => textOf(token))
  return { texts, tree: vocabularyOf(texts) }
}
