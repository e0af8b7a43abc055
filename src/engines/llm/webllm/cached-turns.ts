/** A message as web-llm takes it. */
export interface MlcMessage {
  role: 'user' | 'assistant'
  content: string
}

/**
 * What web-llm's cache of keys and values holds, as the texts that were read and answered in turn. It goes on from there
 * only where it is asked with exactly these messages and one more; with anything else it begins anew.
 */
export class CachedTurns {
  /** Prompt, answer, what followed, its answer, … */
  #texts: readonly string[] = []

  /** The prompt as messages: the turns that are cached, where it begins with them, and the rest as the last one. */
  messages(prompt: string): MlcMessage[] {
    const cached = this.#texts.join('')
    const goesOn = cached !== '' && prompt.length > cached.length && prompt.startsWith(cached)
    const texts = goesOn ? [...this.#texts, prompt.slice(cached.length)] : [prompt]
    return texts.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content }))
  }

  /** After an answer that the model itself has ended. Of any other, the last token is not in the cache. */
  keep(messages: readonly MlcMessage[], answer: string): void {
    this.#texts = [...messages.map(({ content }) => content), answer]
  }

  forget(): void {
    this.#texts = []
  }
}
