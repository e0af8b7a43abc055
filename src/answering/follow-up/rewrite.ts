import type { Language, Turn } from '../../domain'
import type { LanguageModel } from '../../engines/llm/language-model'
import { isAbort } from '../../errors'
import { detectLanguage } from '../../language/detect'
import { answerText } from '../prompt'
import { analyseQuestion } from '../question-type'
import { quotedText } from '../quoted-text'
import { fill, type Templates } from '../templates/templates'
import { words, type Word } from '../words'
import { complete } from '../written/complete'
import { englishLeans } from './english'
import { japaneseLeans } from './japanese'

/** A question as it is to be searched. */
export interface Rewritten {
  text: string
  /** Who made it of the question; absent when it stands alone and is searched as it is. */
  by?: 'rules' | 'model'
}

/** Turns that are looked at: what was asked before those is another subject. */
const turnsRead = 3

/** Words added, at most. */
const mostAdded = 8

/** Does a question leave unsaid what it is about, so that it can only be understood after another? */
export const leansOnContext = (question: string, language: Language): boolean =>
  language === 'ja' ? japaneseLeans(question) : englishLeans(question)

/**
 * Rewrites a follow-up ("And for part-timers?", 「では、パートの場合は？」) so that it can be searched: with a model by a prompt, and
 * without one, or when it gives nothing of use, by adding what the question before was about. A question that stands alone
 * is left as it is, and no model is asked about it.
 * @param turns of the conversation, oldest first
 * @throws AbortError; a model that fails otherwise costs only its help
 */
export async function rewriteFollowUp(
  question: string,
  language: Language,
  turns: readonly Turn[],
  options: { model?: LanguageModel; templates: Templates },
  signal: AbortSignal,
): Promise<Rewritten> {
  signal.throwIfAborted()
  const recent = turns.slice(-turnsRead)
  if (recent.length === 0 || !leansOnContext(question, language)) return { text: question }
  const byRules = addMissing(question, language, recent)
  if (!options.model) return byRules
  try {
    const text = await askModel(question, recent, options.model, options.templates, signal)
    return isUsable(text, question, language, recent) ? { text, by: 'model' } : byRules
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error
    return byRules
  }
}

/** The question with the content words of the one before, which may itself have been a follow-up. */
export function addMissing(question: string, language: Language, turns: readonly Turn[]): Rewritten {
  const before = turns.at(-1)
  if (!before || !leansOnContext(question, language)) return { text: question }
  const earlier = addMissing(before.question, before.language, turns.slice(0, -1)).text
  const present = new Set(words(question, language).map(({ norm }) => norm))
  const added = subjectOf(earlier, before.language, question)
    .concat(personMeant(question, before))
    .filter((text) => words(text, before.language).some(({ norm, content }) => content && !present.has(norm)))
  const most = [...new Set(added)].slice(0, mostAdded)
  return most.length ? { text: `${question} ${most.join(' ')}`, by: 'rules' } : { text: question }
}

/** What a question is about: its content words, neighbours in Japanese joined, without the case that the next one replaces. */
function subjectOf(earlier: string, language: Language, question: string): string[] {
  const { words: found, asked } = analyseQuestion(earlier, language)
  const replaced = replacedCase(found, earlier, question)
  const kept = found.filter(
    (word, at) =>
      word.content && !(at >= asked[0] && at < asked[1]) && !replaced.some((one) => one.start === word.start),
  )
  const runs: { start: number; end: number }[] = []
  for (const { start, end } of kept) {
    const last = runs.at(-1)
    if (language === 'ja' && last?.end === start) last.end = end
    else runs.push({ start, end })
  }
  return runs.map(({ start, end }) => earlier.slice(start, end))
}

/** "For part-timers?" after "… for managers": the managers are no longer meant. */
function replacedCase(found: readonly Word[], earlier: string, question: string): Word[] {
  const english = /\bfor\b/i.test(question) ? /\bfor\s+(?:an?\s+|the\s+)?/i.exec(earlier) : null
  if (english) {
    const start = english.index + english[0].length
    return run(
      found,
      found.findIndex((word) => word.start >= start),
      1,
    )
  }
  const at = /の場合|のとき|の時/u.test(question) ? earlier.search(/の場合|のとき|の時/u) : -1
  return at < 0
    ? []
    : run(
        found,
        found.findIndex((word) => word.end === at),
        -1,
      )
}

/** Content words that follow each other from `at`, in one direction. */
function run(found: readonly Word[], at: number, step: 1 | -1): Word[] {
  const taken: Word[] = []
  for (let index = at; found[index]?.content; index += step) taken.push(found[index]!)
  return taken
}

const longestName = 40

/** "When did he leave?" asks about who was the answer, where one was marked. */
function personMeant(question: string, { answer }: Turn): string[] {
  if (!/\b(?:he|she|him|his|her|they|them|their|it|its)\b|彼|その(?:人|方|者|会社)|それ|そこ/iu.test(question))
    return []
  const sentence = answer?.sentences.find(({ marks }) => marks.length > 0)
  const [mark] = sentence?.marks ?? []
  const name = sentence && mark ? sentence.text.slice(...mark) : ''
  return name && name.length <= longestName && /\p{L}/u.test(name) ? [name] : []
}

/** Tokens of a rewritten question, at most. */
const longestRewriting = 96

async function askModel(
  question: string,
  turns: readonly Turn[],
  model: LanguageModel,
  templates: Templates,
  signal: AbortSignal,
): Promise<string> {
  const told = turns.map((turn) =>
    fill(templates.turn, { question: quotedText(turn.question), answer: quotedText(answerText(turn, templates)) }),
  )
  const values = { turns: told.join('\n\n'), question: quotedText(question) }
  const messages = [
    { role: 'system' as const, content: templates['rewrite.system'] },
    { role: 'user' as const, content: fill(templates['rewrite.user'], values) },
  ]
  const { text, cut } = await complete(model, messages, { maxTokens: longestRewriting, stop: ['\n\n'] }, signal)
  // One that did not come to its end is no question.
  return cut ? '' : (text.split('\n')[0] ?? '').replace(/^["“「『]|["”」』]$/gu, '').trim()
}

/** Share of the words of a rewritten question that have to stand in the conversation: a model may answer, or invent. */
const knownWords = 0.6

/** Is it a question in the same language, of the same things, and about as long? */
function isUsable(text: string, question: string, language: Language, turns: readonly Turn[]): boolean {
  if (!text || detectLanguage(text) !== language) return false
  const told = turns.flatMap((turn) => [
    ...words(turn.question, turn.language),
    ...(turn.answer?.sentences ?? []).flatMap((sentence) => words(sentence.text, turn.language)),
  ])
  if (text.length > question.length + Math.max(80, ...turns.map((turn) => 2 * turn.question.length))) return false
  const asked = words(question, language)
  const known = new Set([...asked, ...told].map(({ norm }) => norm))
  const content = words(text, language).filter((word) => word.content)
  const own = asked.filter((word) => word.content)
  const kept = own.filter(({ norm }) => content.some((word) => word.norm === norm)).length
  return (
    content.length > 0 &&
    kept * 2 >= own.length &&
    content.filter(({ norm }) => known.has(norm)).length >= knownWords * content.length
  )
}
