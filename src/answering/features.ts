import type { Candidate } from './candidates'
import type { Overlap } from './overlap'
import type { Question } from './question-type'
import type { Reading } from './reading'
import type { Shaped } from './shapes'
import type { Word } from './words'

/** Receives one feature: a readable name and its value (0 need not be reported). */
export type Receive = (name: string, value: number) => void

/** Reports the features of one candidate. */
export function describe(reading: Reading, found: Candidate, receive: Receive): void {
  const lone = found.kind === 'name' && found.end === found.first + 1
  const candidate =
    lone && reading.common.has(reading.words[found.first]!) ? { ...found, kind: 'noun' as const } : found
  sentenceFeatures(reading, candidate, receive)
  nearness(reading, candidate, receive)
  repetition(reading, candidate, receive)
  shape(reading, candidate, receive)
  cuts(reading, candidate, receive)
  shapeAsked(reading, candidate, receive)
  asked(reading, candidate, receive)
  surroundings(reading, candidate, receive)
}

function sentenceFeatures({ overlap, best, sentences }: Reading, { sentence }: Candidate, receive: Receive): void {
  const held = overlap.sentences[sentence] ?? 0
  receive('overlap', held)
  receive('overlap below best', best - held)
  if (held === best) receive('best sentence', 1)
  receive('overlap before', overlap.sentences[sentence - 1] ?? 0)
  receive('overlap after', overlap.sentences[sentence + 1] ?? 0)
  const range = sentences[sentence]
  if (range) receive('sentence length', Math.log(1 + range[1] - range[0]) - 4)
}

/** How near the question's terms stand, in words, each term by its nearest occurrence in the sentence. */
function nearness(reading: Reading, candidate: Candidate, receive: Receive): void {
  const { words, sentences, overlap, question } = reading
  const [from, to] = sentences[candidate.sentence] ?? [0, 0]
  const nearest = new Map<number, { distance: number; weight: number; left: boolean }>()
  const look = (at: number, distance: number, left: boolean) => {
    const term = overlap.terms[at]!
    if (term < 0) return
    const before = nearest.get(term)
    if (!before || distance < before.distance) nearest.set(term, { distance, weight: overlap.weights[at]!, left })
  }
  for (let at = candidate.first - 1; at >= 0 && words[at]!.start >= from; at--) look(at, candidate.first - at, true)
  for (let at = candidate.end; at < words.length && words[at]!.end <= to; at++) look(at, at - candidate.end + 1, false)
  const sums = { close: 0, near: 0, far: 0, left: 0, right: 0 }
  for (const { distance, weight, left } of nearest.values()) {
    sums.close += weight * Math.exp(-distance / 2)
    sums.near += weight * Math.exp(-distance / 5)
    sums.far += weight * Math.exp(-distance / 15)
    sums[left ? 'left' : 'right'] += weight * Math.exp(-distance / 6)
  }
  receive('terms close', sums.close / overlap.total)
  receive('terms near', sums.near / overlap.total)
  receive('terms far', sums.far / overlap.total)
  const form =
    reading.language === 'ja' ? (question.link ?? 'none') : `${question.type}${question.subject ? ' subject' : ''}`
  receive(`terms left, ${form}`, sums.left / overlap.total)
  receive(`terms right, ${form}`, sums.right / overlap.total)
}

/** How much of the candidate the question says already; a choice between two things is the exception that has to. */
function repetition({ words, overlap, question }: Reading, { first, end }: Candidate, receive: Receive): void {
  const content = words.slice(first, end).filter((word) => word.content).length
  let repeated = 0
  for (let at = first; at < end; at++) if (words[at]!.content && overlap.terms[at]! >= 0) repeated++
  const whole = repeated > 0 && repeated === content
  if (content > 0) receive('repeats the question', repeated / content)
  if (whole) receive('only repeats the question', 1)
  if (repeated > 0) receive('repeats some', 1)
  if (question.type !== 'choice' || content === 0) return
  receive('choice repeats the question', repeated / content)
  if (whole) receive('choice only repeats the question', 1)
}

/** The candidate by itself: kind, length, what it begins and ends with. */
function shape(reading: Reading, { first, end, sentence, kind }: Candidate, receive: Receive): void {
  const { words, question } = reading
  const part = words.slice(first, end)
  const length = end - first
  const opens = words[first]!.start === reading.sentences[sentence]?.[0]
  if (opens) receive(`kind ${kind} opens the sentence${length === 1 ? ' alone' : ''}`, 1)
  const several = part.some(({ text }) => text === 'and' || text === ',')
  if (several && question.head?.text.endsWith('s')) receive('several for a plural', 1)
  receive(`${question.type} is ${kind}`, 1)
  receive(`kind ${kind}`, 1)
  receive(`${question.type} words`, Math.log(length))
  receive(`kind ${kind} words`, Math.log(length))
  receive(`length ${Math.min(length, 10)}`, 1)
  receive(`${question.type} begins ${opening(words[first]!, reading.common)}`, 1)
  if (reading.language === 'en') receive(`${question.type} ends ${ending(words[end - 1]!, reading.common)}`, 1)
  for (const word of part.slice(1, -1)) if (!word.content) receive(`holds ${word.text.toLowerCase()}`, 1)
}

function shapeAsked(reading: Reading, candidate: Candidate, receive: Receive): void {
  const exact = shapeOf(reading, candidate)
  // A form alone is no answer: it counts as far as its sentence is about the question.
  if (exact)
    receive(`${exact.shape} as asked`, (reading.overlap.sentences[candidate.sentence] ?? 0) / (reading.best || 1))
}

/** The form that the question wants, when the candidate is just a stretch of that form. */
function shapeOf({ words, shaped }: Reading, { first, end }: Candidate): Shaped | undefined {
  const [start, to] = [words[first]!.start, words[end - 1]!.end]
  return shaped.find((one) => one.start === start && one.end === to)
}

/** Does the candidate end amid words that belong together? */
function cuts({ words }: Reading, { first, end }: Candidate, receive: Receive): void {
  const cut = (left: Word | undefined, right: Word | undefined, side: 'left' | 'right') => {
    if (!left?.content || !right?.content) return
    receive(left.script === right.script ? `cut ${side} within a script` : `cut ${side}`, 1)
  }
  cut(words[first - 1], words[first], 'left')
  cut(words[end - 1], words[end], 'right')
}

/** A class of first words: the function word itself, a one-letter word, else the script and an English ending. */
function opening(word: Word, common: Set<Word>): string {
  if (!word.content || word.text.length === 1) return word.text.toLowerCase()
  return word.script === 'latin' ? ending(word, common) : word.script
}

/** Capitalised, or the ending that tells a verb, an adverb or an adjective. */
function ending(word: Word, common: Set<Word>): string {
  const { text, script } = word
  if (script !== 'latin') return script
  if (/^\p{Lu}/u.test(text) && !common.has(word)) return 'capital'
  return /(?:ing|ed|ly|ous|al|ic|ive|able|tion|ment|ity|ism|s)$/.exec(text)?.[0] ?? 'plain'
}

/** What the question asks for by name: its unit and its head noun. */
function asked(reading: Reading, candidate: Candidate, receive: Receive): void {
  const { first, end, sentence } = candidate
  const { words, question, sentences } = reading
  const last = words[end - 1]!
  // 「5日前まで」 answers 「何日前まで」 although it does not end with the unit.
  if (question.unit && !shapeOf(reading, candidate)) {
    const unit = question.unit
    const inside =
      reading.language === 'ja'
        ? last.text.endsWith(unit) || reading.text.startsWith(unit, last.end - unit.length)
        : last.norm === unit
    const next = words[end]
    if (inside)
      receive(
        words[end - 2]?.script === 'number' || words[first]!.script === 'number'
          ? 'number with the unit asked for'
          : 'ends with the unit asked for',
        1,
      )
    else if (next && (next.norm === unit || next.text.startsWith(unit))) receive('unit asked for follows', 1)
    else receive('unit asked for is missing', 1)
  }
  const head = question.head
  if (!head) return
  if (reading.language === 'ja') {
    if (last.text.endsWith(head.text)) receive('ends with the head', 1)
    else if (last.text.at(-1) === head.text.at(-1)) receive('ends like the head', 1)
    if (last.text !== head.text && head.text.at(-1)) receive(`head ${head.text.at(-1)}, ends ${last.text.at(-1)}`, 1)
  }
  const [from, to] = sentences[sentence] ?? [0, 0]
  for (let at = first - 1; at >= Math.max(0, first - 8) && words[at]!.start >= from; at--)
    if (words[at]!.norm === head.norm) {
      receive('head to the left', Math.exp((at - first + 1) / 3))
      break
    }
  for (let at = end; at < Math.min(words.length, end + 8) && words[at]!.end <= to; at++)
    if (words[at]!.norm === head.norm) {
      receive('head to the right', Math.exp((end - at) / 3))
      break
    }
}

/** The words before and after: particles, prepositions, brackets, the verb, words that the question has too. */
function surroundings(reading: Reading, { first, end, kind }: Candidate, receive: Receive): void {
  const { words, question, overlap } = reading
  const before = words[first - 1]
  const after = words[end]
  const name = (word: Word | undefined) => (!word ? 'nothing' : word.content ? word.script : word.text.toLowerCase())
  receive(`${question.type} after ${name(before)}`, 1)
  receive(`${question.type} before ${name(after)}`, 1)
  receive(`kind ${kind} after ${name(before)}`, 1)
  receive(`kind ${kind} before ${name(after)}`, 1)
  if (reading.language === 'ja') {
    const link = question.link ?? 'none'
    if (question.link !== undefined && after?.text === question.link) receive('particle as asked', 1)
    receive(`asked ${link}, followed by ${name(after)}`, 1)
    receive(`${question.type} ends ${words[end - 1]!.text.at(-1)}`, 1)
  } else if (question.link !== undefined) {
    if (before?.text.toLowerCase() === question.link || words[first - 2]?.text.toLowerCase() === question.link)
      receive('preposition as asked', 1)
  }
  neighbours(overlap, words, first, end, question, receive)
  lifeSpan(reading.life, before, after, receive)
  alongside(reading, first, end, receive)
}

function lifeSpan(life: Reading['life'], before: Word | undefined, after: Word | undefined, receive: Receive): void {
  if (!life) return
  const dash = /^[-–—~〜]$/
  const [right, wrong] = life === 'birth' ? [after, before] : [before, after]
  if (right && dash.test(right.text)) receive(`${life} in a span of years`, 1)
  if (wrong && dash.test(wrong.text)) receive(`${life} on the wrong side of a span`, 1)
}

/** How near the words stand that stand beside the question word in the question. */
function alongside({ words, lead, verb, question }: Reading, first: number, end: number, receive: Receive): void {
  if (lead !== undefined) {
    for (let at = first - 1; at >= Math.max(0, first - 6); at--)
      if (words[at]!.norm === lead) {
        receive('lead precedes', Math.exp((at - first + 1) / 3))
        if (first - at <= 2) receive(`lead beside, ${question.type}`, 1)
        break
      }
    for (let at = end; at < Math.min(words.length, end + 6); at++)
      if (words[at]!.norm === lead) {
        receive('lead follows', Math.exp((end - at) / 3))
        break
      }
  }
  if (verb === undefined) return
  for (let at = end; at < Math.min(words.length, end + 6); at++)
    if (words[at]!.norm === verb)
      return receive(`verb follows${question.subject ? ', subject' : ''}`, Math.exp((end - at) / 3))
  for (let at = first - 1; at >= Math.max(0, first - 6); at--)
    if (words[at]!.norm === verb)
      return receive(`verb precedes${question.subject ? ', subject' : ''}`, Math.exp((at - first + 1) / 3))
}

/** Are the nearest words of substance on either side words of the question? */
function neighbours(
  overlap: Overlap,
  words: Word[],
  first: number,
  end: number,
  question: Question,
  receive: Receive,
): void {
  let left = first - 1
  while (left >= Math.max(0, first - 3) && !words[left]!.content) left--
  let right = end
  while (right < Math.min(words.length, end + 3) && !words[right]!.content) right++
  const asksLeft = left >= 0 && (overlap.terms[left] ?? -1) >= 0
  const asksRight = (overlap.terms[right] ?? -1) >= 0
  if (asksLeft) receive('neighbour left asked', 1)
  if (asksRight) receive('neighbour right asked', 1)
  if (asksLeft && asksRight) receive('both neighbours asked', 1)
  if (asksLeft) receive(`neighbour left asked, ${question.type}`, 1)
  if (asksRight) receive(`neighbour right asked, ${question.type}`, 1)
}
