import type { Language } from '../domain'
import { overlap, type Overlap, type Rarity } from './overlap'
import type { Question } from './question-type'
import { findShapes, type Shaped } from './shapes'
import { words, type Word } from './words'

/** A passage made ready for one question: everything that the features of its candidates share. */
export interface Reading {
  text: string
  language: Language
  question: Question
  words: Word[]
  sentences: [start: number, end: number][]
  overlap: Overlap
  /** Highest share of the question that one sentence holds. */
  best: number
  /** Norm of the content word after the question word: the verb of 誰が連れてきた, of "who built". */
  verb: string | undefined
  /** Norm of the content word before it: "spokesman" in "a spokesman for what". */
  lead: string | undefined
  /** The question is about a birth or a death, which biographies tell as "(1919–1980)". */
  life: 'birth' | 'death' | undefined
  /** Words that have a capital only because they open a sentence: the question writes them small. */
  common: Set<Word>
  /** Stretches that have a form that the question wants. */
  shaped: Shaped[]
}

/** Cuts the passage into words and aligns it with the question. */
export function read(
  question: Question,
  text: string,
  sentences: [start: number, end: number][],
  language: Language,
  rarity?: Rarity,
): Reading {
  const found = words(text, language)
  const sentenceOf = sentencesOf(found, sentences)
  const aligned = overlap(question, found, sentenceOf, sentences.length, rarity)
  const verb = question.words.slice(question.asked[1]).find((word) => word.content && word !== question.head)?.norm
  const lead = question.words.slice(0, question.asked[0]).findLast((word) => word.content)?.norm
  const life = lifeEvent(question.text)
  return {
    text,
    language,
    question,
    words: found,
    sentences,
    overlap: aligned,
    best: Math.max(0, ...aligned.sentences),
    verb,
    lead,
    life,
    common: commonOpenings(question, found, sentences),
    shaped: findShapes(text, question.shapes),
  }
}

/** For each word the index of the sentence that it stands in, -1 for none. */
export function sentencesOf(found: Word[], sentences: [start: number, end: number][]): Int32Array {
  const sentenceOf = new Int32Array(found.length).fill(-1)
  let sentence = 0
  for (const [at, word] of found.entries()) {
    while (sentence < sentences.length && sentences[sentence]![1] <= word.start) sentence++
    const range = sentences[sentence]
    if (range && word.start >= range[0]) sentenceOf[at] = sentence
  }
  return sentenceOf
}

function commonOpenings(question: Question, found: Word[], sentences: [start: number, end: number][]): Set<Word> {
  const openings = new Set(sentences.map(([start]) => start))
  const small = new Set(question.words.map(({ text }) => text))
  const opens = ({ start, text }: Word) => openings.has(start) && /^\p{Lu}/u.test(text) && small.has(text.toLowerCase())
  return new Set(found.filter(opens))
}

function lifeEvent(question: string): 'birth' | 'death' | undefined {
  if (/生まれ|誕生|生誕|生年|\bborn\b/u.test(question)) return 'birth'
  return /亡くな|死亡|死去|没|\bdie[ds]?\b|\bdeath\b/u.test(question) ? 'death' : undefined
}
