import { PreTrainedTokenizer } from '@huggingface/transformers'
import { ModelFileDamaged } from '../../../errors'
import type { ChatMessage, Prompt } from '../language-model'

/** Text to tokens and back, for one model. */
export interface LlmTokenizer {
  /** A prompt as tokens, begun as the model wants every text to begin. Special tokens written out in it are tokens. */
  encodePrompt(prompt: Prompt): number[]
  /** What follows a prompt, as tokens. */
  encodeContinuation(text: string): number[]
  /** Text of tokens, without the special ones. Bytes that are no whole character become replacement characters. */
  decode(tokens: readonly number[]): string
  /** @throws ModelFileDamaged when the model's template cannot be read */
  applyTemplate(messages: readonly ChatMessage[]): string
  /** The token that ends a text, according to the tokenizer. */
  end: number | undefined
  /** Texts that become special tokens wherever they stand: in a document they must not. */
  controlTokens: readonly string[]
}

/**
 * The tokenizer of a model, from its files and not by its name, so that it cannot ask a network.
 * @param files contents of tokenizer.json, tokenizer_config.json and, where there is one, chat_template.jinja
 * @throws ModelFileDamaged
 */
export function createLlmTokenizer(files: ReadonlyMap<string, Uint8Array>): LlmTokenizer {
  const tokenizer = construct(files)
  const template = files.get('chat_template.jinja')
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false })
  // What a tokenizer adds of its own accord differs by its class; an empty text shows it.
  const begin = tokenizer.encode('').at(0)
  const start = begin !== undefined && begin === tokenizer.bos_token_id ? [begin] : []

  const options = {
    tokenize: false as const,
    add_generation_prompt: true,
    // For models that would think aloud first (Qwen3): a person waits for the answer. Other templates do not look at it.
    enable_thinking: false,
    ...(template && { chat_template: new TextDecoder().decode(template) }),
  }
  const applyTemplate = (messages: readonly ChatMessage[]): string => {
    try {
      const given = messages.map(({ role, content }) => ({ role, content }))
      return tokenizer.apply_chat_template(given, options)
    } catch (error) {
      throw new ModelFileDamaged({ file: template ? 'chat_template.jinja' : 'tokenizer_config.json' }, { cause: error })
    }
  }

  return {
    encodePrompt: (prompt) => {
      const tokens = encode(typeof prompt === 'string' ? prompt : applyTemplate(prompt))
      // Templates write the first token out themselves.
      return tokens[0] === start[0] ? tokens : [...start, ...tokens]
    },
    encodeContinuation: encode,
    decode: (tokens) =>
      tokens.length === 0
        ? ''
        : tokenizer.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
    applyTemplate,
    end: (tokenizer.eos_token_id as number | null) ?? undefined,
    controlTokens: controlTokensOf(files),
  }
}

/** Tokenizers also list words of their vocabulary there, which are not special. */
function controlTokensOf(files: ReadonlyMap<string, Uint8Array>): string[] {
  const { added_tokens: added } = parseModelFile('tokenizer.json', files.get('tokenizer.json'))
  const tokens = Array.isArray(added) ? (added as { content?: unknown; special?: unknown }[]) : []
  return tokens.flatMap(({ content, special }) => (special === true && typeof content === 'string' ? [content] : []))
}

function construct(files: ReadonlyMap<string, Uint8Array>): PreTrainedTokenizer {
  const [model, config] = ['tokenizer.json', 'tokenizer_config.json'].map((path) =>
    parseModelFile(path, files.get(path)),
  )
  try {
    return new PreTrainedTokenizer(model, config)
  } catch (error) {
    throw new ModelFileDamaged({ file: 'tokenizer.json' }, { cause: error })
  }
}

/**
 * A JSON file of a model.
 * @throws ModelFileDamaged
 */
export function parseModelFile(path: string, bytes: Uint8Array | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new ModelFileDamaged({ file: path })
}
