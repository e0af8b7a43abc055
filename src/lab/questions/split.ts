import { normalise } from '../../language/normalise'
import { seededRandom } from '../../random'
import { groupOf, type Question } from '../question-set'
import type { Leak, Split } from '../run'
import type { SplitSpec } from '../run-spec'
import { nearDuplicates } from './duplicates'

/** From here on two questions ask the same, whatever their wording differs in. */
const LEAK = 0.8

/**
 * Divides questions into train and test by group (a document, an article), so that none is on both sides, and looks for
 * what is on both sides all the same: questions in nearly the same words, and evidence that overlaps. The same seed gives
 * the same split whatever the order of the questions. At least one group is tested.
 */
export function splitQuestions(questions: readonly Question[], { seed, testShare }: SplitSpec): Split {
  const groups = shuffled([...new Set(questions.map(groupOf))].sort(), seed)
  const tested = new Set(groups.slice(0, Math.max(1, Math.round(groups.length * testShare))))
  const [train, test] = [false, true].map((side) => questions.filter((one) => tested.has(groupOf(one)) === side))
  const ids = (side: readonly Question[]) => side.map(({ id }) => id)
  return { train: ids(train!), test: ids(test!), leaks: leaksBetween(train!, test!) }
}

/** The items in an order that the seed decides (Fisher–Yates). */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = seededRandom(seed)
  const order = [...items]
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[order[at], order[other]] = [order[other]!, order[at]!]
  }
  return order
}

/** What two questions are compared by: short ones ("Which is true?") differ in their options alone. */
export const wordingOf = (question: Question): string =>
  [question.question, ...(question.kind === 'choice' ? question.options : question.answers)].join('\n')

function leaksBetween(train: readonly Question[], test: readonly Question[]): Leak[] {
  const all = [...train, ...test]
  const pairs = [
    ...nearDuplicates(all.map(wordingOf), LEAK),
    ...nearDuplicates(
      all.map(({ question }) => question),
      LEAK,
    ).filter(({ one, other }) => answersAlike(all[one]!, all[other]!)),
  ]
  const told = new Set<string>()
  const worded = pairs.flatMap(({ one, other, likeness }): Leak[] => {
    const [known, asked] = [all[one]!.id, all[other]!.id]
    // Train comes first, so the smaller place of a pair across the split is in it.
    if (one >= train.length || other < train.length || told.has(`${known} ${asked}`)) return []
    told.add(`${known} ${asked}`)
    return [{ train: known, test: asked, likeness, by: 'wording' }]
  })
  const sharing = train.flatMap((one) =>
    test
      .filter((other) => shareEvidence(one, other))
      .map(({ id }): Leak => {
        return { train: one.id, test: id, likeness: 1, by: 'evidence' }
      }),
  )
  return [...worded, ...sharing.filter((leak) => !told.has(`${leak.train} ${leak.test}`))]
}

/** Whether what is learnt by one question answers another in the same words: options in another order, or none at all. */
function answersAlike(one: Question, other: Question): boolean {
  if (one.kind !== other.kind) return true
  const right = new Set(rightAnswers(other))
  const own = rightAnswers(one)
  return own.length === 0 ? right.size === 0 : own.some((answer) => right.has(answer))
}

const rightAnswers = (question: Question): string[] =>
  (question.kind === 'choice' ? [question.options[question.answer] ?? ''] : question.answers).map(
    (answer) => normalise(answer).text,
  )

const shareEvidence = (one: Question, other: Question): boolean =>
  one.evidence.some((mine) =>
    other.evidence.some(
      (theirs) =>
        mine.document === theirs.document &&
        mine.page === theirs.page &&
        mine.start < theirs.end &&
        theirs.start < mine.end,
    ),
  )
