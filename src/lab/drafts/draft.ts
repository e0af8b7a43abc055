import { quotedPassage } from '../../answering/quoted-text'
import { fill } from '../../answering/templates/templates'
import { complete } from '../../answering/written/complete'
import { spansOf } from '../../documents/spans'
import type { Passage } from '../../domain'
import type { LanguageModel } from '../../engines/llm/language-model'
import { normalise } from '../../language/normalise'
import { unclearReferences } from '../hygiene/references'
import type { ChoiceQuestion, EvidenceAddress } from '../question-set'
import { textLikeness } from '../questions/duplicates'
import { shuffled } from '../questions/split'
import { parseChoice, parseDrafts, type WrittenQuestion } from './parse'
import { specificityOf, type TermRarity } from './specificity'
import { draftTemplates } from './templates'

/** Drafts of a passage, and how many of them are kept: the paper's figures. */
const DRAFTS = 4
const KEPT = 2
/** A small model is asked again for what it did not bring to an end. */
const ATTEMPTS = 3
const TOKENS = 400
/** Two drafts this alike ask the same. */
const SAME = 0.75

export interface DraftOptions {
  /** Rarity of terms over the documents (rarityOver, or the index's). */
  rarity: TermRarity
  /** `model`: it is asked which are the most specific, as in the paper; where it does not tell, or by `rarity`, the rarest terms decide. */
  choose: 'model' | 'rarity'
  seed: number
}

/** Why a draft was not kept. */
export type DropReason = 'notInPassage' | 'unclear' | 'repeated' | 'lessSpecific'

export interface PassageDrafts {
  /** At most two, in state draft: a person confirms or rejects them. */
  kept: ChoiceQuestion[]
  dropped: { question: string; reason: DropReason }[]
}

/**
 * Has a model draft multiple-choice questions from a passage, by the recipe of the paper (arXiv 2312.05934, section 5): four
 * drafts, the two most specific kept, a person judges. Dropped at once: drafts whose right answer does not stand in the
 * passage, that point at something they do not tell, or that ask what another one asks.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, Interrupted, AbortError
 */
export async function draftQuestions(
  model: LanguageModel,
  passage: Passage,
  options: DraftOptions,
  signal: AbortSignal,
): Promise<PassageDrafts> {
  const dropped: PassageDrafts['dropped'] = []
  const drafts: ChoiceQuestion[] = []
  for (let attempt = 0; attempt < ATTEMPTS && drafts.length < DRAFTS; attempt++) {
    const written = await writeDrafts(model, passage, DRAFTS - drafts.length, options.seed + attempt, signal)
    for (const one of written.slice(0, DRAFTS - drafts.length)) {
      const draft = questionFrom(one, passage, options, drafts.length)
      const reason = typeof draft === 'string' ? draft : repeats(draft, drafts) ? 'repeated' : undefined
      if (reason || typeof draft === 'string')
        dropped.push({ question: one.question, reason: reason ?? 'notInPassage' })
      else drafts.push(draft)
    }
  }
  const kept = await mostSpecific(model, passage, drafts, options, signal)
  const others = drafts.filter((draft) => !kept.includes(draft))
  dropped.push(...others.map(({ question }) => ({ question, reason: 'lessSpecific' as const })))
  return { kept, dropped }
}

/** Drafts of passage after passage, as they come. */
export async function* draftFromPassages(
  model: LanguageModel,
  passages: readonly Passage[],
  options: DraftOptions,
  signal: AbortSignal,
): AsyncGenerator<PassageDrafts & { passage: Passage; done: number; of: number }, void, undefined> {
  for (const [at, passage] of passages.entries()) {
    const drafts = await draftQuestions(model, passage, options, signal)
    yield { ...drafts, passage, done: at + 1, of: passages.length }
  }
}

async function writeDrafts(
  model: LanguageModel,
  { text, language }: Passage,
  count: number,
  seed: number,
  signal: AbortSignal,
): Promise<WrittenQuestion[]> {
  const { draft, draftUser } = draftTemplates[language]
  const messages = [
    { role: 'system', content: draft },
    { role: 'user', content: fill(draftUser, { passage: quotedPassage(text), count }) },
  ] as const
  // A little chance, so that another attempt is another one.
  const sampling = { temperature: 0.7, topP: 0.9, seed }
  return parseDrafts((await complete(model, messages, { maxTokens: TOKENS, ...sampling }, signal)).text)
}

function questionFrom(
  { question, options: [right = '', ...wrong] }: WrittenQuestion,
  passage: Passage,
  { rarity, seed }: DraftOptions,
  number: number,
): ChoiceQuestion | DropReason {
  const { language } = passage
  const evidence = addressOf(right, passage)
  if (!evidence) return 'notInPassage'
  if (unclearReferences(question, language).length > 0) return 'unclear'
  const options = shuffled([right, ...wrong], seed + number)
  return {
    kind: 'choice',
    id: `${passage.id}#${seed}-${number + 1}`,
    question,
    language,
    evidence: [evidence],
    state: 'draft',
    specificity: specificityOf({ question, language }, rarity),
    options,
    answer: options.indexOf(right),
  }
}

/** The sentence of the passage that holds the answer, as a place in the document. */
function addressOf(answer: string, passage: Passage): EvidenceAddress | undefined {
  const sought = normalise(answer).text.trim()
  const folded = normalise(passage.text)
  const at = sought ? folded.text.indexOf(sought) : -1
  if (at < 0) return undefined
  const [start, end] = [folded.sourceStart(at), folded.sourceEnd(at + sought.length)]
  const sentence = passage.sentences.find(([from, to]) => from <= start && end <= to) ?? [start, end]
  const [span] = spansOf(passage, ...sentence)
  return span && { document: passage.document, ...span }
}

const repeats = (draft: ChoiceQuestion, others: readonly ChoiceQuestion[]): boolean =>
  others.some(
    (other) =>
      textLikeness(draft.question, other.question) >= SAME ||
      (draft.options[draft.answer] === other.options[other.answer] &&
        textLikeness(draft.question, other.question) >= SAME / 2),
  )

async function mostSpecific(
  model: LanguageModel,
  { language }: Passage,
  drafts: readonly ChoiceQuestion[],
  { choose }: DraftOptions,
  signal: AbortSignal,
): Promise<ChoiceQuestion[]> {
  if (drafts.length <= KEPT) return [...drafts]
  const byRarity = drafts.toSorted((one, other) => (other.specificity ?? 0) - (one.specificity ?? 0))
  if (choose === 'rarity') return byRarity.slice(0, KEPT)
  const questions = drafts.map(({ question }, at) => `${at + 1}. ${question}`).join('\n')
  const messages = [
    { role: 'system', content: draftTemplates[language].choose },
    { role: 'user', content: fill(draftTemplates[language].chooseUser, { questions, count: KEPT }) },
  ] as const
  const { text } = await complete(model, messages, { maxTokens: 16 }, signal)
  const named = parseChoice(text, drafts.length).map((number) => drafts[number - 1]!)
  return [...new Set([...named, ...byRarity])].slice(0, KEPT)
}
