import type { AnswerSentence, Evidence, Language } from '../../domain'
import type { ChatMessage, LanguageModel } from '../../engines/llm/language-model'
import { PromptTooLong } from '../../errors'
import type { ShownEvidence } from '../../retrieval/widen'
import type { Cite } from '../cite'
import { quotedPassage, quotedText } from '../quoted-text'
import { fill } from '../templates/templates'
import { sentenceChecker } from '../written/check-sentence'
import { complete } from '../written/complete'
import { SentenceCutter } from '../written/sentence-cutter'
import { saysNone } from './items'
import type { ReadPortion, ReadThroughOptions } from './read-through'

/** A sentence on a part of a document, with the passages that it rests on. */
export interface Note {
  text: string
  passages: Evidence[]
}

/** The sentences that a model wrote on a portion, as far as its passages hold them. */
export function notesOf(
  portion: ReadPortion,
  language: Language,
  none: string,
): { note: Note; sentence: AnswerSentence }[] {
  const cutter = new SentenceCutter(language)
  return [...cutter.take(portion.said), ...cutter.end()].flatMap((written) => {
    if (saysNone(written.text, none)) return []
    const sentence = portion.check(written)
    if (sentence.support === undefined || sentence.support === 'unsupported') return []
    const cited = new Set(sentence.citations.map(({ passage }) => passage))
    const passages = portion.passages.filter(({ passage }) => cited.has(passage.id))
    return [{ note: { text: sentence.text, passages }, sentence }]
  })
}

/** Notes as what stands behind the numbers of a prompt: a sentence that cites a note is tied to the note's passages. */
export const shownNotes = (notes: readonly Note[]): ShownEvidence[] =>
  notes.flatMap(({ passages }): ShownEvidence[] => {
    const [evidence] = passages
    return evidence ? [{ evidence, passages: passages.map(({ passage }) => passage) }] : []
  })

/** The messages by which numbered notes become a summary. */
export function mergeMessages(
  notes: readonly Note[],
  question: string,
  { templates, controlTokens }: ReadThroughOptions,
): ChatMessage[] {
  const passages = notes.map(({ text }, at) => `[${at + 1}] ${quotedPassage(text, controlTokens)}`).join('\n')
  return [
    { role: 'system', content: templates['merge.system'] },
    {
      role: 'user',
      content: fill(templates['merge.user'], { passages, question: quotedText(question, controlTokens) }),
    },
  ]
}

export interface Merging {
  model: LanguageModel
  question: string
  language: Language
  options: ReadThroughOptions
  /** Tokens of the final summary. */
  answerTokens: number
  cite: Cite
}

/** A round of merging that leaves more than this share has no use. */
const leastGain = 0.8

/**
 * Merges notes group by group until all that is left fits into one prompt; tells the groups done and in all of each round.
 * @throws PromptTooLong where not even two notes fit together; AbortError and what the model throws
 */
export async function* condense(
  notes: readonly Note[],
  merging: Merging,
  signal: AbortSignal,
): AsyncGenerator<{ done: number; of: number }, Note[], undefined> {
  let current = [...notes]
  while (!(await fits(current, merging))) {
    const groups = await groupsOf(current, merging)
    if (groups.length === current.length) throw new PromptTooLong({ limit: roomOf(merging) })
    const merged: Note[] = []
    for (const [at, group] of groups.entries()) {
      yield { done: at, of: groups.length }
      merged.push(...(await mergeGroup(group, merging, signal)))
    }
    // A model that only repeats its notes would go on for ever: every second one is then left out.
    const shorter = merged.length <= leastGain * current.length
    current = shorter && merged.length > 0 ? merged : current.filter((_, at) => at % 2 === 0)
  }
  return current
}

const roomOf = ({ model, options, answerTokens }: Merging): number =>
  model.capabilities.contextTokens - answerTokens - options.reserve

const fits = async (notes: readonly Note[], merging: Merging): Promise<boolean> =>
  (await merging.model.countTokens(mergeMessages(notes, merging.question, merging.options))) <= roomOf(merging)

async function groupsOf(notes: readonly Note[], merging: Merging): Promise<Note[][]> {
  const groups: Note[][] = [[]]
  for (const note of notes) {
    const last = groups.at(-1) ?? []
    if (last.length > 0 && !(await fits([...last, note], merging))) groups.push([note])
    else last.push(note)
  }
  return groups
}

async function mergeGroup(group: readonly Note[], merging: Merging, signal: AbortSignal): Promise<Note[]> {
  const { model, question, language, options, cite } = merging
  const messages = mergeMessages(group, question, options)
  const { text: said, cut } = await complete(
    model,
    messages,
    { ...options.sampling, maxTokens: options.portionTokens },
    signal,
  )
  const check = sentenceChecker({ shown: shownNotes(group), question, cite, answering: () => -1 })
  const passages = group.flatMap((note) => note.passages)
  return notesOf({ said, cut, check, passages }, language, options.templates.none).map(({ note }) => note)
}
