import { PreTrainedTokenizer } from '@huggingface/transformers'
import { ModelFileDamaged } from '../../errors'

export interface Tokenizer {
  /** A text as the numbers of its tokens, special ones included, cut to what the model can take. */
  encode(text: string): number[]
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
  const encode = (text: string): number[] => {
    const ids: number[] = tokenizer.encode(text)
    if (ids.length <= maxTokens) return ids
    // The token that ends a text stays at its end.
    const last = ids.at(-1)!
    return special.has(last) ? [...ids.slice(0, maxTokens - 1), last] : ids.slice(0, maxTokens)
  }
  return { encode, padding: tokenizer.pad_token_id ?? 0 }
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
