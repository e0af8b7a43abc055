import type { LanguageModel } from '../../engines/llm/language-model'
import type { AdapterUse } from '../../lora/adapter'

/** The same model, asked with these adapters whatever else it is asked with. Unloading it unloads the model itself. */
export function withAdapters(model: LanguageModel, adapters: readonly AdapterUse[]): LanguageModel {
  if (adapters.length === 0) return model
  return {
    id: model.id,
    name: model.name,
    get capabilities() {
      return model.capabilities
    },
    generate: (prompt, options, signal) => model.generate(prompt, { ...options, adapters }, signal),
    score: (prompt, continuations, signal) => model.score(prompt, continuations, signal, adapters),
    countTokens: (text) => model.countTokens(text),
    applyTemplate: (messages) => model.applyTemplate(messages),
    unload: () => model.unload(),
  }
}
