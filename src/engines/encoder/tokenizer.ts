import { PreTrainedTokenizer } from '@huggingface/transformers'
import { ModelFileDamaged } from '../../errors'
import type { Encoding } from './encoding'
import { pairEncoder } from './pairs'

export interface Tokenizer {
  /** A text, cut at its end to what the model can take. */
  encode(text: string): Encoding
  /** A question with each of some passages. What is too long is cut from the passage. */
  encodePairs(question: string, passages: readonly string[]): Encoding[]
  /** The token that fills a batch up; models with positions counted from it would take any other for text. */
  padding: number
}

/**
 * The tokenizer of a model, from the bytes of its tokenizer.json and tokenizer_config.json. It is constructed and not
 * loaded by name, so that it cannot ask a network.
 * @throws ModelFileDamaged
 */
export function createTokenizer(files: Map<string, Uint8Array>, maxTokens: number): Tokenizer {
  const [model, config] = ['tokenizer.json', 'tokenizer_config.json'].map((path) => parse(path, files.get(path)))
  const tokenizer = construct(model!, config!)
  const special = new Set(tokenizer.all_special_ids)
  const cut = (ids: number[]): number[] => {
    if (ids.length <= maxTokens) return ids
    // The token that ends a text stays at its end.
    const last = ids.at(-1)!
    return special.has(last) ? [...ids.slice(0, maxTokens - 1), last] : ids.slice(0, maxTokens)
  }
  let encodePairs: Tokenizer['encodePairs'] | undefined
  return {
    encode: (text) => {
      const ids = cut(tokenizer.encode(text))
      return { ids, types: ids.map(() => 0) }
    },
    encodePairs: (question, passages) => {
      encodePairs ??= pairEncoder(
        {
          plain: (text) => tokenizer.encode(text, { add_special_tokens: false }),
          joined: (first, second) => encodeJoined(tokenizer, first, second),
        },
        maxTokens,
      )
      return encodePairs(question, passages)
    },
    padding: tokenizer.pad_token_id ?? 0,
  }
}

/** A pair with the special tokens around it, uncut. Tokenizers whose models know no types of tokens give none. */
function encodeJoined(tokenizer: PreTrainedTokenizer, first: string, second: string): Encoding {
  const options = { text_pair: second, return_token_type_ids: true, return_tensor: false } as const
  const { input_ids: ids, token_type_ids: types } = tokenizer(first, options)
  return { ids, types: types ?? ids.map(() => 0) }
}

function parse(path: string, bytes: Uint8Array | undefined): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Told below.
  }
  throw new ModelFileDamaged({ file: path })
}

function construct(model: object, config: object): PreTrainedTokenizer {
  try {
    return new PreTrainedTokenizer(model, config)
  } catch (error) {
    throw new ModelFileDamaged({ file: 'tokenizer.json' }, { cause: error })
  }
}
