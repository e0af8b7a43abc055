import { quotedLine, quotedText } from '../../answering/quoted-text'
import { renderPassage } from '../../answering/rendered-passage'
import { defaultTemplates, fill, type Templates } from '../../answering/templates/templates'
import type { Evidence } from '../../domain'
import type { ChatMessage } from '../../engines/llm/language-model'
import { seededRandom } from '../../random'
import { alone } from '../../retrieval/widen'
import { passageHolds } from '../measures/evidence'
import { confirmed, type Question, type QuestionSet } from '../question-set'
import { shuffled, splitQuestions } from '../questions/split'
import type { SplitSpec } from '../run-spec'

/** A line of a training set, in the form that chat templates are applied to: the last message is learnt. */
export interface TrainingExample {
  messages: ChatMessage[]
  kind: 'supervised' | 'raft'
  /** Id of the question, and of the passages shown; `oracle` is absent where the right one was left out. */
  question: string
  passages?: string[]
  oracle?: string
}

/** The questions that may be trained on: confirmed, of the train part, and not nearly the same as any that is tested. */
export function trainingQuestions(set: Pick<QuestionSet, 'questions'>, spec: SplitSpec): Question[] {
  const questions = confirmed(set)
  const { train, leaks } = splitQuestions(questions, spec)
  const [trained, leaked] = [new Set(train), new Set(leaks.map((leak) => leak.train))]
  return questions.filter(({ id }) => trained.has(id) && !leaked.has(id))
}

/** The right answer in words; undefined of a question that nothing answers. */
export const answerOf = (question: Question): string | undefined =>
  question.kind === 'choice' ? question.options[question.answer] : question.answers[0]

/** The same as it may be learnt: without marks of a chat template, as in the prompt. */
function learntAnswer(question: Question): string | undefined {
  const answer = answerOf(question)
  return answer === undefined ? undefined : quotedText(answer)
}

/** Question and answer, nothing more: for style, format and skills. Unanswerable questions are answered with the refusal. */
export const supervisedExamples = (questions: readonly Question[]): TrainingExample[] =>
  questions.map((question) => ({
    kind: 'supervised',
    question: question.id,
    messages: [
      { role: 'user', content: quotedText(question.question) },
      { role: 'assistant', content: learntAnswer(question) ?? defaultTemplates[question.language].refusal },
    ],
  }))

export interface RaftOptions {
  /** Passages shown that do not answer. The paper: 4. */
  distractors: number
  /** Share of the examples that show the passage that answers. The paper: 0.8. */
  oracleShare: number
  /** What is learnt where it is not shown: to refuse, as the chat wants it, or to answer all the same, as in the paper. */
  withoutOracle: 'refuse' | 'answer'
  /** Whether the answer quotes its passage before it answers, as RAFT does; absent: it does. */
  quote?: boolean
  seed: number
  templates?: Partial<Record<Question['language'], Templates>>
}

export const defaultRaftOptions: RaftOptions = { distractors: 4, oracleShare: 0.8, withoutOracle: 'refuse', seed: 1 }

/** The examples, and the questions that none could be made of: nothing answers them, or no passage found holds the answer. */
export interface RaftExamples {
  examples: TrainingExample[]
  skipped: string[]
}

/**
 * Examples as RAFT (arXiv 2403.10131) trains: the question with the passage that answers it and others that do not, in an
 * order by chance, and an answer that quotes the passage before it answers. The prompt is the chat's own, so that an adapter
 * trained on it reads what it will be shown.
 * @param find passages for a question, best first: what the search would show beside the right one is what has to be resisted
 */
export async function raftExamples(
  questions: readonly Question[],
  find: (question: Question, signal: AbortSignal) => Promise<readonly Evidence[]>,
  options: RaftOptions,
  signal: AbortSignal,
): Promise<RaftExamples> {
  const random = seededRandom(options.seed)
  const made: RaftExamples = { examples: [], skipped: [] }
  for (const [at, question] of questions.entries()) {
    signal.throwIfAborted()
    const shown = random() < options.oracleShare
    const answer = learntAnswer(question)
    const found = answer === undefined ? [] : await find(question, signal)
    const oracle = found.find(({ passage }) => question.evidence.some((address) => passageHolds(passage.id, address)))
    if (answer === undefined || !oracle) made.skipped.push(question.id)
    else
      made.examples.push(raftExample(question, answer, oracle, found, shown, { ...options, seed: options.seed + at }))
  }
  return made
}

function raftExample(
  question: Question,
  answer: string,
  oracle: Evidence,
  found: readonly Evidence[],
  showOracle: boolean,
  { distractors, withoutOracle, quote = true, seed, templates: own }: RaftOptions,
): TrainingExample {
  const templates = own?.[question.language] ?? defaultTemplates[question.language]
  const holds = ({ passage }: Evidence) => question.evidence.some((address) => passageHolds(passage.id, address))
  const others = found.filter((one) => !holds(one))
  // What says the same elsewhere is not to be refused.
  const silent = withoutOracle === 'refuse' ? others.filter((one) => !says(one, question)) : others
  // A question may rest on several passages; of those that overlap, one holds its part.
  const oracles = new Set([oracle, ...question.evidence.flatMap((address) => firstHolding(found, address))])
  const beside = showOracle
    ? others.slice(0, Math.max(1, distractors + 1 - oracles.size))
    : silent.slice(0, distractors + 1)
  const shown = shuffled(showOracle ? [...oracles, ...beside] : beside, seed)
  const number = shown.indexOf(oracle) + 1
  const said =
    number > 0
      ? (quote ? quotation(question, answer, oracle, number) : '') + answerSentence(question, answer, number)
      : withoutOracle === 'refuse'
        ? templates.refusal
        : answer
  const passages = shown.map((one, at) => renderPassage(alone(one), at + 1, templates)).join('\n\n')
  const system = fill(templates['strict.system'], { refusal: templates.refusal })
  const user = fill(templates['strict.user'], { passages, question: quotedText(question.question) })
  return {
    kind: 'raft',
    question: question.id,
    passages: shown.map(({ passage }) => passage.id),
    ...(number > 0 && { oracle: oracle.passage.id }),
    messages: [
      ...(system ? [{ role: 'system' as const, content: system }] : []),
      { role: 'user', content: user },
      { role: 'assistant', content: said },
    ],
  }
}

const firstHolding = (found: readonly Evidence[], address: Question['evidence'][number]): Evidence[] =>
  found.filter(({ passage }) => passageHolds(passage.id, address)).slice(0, 1)

const folded = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Whether a passage holds a right answer, wherever it comes from. */
function says({ passage }: Evidence, question: Question): boolean {
  const answers = question.kind === 'choice' ? [question.options[question.answer] ?? ''] : question.answers
  const text = folded(passage.text)
  return answers.some((answer) => answer !== '' && text.includes(folded(answer)))
}

/** “The leave year runs from …” [2], and a space: the quotation is the passage's, word for word as the prompt shows it. */
function quotation({ language, evidence }: Question, answer: string, { passage }: Evidence, number: number): string {
  const quote = quoted(passage, answer, evidence)
  return language === 'ja' ? `「${quote}」[${number}] ` : `“${quote}” [${number}] `
}

/** The answer: 27 days [2]. */
const answerSentence = ({ language }: Question, answer: string, number: number): string =>
  language === 'ja' ? `答えは、${answer}です[${number}]。` : `The answer: ${answer} [${number}].`

/** The sentence of the passage that holds the answer; where none does word for word, the one that the evidence begins in. */
function quoted(
  { text, sentences, pieces }: Evidence['passage'],
  answer: string,
  evidence: Question['evidence'],
): string {
  const holding = sentences.find(([start, end]) => folded(text.slice(start, end)).includes(folded(answer)))
  const places = evidence.flatMap((address) =>
    pieces.flatMap(({ at, page, start, length }) =>
      page === address.page && address.start >= start && address.start < start + length
        ? [at + address.start - start]
        : [],
    ),
  )
  const begun = sentences.find(([start, end]) => places.some((place) => place >= start && place < end))
  return quotedLine(text.slice(...(holding ?? begun ?? sentences[0] ?? [0, text.length])))
}
