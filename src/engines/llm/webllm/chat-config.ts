import { ModelFileDamaged, ModelUnusable } from '../../../errors'
import { parseModelFile } from '../onnx/tokenizer'
import { CHAT_CONFIG } from './required-files'

/** How MLC writes a conversation out. Only the fields that this program reads. */
export interface ConversationTemplate {
  system_template: string
  system_message: string
  roles: Record<string, string>
  role_templates?: Record<string, string>
  role_content_sep?: string
  role_empty_sep?: string
  seps: string[]
  stop_str: string[]
  stop_token_ids: number[]
  system_prefix_token_ids?: number[] | null
  add_role_after_system_message?: boolean
  render_empty_system_message?: boolean
}

export interface ChatConfig {
  tokenizer_files: string[]
  vocab_size: number
  /** Tokens of prompt and answer; -1 where a window slides instead. */
  context_window_size: number
  sliding_window_size: number
  conv_template: ConversationTemplate
}

/** @throws ModelFileDamaged, ModelUnusable where the tokenizer is of a kind that only web-llm reads */
export function readChatConfig(bytes: Uint8Array): ChatConfig {
  const config = parseModelFile(CHAT_CONFIG, bytes)
  if (!isChatConfig(config)) throw new ModelFileDamaged({ file: CHAT_CONFIG })
  if (!config.tokenizer_files.includes('tokenizer.json'))
    throw new ModelUnusable({ detail: 'it has no tokenizer.json' })
  return config
}

function isChatConfig(value: unknown): value is ChatConfig {
  const { tokenizer_files, vocab_size, context_window_size, conv_template } = value as Partial<ChatConfig>
  const isTemplate =
    typeof conv_template?.system_template === 'string' &&
    typeof conv_template.roles === 'object' &&
    isList(conv_template.seps, 'string') &&
    conv_template.seps.length > 0 &&
    isList(conv_template.stop_str, 'string') &&
    isList(conv_template.stop_token_ids, 'number')
  return (
    isTemplate &&
    isList(tokenizer_files, 'string') &&
    Number.isSafeInteger(vocab_size) &&
    Number.isSafeInteger(context_window_size)
  )
}

const isList = (value: unknown, type: 'string' | 'number'): value is never[] =>
  Array.isArray(value) && value.every((each) => typeof each === type)

/**
 * What web-llm is told in place of the model's own template: one that writes messages out as they are, with nothing around
 * them. The prompt is written by us (prompt-text.ts), because web-llm's own writing
 * - goes through String.replace, in which `$&` or `$'` of a document is replaced by other text,
 * - leaves out what closes an answer when it goes on from its cache, and
 * - ends an answer at a stop text only after having told the beginning of that text.
 */
export function passThrough(template: ConversationTemplate): ConversationTemplate {
  return {
    system_template: '{system_message}',
    system_message: '',
    render_empty_system_message: false,
    add_role_after_system_message: true,
    system_prefix_token_ids: [],
    roles: { user: '', assistant: '', tool: '' },
    role_content_sep: '',
    role_empty_sep: '',
    seps: [''],
    stop_str: [],
    stop_token_ids: template.stop_token_ids,
  }
}

/** Tokens of prompt and answer together that are set aside: ours is the smaller one where a model could take more. */
export const contextOf = (config: ChatConfig, wanted: number): number =>
  config.context_window_size > 0 ? Math.min(config.context_window_size, wanted) : wanted

/** What is given to web-llm over the model's own configuration. */
export function configOverrides(config: ChatConfig, contextTokens: number): object {
  return {
    conv_template: passThrough(config.conv_template),
    conv_config: {},
    // Where a window slides, web-llm refuses to be given both.
    ...(config.context_window_size > 0 && { context_window_size: contextTokens }),
    // What a request leaves out is taken from here, and a model's own figures would be no greedy choice.
    temperature: 0,
    top_p: 1,
    repetition_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
  }
}
