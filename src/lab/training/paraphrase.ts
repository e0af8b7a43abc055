import { quotedPassage } from '../../answering/quoted-text'
import { fill } from '../../answering/templates/templates'
import { complete } from '../../answering/written/complete'
import { numbersIn } from '../../answering/written/numbers'
import type { Passage } from '../../domain'
import type { LanguageModel } from '../../engines/llm/language-model'
import { detectLanguage } from '../../language/detect'
import { normalise } from '../../language/normalise'
import { draftTemplates } from '../drafts/templates'
import { textLikeness } from '../questions/duplicates'

/** Why a wording was not taken. */
export type ParaphraseFault = 'numbers' | 'names' | 'language' | 'cut' | 'repeated'

export interface Paraphrases {
  passage: string
  texts: string[]
  dropped: ParaphraseFault[]
}

/** Two wordings this alike are one: training on both teaches nothing more. */
const SAME = 0.9

/**
 * Has a model say a passage in `count` other wordings: more wordings of a fact raise what is remembered of it (arXiv 2312.05934,
 * section 6). Only those are taken that keep every number and every name, are in the passage's language, whole, and unlike
 * the passage and each other. Attempts are twice the count at most, each with a seed of its own.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, Interrupted, AbortError
 */
export async function paraphrase(
  model: LanguageModel,
  passage: Pick<Passage, 'id' | 'text' | 'language'>,
  { count, seed }: { count: number; seed: number },
  signal: AbortSignal,
): Promise<Paraphrases> {
  const { paraphrase: system, paraphraseUser } = draftTemplates[passage.language]
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: fill(paraphraseUser, { passage: quotedPassage(passage.text) }) },
  ] as const
  const maxTokens = 2 * (await model.countTokens(passage.text)) + 32
  const made: Paraphrases = { passage: passage.id, texts: [], dropped: [] }
  for (let attempt = 0; attempt < 2 * count && made.texts.length < count; attempt++) {
    const sampling = { temperature: 0.8, topP: 0.95, seed: seed + attempt }
    const { text, cut } = await complete(model, messages, { maxTokens, ...sampling }, signal)
    const said = text.replace(/^"{3}\s*|\s*"{3}$/g, '').trim()
    const fault = cut ? 'cut' : faultOf(said, passage, made.texts)
    if (fault) made.dropped.push(fault)
    else made.texts.push(said)
  }
  return made
}

/** What is wrong with a wording, if anything. */
export function faultOf(
  said: string,
  { text, language }: Pick<Passage, 'text' | 'language'>,
  others: readonly string[] = [],
): ParaphraseFault | undefined {
  if (detectLanguage(said) !== language) return 'language'
  if (!sameValues(numbersIn(text), numbersIn(said))) return 'numbers'
  const folded = normalise(said).text
  if (namesOf(text).some((name) => !folded.includes(name))) return 'names'
  return [text, ...others].some((one) => textLikeness(one, said) >= SAME) ? 'repeated' : undefined
}

/** None lost, none invented: each stands there at least as often as it did, and none that did not. */
function sameValues(one: ReturnType<typeof numbersIn>, other: ReturnType<typeof numbersIn>): boolean {
  const left = new Map<number, number>()
  for (const { value } of one) left.set(value, (left.get(value) ?? 0) + 1)
  if (other.some(({ value }) => !left.has(value))) return false
  for (const { value } of other) left.set(value, left.get(value)! - 1)
  return [...left.values()].every((count) => count <= 0)
}

const names = /(?<![.!?。]\s*|^\s*|\n\s*|["“(]\s*)\b\p{Lu}[\p{L}\d’'-]+|[\p{Script=Katakana}ー]{3,}|[A-Z]{2,}[\d-]*/gu

/** Names as far as their writing shows: capitals within a sentence, katakana, codes. Folded. */
const namesOf = (text: string): string[] => [
  ...new Set([...text.matchAll(names)].map(([name]) => normalise(name.replace(/[’']s$/, '')).text)),
]
