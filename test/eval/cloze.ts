import { candidates, type Candidate, type CandidateKind } from '../../src/answering/candidates'
import { words, type Word } from '../../src/answering/words'
import { sentences } from '../../src/language/segment'
import { readJsonLines } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'
import { sample, seededRandom, type Example } from './qa'

/** Share of the sentence's words that the question keeps: people repeat some, and say the others differently. */
const kept = { least: 0.35, most: 0.8 }

/** Kinds of candidates that a rule can ask for, and how often each is taken when a sentence has several. */
const askable: Partial<Record<CandidateKind, number>> = { date: 3, year: 3, quantity: 3, number: 2, name: 3, noun: 1 }

/**
 * English questions made by rule from sentences of the texts in `sets` (../shared/data/text), for fitting what no annotated
 * question shows often enough: a date, a number, a name or a noun is taken out of a sentence, the question word that fits
 * its kind is put in front, the parts to its left and right change places, and words are left out at random, so that the
 * question overlaps with its sentence only in part. The other sentences of the paragraph stay. Undefined without the data.
 */
export function clozeExamples(sets: Record<string, number>, seed: number): Example[] | undefined {
  const random = seededRandom(seed)
  const examples: Example[] = []
  for (const [set, count] of Object.entries(sets)) {
    const path = sharedData(`text/${set}.jsonl.xz`)
    if (path === undefined) return undefined
    const long = readJsonLines<{ t: string }>(path).filter(({ t }) => t.length > 200 && t.length < 1500)
    let made = 0
    for (const { t } of sample(long, count * 3, seed)) {
      const example = made < count ? clozeExample(t, random) : undefined
      if (!example) continue
      examples.push({ ...example, title: `${set} ${made++}` })
    }
  }
  return examples
}

function clozeExample(text: string, random: () => number): Example | undefined {
  const ranges = sentences(text, 'en')
  const found = words(text, 'en')
  const possible = candidates(text, found, ranges, 'en').filter(
    (one) => askable[one.kind] && isMaximal(found, one) && one.end - one.first <= 5,
  )
  const chosen = weighted(possible, random)
  if (!chosen) return undefined
  const range = ranges[chosen.sentence]!
  const inSentence = found.filter((word) => word.start >= range[0] && word.end <= range[1])
  if (inSentence.length < 8 || inSentence.length > 45) return undefined
  const [first, last] = [found[chosen.first]!, found[chosen.end - 1]!]
  const left = inSentence.filter((word) => word.end <= first.start)
  const right = inSentence.filter((word) => word.start >= last.end)
  const question = questionOf(found, chosen, left, right, random)
  const answer = text.slice(first.start, last.end)
  return { title: '', question, context: text, answers: [answer], gold: [first.start, last.end], paragraph: 0 }
}

/** Names and nouns are taken whole: no word of the same kind goes on to the left or the right. */
function isMaximal(found: Word[], { first, end, kind }: Candidate): boolean {
  const [before, after] = [found[first - 1], found[end]]
  if (kind === 'name' || kind === 'noun') {
    const capital = (word: Word | undefined) => word !== undefined && /^\p{Lu}/u.test(word.text)
    if (kind === 'noun' && found.slice(first, end).some((word) => !word.content)) return false
    return !(before?.content && (kind === 'noun' || capital(before))) && !after?.content
  }
  return !(before?.content && before.script === 'number') && after?.script !== 'number'
}

function weighted(possible: Candidate[], random: () => number): Candidate | undefined {
  const total = possible.reduce((sum, { kind }) => sum + askable[kind]!, 0)
  let at = random() * total
  return possible.find(({ kind }) => (at -= askable[kind]!) <= 0)
}

/** The question word that fits, what follows the gap, then what stood before it; both thinned. */
function questionOf(found: Word[], chosen: Candidate, left: Word[], right: Word[], random: () => number): string {
  const share = kept.least + random() * (kept.most - kept.least)
  const thinned = (part: Word[]) =>
    part.filter((word) => word.script !== 'mark' && (random() < share || !word.content)).map(({ text }) => text)
  const before = found[chosen.first - 1]?.text.toLowerCase() ?? ''
  const after = found[chosen.end]?.text.toLowerCase() ?? ''
  const subject = left.length === 0 && /^(?:is|was|are|were|has|had|will|can|\p{L}+ed)$/u.test(after)
  const asks = questionWord(found, chosen, before, subject, random)
  const near = near8(left, right)
  if (subject) return `${asks} ${thinned(near.right).join(' ')}?`
  return `${asks} did ${[...thinned(near.left), ...thinned(near.right)].join(' ')}?`
}

/** What a person would take up: at most eight words on either side of the gap, without a preposition left hanging. */
function near8(left: Word[], right: Word[]): { left: Word[]; right: Word[] } {
  const near = left.slice(-10)
  while (near.length && !near.at(-1)!.content) near.pop()
  return { left: near, right: right.slice(0, 10) }
}

function questionWord(
  found: Word[],
  { first, end, kind }: Candidate,
  before: string,
  subject: boolean,
  random: () => number,
): string {
  if (kind === 'year' || kind === 'date') return random() < 0.25 ? 'In what year' : 'When'
  if (kind === 'quantity') return `How many ${found[end - 1]!.text}`
  if (kind === 'number') return found[end]?.content ? `How many ${found[end]!.text}` : 'How much'
  if (kind === 'name' && /^(?:in|at|near|from|to)$/.test(before)) return random() < 0.7 ? 'Where' : 'In which place'
  if (kind === 'name' && (before === 'by' || subject || /^(?:mr|mrs|dr|king|president)$/i.test(found[first]!.text)))
    return random() < 0.7 ? 'Who' : 'What'
  if (kind === 'name') return random() < 0.5 ? `Which ${found[end - 1]!.text.toLowerCase()}` : 'What'
  return 'What'
}
