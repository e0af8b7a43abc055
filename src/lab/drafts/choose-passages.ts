import type { DocumentHash, Passage } from '../../domain'
import type { Question } from '../question-set'
import { shuffled } from '../questions/split'

/** Shorter passages (a heading with a line, a caption) hold hardly anything to ask. */
const LEAST_CHARACTERS = { en: 120, ja: 50 } as const

/**
 * The passages that questions are drafted from: `count` of them, document by document in turn, so that a long one does not
 * crowd out the others, and within each in an order that the seed decides. Passages that some question of the set rests on
 * come last; short ones not at all, unless a document has none else.
 */
export function choosePassages(
  passages: readonly Passage[],
  questions: readonly Question[],
  { count, seed }: { count: number; seed: number },
): Passage[] {
  const byDocument = new Map<DocumentHash, Passage[]>()
  for (const passage of passages) {
    const others = byDocument.get(passage.document)
    if (others) others.push(passage)
    else byDocument.set(passage.document, [passage])
  }
  const queues = [...byDocument.values()].map((all) => {
    const long = all.filter(({ text, language }) => text.length >= LEAST_CHARACTERS[language])
    const order = shuffled(long.length > 0 ? long : all, seed)
    const asked = new Set(order.filter((passage) => questions.some((question) => restsOn(question, passage))))
    return [...order.filter((passage) => !asked.has(passage)), ...asked]
  })
  const chosen: Passage[] = []
  for (let at = 0; chosen.length < count && queues.some((queue) => at < queue.length); at++)
    chosen.push(...queues.flatMap((queue) => queue[at] ?? []).slice(0, count - chosen.length))
  return chosen
}

const restsOn = ({ evidence }: Question, { document, pieces }: Passage): boolean =>
  evidence.some(
    (address) =>
      address.document === document &&
      pieces.some(
        ({ page, start, length }) => page === address.page && address.start < start + length && start < address.end,
      ),
  )
