import { coverageOf, type ReadPassage } from './passages'

/** A sentence to be quoted. */
export interface Selected {
  passage: ReadPassage
  sentence: number
  /** The last item of the list that the sentence announces: half a list would say that there is no more. */
  through?: number
  /** [start, end) of the likely answer in the passage's text. */
  mark?: [start: number, end: number]
  /** The same sentence in other documents (a copy, an older version). */
  twins: { passage: ReadPassage; sentence: number }[]
}

/** As many sentences as can be taken in at a glance: of what follows an announcement, and of prose. */
const most = { list: 4, prose: 3 }

/**
 * A further passage is quoted when its sentence holds nearly as much of the question as the best one, or half as much and
 * the same answer, and is not far behind it in odds (natural logarithm).
 */
const further = { coverage: 0.8, agreeing: 0.5, behind: 4 }

/** Below this share of the odds the likely answer is more often wrong than right, and is not marked. */
const marking = 0.15

/** Beginnings that point back to the sentence before. */
const pointsBack =
  /^["'“(]?(?:it|its|this|that|these|those|they|their|he|his|she|her|such|however|therefore|in (?:this|that|such) case|otherwise|if so|but|and|so|then|also)\b|^(?:この|その|これ|それ|こう|そう|ここ|そこ|同|当該|前項|ただし|但し|なお|また|しかし|そして|さらに|よって|したがって|彼|以上の|上記)/iu

/** Endings that announce a list: what follows belongs to it. */
const announces =
  /[:：]$|次の(?:各号|とおり|通り|場合|いずれか).*$|以下の(?:とおり|通り|場合).*$|\bas follows\.?$|\bthe following\b[^.]*[:.]?$/iu

/** What an item of a list begins with. */
const itemMark =
  /^(?:[•‣◦▪●○■□◆◇・*–—-]|[(（]?\p{N}{1,3}[)）.．]|[①-⑳]|[(（][\p{N}一二三四五六七八九十ア-ンa-z]{1,3}[)）])/u

/**
 * The sentences that answer best, in the order they are shown: the answering one with what it needs to be understood,
 * then the best of other passages. Copies of a sentence are told as twins of the first.
 */
export function selectSentences(passages: ReadPassage[]): Selected[] {
  const chosen: Selected[] = []
  const first = passages[0]
  if (!first) return chosen
  const list = listAfter(first, first.sentence)
  for (const sentence of withContext(first, list !== undefined)) {
    add(chosen, first, sentence)
    const last = chosen.at(-1)
    if (list !== undefined && last && sentence === first.sentence) last.through = list
  }
  const full = coverage(first, first.sentence)
  for (const passage of passages.slice(1)) {
    if (chosen.length >= most.prose && !isTwin(chosen, passage, passage.sentence)) continue
    const bar = full * (sameAnswer(first, passage) ? further.agreeing : further.coverage)
    const near = passage.rankingScore >= first.rankingScore - further.behind
    if (near && coverage(passage, passage.sentence) >= bar) add(chosen, passage, passage.sentence)
  }
  return chosen
}

/** Indices of the answering sentence and of those around it that make it understandable. */
function withContext(passage: ReadPassage, hasList: boolean): number[] {
  const { reading, sentence, evidence } = passage
  if (evidence.passage.kind === 'table') return [sentence]
  const textOf = (at: number) => reading.text.slice(...(reading.sentences[at] ?? [0, 0]))
  const indices = [sentence]
  if (sentence > 0 && (pointsBack.test(textOf(sentence)) || gain(passage, sentence - 1, sentence) > 0.15))
    indices.unshift(sentence - 1)
  if (!hasList && announces.test(textOf(sentence).trim()))
    for (let at = sentence + 1; at < reading.sentences.length && indices.length < most.list; at++) indices.push(at)
  return indices
}

/** Index of the last item of the list that a sentence announces; undefined where none follows. */
function listAfter({ reading, evidence }: ReadPassage, sentence: number): number | undefined {
  const textOf = (at: number) => reading.text.slice(...(reading.sentences[at] ?? [0, 0])).trim()
  if (evidence.passage.kind === 'table' || !announces.test(textOf(sentence))) return undefined
  let last = sentence
  while (last + 1 < reading.sentences.length && itemMark.test(textOf(last + 1))) last++
  return last > sentence ? last : undefined
}

/** Share of the question that a sentence adds to another. */
function gain({ reading, termWeights }: ReadPassage, added: number, to: number): number {
  const [more, base] = [reading.overlap.held[added], reading.overlap.held[to]]
  if (!more || !base) return 0
  const total = termWeights.reduce((sum, weight) => sum + weight, 0) || 1
  return termWeights.reduce((sum, weight, term) => sum + weight * Math.max(0, more[term]! - base[term]!), 0) / total
}

const coverage = ({ reading, termWeights }: ReadPassage, sentence: number): number =>
  coverageOf(reading, termWeights, sentence)

const answerText = ({ reading, answer }: ReadPassage): string | undefined =>
  answer && folded(reading.text.slice(answer.start, answer.end))

const sameAnswer = (one: ReadPassage, other: ReadPassage): boolean => {
  const answer = answerText(one)
  return answer !== undefined && answer === answerText(other)
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, '')

const textOf = ({ reading }: ReadPassage, sentence: number): string =>
  folded(reading.text.slice(...(reading.sentences[sentence] ?? [0, 0])))

const isTwin = (chosen: Selected[], passage: ReadPassage, sentence: number): boolean =>
  chosen.some((one) => textOf(one.passage, one.sentence) === textOf(passage, sentence))

function add(chosen: Selected[], passage: ReadPassage, sentence: number): void {
  const twin = chosen.find((one) => textOf(one.passage, one.sentence) === textOf(passage, sentence))
  if (twin) {
    const { document } = passage.evidence.passage
    const known = [twin, ...twin.twins].some((one) => one.passage.evidence.passage.document === document)
    if (!known) twin.twins.push({ passage, sentence })
    return
  }
  const selected: Selected = { passage, sentence, twins: [] }
  const marked = passage.answer && sentence === passage.sentence && passage.confidence >= marking
  if (marked && passage.answer) selected.mark = [passage.answer.start, passage.answer.end]
  chosen.push(selected)
}
