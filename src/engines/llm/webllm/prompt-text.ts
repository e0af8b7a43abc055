import type { LlmTokenizer } from '../onnx/tokenizer'
import type { ChatMessage, Prompt } from '../language-model'
import type { ConversationTemplate } from './chat-config'

/** What the template of Qwen3 writes where it is told that nothing is to be thought aloud. */
const NO_THOUGHTS = '<think>\n\n</think>\n\n'

export interface PromptWriting {
  tokenizer: Pick<LlmTokenizer, 'applyTemplate'>
  /** Contents of tokenizer_config.json. */
  tokenizerConfig: Record<string, unknown>
  template: ConversationTemplate
  /** The model thinks aloud unless it is told not to. */
  thinks: boolean
}

/** Turns prompts into the one text that a model is given, special tokens written out. */
export class PromptText {
  readonly #writing: PromptWriting
  readonly #begin: string

  constructor(writing: PromptWriting) {
    this.#writing = writing
    const { template, tokenizerConfig } = writing
    this.#begin = template.system_prefix_token_ids?.length ? nameOfToken(tokenizerConfig['bos_token']) : ''
  }

  /** @throws ModelFileDamaged when the model's template cannot be read */
  of(prompt: Prompt): string {
    const text = typeof prompt === 'string' ? prompt : this.ofMessages(prompt)
    return text.startsWith(this.#begin) ? text : this.#begin + text
  }

  /**
   * In the template of the model's authors where its tokenizer has one; else in the one that MLC wrote for it.
   * @throws ModelFileDamaged when the model's template cannot be read
   */
  ofMessages(messages: readonly ChatMessage[]): string {
    const { tokenizer, tokenizerConfig, template, thinks } = this.#writing
    const text = tokenizerConfig['chat_template']
      ? tokenizer.applyTemplate(messages)
      : writeConversation(template, messages)
    return thinks && !text.endsWith(NO_THOUGHTS) ? text + NO_THOUGHTS : text
  }
}

/** Written as the token itself, or as a description of it. */
function nameOfToken(token: unknown): string {
  if (typeof token === 'string') return token
  const { content } = (token ?? {}) as { content?: unknown }
  return typeof content === 'string' ? content : ''
}

/**
 * A conversation in a template of MLC, up to where the assistant's next answer begins: the system's message, then for each
 * message the name of its role, its text in the template of the role, and a separator.
 * Placeholders are replaced once and by the text as it is.
 */
export function writeConversation(template: ConversationTemplate, messages: readonly ChatMessage[]): string {
  const { roles, role_templates: templates = {}, seps } = template
  const [contentSeparator, emptySeparator] = [template.role_content_sep ?? ': ', template.role_empty_sep ?? ': ']
  const system = writeSystem(template, messages)
  const turns = messages.filter(({ role }) => role !== 'system')
  const written = turns.map(({ role, content }, at) => {
    const leaveOutRole = at === 0 && system !== '' && template.add_role_after_system_message === false
    const name = leaveOutRole ? '' : (roles[role] ?? role) + contentSeparator
    const text = fill(templates[role] ?? `{${role}_message}`, `{${role}_message}`, content)
    return name + text + seps[at % seps.length]!
  })
  return system + written.join('') + (roles['assistant'] ?? 'assistant') + emptySeparator
}

function writeSystem(template: ConversationTemplate, messages: readonly ChatMessage[]): string {
  const given = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
  const text = given.length > 0 ? given.join('\n\n') : template.system_message
  if (text === '' && template.render_empty_system_message === false) return ''
  return fill(template.system_template, '{system_message}', text)
}

/** Unlike String.replace with a text, in which dollar signs have meanings. */
const fill = (template: string, placeholder: string, text: string): string => {
  const at = template.indexOf(placeholder)
  return at < 0 ? template : template.slice(0, at) + text + template.slice(at + placeholder.length)
}
